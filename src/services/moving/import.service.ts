import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { contentMismatch, isStrataError } from '../../domain/errors.js';
import type { AggregationLine, ObjectLine } from '../../ports/repositories/transfer.repository.port.js';
import type { SagaRunner } from '../sagas/saga-runner.js';
import { announceChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { BlobKeeper } from '../storage/blob-keeper.js';
import { contentKey, stagingKey } from '../storage/keys.js';
import type { ExportedObject, ExportModel, ExportService } from './export.service.js';
import { importSaga, ImportLost } from './import.saga.js';

export interface ImportCounts {
  objects: number;
  /** Under their id or by their content; left as they are. */
  there: number;
  annotations: number;
  /** Processed anew: they came without vectors that fit this installation. */
  queued: number;
}

type Dependencies = Pick<ServiceDependencies, 'database' | 'objectStore' | 'vectors' | 'keywords' | 'embedder' | 'events' | 'queue'>;

const ATTEMPTS = 5;

/** Takes in what `ExportService` gave. Everything may be repeated: what is there is left as it is. */
export class ImportService {
  private readonly saga: ReturnType<typeof importSaga>;

  constructor(
    private readonly deps: Dependencies,
    private readonly sagas: SagaRunner,
    private readonly exports: ExportService,
  ) {
    this.saga = importSaga(deps, new BlobKeeper(deps));
    sagas.register(this.saga);
  }

  /** Of these objects, the contents whose bytes have to be sent before the objects are: in the staging area for a minute. */
  async needed(objects: readonly ObjectLine[]): Promise<string[]> {
    const known = new Set((await this.deps.database.transfer.known(objects)).map(({ id }) => id));
    const fresh = [...new Map(objects.filter(({ id }) => !known.has(id)).map((object) => [object.contentHash, object])).values()];
    const needed: string[] = [];
    for (const { tenantId, contentHash } of fresh) {
      if ((await this.deps.objectStore.head(stagedAt(tenantId, contentHash))) === null && !(await this.hasBytes(tenantId, contentHash))) needed.push(contentHash);
    }
    return needed;
  }

  /** @throws CONTENT_MISMATCH where the bytes are others than their hash says; nothing is kept of them */
  async stage(tenantId: string, contentHash: string, body: Readable, signal: AbortSignal): Promise<void> {
    // Fails before the store has the whole: it publishes nothing of a body that fails.
    const checked = async function* () {
      const hash = createHash('sha256');
      for await (const chunk of body as AsyncIterable<Buffer>) {
        hash.update(chunk);
        yield chunk;
      }
      const actual = hash.digest('hex');
      if (actual !== contentHash) throw contentMismatch(`The bytes of the content ${contentHash} are others: their SHA-256 is ${actual}.`);
    };
    await this.deps.objectStore.put(stagedAt(tenantId, contentHash), Readable.from(checked(), { objectMode: false }), { signal });
  }

  /**
   * Objects of one tenant, each with all of its parts, or none of them.
   * @param models those that the vectors are of
   * @returns `missing`: contents whose bytes are not staged any more; nothing was taken in then
   */
  async objects(tenantId: string, objects: readonly ExportedObject[], models: readonly ExportModel[]): Promise<ImportCounts | { missing: string[] }> {
    const usable = JSON.stringify(models) === JSON.stringify(this.exports.models());
    if (usable) for (const { name, dimensions } of models) await this.deps.vectors.ensureSpace({ model: name, dimensions });
    for (let attempt = 1; ; attempt += 1) {
      const missing = await this.needed(objects.map(({ object }) => object));
      if (missing.length > 0) return { missing };
      try {
        return await this.run(tenantId, objects, usable);
      } catch (error) {
        // Somebody deleted the bytes, or swept them, between two steps.
        const isLost = error instanceof ImportLost || (isStrataError(error) && error.code === 'NOT_FOUND');
        if (!isLost || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** @returns how many were not there yet */
  async aggregations(aggregations: readonly AggregationLine[]): Promise<number> {
    let added = 0;
    for (const aggregation of aggregations) {
      if (await this.deps.database.transaction((tx) => tx.transfer.insertAggregation(aggregation))) added += 1;
    }
    return added;
  }

  private async run(tenantId: string, objects: readonly ExportedObject[], usable: boolean): Promise<ImportCounts> {
    const known = await this.deps.database.transfer.known(objects.map(({ object }) => object));
    const there = new Map(known.map(({ id, as }) => [id, as]));
    const fresh = objects.filter(({ object }) => !there.has(object.id));
    const contents = [...new Map(fresh.map(({ object }) => [object.contentHash, object])).values()].map((object) => ({
      contentHash: object.contentHash, size: object.fileSize, mimeType: object.mimeType,
      storageKey: contentKey(tenantId, object.type, object.contentHash), stagedAt: stagedAt(tenantId, object.contentHash),
    }));
    const context = { contents, fresh, known: objects.filter(({ object }) => there.has(object.id)), there, usable, counts: { objects: 0, there: 0, annotations: 0, queued: 0 }, reservations: new Map() };
    const payload = { hashes: contents.map(({ contentHash }) => contentHash), incarnations: {}, staged: contents.map((content) => content.stagedAt) };
    await this.sagas.run(this.saga, tenantId, payload, context);
    announceChanges(this.deps.events, tenantId);
    if (context.counts.queued > 0) this.deps.queue.wake('ingest');
    return context.counts;
  }

  private async hasBytes(tenantId: string, contentHash: string): Promise<boolean> {
    const [blob] = await this.deps.database.transaction((tx) => tx.blobs.lock(tenantId, [contentHash]));
    return blob !== undefined && !blob.isDoomed && (await this.deps.objectStore.head(blob.storageKey)) !== null;
  }
}

/** Looks like an upload's, whose bytes the sweeper takes away where no session is open. */
function stagedAt(tenantId: string, contentHash: string): string {
  const digest = createHash('sha256').update(`${tenantId}\0${contentHash}`).digest('hex');
  return stagingKey(`${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`);
}
