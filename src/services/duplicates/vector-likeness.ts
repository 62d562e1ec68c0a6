import { cosine } from '../../domain/cosine.js';
import type { Embedding } from '../../domain/model.js';
import { keptFrom, toPair, usualCosine, type NearPair } from '../../domain/near-duplicates.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { VectorHit, VectorQuery } from '../../ports/vector-store.port.js';
import { centroid, vectorsToAskBy } from '../search/query-vectors.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { pairsWithLeaders } from './group-leaders.js';

/** Objects that the store is asked for; in one space, by an object's centroid. */
const NEIGHBOURS = 16;
/** And where even the last of these is near: copies of copies lie in clumps, and the oldest may be in another one. */
const MANY_NEIGHBOURS = 256;
/** A neighbour whose nearest passage is by so much further from the centroid is not looked at. */
const PASSAGES_BELOW = 0.1;
/** Fetched at once: a few megabytes. */
const VECTORS_AT_ONCE = 512;

type Dependencies = Pick<ServiceDependencies, 'database' | 'vectors' | 'embedder'>;
type Pair = NearPair & { model: string };
const keyOf = ({ older, younger, model }: Pair) => `${older} ${younger} ${model}`;

interface Others {
  centroids: ReadonlyMap<string, Float32Array>;
  /** Those whose only vector is the one that the store compared. */
  single: ReadonlySet<string>;
}

/**
 * Objects whose centroids are near in one model's space, from where on its pairs are kept. The store's nearest objects are candidates; a
 * passage of a long document may be near to a short text without the two being alike, so the centroids are held against each other.
 * Beside its neighbours each object is compared with the leaders of their groups.
 */
export class VectorLikeness {
  constructor(private readonly deps: Dependencies) {}

  /**
   * What was found before is measured again: an object whose neighbour this is need not be among its own neighbours.
   * @returns the pairs of these objects, those of leaders among them, and what is no pair any more
   */
  async pairsOf(tenantId: string, objectIds: readonly string[], signal: AbortSignal): Promise<{ pairs: Pair[]; gone: Pair[] }> {
    const pairs: Pair[] = [];
    const before = await this.deps.database.duplicates.semanticPairs(tenantId, objectIds);
    const embeddings = await this.deps.database.embeddings.findByObjects(tenantId, objectIds, null);
    for (const model of this.deps.embedder.models().filter(({ active }) => active)) {
      const own = await this.centroids(tenantId, model, objectIds, embeddings);
      if (own.size === 0) continue;
      signal.throwIfAborted();
      const neighbours = await this.neighbours(tenantId, model, own, signal);
      const others = await this.others(tenantId, model, own, neighbours);
      const centroids = new Map([...others.centroids, ...own]);
      const ownBefore = before.filter((pair) => pair.model === model.name);
      const found = [
        ...[...neighbours].flatMap(([objectId, hits]) => nearest(model, objectId, own.get(objectId)!, hits, { ...others, centroids })),
        ...(await this.near(tenantId, model, ownBefore, centroids)),
      ];
      const led = await pairsWithLeaders(found, {
        least: usualCosine(model),
        eldersOf: (ids) => this.deps.database.duplicates.elders(tenantId, 'SEMANTIC', { model: model.name, similarity: usualCosine(model) }, ids),
        near: (asked) => this.near(tenantId, model, asked, centroids),
      });
      pairs.push(...[...found, ...led].map((pair) => ({ ...pair, model: model.name })));
    }
    const kept = new Set(pairs.map(keyOf));
    return { pairs, gone: before.filter((pair) => !kept.has(keyOf(pair))) };
  }

  private async neighbours(tenantId: string, model: EmbeddingModel, own: ReadonlyMap<string, Float32Array>, signal: AbortSignal): Promise<Map<string, VectorHit[]>> {
    const { vectors } = this.deps;
    const space = { model: model.name, dimensions: model.dimensions };
    const least = keptFrom(model) - PASSAGES_BELOW;
    const ask = async (ids: readonly string[], limit: number) => {
      const queries = ids.map((exceptObjectId): VectorQuery => ({ tenantId, space, vector: own.get(exceptObjectId)!, limit, filter: null, objectIds: null, exceptObjectId, signal }));
      const answers = vectors.searchMany === undefined ? await inTurn(queries, (query) => vectors.search(query)) : await vectors.searchMany(queries);
      return ids.map((id, i) => [id, answers[i]!.hits.filter(({ objectId, score }) => objectId !== id && score >= least)] as const);
    };
    const found = new Map(await ask([...own.keys()], NEIGHBOURS));
    const crowded = [...found].flatMap(([id, hits]) => (hits.length >= NEIGHBOURS && hits.at(-1)!.score >= usualCosine(model) ? [id] : []));
    if (crowded.length > 0) for (const [id, hits] of await ask(crowded, MANY_NEIGHBOURS)) found.set(id, hits);
    return found;
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

  /** @param known centroids; what is fetched is added */
  private async near(tenantId: string, model: EmbeddingModel, asked: readonly Omit<NearPair, 'similarity'>[], known: Map<string, Float32Array>): Promise<NearPair[]> {
    const missing = [...new Set(asked.flatMap(({ older, younger }) => [older, younger]))].filter((id) => !known.has(id));
    const embeddings = missing.length === 0 ? [] : await this.deps.database.embeddings.findByObjects(tenantId, missing, model.name);
    for (const [id, vector] of await this.centroids(tenantId, model, missing, embeddings)) known.set(id, vector);
    return asked.flatMap((pair) => {
      const [one, other] = [known.get(pair.older), known.get(pair.younger)];
      const similarity = one === undefined || other === undefined ? 0 : Math.min(1, cosine(one, other));
      return similarity >= keptFrom(model) ? [{ older: pair.older, younger: pair.younger, similarity }] : [];
    });
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

/** The nearest, and the oldest of those with which it would be in one group. */
function nearest(model: EmbeddingModel, objectId: string, own: Float32Array, hits: readonly VectorHit[], { centroids, single }: Others): NearPair[] {
  const least = keptFrom(model);
  const near = hits
    .flatMap(({ objectId: otherId, score }) => {
      const other = centroids.get(otherId);
      const similarity = Math.min(1, single.has(otherId) ? score : other === undefined ? 0 : cosine(own, other));
      return similarity >= least ? [{ objectId, otherId, similarity }] : [];
    })
    .sort((left, right) => right.similarity - left.similarity || (left.otherId < right.otherId ? -1 : 1));
  const oldest = near.filter(({ similarity }) => similarity >= usualCosine(model)).sort((left, right) => (left.otherId < right.otherId ? -1 : 1)).slice(0, 1);
  return [...near.slice(0, NEIGHBOURS), ...oldest].map(toPair);
}

async function inTurn<Item, Answer>(items: readonly Item[], work: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const item of items) answers.push(await work(item));
  return answers;
}
