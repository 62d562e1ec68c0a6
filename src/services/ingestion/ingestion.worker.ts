import { v7 as uuidv7 } from 'uuid';
import type { DataObject, Ingestion } from '../../domain/model.js';
import type { LeasedIngestion } from '../../ports/repositories/ingestion.repository.port.js';
import { forgetContent } from '../indexing/forget-content.js';
import type { ObjectCache } from '../objects/object-cache.js';
import { announceChanges, ingestionChannel, recordChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { embedStage } from './embed.stage.js';
import { extractStage } from './extract.stage.js';
import { MOST_RUNS_ALONE, WorkerDied, ingestionErrorOf, isOutage, isSuspect, nextAttemptIn } from './failure.js';
import { indexStage } from './index.stage.js';
import { LEASE_SECONDS, LeaseKeeper } from './lease-keeper.js';
import { ProgressWriter } from './progress-writer.js';
import { attempt, isAlive, isExtracted, leaseOf, PROGRESS, type WorkItem } from './work-item.js';

type Dependencies = Pick<
  ServiceDependencies,
  'database' | 'objectStore' | 'media' | 'embedder' | 'vectors' | 'keywords' | 'indexSync' | 'indexesNow' | 'events' | 'queue' | 'metrics' | 'logger' | 'limits'
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
    const progress = new ProgressWriter({ ingestions: this.deps.database.ingestions, logger: this.deps.logger }, items, (rows) => this.hint(rows));
    try {
      const { maxAttempts } = this.deps.limits.jobs;
      const suspects = items.filter((item) => isSuspect(item.ingestion, maxAttempts));
      await this.process(items.filter((item) => !suspects.includes(item)), progress, signal);
      for (const item of suspects) await this.processAlone(item, progress, signal);
    } finally {
      leases.stop();
    }
    if (signal.aborted) return this.giveBack(items);
    for (const item of items) if (!isAlive(item)) await this.fail(item);
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
        if (object) items.push({ ingestion, object, extraction: null, models: [], passages: [], media: [], warnings: [], failure: undefined });
      }
    }
    return items;
  }

  /** Each item's failure is noted with it. */
  private async process(items: readonly WorkItem[], progress: ProgressWriter, signal: AbortSignal): Promise<void> {
    if (items.length === 0) return;
    try {
      await this.advance(items.filter((item) => !isExtracted(item)), 'EXTRACT');
      await extractStage(this.deps, items, signal);
      try {
        await together(items, signal, (some) => embedStage(this.deps, some, signal, progress.report));
      } finally {
        await progress.settled();
      }
      await this.advance(items, 'INDEX');
      await together(items, signal, async (some) => this.announceReady(await indexStage(this.deps, some)));
    } catch (error) {
      // A stage that fails for everybody (the database, a store) fails each of its items, in its own words.
      for (const item of items) if (isAlive(item)) item.failure = error;
    }
  }

  private async processAlone(item: WorkItem, progress: ProgressWriter, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (item.ingestion.runsAlone >= MOST_RUNS_ALONE) {
      item.failure = new WorkerDied(item.ingestion.runsAlone);
      return;
    }
    await this.deps.database.ingestions.beginAlone(leaseOf(item));
    await this.process([item], progress, signal);
    await this.deps.database.ingestions.endAlone(leaseOf(item));
  }

  private async advance(items: readonly WorkItem[], stage: 'EXTRACT' | 'INDEX'): Promise<void> {
    const alive = items.filter(isAlive);
    if (alive.length === 0) return;
    this.hint(await this.deps.database.ingestions.advance(alive.map(leaseOf), { stage, progress: PROGRESS[stage] }));
  }

  private async announceReady(ready: readonly DataObject[]): Promise<void> {
    for (const [tenantId, objects] of Map.groupBy(ready, (object) => object.tenantId)) {
      await this.objectCache.invalidate(tenantId, objects.map((object) => object.id));
      announceChanges(this.deps.events, tenantId);
    }
  }

  private async fail(item: WorkItem): Promise<void> {
    const { ingestion, object } = item;
    const error = ingestionErrorOf(item.failure);
    const delay = nextAttemptIn(ingestion, item.failure, this.deps.limits.jobs.maxAttempts);
    const again = delay !== null;
    this.deps.logger[error.code === 'INTERNAL' ? 'error' : 'warn'](
      { ingestion: ingestion.id, object: object.id, attempt: ingestion.attempts, code: error.code, again, error: item.failure },
      again ? 'an ingestion failed and will be tried again' : 'an ingestion failed',
    );
    await this.deps.database.transaction(async (tx) => {
      const [before] = await tx.objects.lockByIds(object.tenantId, [object.id]);
      const failed = await tx.ingestions.fail(leaseOf(item), error, delay);
      if (failed === null || before === undefined) return; // someone else has it by now, or purged it
      // A long text is indexed in several transactions; what the first of them wrote is not to be found.
      if (failed.stage === 'INDEX') {
        // A store that did not answer a moment ago hears of it with the next attempt, or with whatever else has waited.
        if (isOutage(item.failure)) this.deps.indexSync?.later(tx);
        await forgetContent(this.deps, tx, object.tenantId, [object.id]);
        await tx.objects.raiseGeneration(object.tenantId);
      }
      if (again) {
        await tx.enqueue([{ name: 'ingest', data: { ingestionId: ingestion.id }, startAfterSeconds: Math.ceil(delay) }]);
        return;
      }
      const [after] = await tx.objects.setStatus(object.tenantId, [object.id], 'FAILED');
      await recordChanges(tx, [{ kind: 'UPDATED', before, after: after! }]);
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

/**
 * Runs a stage over the batch. Where that fails and might be the fault of one of them, each goes alone, so that one content's
 * fault is not everybody's.
 */
async function together(items: readonly WorkItem[], signal: AbortSignal, stage: (items: readonly WorkItem[]) => Promise<void>): Promise<void> {
  const alive = items.filter(isAlive);
  try {
    await stage(alive);
  } catch (error) {
    if (alive.length < 2 || isOutage(error) || signal.aborted) throw error;
    for (const item of alive) await attempt(item, () => stage([item]));
  }
}

/** Thrown so that the queue hands the jobs out again. */
export class ShuttingDown extends Error {
  constructor() {
    super('the process is shutting down');
    this.name = 'ShuttingDown';
  }
}
