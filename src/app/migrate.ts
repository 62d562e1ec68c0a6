import { migrate } from '../adapters/db/migrations/migrate.js';
import type { Config } from '../config/config.js';
import { layFoundation } from './foundation.js';
import { createLogger } from './observability.js';
import { openQueue } from './open-queue.js';

/** Brings the database's tables and the queue's up to date, and does nothing else. @returns the names of what was applied */
export async function migrateDatabase(config: Config): Promise<{ applied: string[]; hasVector: boolean }> {
  const { folder, engine } = await layFoundation(config);
  try {
    const result = await migrate(engine);
    const queue = openQueue({ database: engine, logger: createLogger(config) });
    await queue.start();
    await queue.stop(1_000);
    return result;
  } finally {
    await engine.stop();
    await folder?.close();
  }
}
