import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Logger } from '../../ports/logger.port.js';
import { RedisConnection, type RedisSettings } from './redis-connection.js';
import { speaksOtherwise } from './redis-encryption.js';
import { isNoReply, isRefusal, misconfiguration, noRedisAt, speaksOtherwiseAt, unavailable } from './redis-errors.js';
import { scripted, type ScriptedRedis } from './redis-scripts.js';

export interface RedisLinkOptions extends RedisSettings {
  /** Where every key and channel of this installation begins. */
  prefix: string;
  logger: Logger;
}

export interface LinkListener {
  /** @param name the channel as it was given to `subscribe` */
  message?(name: string, text: string): void;
  /** What one hears or could read may be of before now: the one or the other connection was lost, or is back. */
  interrupted?(): void;
  /** Messages are lost that others sent: this node hears again, or another one, which was away, can send again. */
  missed?(): void;
}

/** Tells all nodes that an epoch began, and at whose hands: whatever the others remember of values that can change is over. */
export const EPOCH_CHANNEL = 'epoch';

/** Only that it can be, for a moment. */
const CHECK_KEPT_MS = 1_000;

/**
 * The two connections that a process has to Redis, one for commands and one that listens. Whoever uses it need not know
 * whether Redis is there: what cannot be done answers so, and nothing throws.
 *
 * Whoever was away, or could not drop what had to be dropped, begins a new epoch before anything is read again. A server that
 * was started anew may hold what had been dropped since it was last saved; its run id says so, and begins one too.
 */
export class RedisLink {
  readonly nodeId = randomUUID();
  readonly #commands: RedisConnection;
  readonly #subscriber: RedisConnection;
  readonly #scripted: ScriptedRedis;
  readonly #channels = new Set<string>([EPOCH_CHANNEL]);
  readonly #listeners: LinkListener[] = [];
  readonly #channelBase: string;
  readonly #at: string;
  #run = '';
  #epoch = '';
  #owesEpoch = false;
  #lastError: Error | null = null;
  /** What has to be changed in the configuration, until Redis answers otherwise. */
  #misconfiguration: Error | null = null;
  #failures = 0;
  #timesAway = 0;
  #unique = 0;
  #closed = false;
  #changed: (() => void)[] = [];

