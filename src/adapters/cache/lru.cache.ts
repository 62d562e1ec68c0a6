import { LRUCache } from 'lru-cache';
import type { Cache } from '../../ports/cache.port.js';

export interface LruCacheOptions {
  /** 0 keeps nothing; `getOrCompute` then still joins callers of the same moment. */
  maxSizeMb: number;
  /** Where `set` is not told otherwise. */
  ttlSeconds: number;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
}

/** What an entry takes beside its text and its key: buffer, list and map entries, roughly. */
const OVERHEAD_BYTES = 300;

interface Computation {
  result: Promise<Buffer | null>;
  /** False once the key was written or dropped in the meantime: what comes of it is answered, and not kept. */
  current: boolean;
}

const NOTHING: Promise<null> = Promise.resolve(null);

/**
 * The cache of one process. Values are kept as JSON in UTF-8 outside of the JavaScript heap: their size is known to the
 * byte, a large cache does not slow the garbage collector down, whoever gets one has a copy to do with as they please,
 * and it is the same that a cache across processes gives (a date is a text).
 */
export class LruCache implements Cache {
  readonly #entries: LRUCache<string, Buffer> | null;
  readonly #underway = new Map<string, Computation>();
  readonly #ttlSeconds: number;
  #hits = 0;
  #misses = 0;

  constructor({ maxSizeMb, ttlSeconds, now }: LruCacheOptions) {
    this.#ttlSeconds = ttlSeconds;
    this.#entries =
      maxSizeMb === 0
        ? null
        : new LRUCache({
            maxSize: maxSizeMb * 2 ** 20,
            sizeCalculation: (value, key) => value.byteLength + 2 * key.length + OVERHEAD_BYTES,
            ...(now === undefined ? {} : { perf: { now } }),
            ttlResolution: 0,
          });
  }

  async get<T>(key: string): Promise<T | undefined> {
    const kept = this.#look(key);
    return kept === undefined ? undefined : parsed<T>(kept);
  }

  async set(key: string, value: unknown, ttlSeconds = this.#ttlSeconds): Promise<void> {
    this.#overtake((underway) => underway === key);
    this.#keep(key, written(value), ttlSeconds);
  }

  async getOrCompute<T>(key: string, compute: () => Promise<T>, ttlSeconds = this.#ttlSeconds): Promise<T> {
    const joined = this.#underway.get(key);
    if (joined !== undefined) {
      this.#hits++;
      return parsed<T>(await joined.result);
    }
    const kept = this.#look(key);
    if (kept !== undefined) return parsed<T>(kept);
    const computation: Computation = { result: NOTHING, current: true };
    this.#underway.set(key, computation);
    computation.result = this.#compute(key, compute, ttlSeconds, computation);
    return parsed<T>(await computation.result);
  }

  async delete(keys: readonly string[]): Promise<void> {
    const dropped = new Set(keys);
    this.#overtake((key) => dropped.has(key));
    for (const key of dropped) this.#entries?.delete(key);
  }

  async invalidate(prefix: string): Promise<void> {
    this.#overtake((key) => key.startsWith(prefix));
    for (const key of [...(this.#entries?.keys() ?? [])]) if (key.startsWith(prefix)) this.#entries!.delete(key);
  }

  stats(): { hits: number; misses: number; sizeBytes: number } {
    return { hits: this.#hits, misses: this.#misses, sizeBytes: this.#entries?.calculatedSize ?? 0 };
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {
    this.#overtake(() => true);
    this.#entries?.clear();
  }

  async #compute(
    key: string,
    compute: () => Promise<unknown>,
    ttlSeconds: number,
    self: Computation,
  ): Promise<Buffer | null> {
    try {
      const result = written(await compute());
      if (self.current) this.#keep(key, result, ttlSeconds);
      return result;
    } finally {
      if (this.#underway.get(key) === self) this.#underway.delete(key);
    }
  }

  #look(key: string): Buffer | undefined {
    const kept = this.#entries?.get(key);
    if (kept === undefined) this.#misses++;
    else this.#hits++;
    return kept;
  }

  #keep(key: string, value: Buffer | null, ttlSeconds: number): void {
    if (value === null || ttlSeconds <= 0) this.#entries?.delete(key);
    else this.#entries?.set(key, value, { ttl: ttlSeconds * 1_000 });
  }

  #overtake(concerns: (key: string) => boolean): void {
    for (const [key, computation] of this.#underway) {
      if (!concerns(key)) continue;
      computation.current = false;
      this.#underway.delete(key);
    }
  }
}

/** null for what JSON has no word for, which is not kept. */
function written(value: unknown): Buffer | null {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return null;
  // Not Buffer.from, whose small results are slices that keep a larger block alive.
  const buffer = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  buffer.write(text);
  return buffer;
}

function parsed<T>(value: Buffer | null): T {
  return (value === null ? undefined : JSON.parse(value.toString())) as T;
}
