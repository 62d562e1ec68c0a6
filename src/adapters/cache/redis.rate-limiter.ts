import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { RateLimiter, RateRule } from '../../ports/rate-limiter.port.js';
import { limiterInMemory } from './memory.rate-limiter.js';
import { RateRules } from './rate-rules.js';
import type { RedisLink } from './redis-link.js';

/** Counts over all processes; while Redis is away, each counts for itself from nothing. */
export class RedisRateLimiter implements RateLimiter {
  readonly #rules: RateRules;

  constructor(link: RedisLink, prefix: string) {
    this.#rules = new RateRules(
      (rule) =>
        new RateLimiterRedis({
          storeClient: link.client,
          rejectIfRedisNotReady: true,
          insuranceLimiter: limiterInMemory(rule),
          keyPrefix: `${prefix}rate:${rule.name}`,
          points: rule.points,
          duration: rule.seconds,
        }),
    );
  }

  consume(key: string, rule: RateRule, points = 1): Promise<void> {
    return this.#rules.consume(key, rule, points);
  }

  /** The connections belong to whoever opened them. */
  async close(): Promise<void> {}
}
