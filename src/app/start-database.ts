import type { DatabaseEngine } from '../adapters/db/engine/database-engine.js';
import { startEmbeddedEngine } from '../adapters/db/engine/embedded.js';
import { startPostgresEngine, type PostgresEngineOptions } from '../adapters/db/engine/postgres.js';
import type { Config, DatabaseConfig } from '../config/config.js';

/** The registry of databases: a new vendor is one adapter, one arm of the configuration and one line here. */
export function startDatabase(
  config: Config,
  { interrupted, ...embedded }: { templateDir?: string; onFailure: (error: Error) => void; interrupted?: AbortSignal | undefined },
): Promise<DatabaseEngine> {
  const { database } = config;
  switch (database.provider) {
    case 'embedded':
      return startEmbeddedEngine({ dataDir: config.dataDir, ...embedded });
    case 'postgres':
      return startPostgresEngine({ ...postgresOptions(database, database), interrupted });
  }
}

/** Null where none is configured. A standby that is away costs time: what would be read from it is read from the primary. */
export async function startReplica({ database }: Config): Promise<DatabaseEngine | null> {
  if (database.provider !== 'postgres' || database.replica === undefined) return null;
  return startPostgresEngine({ ...postgresOptions(database, database.replica), lazy: true });
}

function postgresOptions(database: DatabaseConfig, { host, port }: { host: string; port: number }): PostgresEngineOptions {
  return {
    host,
    port,
    database: database.database,
    username: database.username ?? 'postgres',
    password: database.password,
    poolSize: database.poolSize,
    maxOverflow: database.maxOverflow,
    tls: database.ssl === true ? { caFile: database.sslCa, verify: database.sslVerify } : undefined,
    statementTimeoutSeconds: database.statementTimeoutSeconds,
    lockTimeoutSeconds: database.lockTimeoutSeconds,
    preparedStatements: database.preparedStatements,
  };
}
