import type { EventBus } from '../../ports/event-bus.port.js';
import { MemoryEventBus } from './memory.event-bus.js';

/** What the bus needs of a connection to Redis. Nothing of it throws; what is sent while Redis is away is lost. */
export interface RedisChannels {
  readonly nodeId: string;
  subscribe(name: string): void;
  unsubscribe(name: string): void;
  publish(name: string, text: string): void;
  listen(listener: { message(name: string, text: string): void; missed(): void }): void;
}

/** Keeps the bus' names apart from what else passes over the connection. */
const BEGINNING = 'event:';

/**
 * Events between the processes of an installation. Consumers in the publisher's own process get them at once, with or without
 * Redis; the others by way of it. After a time without Redis, its own or another process's, every consumer gets a `null`: something may
 * have been missed.
 */
export class RedisEventBus implements EventBus {
  readonly #here = new MemoryEventBus({
    opened: (channel) => this.redis.subscribe(BEGINNING + channel),
    ended: (channel) => this.redis.unsubscribe(BEGINNING + channel),
  });
  #closed = false;

  constructor(private readonly redis: RedisChannels) {
    redis.listen({
      message: (name, text) => this.#hear(name, text),
      missed: () => {
        for (const channel of this.#here.channels) this.#here.deliver(channel, 'null');
      },
    });
  }

  publish(channel: string, message: unknown): void {
    if (this.#closed) return;
    const text = JSON.stringify(message) ?? 'null';
    this.#here.deliver(channel, text);
    this.redis.publish(BEGINNING + channel, `${this.redis.nodeId} ${text}`);
  }

  subscribe<T>(channel: string, options: { signal?: AbortSignal; limit?: number } = {}): AsyncIterableIterator<T> {
    return this.#here.subscribe<T>(channel, options);
  }

  /** The connection belongs to whoever opened it. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#here.close();
  }

  #hear(name: string, text: string): void {
    if (!name.startsWith(BEGINNING)) return;
    const space = text.indexOf(' ');
    if (text.slice(0, space) !== this.redis.nodeId) this.#here.deliver(name.slice(BEGINNING.length), text.slice(space + 1));
  }
}
