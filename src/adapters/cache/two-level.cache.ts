import { keysLike, type KeyPattern } from '../../domain/key-patterns.js';
import type { Cache, CacheLevel, CacheStats } from '../../ports/cache.port.js';
import { Flights, SharedComputations, type Flight } from './flights.js';
import { KeptValues, parsed, written, type KeptValuesOptions } from './kept-values.js';
import { EPOCH_CHANNEL, type RedisLink } from './redis-link.js';
import { DROPPED_CHANNEL, RedisValues, type Dropped } from './redis-values.js';

export interface TwoLevelCacheOptions {
  /** What this process keeps by itself. */
  local: KeptValuesOptions & {
    /** At most: what is there may be dropped without this process hearing of it only while Redis is away, and then it is not used. */
    ttlSeconds: number;
  };
  /** In Redis, where `set` is not told otherwise. */
  ttlSeconds: number;
  prefix: string;
  maxValueBytes: number;
  leaseMs: number;
  /** Beginnings of keys whose value never changes. They stay in use while Redis is away, and are kept through its restarts. */
  lasting: readonly string[];
}

/**
 * A cache that the processes of an installation share: each keeps what it used lately, Redis keeps it for all.
 *
 * What holds, for every key whose value can change:
 *
 * 1. Redis keeps a computed value only under a lease that was there before computing began, and that goes with the key when
 *    it is dropped. So nothing that was read before a drop comes in after it.
 * 2. This process keeps a value only if Redis had it or took it, and nothing dropped the key while it was on its way (`Flight`).
 *    Dropping overtakes flights twice, when it begins and when Redis has done it.
 * 3. This process uses what it keeps only while it hears what others drop. Whenever a connection goes or comes, it forgets it
 *    all and overtakes what is under way.
 * 4. A drop that Redis did not confirm is made good by a new epoch, before this process reads anything again.
 *
 * So once a drop is confirmed and its message has arrived, no node answers with a value from before it.
 */
export class TwoLevelCache implements Cache {
  readonly levels: readonly CacheLevel[];
  readonly #kept: KeptValues;
  readonly #values: RedisValues;
  readonly #flights = new Flights();
  readonly #shared = new SharedComputations(this.#flights);
  #memoryHits = 0;
  #misses = 0;
  #redisHits = 0;
  #redisMisses = 0;

  constructor(
    private readonly link: RedisLink,
    private readonly options: TwoLevelCacheOptions,
  ) {
    this.levels = options.local.maxSizeMb === 0 ? ['redis'] : ['memory', 'redis'];
    this.#kept = new KeptValues(options.local);
    this.#values = new RedisValues(link, { ...options, isLasting: this.#isLasting });
    link.subscribe(DROPPED_CHANNEL);
    link.listen({
      message: (name, text) => this.#hear(name, text),
      interrupted: () => this.#forget(this.#canChange),
    });
  }

  async get<T>(key: string, from: CacheLevel | 'all' = 'all'): Promise<T | undefined> {
    const near = from === 'redis' ? undefined : this.#near(key);
    if (near !== undefined) return parsed<T>(near);
    const flight = this.#flights.begin(key);
    try {
      const found = from === 'memory' ? null : await this.#far(flight, false);
      if (found !== null && 'text' in found) return parsed<T>(found.text);
      this.#misses++;
      return undefined;
    } finally {
      this.#flights.end(flight);
    }
  }

