import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { RateLimiter, RateRule } from '../../ports/rate-limiter.port.js';
import { MemoryRateLimiter } from './memory.rate-limiter.js';
import { checkRule, COUNTING, judge, RateWindows } from './rate-windows.js';
import type { RedisLink } from './redis-link.js';

/** Counts over all processes; while Redis is away, each counts for itself from nothing. */
export class RedisRateLimiter implements RateLimiter {
  readonly #windows: RateWindows;
  readonly #alone = new MemoryRateLimiter();

  constructor(
    private readonly link: RedisLink,
    prefix: string,
  ) {
    // The name ends where the caller's begins, whatever either holds.
    this.#windows = new RateWindows((name) => new RateLimiterRedis({ ...COUNTING, storeClient: link.client, keyPrefix: `${prefix}rate:${encodeURIComponent(name)}` }));
  }

  async consume(key: string, rule: RateRule, points = 1): Promise<void> {
    checkRule(rule, points);
    const counted = await this.link.attempt(() => this.#windows.add(key, rule, points));
    if (counted === undefined) return this.#alone.consume(key, rule, points);
    judge(rule, counted);
  }

  /** The connections belong to whoever opened them. */
  async close(): Promise<void> {}
}
