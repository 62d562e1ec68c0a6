import pg from 'pg';

import { badInput, databaseTimeout, dependencyUnavailable, isStrataError, isTimeout, otherRevisionHere } from '../../../domain/errors.js';
import { SqlError } from '../../../ports/sql.port.js';

/**
 * Classes of SQLSTATE that say "the server is not there for you now", rather than "this statement is wrong":
 * 08 connection exception, 57P0x shutdown and start, 53 resources (connections, memory, disk), 58 system errors.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const UNAVAILABLE = /^(08|53|57P0|58)/;

const QUERY_CANCELED = '57014';
const LOCK_NOT_AVAILABLE = '55P03';
/** What a client is told where the server ended a statement by its clock. */
const TIMEOUTS: Readonly<Record<string, string>> = {
  [QUERY_CANCELED]:
    'The database ended a statement that took longer than it may. Try again in a moment, or ask for less at once; "database.statement_timeout_seconds" says how long one may take.',
  [LOCK_NOT_AVAILABLE]:
    'Others held rows that were needed here for longer than the database lets a statement wait. Try again in a moment; "database.lock_timeout_seconds" says how long one may wait.',
};

const NOT_IN_REPERTOIRE = '22021';
/** A trigger's own, of the migration 0016_model_revisions. */
const OTHER_REVISION = 'SM001';

/** What `pg` and Node say when the connection rather than the statement failed; they give no SQLSTATE. */
const CONNECTION_FAULT =
  /connection (terminated|ended|timeout)|timeout exceeded when trying to connect|timeout expired|client has encountered a connection error|client was closed|socket|not queryable|cannot use a pool after calling end/i;
const CONNECTION_CODES = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH',
]);

/** What pg says where the server has no TLS. */
const NO_ENCRYPTION = /does not support SSL connections|error establishing an SSL connection/i;
/** Codes of OpenSSL's and Node's: a certificate is not trusted, is another's or is over, or the two sides do not speak the same TLS. */
const CERTIFICATE_CODE = /^(UNABLE_TO_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_(CA|PURPOSE)|PATH_LENGTH_|HOSTNAME_MISMATCH|ERR_(TLS|SSL)_|EPROTO)/;

/** Why no encrypted connection came to be: the server has none to give, or this side does not take it (a code); null for everything else. */
export function encryptionFault(error: unknown): 'none' | { code: string } | null {
  if (!(error instanceof Error)) return null;
  if (NO_ENCRYPTION.test(error.message)) return 'none';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && CERTIFICATE_CODE.test(code) ? { code } : null;
}

/**
 * The one translation of the database's errors, whether they came through `pg` or through Prisma:
 * faults of the connection and timeouts become DEPENDENCY_UNAVAILABLE, refused statements become SqlError, anything else (a fault of
 * the program) stays what it is.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (isStrataError(error) || error instanceof SqlError) return error;
  if (error instanceof pg.DatabaseError) return refusal(error.code ?? 'XX000', error.message, error.constraint ?? null, error);
  if (!(error instanceof Error)) return error;
  const prisma = translatePrismaError(error);
  if (prisma !== null) return prisma;
  const code = (error as NodeJS.ErrnoException).code;
  if ((code !== undefined && CONNECTION_CODES.has(code)) || CONNECTION_FAULT.test(error.message) || encryptionFault(error) !== null) {
    return dependencyUnavailable('database', error);
  }
  return error;
}

/** A prepared statement's tables have changed since it was planned. */
export const isStalePlan = (error: unknown): boolean =>
  error instanceof SqlError && error.sqlState === '0A000' && /cached plan must not change result type/.test(error.message);

/** The server ended the statement, by its own clock or because somebody told it to. */
export const isCanceled = (error: unknown): boolean => isTimeout(error) && (error.cause as SqlError).sqlState === QUERY_CANCELED;

/** Two transactions, or a standby's read and its replay, got into each other's way: serialisation (40001) or deadlock (40P01). */
export const isConflict = (error: unknown): boolean => error instanceof SqlError && (error.sqlState === '40001' || error.sqlState === '40P01');

/** The same work may simply run again. */
export const isRetryable = (error: unknown): boolean => isStalePlan(error) || isConflict(error);

function refusal(sqlState: string, message: string, constraint: string | null, cause: unknown): Error {
  if (UNAVAILABLE.test(sqlState)) return dependencyUnavailable('database', cause);
  const timeout = TIMEOUTS[sqlState];
  if (timeout !== undefined) return databaseTimeout(timeout, new SqlError(sqlState, message, constraint, { cause }));
  // All that we send is UTF-8, so this is U+0000, which no text here can hold; it can only have come from a client.
  if (sqlState === NOT_IN_REPERTOIRE) return badInput('A text in the input holds the character U+0000. Take it out.');
  if (sqlState === OTHER_REVISION) return otherRevisionHere(message, cause);
  return new SqlError(sqlState, message, constraint, { cause });
}

/** Prisma's codes (https://www.prisma.io/docs/orm/reference/error-reference) for what repositories can meet. */
const PRISMA_STATES: Readonly<Record<string, string>> = {
  P2000: '22001', P2002: '23505', P2003: '23503', P2004: '23514', P2011: '23502', P2020: '22003', P2034: '40001',
};
const PRISMA_UNAVAILABLE = new Set(['P1000', 'P1001', 'P1002', 'P1003', 'P1008', 'P1010', 'P1011', 'P1017', 'P2024', 'P2037']);

interface DriverCause {
  kind?: string;
  code?: string;
  originalCode?: string;
  originalMessage?: string;
  message?: string;
  constraint?: { index?: string; fields?: string[] };
}

function translatePrismaError(error: Error): Error | null {
  if (!error.name.startsWith('PrismaClient') && error.name !== 'DriverAdapterError') return null;
  const known = error as Error & { code?: string; meta?: { driverAdapterError?: { cause?: DriverCause }; target?: unknown }; cause?: unknown };
  const driver = (known.meta?.driverAdapterError?.cause ?? known.cause ?? {}) as DriverCause;
  const code = known.code ?? '';
  if (PRISMA_UNAVAILABLE.has(code) || error.name === 'PrismaClientInitializationError' || error.name === 'PrismaClientRustPanicError') {
    return dependencyUnavailable('database', error);
  }
  // P2028: the transaction could not begin in time, or its connection went away under it.
  if (code === 'P2028' || CONNECTION_FAULT.test(error.message) || CONNECTION_FAULT.test(driver.originalMessage ?? driver.message ?? '')) {
    return dependencyUnavailable('database', error);
  }
  const sqlState = driver.originalCode ?? PRISMA_STATES[code] ?? (driver.kind === 'postgres' ? driver.code : undefined)
    ?? (driver.kind === 'TransactionWriteConflict' ? '40001' : undefined);
  if (sqlState === undefined || !/^[0-9A-Z]{5}$/.test(sqlState)) return null;
  return refusal(sqlState, driver.originalMessage ?? driver.message ?? error.message, driver.constraint?.index ?? null, error);
}
