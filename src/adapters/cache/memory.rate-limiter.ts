import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateLimiter, RateRule } from '../../ports/rate-limiter.port.js';
import { checkRule, COUNTING, judge, RateWindows } from './rate-windows.js';

/** Counts within one process. */
export class MemoryRateLimiter implements RateLimiter {
  readonly #windows = new RateWindows(() => new RateLimiterMemory(COUNTING));

  async consume(key: string, rule: RateRule, points = 1): Promise<void> {
    checkRule(rule, points);
    judge(rule, await this.#windows.add(key, rule, points));
  }

  async close(): Promise<void> {}
}
