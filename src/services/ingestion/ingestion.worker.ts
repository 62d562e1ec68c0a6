import { v7 as uuidv7 } from 'uuid';
import type { DataObject, Ingestion, IngestionError } from '../../domain/model.js';
import type { LeasedIngestion } from '../../ports/repositories/ingestion.repository.port.js';
import type { ObjectCache } from '../objects/object-cache.js';
import { announceChanges, ingestionChannel, recordChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { embedStage } from './embed.stage.js';
import { extractStage } from './extract.stage.js';
import { ingestionErrorOf, retryDelaySeconds, WorkerDied } from './failure.js';
import { indexStage } from './index.stage.js';
import { LEASE_SECONDS, LeaseKeeper } from './lease-keeper.js';
import { isAlive, isExtracted, leaseOf, PROGRESS, type WorkItem } from './work-item.js';

/** How often progress within a stage is written. */
const PROGRESS_EVERY_MS = 500;

type Dependencies = Pick<
  ServiceDependencies,
  'database' | 'objectStore' | 'media' | 'embedder' | 'vectors' | 'keywords' | 'events' | 'queue' | 'metrics' | 'logger' | 'limits'
>;

/**
 * Takes batches of ingestions from STORE to READY. What it holds by: an ingestion is worked on by whoever has its lease, and
 * every write names the lease's epoch, so a worker that stalled and woke up changes nothing; every stage can be run again.
 */
export class IngestionWorker {
  private readonly owner = uuidv7();

  constructor(
    private readonly deps: Dependencies,
    private readonly objectCache: ObjectCache,
  ) {}

  /** Each ingestion's fate is written with its row; this throws only where the rows themselves are out of reach. */
  async run(ingestionIds: readonly string[], signal: AbortSignal): Promise<void> {
    const claimed = await this.deps.database.ingestions.claim(ingestionIds, 'ingest', this.owner, LEASE_SECONDS);
    const items = await this.load(claimed);
    if (items.length === 0) return;
    const leases = new LeaseKeeper(this.deps.database.ingestions, this.deps.logger, items.map(leaseOf));
    try {
      for (const item of items) this.refuseExhausted(item);
      await this.advance(items.filter((item) => !isExtracted(item)), 'EXTRACT');
      await extractStage(this.deps, items, signal);
      await embedStage(this.deps, items, signal, this.progressWriter(items));
      await this.advance(items, 'INDEX');
      const ready = await indexStage(this.deps, items);
      await this.announceReady(ready);
    } catch (error) {
      // A stage that fails as a whole (the model's threads, the database) fails each of its items, in its own words.
      for (const item of items) if (isAlive(item)) item.failure = error;
    } finally {
      leases.stop();
    }
    if (signal.aborted) return this.giveBack(items);
    for (const item of items) if (!isAlive(item)) await this.fail(item, ingestionErrorOf(item.failure));
    this.deps.queue.wake('annotate');
    this.hint(items.map((item) => item.ingestion));
  }

  private async load(claimed: readonly LeasedIngestion[]): Promise<WorkItem[]> {
    const items: WorkItem[] = [];
    for (const [tenantId, ofTenant] of Map.groupBy(claimed, (ingestion) => ingestion.tenantId)) {
      const objects = new Map((await this.deps.database.objects.findByIds(tenantId, ofTenant.map((each) => each.objectId))).map((object) => [object.id, object]));
      for (const ingestion of ofTenant) {
        // Purged since: its ingestion went with it, and nothing is left to do.
        const object = objects.get(ingestion.objectId);
        if (object) items.push({ ingestion, object, extraction: null, passages: [], media: [], warnings: [], failure: undefined });
      }
    }
    return items;
  }

  private refuseExhausted(item: WorkItem): void {
    if (item.ingestion.attempts <= this.deps.limits.jobs.maxAttempts) return;
    item.failure = new WorkerDied(item.ingestion.attempts - 1);
  }

  private async advance(items: readonly WorkItem[], stage: 'EXTRACT' | 'INDEX'): Promise<void> {
    const alive = items.filter(isAlive);
    if (alive.length === 0) return;
    this.hint(await this.deps.database.ingestions.advance(alive.map(leaseOf), { stage, progress: PROGRESS[stage] }));
  }

  /** Writes how far the embedding is, now and then; a failure here is the heartbeat's to notice. */
  private progressWriter(items: readonly WorkItem[]): (fraction: number) => void {
    let last = Date.now();
    return (fraction) => {
      if (Date.now() - last < PROGRESS_EVERY_MS || fraction >= 1) return;
      last = Date.now();
      const progress = PROGRESS.EMBED + fraction * (PROGRESS.INDEX - PROGRESS.EMBED);
      this.deps.database.ingestions
        .advance(items.filter(isAlive).map(leaseOf), { stage: 'EMBED', progress })
        .then((rows) => this.hint(rows))
        .catch((error: unknown) => this.deps.logger.warn({ error }, 'progress could not be written'));
    };
  }

  private async announceReady(ready: readonly DataObject[]): Promise<void> {
    for (const [tenantId, objects] of Map.groupBy(ready, (object) => object.tenantId)) {
      await this.objectCache.invalidate(tenantId, objects.map((object) => object.id));
      announceChanges(this.deps.events, tenantId);
    }
  }

  private async fail(item: WorkItem, error: IngestionError): Promise<void> {
    const { ingestion, object } = item;
    const again = error.retryable && ingestion.attempts < this.deps.limits.jobs.maxAttempts;
    this.deps.logger[error.code === 'INTERNAL' ? 'error' : 'warn'](
      { ingestion: ingestion.id, object: object.id, attempt: ingestion.attempts, code: error.code, again, error: item.failure },
      again ? 'an ingestion failed and will be tried again' : 'an ingestion failed',
    );
    const delay = again ? retryDelaySeconds(ingestion.attempts) : 0;
    await this.deps.database.transaction(async (tx) => {
      const failed = await tx.ingestions.fail(leaseOf(item), error, again ? new Date(Date.now() + delay * 1_000) : null);
      if (failed === null) return; // someone else has it by now
      if (again) {
        await tx.enqueue([{ name: 'ingest', data: { ingestionId: ingestion.id }, startAfterSeconds: Math.ceil(delay) }]);
        return;
      }
      const [after] = await tx.objects.setStatus(object.tenantId, [object.id], 'FAILED');
      await recordChanges(tx, [{ kind: 'UPDATED', before: object, after: after! }]);
    });
    if (again) return;
    this.deps.metrics.countIngestion(object.type, 'FAILED');
    await this.objectCache.invalidate(object.tenantId, [object.id]);
    announceChanges(this.deps.events, object.tenantId);
  }

  /** The process is going down: what was not finished is free for the next one at once. */
  private async giveBack(items: readonly WorkItem[]): Promise<void> {
    await this.deps.database.ingestions.release(items.map(leaseOf));
    throw new ShuttingDown();
  }

  private hint(ingestions: readonly Pick<Ingestion, 'id'>[]): void {
    for (const { id } of ingestions) this.deps.events.publish(ingestionChannel(id), { id });
  }
}

/** Thrown so that the queue hands the jobs out again. */
export class ShuttingDown extends Error {
  constructor() {
    super('the process is shutting down');
    this.name = 'ShuttingDown';
  }
}
