import { createEngine, type DatabaseEngine } from './database-engine.js';
import { EnginePool } from './engine-pool.js';

export interface PostgresEngineOptions {
  host: string;
  port: number;
  database: string;
  username: string;
  password?: string | undefined;
  /** Connections that are kept. */
  poolSize: number;
  /** Connections beyond them, for bursts; closed again when they idle. */
  maxOverflow: number;
  ssl?: boolean | object | undefined;
}

const CONNECT_MS = 10_000;
const OVERFLOW_IDLE_MS = 10_000;

/** Connects to a PostgreSQL server. Rejects with DEPENDENCY_UNAVAILABLE where there is none. */
export async function startPostgresEngine(options: PostgresEngineOptions): Promise<DatabaseEngine> {
  const pool = new EnginePool({
    host: options.host,
    port: options.port,
    database: options.database,
    user: options.username,
    password: options.password,
    ssl: options.ssl as never,
    // `min` of them stay when they idle; those beyond are closed.
    min: options.poolSize,
    max: options.poolSize + options.maxOverflow,
    idleTimeoutMillis: OVERFLOW_IDLE_MS,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: 'strata',
  });
  const engine = createEngine({
    kind: 'postgres',
    pool,
    checkBackend: () => Promise.resolve(),
    stopBackend: () => Promise.resolve(),
  });
  try {
    await engine.check();
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return engine;
}
