/** Hints between the parts of one installation: "this changed, look". The rows are the truth; a lost hint costs time, never correctness. */
export interface EventBus {
  publish(channel: string, message: unknown): void;
  /**
   * Messages from now on, until the signal aborts or the consumer returns. A consumer that falls more than `limit`
   * messages behind (1,000) is closed: its iterator throws `DEPENDENCY_UNAVAILABLE` with `dependency: "events"`.
   * Where messages may have been lost, because a server was away from here or from whoever sent them, comes a `null` in their place: look.
   */
  subscribe<T>(channel: string, options?: { signal?: AbortSignal; limit?: number }): AsyncIterableIterator<T | null>;
  close(): Promise<void>;
}
