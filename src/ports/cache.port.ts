import type { KeyPattern } from '../domain/key-patterns.js';

/** Where values are kept: by this process, or in a Redis for all processes. */
export type CacheLevel = 'memory' | 'redis';

/** Values are JSON-serialisable. A cache out of reach behaves as an empty one and says so in `check`. */
export interface Cache {
  /** Those that this cache has, the nearer first, a Redis that is away among them; none where it keeps nothing. */
  readonly levels: readonly CacheLevel[];
  /** @param from where to look; `all` where it is left out: one after the other. A level that is not there, or away, has nothing. */
  get<T>(key: string, from?: CacheLevel | 'all'): Promise<T | undefined>;
  /** @param ttlSeconds the configured default where it is left out */
  set(key: string, value: unknown, ttlSeconds?: number): Promise<void>;
  /** One caller of this process computes, the others of that moment wait for it. `compute`'s failure is not kept. */
  getOrCompute<T>(key: string, compute: () => Promise<T>, ttlSeconds?: number): Promise<T>;
  delete(keys: readonly string[]): Promise<void>;
  /**
   * Drops every key that looks like the pattern. What it means is said once, in `KeyPattern`; a key, or a tenant's name within one, is
   * plain text in it, so nothing that is put into a pattern makes it wider.
   */
  invalidate(pattern: KeyPattern): Promise<void>;
  stats(): CacheStats;
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface CacheStats {
  /** Lookups since the start, wherever the value was found. */
  hits: number;
  misses: number;
  /** What this process keeps. */
  sizeBytes: number;
  /** Only where processes share a server behind their own memories. */
  shared?: {
    /** False while the server is away: values are then computed, and kept by nobody if they can change. */
    available: boolean;
    /** Lookups that this process' own memory could not answer. */
    hits: number;
    misses: number;
    /** Commands that failed or took too long. */
    failures: number;
    /** How often the server went away. */
    timesAway: number;
  };
}
