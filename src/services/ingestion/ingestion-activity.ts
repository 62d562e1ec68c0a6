/** So long without an ingestion counts as a lull: longer than the gap between two batches of a large import. */
const LULL_MS = 150;

/** Knows whether ingestions are under way in this process, so that work which nobody waits for can let them pass. */
export class IngestionActivity {
  private running = 0;
  /** Of those who wait for a change. */
  private readonly listeners = new Set<() => void>();

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.running += 1;
    this.changed();
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.changed();
    }
  }

  /**
   * Resolves at a lull, or when the patience is at its end, or when the signal aborts.
   * @returns whether there is a lull
   */
  lull(patienceMs: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      let quiet: NodeJS.Timeout | undefined;
      const end = (isLull: boolean) => {
        clearTimeout(quiet);
        clearTimeout(late);
        this.listeners.delete(look);
        signal.removeEventListener('abort', giveUp);
        resolve(isLull);
      };
      const look = () => {
        clearTimeout(quiet);
        if (this.running === 0) quiet = setTimeout(end, LULL_MS, true);
      };
      const giveUp = () => end(false);
      const late = setTimeout(giveUp, patienceMs);
      signal.addEventListener('abort', giveUp, { once: true });
      this.listeners.add(look);
      look();
    });
  }

  /** Runs work in a lull, with a signal that aborts as soon as the next ingestion begins; the work goes on another time then. */
  async inLull(patienceMs: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (!(await this.lull(patienceMs, signal))) {
      // It was put off for long enough.
      if (!signal.aborted) await work(signal);
      return;
    }
    const begun = new AbortController();
    const look = () => {
      if (this.running > 0) begun.abort(new Interrupted());
    };
    this.listeners.add(look);
    try {
      look();
      await work(AbortSignal.any([signal, begun.signal]));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    } finally {
      this.listeners.delete(look);
    }
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

class Interrupted extends Error {
  constructor() {
    super('an ingestion began');
    this.name = 'Interrupted';
  }
}
