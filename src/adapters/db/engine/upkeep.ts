import { dependencyUnavailable } from '../../../domain/errors.js';
import type { EnginePool } from './engine-pool.js';
import { translateDatabaseError } from './sql-errors.js';

/**
 * Statements that may take as long as they do, as a VACUUM over a large index: each on a connection whose statement timeout is off
 * meanwhile. What is told to the connection is not within a transaction, since a VACUUM cannot be.
 */
export class Upkeep {
  /** Of the server's processes that are at it. */
  private readonly running = new Set<number>();
  private isEnding = false;

  constructor(private readonly pool: EnginePool) {}

  async run(statement: string): Promise<void> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw translateDatabaseError(error);
    });
    let pid: number | null = null;
    let broken = true;
    try {
      const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid, set_config('statement_timeout', '0', false)");
      pid = rows[0]!.pid;
      this.running.add(pid);
      if (this.isEnding) throw dependencyUnavailable('database', new Error('the pool is about to end'));
      await client.query(statement);
      await client.query('RESET statement_timeout');
      broken = false;
    } catch (error) {
      throw translateDatabaseError(error);
    } finally {
      if (pid !== null) this.running.delete(pid);
      // Where something failed, nobody knows whether the timeout is back: the next one gets another connection.
      client.release(broken);
    }
  }

  /** Ends what is running, and begins nothing more: the pool would wait for it. What a VACUUM has not done, the next one does. */
  async cancel(): Promise<void> {
    this.isEnding = true;
    if (this.running.size === 0) return;
    await this.pool.query('SELECT pg_cancel_backend(pid) FROM unnest($1::int[]) AS pid', [[...this.running]]).catch(() => undefined);
  }
}
