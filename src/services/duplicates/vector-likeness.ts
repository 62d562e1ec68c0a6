import { cosine } from '../../domain/cosine.js';
import type { Embedding } from '../../domain/model.js';
import { keptFrom, toPair, type NearPair } from '../../domain/near-duplicates.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { VectorHit, VectorQuery } from '../../ports/vector-store.port.js';
import { centroid, vectorsToAskBy } from '../search/query-vectors.js';
import type { ServiceDependencies } from '../shared/dependencies.js';

/** Objects that the store is asked for; in one space, by an object's centroid. */
const NEIGHBOURS = 16;
/** A neighbour whose nearest passage is by so much further from the centroid is not looked at. */
const PASSAGES_BELOW = 0.1;
/** Fetched at once: a few megabytes. */
const VECTORS_AT_ONCE = 512;

type Dependencies = Pick<ServiceDependencies, 'database' | 'vectors' | 'embedder'>;
type Pair = NearPair & { model: string };

interface Others {
  centroids: ReadonlyMap<string, Float32Array>;
  /** Those whose only vector is the one that the store compared. */
  single: ReadonlySet<string>;
}

/**
 * Objects whose centroids are near in one model's space, from where on its pairs are kept. The store's nearest objects are candidates; a
 * passage of a long document may be near to a short text without the two being alike, so the centroids are held against each other.
 */
export class VectorLikeness {
  constructor(private readonly deps: Dependencies) {}

  async pairsOf(tenantId: string, objectIds: readonly string[], most: number, signal: AbortSignal): Promise<Pair[]> {
    const pairs: Pair[] = [];
    const embeddings = await this.deps.database.embeddings.findByObjects(tenantId, objectIds, null);
    for (const model of this.deps.embedder.models().filter(({ active }) => active)) {
      const own = await this.centroids(tenantId, model, objectIds, embeddings);
      if (own.size === 0) continue;
      signal.throwIfAborted();
      const neighbours = await this.neighbours(tenantId, model, own, signal);
      const others = await this.others(tenantId, model, own, neighbours);
      const centroids = new Map([...others.centroids, ...own]);
      for (const [objectId, hits] of neighbours) pairs.push(...nearest(model, objectId, own.get(objectId)!, hits, { ...others, centroids }, most).map((pair) => ({ ...pair, model: model.name })));
    }
    return pairs;
  }

  private async neighbours(tenantId: string, model: EmbeddingModel, own: ReadonlyMap<string, Float32Array>, signal: AbortSignal): Promise<Map<string, VectorHit[]>> {
    const { vectors } = this.deps;
    const space = { model: model.name, dimensions: model.dimensions };
    const least = keptFrom(model) - PASSAGES_BELOW;
    const asked = [...own.keys()];
    const queries = asked.map((exceptObjectId): VectorQuery => ({
      tenantId, space, vector: own.get(exceptObjectId)!, limit: NEIGHBOURS, filter: null, objectIds: null, exceptObjectId, signal,
    }));
    const answers = vectors.searchMany === undefined ? await inTurn(queries, (query) => vectors.search(query)) : await vectors.searchMany(queries);
    return new Map(asked.map((id, i) => [id, answers[i]!.hits.filter(({ objectId, score }) => objectId !== id && score >= least)]));
  }

  /** What the neighbours that are not asked for themselves lie by: most objects have one vector, which the store has compared already. */
  private async others(tenantId: string, model: EmbeddingModel, own: ReadonlyMap<string, Float32Array>, neighbours: ReadonlyMap<string, VectorHit[]>): Promise<Others> {
    const ids = [...new Set([...neighbours.values()].flatMap((hits) => hits.map(({ objectId }) => objectId)))].filter((id) => !own.has(id));
    if (ids.length === 0) return { centroids: new Map(), single: new Set() };
    const embeddings = await this.deps.database.embeddings.findByObjects(tenantId, ids, model.name);
    const counts = Map.groupBy(embeddings, ({ objectId }) => objectId);
    const single = new Set(ids.filter((id) => counts.get(id)?.length === 1));
    return { single, centroids: await this.centroids(tenantId, model, ids.filter((id) => !single.has(id)), embeddings) };
  }

  /** Of those that have vectors of the model in the store. */
  private async centroids(tenantId: string, model: EmbeddingModel, objectIds: readonly string[], embeddings: readonly Embedding[]): Promise<Map<string, Float32Array>> {
    const byObject = Map.groupBy(embeddings.filter(({ modelName }) => modelName === model.name), ({ objectId }) => objectId);
    const asked = objectIds.flatMap((id) => (byObject.has(id) ? [{ id, vectorIds: vectorsToAskBy(model, byObject.get(id)!) }] : []));
    const found = new Map<string, Float32Array>();
    for (let from = 0, to = 0; from < asked.length; from = to) {
      const ids: string[] = [];
      while (to < asked.length && (ids.length === 0 || ids.length + asked[to]!.vectorIds.length <= VECTORS_AT_ONCE)) ids.push(...asked[to++]!.vectorIds);
      const vectors = await this.deps.vectors.fetch(tenantId, { model: model.name, dimensions: model.dimensions }, ids);
      for (const { id, vectorIds } of asked.slice(from, to)) {
        const own = vectorIds.flatMap((vectorId) => vectors.get(vectorId) ?? []);
        if (own.length > 0) found.set(id, centroid(own));
      }
    }
    return found;
  }
}

function nearest(model: EmbeddingModel, objectId: string, own: Float32Array, hits: readonly VectorHit[], { centroids, single }: Others, most: number): NearPair[] {
  const least = keptFrom(model);
  return hits
    .flatMap(({ objectId: otherId, score }) => {
      const other = centroids.get(otherId);
      const similarity = Math.min(1, single.has(otherId) ? score : other === undefined ? 0 : cosine(own, other));
      return similarity >= least ? [{ objectId, otherId, similarity }] : [];
    })
    .sort((left, right) => right.similarity - left.similarity || (left.otherId < right.otherId ? -1 : 1))
    .slice(0, most)
    .map(toPair);
}

async function inTurn<Item, Answer>(items: readonly Item[], work: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const item of items) answers.push(await work(item));
  return answers;
}
