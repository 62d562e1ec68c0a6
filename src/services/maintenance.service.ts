import { annotationPassagesJob } from './annotation-passages/note-annotations.js';
import type { SagaRunner } from './sagas/saga-runner.js';
import type { ServiceDependencies } from './shared/dependencies.js';
import type { UploadService } from './uploads/upload.service.js';

const DAY = 24 * 3_600;
/** Events can be replayed for 24 h; an hour more spares a reader at the edge. */
const KEEP_EVENTS_SECONDS = 25 * 3_600;
/** A client may ask for long what became of its upload; what it made stays in any case. */
const KEEP_UPLOADS_SECONDS = 30 * DAY;
/** Sessions of several parts are valid for 7 days; a process may die between beginning one in the store and writing it down. */
const ABANDONED_MS = 8 * DAY * 1_000;
const SWEEP = 500;
const OVERDUE_ANNOTATIONS_SECONDS = 60;

/** The chores that keep an installation whole without anyone asking for them. */
export class MaintenanceService {
  constructor(
    private readonly deps: Pick<ServiceDependencies, 'database' | 'objectStore' | 'queue' | 'keywords' | 'vectors' | 'indexSync' | 'logger'>,
    private readonly sagas: SagaRunner,
    private readonly uploads: UploadService,
  ) {}

  /** At the start of a process that is alone on its data: nobody else can hold anything. */
  async takeOverEverything(): Promise<void> {
    await this.deps.database.ingestions.endLeases();
    await this.deps.database.uploads.releaseAbandoned({ everyClaim: true });
    await this.deps.database.modelChanges.release(null);
    await this.deps.database.annotationChanges.endClaims();
    while ((await this.sagas.recover({ everyOwner: true })) > 0);
    await this.recover();
    await this.uploads.sweep();
  }

  /** What dead processes left is handed out again. */
  async recover(): Promise<void> {
    await this.sagas.recover({ everyOwner: false });
    await this.tellStores();
    await this.handOutAnnotated();
    const abandoned = await this.deps.database.ingestions.takeAbandoned(SWEEP);
    if (abandoned.length === 0) return;
    this.deps.logger.info({ count: abandoned.length }, 'ingestions that nobody held are handed out again');
    const annotating = abandoned.filter((each) => each.stage === 'ANNOTATE').map((each) => each.id);
    await this.deps.queue.enqueue([
      ...abandoned.filter((each) => each.stage !== 'ANNOTATE').map((each) => ({ name: 'ingest', data: { ingestionId: each.id } })),
      ...(annotating.length > 0 ? [{ name: 'annotate', data: { ingestionIds: annotating } }] : []),
    ]);
    this.deps.queue.wake('ingest');
    this.deps.queue.wake('annotate');
  }

  /** Captions and transcripts whose job was lost, or gave up on a model that is back by now. */
  private async handOutAnnotated(): Promise<void> {
    const overdue = await this.deps.database.annotationChanges.takeOverdue(OVERDUE_ANNOTATIONS_SECONDS, SWEEP);
    if (overdue.length === 0) return;
    const byTenant = [...Map.groupBy(overdue, ({ tenantId }) => tenantId)];
    await this.deps.queue.enqueue(byTenant.map(([tenantId, objects]) => annotationPassagesJob(tenantId, objects.map(({ objectId }) => objectId))));
    this.deps.queue.wake('annotate');
  }

  /** A store that is away does not keep the rest from being recovered. */
  private async tellStores(): Promise<void> {
    try {
      const objects = (await this.deps.indexSync?.recover()) ?? 0;
      if (objects > 0) this.deps.logger.info({ objects }, 'the vector store was told of changes that had waited');
    } catch (error) {
      this.deps.logger.warn({ error }, 'the vector store cannot be told of what has changed; it will be, as soon as it answers');
    }
  }

  async housekeeping(): Promise<void> {
    await this.uploads.expire();
    await this.uploads.sweep();
  }

  /** Both indexes take fresh writes as they come and fold them in later, in small steps, whatever becomes of the other. */
  async optimize(signal: AbortSignal): Promise<void> {
    const { keywords, vectors } = this.deps;
    const failures: unknown[] = [];
    for (const optimize of [() => keywords.optimize(signal), () => vectors.optimize?.(signal)]) {
      signal.throwIfAborted();
      try {
        await optimize();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 1 && !signal.aborted) throw new AggregateError(failures, 'neither index could be optimized');
    if (failures.length > 0) throw failures.at(-1);
  }

  async prune(): Promise<void> {
    await this.deps.database.events.prune(KEEP_EVENTS_SECONDS);
    await this.deps.database.idempotency.prune(DAY);
    await this.deps.database.sagas.prune(DAY);
    await this.deps.database.uploads.prune(KEEP_UPLOADS_SECONDS);
    await this.deps.objectStore.abandonMultiparts?.(new Date(Date.now() - ABANDONED_MS));
  }
}
