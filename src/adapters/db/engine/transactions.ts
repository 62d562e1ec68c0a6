import { setTimeout as pause } from 'node:timers/promises';

import { dependencyUnavailable, internal } from '../../../domain/errors.js';
import type { PrismaClient } from '../generated/client.js';
import { BACKGROUND } from './background.js';
import type { EngineTransaction, PrismaEngineTransaction, TransactionOptions } from './database-engine.js';
import type { EnginePool, OpenTransaction } from './engine-pool.js';
import { sqlClientWithin } from './sql-client.js';
import { isRetryable, translateDatabaseError } from './sql-errors.js';

const RETRIES = 3;
const DEFAULT_TIMEOUT_MS = 60_000;
/** How long a transaction waits for a free connection. Long: under load, waiting is what the pool is for. */
const CONNECTION_WAIT_MS = 30_000;

const BEGIN = {
  ReadCommitted: 'BEGIN ISOLATION LEVEL READ COMMITTED',
  RepeatableRead: 'BEGIN ISOLATION LEVEL REPEATABLE READ',
  Serializable: 'BEGIN ISOLATION LEVEL SERIALIZABLE',
} as const;

/** Runs it again, up to 3 times and a little later each time, when it lost against another transaction (40001, 40P01). */
export async function retryingTransaction<T>(once: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once();
    } catch (error) {
      if (attempt >= RETRIES || !isRetryable(error)) throw error;
      await pause(Math.random() * 20 * 2 ** attempt);
    }
  }
}

/** The plain one: nothing but pg between the work and the database. */
export async function sqlTransaction<T>(
  pool: EnginePool,
  work: (tx: EngineTransaction) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  return pool.inTransaction(async (transaction) => {
    const client = await pool.connect().catch((error: unknown) => {
      throw translateDatabaseError(error);
    });
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      await client.query(`${options.isolation === undefined ? 'BEGIN' : BEGIN[options.isolation]}${pool.isInBackground() ? BACKGROUND : ''}`);
      const sql = sqlClientWithin(client, () => transaction.open, pool.names);
      const result = await within(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, ended(transaction, work({ sql, prisma: null })));
      // A statement that failed and was caught leaves the transaction aborted; COMMIT then answers ROLLBACK and no error.
      const { command } = await client.query('COMMIT');
      if (command === 'ROLLBACK') {
        throw internal('The transaction was rolled back: one of its statements failed, and its error was not passed on.');
      }
      return result;
    } catch (error) {
      transaction.open = false;
      await client.query('ROLLBACK').catch((fault: Error) => {
        broken ??= fault;
      });
      throw translateDatabaseError(error);
    } finally {
      client.removeListener('error', onError);
      client.release(broken);
    }
  });
}

/** Prisma opens and settles it; the pool tells which connection that is, and `tx.sql` speaks on it directly. */
export async function prismaTransaction<T>(
  pool: EnginePool,
  prisma: PrismaClient,
  work: (tx: PrismaEngineTransaction) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const timeout = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  let failure: { error: unknown } | null = null;
  try {
    return await pool.inTransaction((transaction) =>
      prisma.$transaction(
        async (prismaClient) => {
          const { client } = transaction;
          if (client === null) throw internal('The transaction began without a connection of its own.');
          const sql = sqlClientWithin(client, () => transaction.open, pool.names);
          try {
            return await within(timeout, ended(transaction, work({ sql, prisma: prismaClient })));
          } catch (error) {
            transaction.open = false;
            failure = { error };
            throw error;
          }
        },
        {
          maxWait: CONNECTION_WAIT_MS,
          // Ours comes first: Prisma's own would wait for the work to end by itself.
          timeout: timeout + 5_000,
          ...(options.isolation === undefined ? {} : { isolationLevel: options.isolation }),
        },
      ),
    );
  } catch (error) {
    // What the work itself threw says more than what the rollback made of it.
    throw translateDatabaseError((failure as { error: unknown } | null)?.error ?? error);
  }
}

/** Closes the transaction to further statements as soon as its work has settled. */
async function ended<T>(transaction: OpenTransaction, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    transaction.open = false;
  }
}

/** Waits so long for the database and no longer: then DEPENDENCY_UNAVAILABLE. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(dependencyUnavailable('database', new Error(`no answer within ${milliseconds} ms`)));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