  async set(key: string, value: unknown, ttlSeconds = this.options.ttlSeconds): Promise<void> {
    const keys = new Set([key]);
    this.#forgetKeys(keys);
    const text = written(value);
    const flight = this.#flights.begin(key);
    try {
      const taken = await this.#values.write(key, text, ttlSeconds);
      const { current } = flight;
      this.#forgetKeys(keys, flight);
      if (text !== null && current && (taken || this.#isLasting(key))) this.#keep(key, text, ttlSeconds);
    } finally {
      this.#flights.end(flight);
    }
  }

  async getOrCompute<T>(key: string, compute: () => Promise<T>, ttlSeconds = this.options.ttlSeconds): Promise<T> {
    const joined = this.#shared.find(key);
    if (joined !== undefined) {
      this.#memoryHits++;
      return parsed<T>(await joined);
    }
    const near = this.#near(key);
    if (near !== undefined) return parsed<T>(near);
    return parsed<T>(await this.#shared.begin(key, (flight) => this.#obtain(flight, compute, ttlSeconds)));
  }

  async delete(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const dropped = new Set(keys);
    this.#forgetKeys(dropped);
    await this.#values.drop([...dropped]);
    this.#forgetKeys(dropped);
  }

  async invalidate(pattern: KeyPattern): Promise<void> {
    const concerns = keysLike(pattern);
    this.#forget(concerns);
    await this.#values.dropLike(pattern);
    this.#forget(concerns);
  }

  stats(): CacheStats {
    return {
      hits: this.#memoryHits + this.#redisHits,
      misses: this.#misses,
      sizeBytes: this.#kept.sizeBytes,
      shared: {
        available: this.link.hearing,
        hits: this.#redisHits,
        misses: this.#redisMisses,
        failures: this.link.failures,
        timesAway: this.link.timesAway,
      },
    };
  }

  check(): Promise<void> {
    return this.link.check();
  }

  /** The connections belong to whoever opened them. */
  async close(): Promise<void> {
    this.#flights.overtake(() => true);
    this.#kept.clear();
  }

  async #obtain(flight: Flight, compute: () => Promise<unknown>, ttlSeconds: number): Promise<string | null> {
    const { key } = flight;
    const found = await this.#far(flight, true);
    if (found !== null && 'text' in found) return found.text;
    this.#misses++;
    const text = written(await compute());
    if (text === null || !flight.current) return text;
    if (this.#isLasting(key)) {
      await this.#values.write(key, text, ttlSeconds);
      if (flight.current) this.#keep(key, text, ttlSeconds);
    } else if (found !== null && (await this.#values.fill(key, text, ttlSeconds, found.lease)) && flight.current) {
      this.#keep(key, text, ttlSeconds);
    }
    return text;
  }

  async #far(flight: Flight, wantsLease: boolean) {
    const found = await this.#values.read(flight.key, { wantsLease });
    if (found !== null && 'text' in found) {
      this.#redisHits++;
      if (flight.current) this.#keep(flight.key, found.text, found.secondsLeft);
    } else if (this.link.available) this.#redisMisses++;
    return found;
  }

  #near(key: string): string | undefined {
    const kept = this.link.hearing || this.#isLasting(key) ? this.#kept.get(key) : undefined;
    if (kept !== undefined) this.#memoryHits++;
    return kept;
  }

  #keep(key: string, text: string, ttlSeconds: number): void {
    if (this.link.hearing || this.#isLasting(key)) this.#kept.set(key, text, Math.min(ttlSeconds, this.options.local.ttlSeconds));
  }

  #forget(concerns: (key: string) => boolean): void {
    this.#flights.overtake(concerns);
    this.#kept.deleteWhere(concerns);
  }

  #forgetKeys(keys: ReadonlySet<string>, except?: Flight): void {
    this.#flights.overtake((key) => keys.has(key), except);
    for (const key of keys) this.#kept.delete(key);
  }

  #hear(name: string, text: string): void {
    if (name === EPOCH_CHANNEL && text !== this.link.nodeId) this.#forget(this.#canChange);
    if (name !== DROPPED_CHANNEL) return;
    const { from, keys, pattern } = JSON.parse(text) as Dropped;
    if (from === this.link.nodeId) return;
    if (keys !== undefined) this.#forgetKeys(new Set(keys));
    if (pattern !== undefined) this.#forget(keysLike(pattern));
  }

  readonly #isLasting = (key: string): boolean => this.options.lasting.some((beginning) => key.startsWith(beginning));
  readonly #canChange = (key: string): boolean => !this.#isLasting(key);
}
