import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { isUnavailable, StrataError } from '../../../domain/errors.js';
import { SqlError } from '../../../ports/sql.port.js';
import { createEngine, type DatabaseEngine } from './database-engine.js';
import { EnginePool } from './engine-pool.js';
import { watchForSilence, type Patience } from './silence-watch.js';
import { encryptionFault } from './sql-errors.js';
import { StatementNames } from './statement-names.js';

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
  tls?: TlsOptions | undefined;
  /** What a statement may take, and what it may wait for a lock. Default 60 and 30; migrations are exempt. */
  statementTimeoutSeconds?: number | undefined;
  lockTimeoutSeconds?: number | undefined;
  /** False behind a pooler that hands connections on between transactions. Default true. */
  preparedStatements?: boolean | undefined;
  /** How long a connection beyond those that are kept may idle. Default 10,000. */
  overflowIdleMs?: number | undefined;
  /** How long a server may say nothing to a statement before it is asked whether it is there. 3 and 3 s where it is left out. */
  patience?: Patience | undefined;
  /** Connects when first asked, so that a server that is away does not keep the program from starting. */
  lazy?: boolean | undefined;
  /** Gives up the attempt to connect, and throws its reason. */
  interrupted?: AbortSignal | undefined;
}

export interface TlsOptions {
  /** Of the authority that signed the server's certificate; the system's own authorities where it is left out. */
  caFile?: string | undefined;
  /** False takes any certificate. */
  verify: boolean;
}

const CONNECT_MS = 10_000;
const OVERFLOW_IDLE_MS = 10_000;
const SECOND = 1_000;

/**
 * Connects to a PostgreSQL server.
 * @throws DEPENDENCY_UNAVAILABLE where there is none; NOT_CONFIGURED where it refuses the credentials, has no such database, or is not
 * encrypted as the settings want it
 */
export async function startPostgresEngine(options: PostgresEngineOptions): Promise<DatabaseEngine> {
  const server = {
    host: options.host,
    port: options.port,
    database: options.database,
    user: options.username,
    password: options.password,
    ssl: options.tls === undefined ? false : tlsOf(options.tls),
  };
  const pool = new EnginePool(
    {
      ...server,
      // `min` of them stay when they idle; those beyond are closed.
      min: options.poolSize,
      max: options.poolSize + options.maxOverflow,
      idleTimeoutMillis: options.overflowIdleMs ?? OVERFLOW_IDLE_MS,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: (options.statementTimeoutSeconds ?? 60) * SECOND,
      lock_timeout: (options.lockTimeoutSeconds ?? 30) * SECOND,
      keepAlive: true,
      application_name: 'strata',
    },
    options.preparedStatements === false ? null : new StatementNames(),
  );
  const stopWatching = watchForSilence(pool, server, options.patience);
  const engine = createEngine({
    kind: 'postgres',
    pool,
    checkBackend: () => Promise.resolve(),
    stopBackend: () => Promise.resolve(stopWatching()),
  });
  if (options.lazy === true) return engine;
  // Whoever stops the pool waits for connections that are being made, of which a silent server makes none.
  const giveUp = () => pool.breakOff();
  options.interrupted?.addEventListener('abort', giveUp, { once: true });
  try {
    options.interrupted?.throwIfAborted();
    await engine.check();
    options.interrupted?.throwIfAborted();
  } catch (error) {
    giveUp();
    await engine.stop();
    options.interrupted?.throwIfAborted();
    throw refusal(options, error);
  } finally {
    options.interrupted?.removeEventListener('abort', giveUp);
  }
  return engine;
}

function tlsOf({ caFile, verify }: TlsOptions): ConnectionOptions {
  return { rejectUnauthorized: verify, ...(caFile === undefined ? {} : { ca: authorityIn(caFile) }) };
}

function authorityIn(caFile: string): string {
  try {
    return readFileSync(caFile, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    throw misconfigured(`The file "${caFile}" cannot be read (${why}). Set database.ssl_ca to the certificate of the authority that signed the server's.`, 'database.ssl_ca', error);
  }
}

const misconfigured = (message: string, setting: string, cause: unknown) =>
  new StrataError('NOT_CONFIGURED', message, { extensions: { feature: 'database', setting }, cause });

/** SQLSTATE of what only a changed configuration mends. */
const REFUSED = { wrongPassword: '28P01', noEntrance: '28000', noDatabase: '3D000' };

function refusal({ host, port, database, username }: PostgresEngineOptions, error: unknown): unknown {
  const server = `The PostgreSQL server at ${host}:${port}`;
  if (isUnavailable(error)) {
    const fault = encryptionFault(error.cause);
    if (fault === 'none') return misconfigured(`${server} takes no encrypted connections. Switch "ssl" on there, or set database.ssl to false.`, 'database.ssl', error);
    if (fault !== null) {
      return misconfigured(
        `${server} shows a certificate that is not trusted here (${fault.code}). Set database.ssl_ca to the certificate of the authority that signed it and database.host to the name in it, or database.ssl_verify to false to take any.`,
        'database.ssl_ca',
        error,
      );
    }
    const code = (error.cause as { code?: unknown } | undefined)?.code;
    const why = typeof code === 'string' ? ` (${code})` : '';
    const message = `${server} does not answer${why}. See that it runs and lets this machine in, and that database.host and database.port name it rightly.`;
    return new StrataError('DEPENDENCY_UNAVAILABLE', message, { extensions: error.extensions, cause: error });
  }
  if (!(error instanceof SqlError)) return error;
  const told = (message: string) => misconfigured(message, 'database', error);
  switch (error.sqlState) {
    case REFUSED.wrongPassword:
    case REFUSED.noEntrance:
      return told(`${server} does not let the user "${username}" in. Mend database.username and database.password, or what the server allows (pg_hba.conf).`);
    case REFUSED.noDatabase:
      return told(`${server} has no database "${database}". Create it (createdb ${database}), or mend database.database.`);
    default:
      return error;
  }
}
