import { Redis } from 'ioredis';
import { encryption, type RedisTls } from './redis-encryption.js';

export interface RedisSettings {
  host: string;
  port: number;
  db: number;
  username?: string;
  password?: string;
  /** Encrypts where it is there. */
  tls?: RedisTls;
  /** Milliseconds that one command may take; one that takes longer ends its connection. */
  commandTimeoutMs: number;
  /** Milliseconds between two signs of life on each connection: how long a dead one goes unnoticed. */
  heartbeatMs: number;
}

export interface ConnectionHooks {
  /** What there is to do before the connection counts as there. What it throws ends the connection; the next one tries again. */
  greet(client: Redis): Promise<void>;
  arrived(): void;
  left(): void;
  /** Anything that went wrong: for the records, not to be answered. */
  failed(error: Error): void;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * One connection that comes back by itself. It is `here` from the end of its greeting until its first doubt: a command
 * without an answer in time ends it, because nothing tells a slow server from one that is gone, and what was sent to it may
 * still be done later.
 */
export class RedisConnection {
  readonly client: Redis;
  #here = false;
  /** Counts connections, so that the greeting of an ended one does nothing. */
  #visit = 0;
  #failures = 0;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(
    settings: RedisSettings,
    private readonly hooks: ConnectionHooks,
  ) {
    this.client = new Redis({
      host: settings.host,
      port: settings.port,
      db: settings.db,
      username: settings.username,
      password: settings.password,
      ...(settings.tls === undefined ? {} : { tls: encryption(settings.host, settings.tls) }),
      // The older protocol: the newer one has no advantage here, and goes wrong where a password is given that the server does not ask for.
      protocol: 2,
      disableClientInfo: true,
      commandTimeout: settings.commandTimeoutMs,
      connectTimeout: settings.commandTimeoutMs,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => this.#pause(),
    });
    this.client.on('ready', () => void this.#greet());
    this.client.on('close', () => this.#leave());
    this.client.on('error', (error: Error) => hooks.failed(error));
    this.#heartbeat = setInterval(() => void this.#beat(), settings.heartbeatMs).unref();
  }

  get here(): boolean {
    return this.#here;
  }

  /** Ends this connection at once, without waiting for the other side, which may be gone. The next one begins by itself. */
  sever(error: Error): void {
    this.hooks.failed(error);
    this.#leave();
    (this.client.stream as { destroy(): void } | undefined)?.destroy();
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.client.disconnect();
    this.#leave();
    (this.client.stream as { destroy(): void } | undefined)?.destroy();
  }

  async #greet(): Promise<void> {
    const visit = ++this.#visit;
    try {
      await this.hooks.greet(this.client);
    } catch (error) {
      if (visit === this.#visit) this.sever(error as Error);
      return;
    }
    if (visit !== this.#visit) return;
    this.#here = true;
    this.#failures = 0;
    this.hooks.arrived();
  }

  #leave(): void {
    this.#visit++;
    if (!this.#here) return;
    this.#here = false;
    this.hooks.left();
  }

  async #beat(): Promise<void> {
    const visit = this.#visit;
    if (!this.#here) return;
    try {
      await this.client.ping();
    } catch (error) {
      if (visit === this.#visit) this.sever(error as Error);
    }
  }

  /** Twice as long each time, and not the same for all who lost the same server. */
  #pause(): number {
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS);
    return Math.ceil(pause * (0.5 + Math.random() / 2));
  }
}
