import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { Socket } from 'node:net';

import pg from 'pg';

import { internal } from '../../../domain/errors.js';
import type { StatementNames } from './statement-names.js';

/** The connection that the current transaction runs on, known to everything that runs inside it. */
export interface OpenTransaction {
  client: pg.PoolClient | null;
  /** False once the transaction's work is done: what comes later would run outside of it. */
  open: boolean;
}

/** Where it answers a function, that is called when the statement has come back, with its error where it failed. */
export type StatementListener = (text: string) => unknown;
type StatementEnd = (error?: unknown) => void;

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
  private readonly background = new AsyncLocalStorage<true>();
  private readonly statementListeners: Set<StatementListener>;

  /** @param names of prepared statements; null where none are used */
  constructor(
    config: pg.PoolConfig,
    readonly names: StatementNames | null = null,
  ) {
    const listeners = new Set<StatementListener>();
    const heard = (text: string): readonly StatementEnd[] => {
      this.statements += 1;
      if (listeners.size === 0) return NOBODY_WAITS;
      return [...listeners].map((listener) => listener(text)).filter((ended) => typeof ended === 'function') as StatementEnd[];
    };
    // A connection sends what is asked of it at once, so that statements which need not wait for one another's answers do not.
    super({ ...config, pipeline: true, Client: hearingClient(heard) } as pg.PoolConfig);
    this.statementListeners = listeners;
    // An idle connection that breaks leaves the pool by itself; without a listener it would end the process.
    this.on('error', () => undefined);
    // So would one that is handed out and breaks between two statements; the next statement on it fails, and tells.
    this.on('connect', (client) => client.on('error', () => undefined));
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

  /** What `work` calls knows that nobody waits for it. */
  inBackground<T>(work: () => T): T {
    return this.background.run(true, work);
  }

  isInBackground(): boolean {
    return this.background.getStore() === true;
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
    // A caller that waited is called from where its connection was given back; whoever listens wants to know where it was asked for.
    if (callback !== undefined) return super.connect(this.statementListeners.size === 0 ? callback : AsyncResource.bind(callback));
    return super.connect().then((client) => {
      const transaction = this.current.getStore();
      if (transaction?.open === true && transaction.client === null) transaction.client = client;
      return client;
    });
  }

  /** Ends all connections at once, those that are being made too; what waits for one fails. */
  breakOff(): void {
    for (const { connection } of (this as unknown as PoolInternals)._clients) connection.stream.destroy();
  }

  private refuseInsideTransaction(): void {
    const transaction = this.current.getStore();
    if (transaction?.open === true && transaction.client !== null) {
      throw internal('A statement was sent outside of the transaction that its caller is in. It has to go through that transaction.');
    }
  }
}

/** What pg keeps of its connections; its types leave it out. */
interface PoolInternals {
  _clients: readonly { connection: { stream: Socket } }[];
}

const NOBODY_WAITS: readonly StatementEnd[] = [];

function hearingClient(heard: (text: string) => readonly StatementEnd[]): typeof pg.Client {
  return class HearingClient extends pg.Client {
    // pg's overloads cover text, configuration and callback forms; all of them pass through as they are.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    override query(...args: any[]): any {
      const first: unknown = args[0];
      const waiting = heard(typeof first === 'string' ? first : String((first as { text?: unknown } | null)?.text ?? ''));
      if (waiting.length === 0) return Reflect.apply(super.query as (...rest: unknown[]) => unknown, this, args);
      return followed(args, waiting, (all) => Reflect.apply(super.query as (...rest: unknown[]) => unknown, this, all));
    }
  };
}

/** Sends the statement, and tells those who wait when it has come back, by callback or by promise as it was asked for. */
function followed(args: readonly unknown[], waiting: readonly StatementEnd[], send: (args: readonly unknown[]) => unknown): unknown {
  const tell = (error?: unknown) => {
    for (const ended of waiting) ended(error);
  };
  const callback = args.at(-1);
  if (typeof callback === 'function') {
    return send([
      ...args.slice(0, -1),
      (error: unknown, result: unknown) => {
        tell(error ?? undefined);
        (callback as (error: unknown, result: unknown) => void)(error, result);
      },
    ]);
  }
  const sent = send(args);
  if (sent instanceof Promise) sent.then(() => tell(), tell);
  // Streams and the like say themselves when they end; that they were sent is what is known here.
  else tell();
  return sent;
}
