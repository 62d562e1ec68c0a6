import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { contentMismatch, isStrataError } from '../../domain/errors.js';
import type { AggregationLine, ObjectLine, Place } from '../../ports/repositories/transfer.repository.port.js';
import { ReservationLost } from '../intake/intake.saga.js';
import type { SagaRunner } from '../sagas/saga-runner.js';
import { ModelsChanged } from '../models/role-fence.js';
import { announceChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { BlobKeeper } from '../storage/blob-keeper.js';
import { contentKey, stagingKey } from '../storage/keys.js';
import type { ExportedObject, ExportModel, ExportService } from './export.service.js';
import { importSaga } from './import.saga.js';

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
const LOOKS_AT_ONCE = 8;

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
    const there = await this.there(objects);
    return this.missing(objects.filter(({ id }) => !there.has(id)));
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
   * Objects of one tenant, each with all of its parts, or none of them; twins behind one another, so that the second finds the first.
   * @param models those that the vectors are of
   * @returns `missing`: contents whose bytes are not staged any more; what came before them is there when all comes again
   */
  async objects(tenantId: string, objects: readonly ExportedObject[], models: readonly ExportModel[]): Promise<ImportCounts | { missing: string[] }> {
    const counts: ImportCounts = { objects: 0, there: 0, annotations: 0, queued: 0 };
    for (const round of withoutTwins(objects)) {
      const answer = await this.takeIn(tenantId, round, models);
      if ('missing' in answer) return answer;
      for (const kind of ['objects', 'there', 'annotations', 'queued'] as const) counts[kind] += answer[kind];
    }
    return counts;
  }

  private async takeIn(tenantId: string, objects: readonly ExportedObject[], models: readonly ExportModel[]): Promise<ImportCounts | { missing: string[] }> {
    for (let attempt = 1; ; attempt += 1) {
      const there = await this.there(objects.map(({ object }) => object));
      const missing = await this.missing(objects.flatMap(({ object }) => (there.has(object.id) ? [] : object)));
      if (missing.length > 0) return { missing };
      try {
        return await this.run(tenantId, objects, there, await this.usable(models));
      } catch (error) {
        // Somebody deleted the bytes, or swept them, or changed the models, between two steps.
        const isLost = error instanceof ReservationLost || error instanceof ModelsChanged || (isStrataError(error) && error.code === 'NOT_FOUND');
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

  /** The models' names, with places for their vectors, where they are this installation's; null otherwise. */
  private async usable(models: readonly ExportModel[]): Promise<string[] | null> {
    if (JSON.stringify(models) !== JSON.stringify(this.exports.models())) return null;
    for (const { name, dimensions } of models) await this.deps.vectors.ensureSpace({ model: name, dimensions });
    return models.map(({ name }) => name);
  }

  private async run(tenantId: string, objects: readonly ExportedObject[], there: ReadonlyMap<string, Place>, models: string[] | null): Promise<ImportCounts> {
    const fresh = objects.filter(({ object }) => !there.has(object.id));
    const contents = [...new Map(fresh.map(({ object }) => [object.contentHash, object])).values()].map((object) => ({
      contentHash: object.contentHash, size: object.fileSize, mimeType: object.mimeType,
      storageKey: contentKey(tenantId, object.type, object.contentHash), stagedAt: stagedAt(tenantId, object.contentHash),
    }));
    const context = { contents, fresh, known: objects.filter(({ object }) => there.has(object.id)), there, models, counts: { objects: 0, there: 0, annotations: 0, queued: 0 }, reservations: new Map() };
    const payload = { hashes: contents.map(({ contentHash }) => contentHash), incarnations: {}, staged: contents.map((content) => content.stagedAt) };
    await this.sagas.run(this.saga, tenantId, payload, context);
    announceChanges(this.deps.events, tenantId);
    if (context.counts.queued > 0) this.deps.queue.wake('ingest');
    return context.counts;
  }

  /** Of these objects, by id, those that are here, and as whom. */
  private async there(objects: readonly ObjectLine[]): Promise<Map<string, Place>> {
    return new Map((await this.deps.database.transfer.known(objects)).map(({ id, as }) => [id, as]));
  }

  /** Contents whose bytes are neither staged nor stored. One statement a tenant. */
  private async missing(fresh: readonly ObjectLine[]): Promise<string[]> {
    const missing: string[] = [];
    for (const [tenantId, ofTenant] of Map.groupBy(fresh, (object) => object.tenantId)) {
      const unstaged = await this.without(new Map(ofTenant.map(({ contentHash }) => [contentHash, stagedAt(tenantId, contentHash)])));
      if (unstaged.length === 0) continue;
      const blobs = await this.deps.database.transaction((tx) => tx.blobs.lock(tenantId, unstaged));
      const stored = new Map(blobs.filter(({ isDoomed }) => !isDoomed).map(({ contentHash, storageKey }) => [contentHash, storageKey]));
      missing.push(...unstaged.filter((contentHash) => !stored.has(contentHash)), ...(await this.without(stored)));
    }
    return missing;
  }

  /** Of these contents, those that have no bytes at their key. */
  private async without(keys: ReadonlyMap<string, string>): Promise<string[]> {
    const limited = pLimit(LOOKS_AT_ONCE);
    const found = await Promise.all([...keys].map(([contentHash, key]) => limited(async () => ((await this.deps.objectStore.head(key)) === null ? [contentHash] : []))));
    return found.flat();
  }
}

/** One live object a content: two of them come together where tenants are joined. */
function withoutTwins(objects: readonly ExportedObject[]): ExportedObject[][] {
  const rounds: { objects: ExportedObject[]; contents: Set<string> }[] = [];
  for (const each of objects) {
    const { isDeleted, contentHash } = each.object;
    const round = rounds.find(({ contents }) => isDeleted || !contents.has(contentHash)) ?? { objects: [], contents: new Set() };
    if (round.objects.length === 0) rounds.push(round);
    if (!isDeleted) round.contents.add(contentHash);
    round.objects.push(each);
  }
  return rounds.map((round) => round.objects);
}

/** Looks like an upload's, whose bytes the sweeper takes away where no session is open. */
function stagedAt(tenantId: string, contentHash: string): string {
  const digest = createHash('sha256').update(`${tenantId}\0${contentHash}`).digest('hex');
  return stagingKey(`${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`);
}
