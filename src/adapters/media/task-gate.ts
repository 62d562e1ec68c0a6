interface Waiting {
  priority: 'query' | 'ingest';
  enter: () => void;
}

/**
 * Lets so many through at once, and where they are all inside one query more, so that a query waits for queries alone. Who waits as
 * `query` overtakes who waits as `ingest`.
 */
export class TaskGate {
  private readonly waiting: Waiting[] = [];
  private inside = 0;

  constructor(private readonly width: number) {}

  /** Resolves once inside, with the function to leave by. Rejects with the signal's reason when it aborts before that. */
  async enter(priority: 'query' | 'ingest', signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.hasRoom(priority)) this.inside++;
    else await this.wait(priority, signal);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.inside--;
      const next = this.waiting[0];
      if (next === undefined || !this.hasRoom(next.priority)) return;
      this.waiting.shift();
      // Taken here, and not once it runs: nobody who comes meanwhile finds the place free.
      this.inside++;
      next.enter();
    };
  }

  private hasRoom(priority: Waiting['priority']): boolean {
    return this.inside < this.width + (priority === 'query' ? 1 : 0);
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
