import { conflict, notFound, type StrataError } from '../../domain/errors.js';
import type { Ingestion, IngestionStatus, Viewer } from '../../domain/model.js';
import type { Ingested, IngestText } from '../../domain/operations.js';
import { cursorFingerprint, readPageArgs, toPage, type Page, type PageArgs } from '../../domain/paging.js';
import { requireRole } from '../../domain/roles.js';
import type { TextIntakeService } from '../intake/text-intake.service.js';
import type { ObjectCache } from '../objects/object-cache.js';
import { announceChanges, ingestionChannel, recordChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { COUNT_TIMEOUT_MS, inOrder, keyOfCreated } from '../shared/pages.js';

export class IngestionService {
  constructor(
    private readonly deps: Pick<ServiceDependencies, 'database' | 'queue' | 'events'>,
    private readonly texts: TextIntakeService,
    private readonly objectCache: ObjectCache,
  ) {}

  async byIds(viewer: Viewer, ids: readonly string[]): Promise<(Ingestion | null)[]> {
    requireRole(viewer, 'reader');
    return inOrder(ids, await this.deps.database.ingestions.findByIds(viewer.tenantId, ids));
  }

  async page(viewer: Viewer, args: PageArgs & { status?: readonly IngestionStatus[] }): Promise<Page<Ingestion>> {
    requireRole(viewer, 'reader');
    const status = args.status ?? null;
    const request = readPageArgs(args, cursorFingerprint('ingestions', { status }));
    const { ingestions } = this.deps.database;
    const rows = await ingestions.page(viewer.tenantId, status, { ...request, field: 'CREATED_AT', direction: 'DESC' });
    return toPage(rows, request, keyOfCreated, () => ingestions.count(viewer.tenantId, status, COUNT_TIMEOUT_MS));
  }

  async newestForObjects(viewer: Viewer, objectIds: readonly string[]): Promise<(Ingestion | null)[]> {
    const newest = await this.deps.database.ingestions.newestForObjects(viewer.tenantId, objectIds);
    const byObject = new Map(newest.map((ingestion) => [ingestion.objectId, ingestion]));
    return objectIds.map((id) => byObject.get(id) ?? null);
  }

  ingestTexts(viewer: Viewer, inputs: readonly IngestText[]): Promise<(Ingested | StrataError)[]> {
    return this.texts.ingestTexts(viewer, inputs);
  }

  async retry(viewer: Viewer, id: string): Promise<Ingestion> {
    requireRole(viewer, 'editor');
    const [known] = await this.deps.database.ingestions.findByIds(viewer.tenantId, [id]);
    if (!known) throw notFound('Ingestion', id, ['id']);
    const requeued = await this.deps.database.transaction(async (tx) => {
      const [before] = await tx.objects.lockByIds(viewer.tenantId, [known.objectId]);
      const [newest] = await tx.ingestions.newestForObjects(viewer.tenantId, [known.objectId]);
      if (newest !== undefined && newest.id !== id) throw conflict('The content of this ingestion has been replaced since. Only the newest ingestion of an object can be tried again.', ['id']);
      const ingestion = await tx.ingestions.requeue(viewer.tenantId, id);
      if (!ingestion) throw conflict(`The ingestion is ${newest?.status ?? known.status}; only a FAILED one can be tried again.`, ['id']);
      const [after] = await tx.objects.setStatus(viewer.tenantId, [ingestion.objectId], 'PROCESSING');
      await recordChanges(tx, [{ kind: 'UPDATED', before: before!, after: after! }]);
      await tx.enqueue([{ name: 'ingest', data: { ingestionId: id } }]);
      return ingestion;
    });
    await this.objectCache.invalidate(viewer.tenantId, [requeued.objectId]);
    announceChanges(this.deps.events, viewer.tenantId);
    this.deps.events.publish(ingestionChannel(id), { id });
    this.deps.queue.wake('ingest');
    return requeued;
  }
}
