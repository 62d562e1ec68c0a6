import type { DatabaseEngine } from '../adapters/db/engine/database-engine.js';
import { startEmbeddedEngine } from '../adapters/db/engine/embedded.js';
import { startPostgresEngine } from '../adapters/db/engine/postgres.js';
import type { Config } from '../config/config.js';

/** The registry of databases: a new vendor is one adapter, one arm of the configuration and one line here. */
export function startDatabase(config: Config, embedded: { templateDir?: string; onFailure: (error: Error) => void }): Promise<DatabaseEngine> {
  const { database } = config;
  switch (database.provider) {
    case 'embedded':
      return startEmbeddedEngine({ dataDir: config.dataDir, ...embedded });
    case 'postgres':
      return startPostgresEngine({
        host: database.host,
        port: database.port,
        database: database.database,
        username: database.username ?? 'postgres',
        password: database.password,
        poolSize: database.poolSize,
        maxOverflow: database.maxOverflow,
        ssl: database.ssl,
      });
  }
}
