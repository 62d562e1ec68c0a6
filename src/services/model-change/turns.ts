import type { Database } from '../../ports/database.port.js';
import type { Logger } from '../../ports/logger.port.js';
import type { ModelsInUse } from '../models/models-in-use.js';
import type { ModelChangeWorker } from './model-change.worker.js';

/** The turns of this process at the open change: one at a time, by the clock, and at once for what was begun here; nobody waits for one. */
export class ModelChangeTurns {
  private readonly stopped = new AbortController();
  private running: Promise<void> | null = null;

  constructor(
    private readonly worker: Pick<ModelChangeWorker, 'turn'>,
    private readonly modelsInUse: Pick<ModelsInUse, 'open'>,
    private readonly database: Pick<Database, 'inBackground'>,
    private readonly logger: Logger,
    /** False: another process's worker finds what was begun here. */
    private readonly doesJobs: boolean,
  ) {}

  /** Nothing where no change is open, as far as this process knows. */
  take(signal: AbortSignal): Promise<void> {
    if (this.running !== null) return this.running;
    if (this.modelsInUse.open === null || this.stopped.signal.aborted) return Promise.resolve();
    const turn = () => this.worker.turn(AbortSignal.any([signal, this.stopped.signal]));
    this.running = this.database.inBackground(turn).finally(() => (this.running = null));
    return this.running;
  }

  wake(): void {
    if (!this.doesJobs) return;
    const after = this.running ?? Promise.resolve();
    after
      .then(() => this.take(this.stopped.signal))
      .catch((error: unknown) => this.logger.warn({ error }, 'a model change could not be moved on at once; it will be, in a moment'));
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running?.catch(() => undefined); // said where it was begun
  }
}
