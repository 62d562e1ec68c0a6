import { AsyncLocalStorage } from 'node:async_hooks';

import pg from 'pg';

import { internal } from '../../../domain/errors.js';

/** The connection that the current transaction runs on, known to everything that runs inside it. */
export interface OpenTransaction {
  client: pg.PoolClient | null;
  /** False once the transaction's work is done: what comes later would run outside of it. */
  open: boolean;
}

export type StatementListener = (text: string) => void;

/**
 * A pg pool with two additions:
 * - it hears every statement, whoever sends it (Prisma, pg-boss, ourselves): the tests' statement counts rest on this;
 * - it knows the transaction that the caller is in. The first connection that is taken within `inTransaction` becomes that
 *   transaction's own; another one taken while it is open is refused, because it would see neither the transaction's
 *   writes nor, on the embedded database with its single session, ever be answered.
 */
export class EnginePool extends pg.Pool {
  statements = 0;
  private readonly current = new AsyncLocalStorage<OpenTransaction>();
  private readonly statementListeners: Set<StatementListener>;

  constructor(config: pg.PoolConfig) {
    const listeners = new Set<StatementListener>();
    const heard = (text: string): void => {
      this.statements += 1;
      for (const listener of listeners) listener(text);
    };
    super({ ...config, Client: hearingClient(heard) } as pg.PoolConfig);
    this.statementListeners = listeners;
    // An idle connection that breaks leaves the pool by itself; without a listener it would end the process.
    this.on('error', () => undefined);
  }

  /** @returns a function that ends the listening */
  onStatement(listener: StatementListener): () => void {
    this.statementListeners.add(listener);
    return () => this.statementListeners.delete(listener);
  }

  async inTransaction<T>(work: (transaction: OpenTransaction) => Promise<T>): Promise<T> {
    this.refuseInsideTransaction();
    const transaction: OpenTransaction = { client: null, open: true };
    try {
      return await this.current.run(transaction, () => work(transaction));
    } finally {
      transaction.open = false;
    }
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void): void;
  override connect(
    callback?: (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void,
  ): Promise<pg.PoolClient> | void {
    try {
      this.refuseInsideTransaction();
    } catch (error) {
      if (callback === undefined) return Promise.reject(error as Error);
      return callback(error as Error, undefined, () => undefined);
    }
    if (callback !== undefined) return super.connect(callback);
    return super.connect().then((client) => {
      const transaction = this.current.getStore();
      if (transaction?.open === true && transaction.client === null) transaction.client = client;
      return client;
    });
  }

  private refuseInsideTransaction(): void {
    const transaction = this.current.getStore();
    if (transaction?.open === true && transaction.client !== null) {
      throw internal('A statement was sent outside of the transaction that its caller is in. It has to go through that transaction.');
    }
  }
}

function hearingClient(heard: StatementListener): typeof pg.Client {
  return class HearingClient extends pg.Client {
    // pg's overloads cover text, configuration and callback forms; all of them pass through as they are.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    override query(...args: any[]): any {
      const first: unknown = args[0];
      heard(typeof first === 'string' ? first : String((first as { text?: unknown } | null)?.text ?? ''));
      return Reflect.apply(super.query as (...rest: unknown[]) => unknown, this, args);
    }
  };
}
