import { Repeater } from '@repeaterjs/repeater';

/** How a subscription hands out what it has. */
export interface Outlet<T> {
  /** Resolves when the consumer has taken it and asks for more: nothing piles up. */
  push(value: T): Promise<void>;
  /** True once the consumer left, the signal aborted, or `fail` was called. */
  readonly ended: boolean;
  /** Ends it with an error, which the consumer gets behind what was pushed already. */
  fail(error: unknown): void;
  /** Runs at the end, whichever way it comes. */
  onEnd(release: () => void): void;
}

/**
 * An async iterable whose `run` begins with the first `next()`. It ends when `run` does, when the consumer returns, or when
 * `signal` aborts: `next()` then resolves with `done` at once, even while `run` still waits for something. (An async
 * generator's `return()` would wait for it.)
 */
export function subscription<T>(signal: AbortSignal, run: (outlet: Outlet<T>) => Promise<void>): AsyncIterable<T> {
  return new Repeater<T>((push, stop) => {
    let ended = false;
    const releases: (() => void)[] = [];
    const end = (error?: unknown) => {
      if (ended) return;
      ended = true;
      stop(error);
      signal.removeEventListener('abort', onAbort);
      for (const release of releases) release();
    };
    const onAbort = () => end();
    void stop.then(() => end());
    if (signal.aborted) return end();
    signal.addEventListener('abort', onAbort, { once: true });
    const outlet: Outlet<T> = {
      push: async (value) => void (await push(value)),
      get ended() {
        return ended;
      },
      fail: end,
      onEnd: (release) => void (ended ? release() : releases.push(release)),
    };
    // Not awaited: the last `next()` would wait for it. What it throws after the end concerns nobody any more.
    run(outlet).then(() => end(), end);
  });
}
