import { embeddedText } from '../../domain/passages.js';
import type { MovedEmbedding, MovedPassage } from '../../ports/repositories/reindex.repository.port.js';
import type { VectorStore } from '../../ports/vector-store.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import type { WithVector } from './move-targets.js';

type Dependencies = Pick<ServiceDependencies, 'embedder' | 'database' | 'objectStore'>;

/** Vectors of embeddings, as a store has them; those that it has not are computed again from the text or the medium. */
export class VectorsAgain {
  constructor(
    private readonly deps: Dependencies,
    /** Null: all are computed. */
    private readonly source: Pick<VectorStore, 'fetch'> | null,
  ) {}

  /** What can neither be fetched nor computed is left out: its model is not here, or its medium has no such moment any more. */
  async of(tenantId: string, embeddings: readonly MovedEmbedding[], passages: readonly MovedPassage[], signal: AbortSignal): Promise<WithVector[]> {
    const texts = new Map(passages.map((passage) => [passage.id, embeddedText(passage)]));
    const found: WithVector[] = [];
    for (const [model, ofModel] of Map.groupBy(embeddings, (embedding) => embedding.model)) {
      const stored = (await this.source?.fetch(tenantId, { model, dimensions: ofModel[0]!.dimensions }, ofModel.map(({ id }) => id))) ?? new Map<string, Float32Array>();
      const missing = ofModel.filter(({ id }) => !stored.has(id));
      for (const embedding of ofModel) if (stored.has(embedding.id)) found.push({ ...embedding, vector: stored.get(embedding.id)! });
      if (missing.length > 0) found.push(...(await this.computed(tenantId, model, missing, texts, signal)));
    }
    return found;
  }

  private async computed(tenantId: string, model: string, embeddings: readonly MovedEmbedding[], texts: ReadonlyMap<string, string>, signal: AbortSignal): Promise<WithVector[]> {
    const known = this.deps.embedder.models().find(({ name }) => name === model);
    if (known === undefined || !known.available) return [];
    const ofLength = embeddings.filter(({ dimensions }) => dimensions === known.dimensions);
    const words = ofLength.filter(({ passageId }) => passageId !== null && texts.has(passageId));
    const vectors = words.length === 0 ? [] : await this.deps.embedder.embedTexts(model, words.map(({ passageId }) => texts.get(passageId!)!), { priority: 'ingest', signal });
    const moments = ofLength.filter(({ passageId }) => passageId === null);
    return [...words.map((embedding, index) => ({ ...embedding, vector: vectors[index]! })), ...(await this.ofMedia(tenantId, model, moments, signal))];
  }

  private async ofMedia(tenantId: string, model: string, moments: readonly MovedEmbedding[], signal: AbortSignal): Promise<WithVector[]> {
    if (moments.length === 0) return [];
    const byObject = Map.groupBy(moments, ({ objectId }) => objectId);
    const found: WithVector[] = [];
    for (const object of await this.deps.database.objects.findByIds(tenantId, [...byObject.keys()])) {
      const file = await this.deps.objectStore.localFile(object.storageKey, signal);
      try {
        const vectors = await this.deps.embedder.embedMedia(model, { path: file.path, type: object.type, mimeType: object.mimeType }, { priority: 'ingest', signal });
        for (const moment of byObject.get(object.id)!) {
          const same = vectors.find(({ startSeconds }) => startSeconds === (moment.metadata.startSeconds ?? null));
          if (same !== undefined) found.push({ ...moment, vector: same.vector });
        }
      } finally {
        await file.release();
      }
    }
    return found;
  }
}
