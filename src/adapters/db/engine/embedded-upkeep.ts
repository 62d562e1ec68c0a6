import { setTimeout as pause } from 'node:timers/promises';

/** What is needed of the database: PGlite has both. */
export interface UpkeepDatabase {
  query<Row>(sql: string): Promise<{ rows: Row[] }>;
  exec(sql: string): Promise<unknown>;
}

/** Gives a turn between the statements of everyone else. */
export type Turn = (work: () => Promise<void>) => Promise<void>;

interface Need {
  /** Quoted, with its schema. */
  name: string;
  vacuum: boolean;
  /** So much is dead that it cannot wait for a quiet moment. */
  urgent: boolean;
}

const LOOK_MS = 15_000;
/** A quiet moment is waited for so long. */
const PATIENCE_MS = 10 * 60_000;
/** Between one table and the next. */
const BREATH_MS = 5;
/** A start after a kill replays what came after the last checkpoint: 64 MB take about a second. */
const WAL_BYTES = 64 * 1024 * 1024;

/**
 * The thresholds are autovacuum's, a little more patient with small tables:
 * https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM
 */
const NEEDS = `
  SELECT format('%I.%I', schemaname, relname) AS name,
         n_dead_tup > 500 + 0.2 * n_live_tup OR n_ins_since_vacuum > 5000 + 0.5 * n_live_tup AS vacuum,
         n_dead_tup > 5000 + 2 * n_live_tup AS urgent
    FROM pg_stat_user_tables
   WHERE n_mod_since_analyze > 500 + 0.1 * n_live_tup
      OR n_dead_tup > 500 + 0.2 * n_live_tup
      OR n_ins_since_vacuum > 5000 + 0.5 * n_live_tup
   ORDER BY n_mod_since_analyze + n_dead_tup DESC`;

/**
 * Does by the clock what PostgreSQL's background processes do, of which the embedded one has none: checkpoints, so that the
 * log neither grows for ever nor takes long to replay; ANALYZE, without which the planner guesses; VACUUM, so that tables
 * that jobs run through stay small. Each statement takes its turn; what can take long waits for a moment when nobody does.
 */
export class EmbeddedUpkeep {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private readonly dueSince = new Map<string, number>();

  /**
   * @param isQuiet whether nobody waits for the database right now, and it seems that nobody will in a moment
   * @param onAnalysed told when the tables that needed it have been looked at
   * @param onError told what failed; the next look comes all the same
   */
  constructor(
    private readonly database: UpkeepDatabase,
    private readonly turn: Turn,
    private readonly isQuiet: () => boolean,
    private readonly onAnalysed: () => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.look()
        .catch((error: unknown) => this.onError(error))
        .finally(() => {
          if (!this.stopped) this.start();
        });
    }, LOOK_MS);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** One look: what it finds due is done when it resolves, or left for a quieter moment. */
  async look(): Promise<void> {
    const needs = await this.needs();
    this.remember(needs);
    for (const need of needs) {
      // Whoever has asked for something meanwhile is heard here: the work itself leaves the thread no time for that.
      await pause(BREATH_MS);
      if (this.stopped) return;
      await this.turn(async () => {
        const vacuum = need.vacuum && (need.urgent || this.isQuiet() || this.hasWaited(need));
        await this.database.exec(`${vacuum ? 'VACUUM (ANALYZE)' : 'ANALYZE'} ${need.name}`);
      });
    }
    if (needs.length > 0) this.onAnalysed();
    if (this.stopped) return;
    // Last, because VACUUM writes to the log as well, and most right after a checkpoint.
    await this.turn(async () => {
      const { rows } = await this.database.query<{ due: boolean }>(
        `SELECT pg_current_wal_lsn() - redo_lsn > ${WAL_BYTES} AS due FROM pg_control_checkpoint()`,
      );
      if (rows[0]?.due === true) await this.database.exec('CHECKPOINT');
    });
  }

  /** Since when each table's VACUUM has waited. */
  private remember(needs: readonly Need[]): void {
    const due = needs.filter(({ vacuum }) => vacuum).map(({ name }) => name);
    for (const name of this.dueSince.keys()) if (!due.includes(name)) this.dueSince.delete(name);
    for (const name of due) if (!this.dueSince.has(name)) this.dueSince.set(name, performance.now());
  }

  private hasWaited({ name }: Need): boolean {
    return performance.now() - (this.dueSince.get(name) ?? Infinity) > PATIENCE_MS;
  }

  private async needs(): Promise<Need[]> {
    let needs: Need[] = [];
    await this.turn(async () => {
      // Statistics are written at most once a second unless they are asked for.
      await this.database.exec('SELECT pg_stat_force_next_flush()');
      needs = (await this.database.query<Need>(NEEDS)).rows;
    });
    return needs;
  }
}
