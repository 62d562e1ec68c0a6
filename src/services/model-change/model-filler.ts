import { setTimeout as pauseFor } from 'node:timers/promises';
import { isStrataError, isUnavailable, isUnusableModel } from '../../domain/errors.js';
import { mediaOf, readsPassages, type ModelChange } from '../../domain/model-change.js';
import { embeddedText } from '../../domain/passages.js';
import type { DataObject } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import { ExtractionError } from '../../ports/media.port.js';
import type { FillSpec, LackingPassage, ObjectPlace } from '../../ports/repositories/model-change.repository.port.js';
import { NewContent, type NewVector } from '../indexing/new-content.js';
import { embedWhole } from '../models/embed-whole.js';
import { ModelsChanged, requireRoleOf } from '../models/role-fence.js';
import type { ServiceDependencies } from '../shared/dependencies.js';

export type FillerDependencies = Pick<ServiceDependencies, 'database' | 'vectors' | 'keywords' | 'indexSync' | 'embedder' | 'objectStore' | 'logger'>;

export interface Fill {
  spec: FillSpec;
  model: EmbeddingModel;
}

/** Passages embedded together: few enough that a query's text never waits long for the database, enough to be sorted by length. */
const PASSAGES_AT_ONCE = 64;
/** Whoever is to tell a store of a passage has vanished by then, and others have. */
const TOLD_WITHIN_MS = 30_000;
const LOOK_MS = 50;
/** So often an object may end its worker before it is put aside. */
const MOST_DEATHS = 2;
/** So many objects are put aside where the model has yet to give its first vector; then it is the model that is no use. */
const MOST_WITHOUT_ANY = 8;

/** What `model` is to be filled with: after the vectors of `from`, or, where that is null, whatever it can embed. */
export const fillOf = (change: Pick<ModelChange, 'id'>, from: string | null, model: EmbeddingModel): Fill => ({
  model,
  spec: { changeId: change.id, from, to: model.name, passages: readsPassages(model.modalities), media: mediaOf(model.modalities) },
});

/**
 * Gives objects the vectors of a model that they lack: over the passages and the contents that they have. Anybody may do so at once,
 * and any number of times: what is lacking is looked up again under the object's lock, in the transaction that writes it, and a content
 * that was replaced or purged meanwhile is passed over. Captions and transcripts are embedded of any object, as the job that makes their
 * passages does it. Invariant: an object has one embedding of a model for each passage, and those of its present content.
 */
export class ModelFiller {
  private readonly deaths = new Map<string, number>();

  constructor(private readonly deps: FillerDependencies) {}

  /**
   * Ends early where the model is not written any more, since its change was aborted, or cleaned up.
   * @param pause waited for before each batch
   * @returns how many vectors were written
   */
  async fill(fill: Fill, objectIds: readonly string[], pause: () => Promise<void>, signal: AbortSignal): Promise<number> {
    if (objectIds.length === 0) return 0;
    let written = 0;
    try {
      for await (const vectors of this.batches(fill, objectIds, pause, signal)) written += vectors;
    } catch (error) {
      if (!(error instanceof ModelsChanged)) throw error;
    }
    return written;
  }

  private async *batches({ spec, model }: Fill, objectIds: readonly string[], pause: () => Promise<void>, signal: AbortSignal): AsyncGenerator<number> {
    for (;;) {
      const passages = await this.deps.database.modelChanges.lackingPassages(spec, objectIds, PASSAGES_AT_ONCE);
      if (passages.length === 0) break;
      await this.untilTold(passages, signal);
      await pause();
      yield await this.fillPassages(spec, model, passages, signal);
    }
    for (const place of await this.deps.database.modelChanges.lackingMedia(spec, objectIds, objectIds.length)) {
      await pause();
      yield await this.guarded(spec, model, [place], signal, () => this.fillMedium(spec, model, place, signal));
    }
  }

  /**
   * A store that keeps a passage and its vectors in one record is told of both at once: while another process does that, a vector that
   * came between would be written over.
   */
  private async untilTold(passages: readonly LackingPassage[], signal: AbortSignal): Promise<void> {
    if (this.deps.indexSync === null) return;
    const latest = Date.now() + TOLD_WITHIN_MS;
    for (const [tenantId, ofTenant] of Map.groupBy(passages, (passage) => passage.tenantId)) {
      const ids = ofTenant.map(({ id }) => id);
      while (Date.now() < latest && (await this.deps.database.indexChanges.arePassagesPending(tenantId, ids))) await pauseFor(LOOK_MS, undefined, { signal });
    }
  }

  /** Together, or where that fails, object by object, so that one that cannot be embedded is known. */
  private async fillPassages(spec: FillSpec, model: EmbeddingModel, passages: readonly LackingPassage[], signal: AbortSignal): Promise<number> {
    const objects = [...Map.groupBy(passages, ({ objectId }) => objectId).values()];
    try {
      return await this.embedPassages(model, passages, signal);
    } catch (error) {
      if (signal.aborted || !isOfContent(error)) throw error;
    }
    let written = 0;
    for (const ofObject of objects) written += await this.guarded(spec, model, ofObject, signal, () => this.embedPassages(model, ofObject, signal));
    return written;
  }

