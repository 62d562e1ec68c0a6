/**
 * How much of what is allowed: `points` within `seconds`. A caller's window begins with the first points, and ends `seconds` after,
 * whatever else comes; all of `points` may come at once, and again as soon as the next window has begun.
 */
export interface RateRule {
  /** What is counted, in a word: `operations`, `uploads`. Rules of one name share their counts; the window's end is set by the one that began it. */
  name: string;
  /** From 1. */
  points: number;
  /** Whole seconds, from 1 to `LONGEST_RATE_SECONDS`. */
  seconds: number;
}

/** A day. */
export const LONGEST_RATE_SECONDS = 86_400;

/** Counts what each caller does, over all processes of an installation where they share a server. */
export interface RateLimiter {
  /**
   * Counts `points` (1) more of `key`, a caller's name. What is refused is counted too, and makes the window no longer.
   * @param points whole, from 1
   * @throws RATE_LIMITED once there are more than the rule allows; its `retryAfterSeconds` are those until the window ends, rounded
   * up, at least 1. Never for a server that is away: then each process counts for itself, from nothing.
   * @throws RangeError for points or a rule that are none; nothing is counted
   */
  consume(key: string, rule: RateRule, points?: number): Promise<void>;
  close(): Promise<void>;
}
