import { diversify } from '../../domain/diversity.js';
import type { Embedding } from '../../domain/model.js';
import type { Deadline } from './deadline.js';
import { isSearched } from './models-for-search.js';
import { normalized } from './query-vectors.js';
import type { RankedObject } from './ranking.js';
import { reordered } from './reordering.js';
import type { SearchDependencies } from './search-dependencies.js';

/** So many of a ranking's first are ordered anew; whoever stands behind them stays there. */
export const MOST_DIVERSIFIED = 100;

type Needs = Pick<SearchDependencies, 'vectors' | 'embedder' | 'database'>;
/** The vector that stands for an object: that of its best match. */
type Standing = { space: string; embeddingId: string };

/**
 * The ranking's first ordered by relevance and by unlikeness to what stands above, each object standing by the vector of its best
 * match. At most one statement, for those that words alone have found, and one question a space to the vector store.
 * @param diversity above 0, at most 1
 */
export async function diversified(deps: Needs, tenantId: string, objects: readonly RankedObject[], diversity: number, deadline: Deadline): Promise<RankedObject[]> {
  const head = objects.slice(0, MOST_DIVERSIFIED);
  if (head.length < 2) return [...objects];
  const standing = await deadline.race(standingOf(deps, tenantId, head));
  const vectors = await deadline.race(fetchAll(deps, tenantId, [...standing.values()]));
  const candidates = head.map(({ objectId, score }) => {
    const own = standing.get(objectId);
    const vector = own && vectors.get(own.embeddingId);
    return { relevance: score, space: own?.space ?? null, vector: vector === undefined ? null : normalized(vector) };
  });
  return reordered(objects, diversify(candidates, diversity));
}

async function standingOf({ database, embedder }: Needs, tenantId: string, head: readonly RankedObject[]): Promise<Map<string, Standing>> {
  const standing = new Map<string, Standing>();
  for (const { objectId, space, vectorMatch } of head) {
    if (space !== null && vectorMatch !== null) standing.set(objectId, { space, embeddingId: vectorMatch.embeddingId });
  }
  const others = head.filter(({ objectId }) => !standing.has(objectId));
  if (others.length === 0) return standing;
  const embeddings = Map.groupBy(await database.embeddings.findByObjects(tenantId, others.map(({ objectId }) => objectId), null), ({ objectId }) => objectId);
  const order = embedder.models().filter(isSearched).map(({ name }) => name);
  for (const object of others) {
    const best = bestEmbedding(embeddings.get(object.objectId) ?? [], object.keywordPassageId, order);
    if (best !== undefined) standing.set(object.objectId, { space: best.modelName, embeddingId: best.id });
  }
  return standing;
}

/** In the first active model's space that the object is in: that of the passage whose words were found, or else the first. */
function bestEmbedding(embeddings: readonly Embedding[], passageId: string | null, order: readonly string[]): Embedding | undefined {
  const space = order.find((name) => embeddings.some(({ modelName }) => modelName === name));
  const own = embeddings.filter(({ modelName }) => modelName === space).sort((left, right) => (left.id < right.id ? -1 : 1));
  return own.find((embedding) => passageId !== null && embedding.passageId === passageId) ?? own[0];
}

async function fetchAll({ vectors, embedder }: Needs, tenantId: string, standing: readonly Standing[]): Promise<Map<string, Float32Array>> {
  const dimensions = new Map(embedder.models().map((model) => [model.name, model.dimensions]));
  const spaces = [...Map.groupBy(standing, ({ space }) => space)].filter(([space]) => dimensions.has(space));
  const found = await Promise.all(
    spaces.map(([space, own]) => vectors.fetch(tenantId, { model: space, dimensions: dimensions.get(space)! }, own.map(({ embeddingId }) => embeddingId))),
  );
  return new Map(found.flatMap((each) => [...each]));
}
