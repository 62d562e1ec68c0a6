interface Waiting {
  priority: 'query' | 'ingest';
  enter: () => void;
}

/** Lets so many through at once; who waits as `query` overtakes who waits as `ingest`. */
export class TaskGate {
  private readonly waiting: Waiting[] = [];
  private inside = 0;

  constructor(private readonly width: number) {}

  /** Resolves once inside, with the function to leave by. Rejects with the signal's reason when it aborts before that. */
  async enter(priority: 'query' | 'ingest', signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.inside < this.width) this.inside++;
    else await this.wait(priority, signal);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      // The place goes on to the next one without ever being free.
      const next = this.waiting.shift();
      if (next === undefined) this.inside--;
      else next.enter();
    };
  }

  private wait(priority: Waiting['priority'], signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(signal!.reason as Error);
      };
      const entry: Waiting = {
        priority,
        enter: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      const firstIngest = this.waiting.findIndex((other) => other.priority === 'ingest');
      if (priority === 'query' && firstIngest >= 0) this.waiting.splice(firstIngest, 0, entry);
      else this.waiting.push(entry);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}
