import type { DatabaseEngine } from '../adapters/db/engine/database-engine.js';
import { createLogger as createPinoLogger } from '../adapters/logging/pino.logger.js';
import { PrometheusMetrics } from '../adapters/metrics/prometheus.js';
import type { Config } from '../config/config.js';
import type { Cache } from '../ports/cache.port.js';
import type { Database } from '../ports/database.port.js';
import type { Logger } from '../ports/logger.port.js';
import type { Queue } from '../ports/queue.port.js';

export function createLogger({ server }: Config): Logger {
  return createPinoLogger({ level: server.logLevel, format: server.logFormat, colours: server.logFormat === 'pretty' });
}

export function createMetrics(parts: { database: Database; engine: DatabaseEngine; cache: Cache; queue: Queue }): PrometheusMetrics {
  const { database, engine, cache, queue } = parts;
  return new PrometheusMetrics({
    sources: {
      storageUsage: async () => ({ objects: await database.blobs.totalBytes(), database: await databaseSize(engine) }),
      cacheStats: () => cache.stats(),
      jobsWaiting: () => queue.depth(),
      indexChanges: () => database.indexChanges.count(),
      sagasStuck: async () => (await database.sagas.findStuck(1_000)).length,
    },
  });
}

async function databaseSize(engine: DatabaseEngine): Promise<number> {
  const [row] = await engine.sql.query<{ size: number }>('SELECT pg_database_size(current_database()) AS size');
  return Number(row!.size);
}
