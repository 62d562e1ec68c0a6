import type { Ingestion } from '../../domain/model.js';
import type { Logger } from '../../ports/logger.port.js';
import type { IngestionRepository } from '../../ports/repositories/ingestion.repository.port.js';
import { isAlive, leaseOf, PROGRESS, type WorkItem } from './work-item.js';

/** How often progress within a stage is written. */
const EVERY_MS = 500;

/** Writes how far the embedding of a batch is, now and then, beside the work. */
export class ProgressWriter {
  private last = Date.now();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: { ingestions: Pick<IngestionRepository, 'advance'>; logger: Logger },
    private readonly items: readonly WorkItem[],
    private readonly written: (rows: readonly Ingestion[]) => void,
  ) {}

  /** @param fraction of the EMBED stage, 0 to 1 */
  readonly report = (fraction: number): void => {
    if (Date.now() - this.last < EVERY_MS || fraction >= 1) return;
    this.last = Date.now();
    const progress = PROGRESS.EMBED + fraction * (PROGRESS.INDEX - PROGRESS.EMBED);
    this.writing = this.writing.then(() => this.write(progress));
  };

  /** To be awaited before the next stage is written: a late word must not lead back into this one. */
  async settled(): Promise<void> {
    await this.writing;
  }

  private async write(progress: number): Promise<void> {
    try {
      this.written(await this.deps.ingestions.advance(this.items.filter(isAlive).map(leaseOf), { stage: 'EMBED', progress }));
    } catch (error) {
      // Progress is a courtesy; what ails the database is the next stage's to meet.
      this.deps.logger.warn({ error }, 'progress could not be written');
    }
  }
}
