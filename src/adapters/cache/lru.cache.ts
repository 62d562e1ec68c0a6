import { keysLike, type KeyPattern } from '../../domain/key-patterns.js';
import type { Cache, CacheLevel, CacheStats } from '../../ports/cache.port.js';
import { Flights, SharedComputations } from './flights.js';
import { KeptValues, parsed, written, type KeptValuesOptions } from './kept-values.js';

/** `maxSizeMb` 0 keeps nothing; `getOrCompute` then still joins callers of the same moment. */
export interface LruCacheOptions extends KeptValuesOptions {
  /** Where `set` is not told otherwise. */
  ttlSeconds: number;
}

/**
 * The cache of one process. Values are kept as JSON: whoever gets one has a copy to do with as they please, and it is the
 * same that a cache across processes gives (a date is a text).
 */
export class LruCache implements Cache {
  readonly levels: readonly CacheLevel[];
  readonly #kept: KeptValues;
  readonly #flights = new Flights();
  readonly #shared = new SharedComputations(this.#flights);
  readonly #ttlSeconds: number;
  #hits = 0;
  #misses = 0;

  constructor(options: LruCacheOptions) {
    this.levels = options.maxSizeMb === 0 ? [] : ['memory'];
    this.#ttlSeconds = options.ttlSeconds;
    this.#kept = new KeptValues(options);
  }

  async get<T>(key: string, from: CacheLevel | 'all' = 'all'): Promise<T | undefined> {
    const kept = this.#count(from === 'redis' ? undefined : this.#kept.get(key));
    return kept === undefined ? undefined : parsed<T>(kept);
  }

  async set(key: string, value: unknown, ttlSeconds = this.#ttlSeconds): Promise<void> {
    this.#flights.overtake((underway) => underway === key);
    this.#keep(key, written(value), ttlSeconds);
  }

  async getOrCompute<T>(key: string, compute: () => Promise<T>, ttlSeconds = this.#ttlSeconds): Promise<T> {
    const joined = this.#shared.find(key);
    if (joined !== undefined) {
      this.#hits++;
      return parsed<T>(await joined);
    }
    const kept = this.#count(this.#kept.get(key));
    if (kept !== undefined) return parsed<T>(kept);
    return parsed<T>(
      await this.#shared.begin(key, async (flight) => {
        const result = written(await compute());
        if (flight.current) this.#keep(key, result, ttlSeconds);
        return result;
      }),
    );
  }

  async delete(keys: readonly string[]): Promise<void> {
    const dropped = new Set(keys);
    this.#flights.overtake((key) => dropped.has(key));
    for (const key of dropped) this.#kept.delete(key);
  }

  async invalidate(pattern: KeyPattern): Promise<void> {
    const concerns = keysLike(pattern);
    this.#flights.overtake(concerns);
    this.#kept.deleteWhere(concerns);
  }

  stats(): CacheStats {
    return { hits: this.#hits, misses: this.#misses, sizeBytes: this.#kept.sizeBytes };
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {
    this.#flights.overtake(() => true);
    this.#kept.clear();
  }

  #count(kept: string | undefined): string | undefined {
    if (kept === undefined) this.#misses++;
    else this.#hits++;
    return kept;
  }

  #keep(key: string, text: string | null, ttlSeconds: number): void {
    if (text === null) this.#kept.delete(key);
    else this.#kept.set(key, text, ttlSeconds);
  }
}
