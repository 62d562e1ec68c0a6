import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';

import type { Readers } from '../../../ports/database.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';
import { type Prisma, PrismaClient } from '../generated/client.js';
import type { EnginePool, StatementListener } from './engine-pool.js';
import { sqlClientOver } from './sql-client.js';
import { prismaTransaction, retryingTransaction, sqlTransaction, within } from './transactions.js';
import { Upkeep } from './upkeep.js';

export interface EngineTransaction {
  readonly sql: SqlClient;
  /** Over the same connection, where the transaction was asked for with `prisma: true`; null otherwise. */
  readonly prisma: Prisma.TransactionClient | null;
}
export interface PrismaEngineTransaction extends EngineTransaction {
  readonly prisma: Prisma.TransactionClient;
}

export interface TransactionOptions {
  /** Rolled back, and DEPENDENCY_UNAVAILABLE, when the work takes longer. Default 60,000. */
  timeoutMs?: number;
  isolation?: 'ReadCommitted' | 'RepeatableRead' | 'Serializable';
  /** Opens it through Prisma, so that Prisma's client and SQL share it. Costs about half a millisecond more. */
  prisma?: boolean;
}

export interface EngineStats {
  connections: { total: number; idle: number; waiting: number; max: number };
  /** Statements since the start, everybody's. */
  statements: number;
}

/** The relational database: one pool, under Prisma, pg-boss and hand-written SQL alike. */
export interface DatabaseEngine {
  readonly kind: 'embedded' | 'postgres';
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  readonly sql: SqlClient;
  /**
   * BEGIN … COMMIT on one connection; rolled back when `work` throws. Short by design: the embedded database has one session,
   * so everyone else waits meanwhile. `work` runs again, up to 3 times, when it lost against another transaction.
   */
  transaction<T>(work: (tx: PrismaEngineTransaction) => Promise<T>, options: TransactionOptions & { prisma: true }): Promise<T>;
  transaction<T>(work: (tx: EngineTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Says that someone reads and waits for the answer, as whoever begins a transaction that is not in the background does: where there is
   * one session, transactions in the background then begin a little later, and so do not come between one statement of the reader and the next. Elsewhere nobody stands in anyone's way.
   * @returns what ends it
   */
  beginReading(): () => void;
  /** Transactions that are begun within `work`, by SQL, are such that nobody waits for. */
  inBackground<T>(work: () => T): T;
  /** Says that whoever reads searches. */
  noteSearch(): void;
  /** Who reads, or did a moment ago, and would wait for the end of any transaction. */
  readersWaiting(): Readers;
  /** Hears the text of every statement that leaves the pool, and, where it answers a function, when it has come back. @returns a function that ends the listening */
  onStatement(listener: StatementListener): () => void;
  /**
   * Runs one statement without parameters that may take longer than a statement may, as VACUUM. Behind a pooler that hands connections
   * on between transactions, where no setting of a connection holds, the timeout holds for it too.
   */
  upkeep(statement: string): Promise<void>;
  /** Resolves when the database answers; otherwise DEPENDENCY_UNAVAILABLE, within 5 s. */
  check(): Promise<void>;
  stats(): EngineStats;
  /**
   * Writes a consistent copy of the data directory, to a folder that is not there yet, while everyone goes on; null where it is not
   * this process's to copy. `heldMs`: for how long statements had to wait. DEPENDENCY_UNAVAILABLE where the disk or the database fails.
   */
  readonly copyTo: ((folder: string) => Promise<{ heldMs: number }>) | null;
  stop(): Promise<void>;
}

const CHECK_MS = 5_000;

export interface EngineParts {
  kind: DatabaseEngine['kind'];
  pool: EnginePool;
  /** Rejects when what lies under the pool is known to be gone. */
  checkBackend(): Promise<void>;
  copyTo?: (folder: string) => Promise<{ heldMs: number }>;
  /** Left out where transactions do not wait for each other. */
  readers?: { begin(): () => void; noteSearch(): void; lately(): Readers };
  /** After the pool has ended. */
  stopBackend(): Promise<void>;
}

export function createEngine({ kind, pool, checkBackend, copyTo, readers, stopBackend }: EngineParts): DatabaseEngine {
  const sql = sqlClientOver(pool, pool.names);
  const upkeep = new Upkeep(pool);
  let prisma: PrismaClient | null = null;
  let stopping: Promise<void> | null = null;
  /** Built when first asked for: its query compiler is WebAssembly, which no start should wait for. */
  const prismaClient = (): PrismaClient => (prisma ??= new PrismaClient({ adapter: new PrismaPg(pool) }));

  async function transaction<T>(work: (tx: PrismaEngineTransaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const once = () =>
      options.prisma === true
        ? prismaTransaction(pool, prismaClient(), work, options)
        : sqlTransaction(pool, work as unknown as (tx: EngineTransaction) => Promise<T>, options);
    // Somebody waits for what is not in the background, as for what is read.
    const end = pool.isInBackground() ? undefined : readers?.begin();
    try {
      return await retryingTransaction(once);
    } finally {
      end?.();
    }
  }

  return {
    kind,
    pool,
    get prisma() {
      return prismaClient();
    },
    sql,
    transaction: transaction as DatabaseEngine['transaction'],
    beginReading: () => readers?.begin() ?? (() => undefined),
    inBackground: (work) => pool.inBackground(work),
    noteSearch: () => readers?.noteSearch(),
    readersWaiting: () => readers?.lately() ?? 'nobody',
    onStatement: (listener) => pool.onStatement(listener),
    // The embedded database has one session, whose settings are everybody's, and no timeouts.
    upkeep: async (statement) => void (kind === 'embedded' || pool.names === null ? await sql.query(statement) : await upkeep.run(statement)),
    async check() {
      await checkBackend();
      await within(CHECK_MS, sql.query('SELECT 1'));
    },
    stats: () => ({
      connections: { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount, max: pool.options.max },
      statements: pool.statements,
    }),
    copyTo: copyTo ?? null,
    stop() {
      stopping ??= (async () => {
        await prisma?.$disconnect();
        await upkeep.cancel();
        await pool.end();
        await stopBackend();
      })();
      return stopping;
    },
  };
}
