import { dependencyUnavailable } from '../../domain/errors.js';
import type { EventBus } from '../../ports/event-bus.port.js';

const DEFAULT_LIMIT = 1_000;

export interface MemoryEventBusOptions {
  /** The first consumer of a channel came. */
  opened?(channel: string): void;
  /** The last one left. */
  ended?(channel: string): void;
}

/** Events within one process. Messages pass as JSON, as they do between processes, so no two consumers share an object. */
export class MemoryEventBus implements EventBus {
  readonly #channels = new Map<string, Set<Subscription>>();
  #closed = false;

  constructor(private readonly options: MemoryEventBusOptions = {}) {}

  /** Those with a consumer. */
  get channels(): readonly string[] {
    return [...this.#channels.keys()];
  }

  publish(channel: string, message: unknown): void {
    if (this.#channels.has(channel)) this.deliver(channel, JSON.stringify(message) ?? 'null');
  }

  /** @param text JSON */
  deliver(channel: string, text: string): void {
    const subscriptions = this.#channels.get(channel);
    if (subscriptions === undefined) return;
    for (const subscription of [...subscriptions]) subscription.deliver(text);
  }

  subscribe<T>(channel: string, options: { signal?: AbortSignal; limit?: number } = {}): AsyncIterableIterator<T> {
    const subscription = new Subscription(options.limit ?? DEFAULT_LIMIT, options.signal, () =>
      this.#leave(channel, subscription),
    );
    if (this.#closed || options.signal?.aborted) subscription.end();
    else this.#join(channel, subscription);
    return subscription as AsyncIterableIterator<T>;
  }

  close(): Promise<void> {
    this.#closed = true;
    for (const subscriptions of [...this.#channels.values()])
      for (const subscription of [...subscriptions]) subscription.end();
    return Promise.resolve();
  }

  #join(channel: string, subscription: Subscription): void {
    const subscriptions = this.#channels.get(channel);
    if (subscriptions !== undefined) return void subscriptions.add(subscription);
    this.#channels.set(channel, new Set([subscription]));
    this.options.opened?.(channel);
  }

  #leave(channel: string, subscription: Subscription): void {
    const subscriptions = this.#channels.get(channel);
    if (!subscriptions?.delete(subscription) || subscriptions.size > 0) return;
    this.#channels.delete(channel);
    this.options.ended?.(channel);
  }
}

const DONE = { done: true, value: undefined } as const;

/**
 * One consumer's bounded queue. Not an async generator: the return() of one waits for the next() under way, which here
 * would be forever.
 */
class Subscription implements AsyncIterableIterator<unknown, undefined> {
  #queue: string[] = [];
  #waiting: ((result: IteratorResult<unknown, undefined>) => void)[] = [];
  #fault: Error | null = null;
  #ended = false;
  readonly #onAbort = () => this.end();

  constructor(
    private readonly limit: number,
    private readonly signal: AbortSignal | undefined,
    private readonly leave: () => void,
  ) {
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  deliver(text: string): void {
    const resolve = this.#waiting.shift();
    if (resolve !== undefined) resolve({ done: false, value: JSON.parse(text) });
    else if (this.#queue.push(text) > this.limit)
      this.end(dependencyUnavailable('events', new Error(`A consumer fell more than ${this.limit} messages behind.`)));
  }

  /** What was not consumed yet is dropped. @param fault what the consumer's next step throws, once */
  end(fault: Error | null = null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#fault = fault;
    this.#queue = [];
    this.signal?.removeEventListener('abort', this.#onAbort);
    this.leave();
    for (const resolve of this.#waiting.splice(0)) resolve(DONE);
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#fault !== null) {
      const fault = this.#fault;
      this.#fault = null;
      return Promise.reject(fault);
    }
    const text = this.#queue.shift();
    if (text !== undefined) return Promise.resolve({ done: false, value: JSON.parse(text) as unknown });
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    this.end();
    return Promise.resolve(DONE);
  }

  throw(error?: unknown): Promise<IteratorResult<unknown, undefined>> {
    this.end();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
