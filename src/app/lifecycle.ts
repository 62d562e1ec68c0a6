import type { Logger } from '../ports/logger.port.js';

/** Starts parts in order and stops them in reverse, each whatever became of the others. */
export class Lifecycle {
  private readonly stops: { name: string; stop: () => Promise<void> }[] = [];
  private stopping: Promise<void> | null = null;

  constructor(private readonly logger: Logger) {}

  /** @param stop called with what `started` gave; never, where it failed */
  async add<T>(name: string, started: Promise<T>, stop: (part: T) => Promise<unknown>): Promise<T> {
    const part = await started;
    this.stops.push({ name, stop: async () => void (await stop(part)) });
    // Started beside one that failed, and later: nobody else would stop it.
    if (this.stopping !== null) await (this.stopping = this.stopping.then(() => this.stopAll()));
    return part;
  }

  /** Again: nothing more, but for what came meanwhile. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    for (let last = this.stops.pop(); last !== undefined; last = this.stops.pop()) {
      const { name, stop } = last;
      try {
        await stop();
      } catch (error) {
        this.logger.error({ part: name, error }, 'a part did not stop cleanly');
      }
    }
  }
}
