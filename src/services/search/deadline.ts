import { dependencyUnavailable } from '../../domain/errors.js';

/** The time ran out; never shown as such: legs turn it into their own failure, and what comes before them into that of what was asked. */
export class DeadlinePassed extends Error {
  constructor(readonly seconds: number) {
    super(`no answer within ${seconds} s`);
    this.name = 'DeadlinePassed';
  }
}

/** A time limit over several pieces of work, and the caller's own wish to stop. `end` frees the timer. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly endsAt: number;
  private readonly stop = () => this.controller.abort(this.caller!.reason);

  constructor(
    seconds: number,
    private readonly caller?: AbortSignal,
  ) {
    this.endsAt = performance.now() + seconds * 1000;
    this.timer = setTimeout(() => this.controller.abort(new DeadlinePassed(seconds)), seconds * 1000);
    this.timer.unref();
    if (caller?.aborted) this.stop();
    else caller?.addEventListener('abort', this.stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get secondsLeft(): number {
    return Math.max(0, (this.endsAt - performance.now()) / 1000);
  }

  /** Rejects with the signal's reason where that comes first, even if the work does not listen to the signal. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    let giveUp = () => {};
    const aborted = new Promise<never>((_, reject) => {
      giveUp = () => reject(signal.reason);
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
    try {
      return await Promise.race([work, aborted]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** As `race`; where the time runs out, it was for this dependency. @throws DEPENDENCY_UNAVAILABLE */
  async raceFor<T>(dependency: 'database' | 'objects', work: Promise<T>): Promise<T> {
    return this.race(work).catch((error: unknown) => {
      throw error instanceof DeadlinePassed ? dependencyUnavailable(dependency, error) : error;
    });
  }

  end(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener('abort', this.stop);
  }
}