  /** An object that cannot be embedded is put aside with the reason; what is down for all goes on to the caller. */
  private async guarded(spec: FillSpec, model: EmbeddingModel, [place]: readonly ObjectPlace[], signal: AbortSignal, work: () => Promise<number>): Promise<number> {
    const { objectId } = place!;
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isOfContent(error)) throw error;
      const died = isUnavailable(error);
      const deaths = (this.deaths.get(objectId) ?? 0) + 1;
      if (died && deaths < MOST_DEATHS) {
        this.deaths.set(objectId, deaths);
        return this.guarded(spec, model, [place!], signal, work);
      }
      this.deaths.delete(objectId);
      if (isUnusableModel(error) && !(await this.hasProven(spec, model, signal))) throw error;
      this.deps.logger.warn({ error, object: objectId, model: spec.to }, 'an object cannot be embedded with the new model');
      await this.deps.database.modelChanges.addGap(spec.changeId, place!, died ? `The model's worker ended over it ${MOST_DEATHS} times.` : (error as Error).message);
      return 0;
    }
  }

  /** Whether the model answers what can be used, to others than the object at which it did not: one such text is that text's fault. */
  private async hasProven({ changeId }: FillSpec, model: EmbeddingModel, signal: AbortSignal): Promise<boolean> {
    const { database, embedder } = this.deps;
    if ((await database.modelChanges.embeddingsOf(model.name, null, 1)).length > 0) return true;
    if ((await database.modelChanges.failures(changeId, MOST_WITHOUT_ANY)).length >= MOST_WITHOUT_ANY) return false;
    if (!model.readsWords) return true;
    try {
      await embedder.embedTexts(model.name, [model.name], { priority: 'ingest', signal });
      return true;
    } catch (error) {
      if (isUnusableModel(error)) return false;
      throw error;
    }
  }

  private async embedPassages(model: EmbeddingModel, passages: readonly LackingPassage[], signal: AbortSignal): Promise<number> {
    const vectors = await embedWhole(this.deps.embedder, model.name, passages.map(embeddedText), { priority: 'ingest', signal });
    let written = 0;
    const all = passages.map((passage, index) => ({ ...passage, vector: vectors[index]! }));
    for (const [tenantId, ofTenant] of Map.groupBy(all, (passage) => passage.tenantId)) {
      written += await this.write(tenantId, model, ofTenant.map(({ objectId }) => objectId), async (tx, there) => {
        // Their rows, and with them what they are passages of, may have gone or been filled by another worker.
        const ids = ofTenant.map(({ id }) => id);
        const [present, filled] = [new Set((await tx.passages.findByIds(tenantId, ids)).map(({ id }) => id)), await tx.modelChanges.passagesWith(model.name, ids)];
        return ofTenant
          .filter(({ id, objectId, annotationId }) => (annotationId === null ? there.get(objectId)?.status === 'READY' : there.has(objectId)) && present.has(id) && !filled.has(id))
          .map(({ id, objectId, vector, details }) => ({ objectId, passageId: id, vector, details }));
      });
    }
    return written;
  }

  private async fillMedium(spec: FillSpec, model: EmbeddingModel, { tenantId, objectId }: ObjectPlace, signal: AbortSignal): Promise<number> {
    const [object] = await this.deps.database.objects.findByIds(tenantId, [objectId]);
    if (object === undefined) return 0;
    const file = await this.deps.objectStore.localFile(object.storageKey, signal);
    try {
      const source = { path: file.path, type: object.type, mimeType: object.mimeType };
      const vectors = await this.deps.embedder.embedMedia(model.name, source, { priority: 'ingest', signal });
      if (vectors.length === 0) await this.deps.database.modelChanges.addGap(spec.changeId, { tenantId, objectId }, null);
      return await this.write(tenantId, model, [objectId], async (tx, there) => {
        const now = there.get(objectId);
        if (now?.status !== 'READY' || now.storageKey !== object.storageKey) return [];
        const earlier = await tx.embeddings.findByObjects(tenantId, [objectId], model.name);
        if (earlier.some(({ passageId }) => passageId === null)) return [];
        return vectors.map(({ vector, ...details }) => ({ objectId, passageId: null, vector, details }));
      });
    } finally {
      await file.release();
    }
  }

  /** Under the locks of the objects, as everybody who writes of an object's content; one that is not READY has its own on its way. */
  private async write(
    tenantId: string,
    model: EmbeddingModel,
    objectIds: readonly string[],
    choose: (tx: Transaction, there: ReadonlyMap<string, DataObject>) => Promise<Omit<NewVector, 'model'>[]>,
  ): Promise<number> {
    return this.deps.database.transaction(async (tx) => {
      const objects = await tx.objects.lockByIds(tenantId, [...new Set(objectIds)]);
      await requireRoleOf(tx, model);
      const chosen = await choose(tx, new Map(objects.map((object) => [object.id, object])));
      if (chosen.length === 0) return 0;
      const content = new NewContent(tenantId);
      for (const each of chosen) content.addVector({ ...each, model });
      await content.write(this.deps, tx);
      return chosen.length;
    });
  }
}

/** What it was to embed is to blame, or may be: it could not be decoded, its bytes are gone, the model's worker ended over it, or its numbers ran over. */
function isOfContent(error: unknown): boolean {
  if (error instanceof ExtractionError || isUnusableModel(error)) return true;
  return isStrataError(error) && (error.code === 'BAD_USER_INPUT' || error.code === 'NOT_FOUND' || (isUnavailable(error) && error.extensions.dependency === 'models'));
}
