/** The time ran out; never shown as such: legs turn it into their own failure. */
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
  private readonly stop = () => this.controller.abort(this.caller!.reason);

  constructor(
    seconds: number,
    private readonly caller?: AbortSignal,
  ) {
    this.timer = setTimeout(() => this.controller.abort(new DeadlinePassed(seconds)), seconds * 1000);
    this.timer.unref();
    if (caller?.aborted) this.stop();
    else caller?.addEventListener('abort', this.stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
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

  end(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener('abort', this.stop);
  }
}
