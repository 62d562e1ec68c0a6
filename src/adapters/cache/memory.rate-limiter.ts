import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateLimiter, RateRule } from '../../ports/rate-limiter.port.js';
import { RateRules } from './rate-rules.js';

/** Counts within one process. */
export class MemoryRateLimiter implements RateLimiter {
  readonly #rules = new RateRules(limiterInMemory);

  consume(key: string, rule: RateRule, points = 1): Promise<void> {
    return this.#rules.consume(key, rule, points);
  }

  async close(): Promise<void> {}
}

export const limiterInMemory = ({ name, points, seconds }: RateRule): RateLimiterMemory =>
  new RateLimiterMemory({ keyPrefix: name, points, duration: seconds });
