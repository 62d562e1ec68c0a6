import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import { rateLimited } from '../../domain/errors.js';
import { LONGEST_RATE_SECONDS, type RateRule } from '../../ports/rate-limiter.port.js';

/** The library counts and keeps the time; what a rule makes of that is said below, once for wherever it counts. */
export const COUNTING = { points: Number.MAX_SAFE_INTEGER, duration: 1 };

/** A place to count in for each name of rules. */
export class RateWindows {
  readonly #byName = new Map<string, RateLimiterAbstract>();

  constructor(private readonly open: (name: string) => RateLimiterAbstract) {}

  /** @returns what is counted by now, and for how long it still is */
  add(key: string, { name, seconds }: RateRule, points: number): Promise<RateLimiterRes> {
    let counts = this.#byName.get(name);
    if (counts === undefined) this.#byName.set(name, (counts = this.open(name)));
    return counts.consume(key, points, { customDuration: seconds });
  }
}

/** @throws RangeError for what is no rule, or no number of points */
export function checkRule({ points: allowed, seconds }: RateRule, points: number): void {
  for (const [what, number, most] of [['Points', points, Infinity], ['A rule’s points', allowed, Infinity], ['A rule’s seconds', seconds, LONGEST_RATE_SECONDS]] as const) {
    if (!Number.isSafeInteger(number) || number < 1 || number > most) throw new RangeError(`${what} are a whole number from 1${most === Infinity ? '' : ` to ${most}`}, not ${number}.`);
  }
}

/** @throws RATE_LIMITED */
export function judge(rule: RateRule, { consumedPoints, msBeforeNext }: Pick<RateLimiterRes, 'consumedPoints' | 'msBeforeNext'>): void {
  if (consumedPoints <= rule.points) return;
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  throw rateLimited(`At most ${rule.points} ${rule.name} are allowed within ${rule.seconds} s. Try again in ${seconds} s.`, seconds);
}
