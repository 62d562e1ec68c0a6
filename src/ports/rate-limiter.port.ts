/** How much of what is allowed: `points` within `seconds`, counted from the first one on. */
export interface RateRule {
  /** What is counted, in a word: `operations`, `uploads`. Rules of one name share their counts. */
  name: string;
  points: number;
  /** Whole seconds, from 1. */
  seconds: number;
}

/** Counts what each caller does, over all processes of an installation where they share a server. */
export interface RateLimiter {
  /**
   * Counts `points` (1) more of `key`, a caller's name.
   * @throws RATE_LIMITED with `retryAfterSeconds` once there are more than the rule allows. Never for a server that is away: then
   * each process counts for itself.
   */
  consume(key: string, rule: RateRule, points?: number): Promise<void>;
  close(): Promise<void>;
}
