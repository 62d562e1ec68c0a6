import { createHash } from 'node:crypto';

import type { Logger } from '../../ports/logger.port.js';
import type { QueueDatabase } from './queue-database.js';

interface Task {
  name: string;
  milliseconds: number;
  handler: (signal: AbortSignal) => Promise<void>;
}

/** Work that comes round by the clock: in this process's timers, and in one process of the installation at a time. */
export class PeriodicTasks {
  private readonly ending = new AbortController();
  private readonly timers = new Map<Task, NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly database: QueueDatabase,
    private readonly logger: Logger,
  ) {}

  add(name: string, seconds: number, handler: (signal: AbortSignal) => Promise<void>): void {
    this.schedule({ name, milliseconds: seconds * 1000, handler });
  }

  /** No task begins any more; those under way are told to end, and waited for at most so long. */
  async stop(timeoutMs: number): Promise<void> {
    this.ending.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    let late: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      late = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([Promise.all(this.running), timeUp]);
    clearTimeout(late);
  }

  private schedule(task: Task): void {
    if (this.ending.signal.aborted) return;
    const timer = setTimeout(() => {
      const turn = this.turn(task).finally(() => {
        this.running.delete(turn);
        this.schedule(task);
      });
      this.running.add(turn);
    }, task.milliseconds);
    this.timers.set(task, timer);
  }

  private async turn(task: Task): Promise<void> {
    try {
      if (this.database.kind === 'embedded') await task.handler(this.ending.signal);
      else await this.alone(task);
    } catch (error) {
      if (!this.ending.signal.aborted) this.logger.error({ err: error, task: task.name }, 'A periodic task failed; its next turn comes');
    }
  }

  /**
   * Whoever holds the lock has the turn; the others skip theirs. The lock lives in a transaction that does nothing else, on
   * a connection of its own, so it goes when the process dies, behind a connection pooler too.
   */
  private async alone(task: Task): Promise<void> {
    const connection = await this.database.pool.connect();
    let fault: Error | undefined;
    try {
      await connection.query('BEGIN');
      const { rows } = await connection.query('SELECT pg_try_advisory_xact_lock($1::bigint) AS mine', [lockKey(task.name)]);
      if ((rows[0] as { mine: boolean }).mine) await task.handler(this.ending.signal);
      await connection.query('COMMIT');
    } catch (error) {
      fault = error as Error;
      throw error;
    } finally {
      // Released with an error, the connection is closed, and the transaction ends with it.
      connection.release(fault);
    }
  }
}

/** The first eight bytes of a hash, as PostgreSQL's signed bigint. */
const lockKey = (name: string): string => createHash('sha256').update(`strata.periodic.${name}`).digest().readBigInt64BE(0).toString();