  constructor(private readonly options: RedisLinkOptions) {
    this.#at = `${options.host}:${options.port}`;
    // Channels know no database numbers.
    this.#channelBase = `${options.prefix}${options.db}:`;
    this.#commands = new RedisConnection(options, {
      greet: (client) => this.#greet(client),
      arrived: () => this.#arrived('commands'),
      left: () => {
        this.#owesEpoch = true;
        this.#left('commands');
      },
      failed: (error) => this.#failed(error),
    });
    this.#subscriber = new RedisConnection(options, {
      greet: async (client) => void (await client.subscribe(...[...this.#channels].map((name) => this.#channelBase + name))),
      arrived: () => this.#arrived('subscriber'),
      left: () => this.#left('subscriber'),
      failed: (error) => this.#failed(error),
    });
    this.#scripted = scripted(this.#commands.client);
    this.#subscriber.client.on('message', (channel: string, text: string) => {
      const name = channel.slice(this.#channelBase.length);
      for (const listener of this.#listeners) listener.message?.(name, text);
      if (name === EPOCH_CHANNEL && text !== this.nodeId) for (const listener of this.#listeners) listener.missed?.();
    });
  }

  /** Commands are answered. */
  get available(): boolean {
    return this.#commands.here;
  }

  /** Commands are answered, and what other nodes drop is heard. */
  get hearing(): boolean {
    return this.#commands.here && this.#subscriber.here;
  }

  get failures(): number {
    return this.#failures;
  }

  get timesAway(): number {
    return this.#timesAway;
  }

  get epoch(): string {
    return this.#epoch;
  }

  get epochKey(): string {
    return `${this.options.prefix}epoch`;
  }

  /** For libraries that bring their own commands; it may be away. */
  get client(): Redis {
    return this.#commands.client;
  }

  listen(listener: LinkListener): void {
    this.#listeners.push(listener);
  }

  /** Something that nobody gave out before; also good as an epoch of the present server. */
  unique(): string {
    return `${this.nodeId}.${++this.#unique}`;
  }

  newEpoch(): string {
    return `${this.#run}.${this.unique()}`;
  }

  channel(name: string): string {
    return this.#channelBase + name;
  }

  /** @returns undefined where Redis is away or did not do it */
  async attempt<T>(work: (redis: ScriptedRedis) => Promise<T>): Promise<T | undefined> {
    if (!this.#commands.here) return undefined;
    try {
      return await work(this.#scripted);
    } catch (error) {
      this.#failures++;
      if (isRefusal(error as Error)) this.#failed(error as Error);
      else this.#commands.sever(error as Error);
      return undefined;
    }
  }

  /** For what must not be left undone: where it fails, nothing is read any more until a new epoch has begun. */
  async oblige(work: (redis: ScriptedRedis) => Promise<unknown>): Promise<boolean> {
    if (!this.#commands.here) {
      this.#owesEpoch = true;
      return false;
    }
    try {
      await work(this.#scripted);
      return true;
    } catch (error) {
      this.#failures++;
      this.#owesEpoch = true;
      this.#commands.sever(error as Error);
      return false;
    }
  }

  /** To be called when the epoch turns out to be another one than was thought. */
  async learnEpoch(): Promise<void> {
    await this.attempt(async (redis) => void (this.#epoch = await this.#begin(redis, '')));
  }

  subscribe(name: string): void {
    this.#channels.add(name);
    this.#whileReady((client) => client.subscribe(this.channel(name)));
  }

  unsubscribe(name: string): void {
    this.#channels.delete(name);
    this.#whileReady((client) => client.unsubscribe(this.channel(name)));
  }

  publish(name: string, text: string): void {
    void this.attempt((redis) => redis.publish(this.channel(name), text));
  }

  /** Resolves once subscriptions made before are in force and what was published before has arrived; at once where Redis is away. */
  async settled(): Promise<void> {
    await this.attempt((redis) => redis.ping());
    if (this.#subscriber.here) await this.#subscriber.client.ping().catch((error: Error) => this.#subscriber.sever(error));
  }

  /** Resolves at the first moment when `holds` does; looks at each change of the connections. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.#closed) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  /**
   * That messages come, and that something is kept: a server may be there and refuse to, for want of memory, disk or rights.
   * @throws NOT_CONFIGURED where waiting does not help, DEPENDENCY_UNAVAILABLE for the cache otherwise
   */
  async check(): Promise<void> {
    if (this.hearing) await this.settled();
    const kept = await this.attempt((redis) => redis.set(`${this.options.prefix}check`, this.nodeId, 'PX', CHECK_KEPT_MS));
    if (kept === 'OK' && this.hearing) return;
    throw (await this.diagnose()) ?? unavailable(this.#lastError);
  }

  /** What has to be changed in the configuration before Redis can be there. null where it is, and where nothing is known to be wrong. */
  async diagnose(): Promise<Error | null> {
    if (this.hearing || this.#misconfiguration !== null) return this.#misconfiguration;
    const told = this.#lastError;
    if (told !== null && isRefusal(told)) return null;
    if (await speaksOtherwise(this.options, told)) return speaksOtherwiseAt(this.#at, { encrypted: this.options.tls !== undefined }, told);
    return told !== null && isNoReply(told) ? noRedisAt(this.#at, told) : null;
  }

  /** What went wrong last; null where nothing did since Redis came. */
  get lastError(): Error | null {
    return this.#lastError;
  }

  /** What is wrong where waiting does not help. */
  get misconfiguration(): Error | null {
    return this.#misconfiguration;
  }

  close(): void {
    this.#closed = true;
    this.#commands.close();
    this.#subscriber.close();
    this.#tell();
  }

  async #greet(client: Redis): Promise<void> {
    // The library goes on in database 0 where the one asked for does not exist.
    await client.select(this.options.db);
    this.#run = /^run_id:(\S+)/m.exec(await client.info('server'))?.[1] ?? 'unknown';
    do {
      const always = this.#owesEpoch ? '1' : '';
      // Set again by whoever could not drop something in the meantime: that may have come after the epoch began.
      this.#owesEpoch = false;
      try {
        this.#epoch = await this.#begin(this.#scripted, always);
      } catch (error) {
        this.#owesEpoch ||= always === '1';
        throw error;
      }
    } while (this.#owesEpoch);
  }

  #begin(redis: ScriptedRedis, always: '1' | ''): Promise<string> {
    return redis.strataBegin(this.epochKey, this.#run, this.unique(), always, this.channel(EPOCH_CHANNEL), this.nodeId);
  }

  #arrived(which: 'commands' | 'subscriber'): void {
    this.#tell();
    if (which === 'subscriber') for (const listener of this.#listeners) listener.missed?.();
    if (!this.hearing) return;
    this.#lastError = null;
    this.#misconfiguration = null;
    this.options.logger.info({ redis: this.#at }, 'Redis is there');
  }

  #left(which: 'commands' | 'subscriber'): void {
    if (which === 'commands') this.#timesAway++;
    this.#tell();
    if (!this.#closed) this.options.logger.warn({ redis: this.#at, connection: which, err: this.#lastError }, 'Redis is away; the cache does without it until it is back');
  }

  #tell(): void {
    for (const listener of this.#listeners) listener.interrupted?.();
    for (const resolve of this.#changed.splice(0)) resolve();
  }

  #failed(error: Error): void {
    if (this.#closed) return;
    // A refusal is followed by a closed connection, which says less; a server that cannot be reached says more.
    if (isRefusal(error) || 'code' in error) this.#misconfiguration = misconfiguration(error, this.#at);
    if (this.#lastError?.message !== error.message) this.options.logger.warn({ redis: this.#at, err: this.#misconfiguration ?? error }, 'Redis failed');
    this.#lastError = error;
    for (const resolve of this.#changed.splice(0)) resolve();
  }

  #whileReady(work: (client: Redis) => Promise<unknown>): void {
    const { client } = this.#subscriber;
    if (client.status === 'ready') work(client).catch((error: Error) => this.#subscriber.sever(error));
  }
}
