/** Values are JSON-serialisable. A cache out of reach behaves as an empty one and says so in `check`. */
export interface Cache {
  get<T>(key: string): Promise<T | undefined>;
  /** @param ttlSeconds the configured default where it is left out */
  set(key: string, value: unknown, ttlSeconds?: number): Promise<void>;
  /** One caller computes, the others of that moment wait for it. `compute`'s failure is not kept. */
  getOrCompute<T>(key: string, compute: () => Promise<T>, ttlSeconds?: number): Promise<T>;
  delete(keys: readonly string[]): Promise<void>;
  /** Drops every key that begins with `prefix`. */
  invalidate(prefix: string): Promise<void>;
  stats(): { hits: number; misses: number; sizeBytes: number };
  check(): Promise<void>;
  close(): Promise<void>;
}
