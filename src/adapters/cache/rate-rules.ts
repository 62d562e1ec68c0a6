import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { rateLimited } from '../../domain/errors.js';
import type { RateRule } from '../../ports/rate-limiter.port.js';

/** A limiter for each rule, made when it is first asked for. */
export class RateRules {
  readonly #limiters = new Map<string, RateLimiterAbstract>();

  constructor(private readonly create: (rule: RateRule) => RateLimiterAbstract) {}

  /** @throws RATE_LIMITED */
  async consume(key: string, rule: RateRule, points: number): Promise<void> {
    try {
      await this.#of(rule).consume(key, points);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
      throw rateLimited(`At most ${rule.points} ${rule.name} are allowed within ${rule.seconds} s. Try again in ${seconds} s.`, seconds);
    }
  }

  #of(rule: RateRule): RateLimiterAbstract {
    const name = `${rule.name}:${rule.points}:${rule.seconds}`;
    const known = this.#limiters.get(name);
    if (known !== undefined) return known;
    const limiter = this.create(rule);
    this.#limiters.set(name, limiter);
    return limiter;
  }
}
