import { createHash } from 'node:crypto';
import type { Embedding } from '../../domain/model.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { SearchDependencies } from './search-dependencies.js';

/** What the vector leg asks one space. */
export interface VectorQuestion {
  model: EmbeddingModel;
  /** L2-normalised; null where the objects' vectors are not in the store. */
  vector(signal: AbortSignal): Promise<Float32Array | null>;
  /** What it was summed from, once it has come. */
  summands?(): readonly Summand[];
  /** Left out of the answer: the objects to find the like of, or the unlike. */
  exceptObjectIds: readonly string[];
}

/** A term's share in what a space is asked. */
export interface Summand {
  /** Where the term stands in the input. */
  path: readonly string[];
  weight: number;
  /** Of length 1. */
  vector: Float32Array;
  /** The objects whose captions speak for an uploaded picture here; left out where it, or whatever else, speaks for itself. */
  through?: readonly string[];
}

/**
 * Vectors of an object that its centroid is taken of. Spread evenly over the object; more would cost the store's time and
 * hardly move the mean.
 */
export const MOST_OBJECT_VECTORS = 64;
/** Of many objects each gives fewer, so that they are about so many together; at a thousand dimensions some 8 MB. */
const MOST_VECTORS = 2_048;
const FEWEST_OBJECT_VECTORS = 8;

/** Words through a model; known for as long as the cache keeps things by default. */
export async function embedWords(
  { cache, embedder }: Pick<SearchDependencies, 'cache' | 'embedder'>,
  model: EmbeddingModel,
  words: string,
  { caches, signal }: { caches: boolean; signal: AbortSignal },
): Promise<Float32Array> {
  const key = `query-vector:${model.name}@${model.revision}:${createHash('sha256').update(words).digest('base64url')}`;
  const known = caches ? await cache.get<number[]>(key) : undefined;
  if (known !== undefined) return Float32Array.from(known);
  const [vector] = await embedder.embedTexts(model.name, [words], { priority: 'query', signal });
  if (caches) await cache.set(key, Array.from(vector!));
  return vector!;
}

/**
 * The centroids of objects in one space, fetched at once; an object whose vectors are not in the store is not among them. An object
 * of several vectors (passages, moments) asks with their normalised centroid: its best matching passage would find what resembles
 * a detail, and one question a passage would cost as many searches.
 * @param embeddings of these objects
 */
export async function centroidsOf(
  { vectors }: Pick<SearchDependencies, 'vectors'>,
  tenantId: string,
  model: EmbeddingModel,
  objectIds: readonly string[],
  embeddings: readonly Embedding[],
): Promise<Map<string, Float32Array>> {
  const own = Map.groupBy(embeddings, ({ objectId }) => objectId);
  const most = Math.max(FEWEST_OBJECT_VECTORS, Math.min(MOST_OBJECT_VECTORS, Math.floor(MOST_VECTORS / objectIds.length)));
  const asked = objectIds.map((id) => ({ id, ids: vectorsToAskBy(model, own.get(id) ?? [], most) }));
  const found = await vectors.fetch(tenantId, { model: model.name, dimensions: model.dimensions }, asked.flatMap(({ ids }) => ids));
  return new Map(
    asked.flatMap(({ id, ids }) => {
      const there = ids.flatMap((embeddingId) => found.get(embeddingId) ?? []);
      return there.length === 0 ? [] : [[id, centroid(there)] as const];
    }),
  );
}

/** The ids of the vectors whose centroid asks for an object. @param embeddings of one object */
export function vectorsToAskBy(model: EmbeddingModel, embeddings: readonly Embedding[], most = MOST_OBJECT_VECTORS): string[] {
  return spread(inOrder(ofContentFirst(embeddings.filter((embedding) => embedding.modelName === model.name))), most).map(({ id }) => id);
}

/** What an object itself looks, sounds or reads like; what people say about it, where there is nothing else. */
export function ofContentFirst(embeddings: readonly Embedding[]): readonly Embedding[] {
  const own = embeddings.filter(({ metadata }) => metadata.annotationId === undefined);
  return own.length > 0 ? own : embeddings;
}

/** By id, which is by time of writing, so that the same object always asks the same. */
const inOrder = (embeddings: readonly Embedding[]) => [...embeddings].sort((left, right) => (left.id < right.id ? -1 : 1));

/** At most `most` of them, evenly spread. */
export function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!);
}

/** Of unit vectors: their normalised sum; the first where they cancel out. */
export function centroid(vectors: readonly Float32Array[]): Float32Array {
  if (vectors.length === 1) return normalized(vectors[0]!);
  const sum = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) {
    const unit = normalized(vector);
    for (let i = 0; i < sum.length; i++) sum[i]! += unit[i]!;
  }
  let squares = 0;
  for (let i = 0; i < sum.length; i++) squares += sum[i]! * sum[i]!;
  return Math.sqrt(squares) < 1e-6 * vectors.length ? normalized(vectors[0]!) : normalized(sum);
}

/** Scaled by the largest first, so that no square overflows. In plain loops: comparing does it for every neighbour of every object. */
export function normalized(vector: ArrayLike<number>): Float32Array {
  const unit = new Float32Array(vector.length);
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i]!));
  if (largest === 0) return unit;
  let squares = 0;
  for (let i = 0; i < vector.length; i++) {
    const scaled = vector[i]! / largest;
    squares += scaled * scaled;
  }
  const length = Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) unit[i] = vector[i]! / largest / length;
  return unit;
}
