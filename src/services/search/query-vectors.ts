import { createHash } from 'node:crypto';
import type { Embedding } from '../../domain/model.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { SearchDependencies } from './search-dependencies.js';

/** What the vector leg asks one space. */
export interface VectorQuestion {
  model: EmbeddingModel;
  /** L2-normalised; null where the object's vectors are not in the store. */
  vector(signal: AbortSignal): Promise<Float32Array | null>;
  /** Left out of the answer: the object to find the like of. */
  exceptObjectId: string | null;
}

/**
 * Vectors of an object that its centroid is taken of. Spread evenly over the object; more would cost the store's time and
 * hardly move the mean.
 */
const MOST_OBJECT_VECTORS = 64;

/** Words through each model; known for as long as the cache keeps things by default. */
export function askByWords(deps: Pick<SearchDependencies, 'cache' | 'embedder'>, models: readonly EmbeddingModel[], words: string, options: { caches: boolean }): VectorQuestion[] {
  return models.map((model) => ({ model, exceptObjectId: null, vector: (signal) => embedWords(deps, model, words, { ...options, signal }) }));
}

async function embedWords(
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

export function askByVector(model: EmbeddingModel, vector: readonly number[]): VectorQuestion[] {
  const unit = normalized(vector);
  return [{ model, exceptObjectId: null, vector: () => Promise.resolve(unit) }];
}

/**
 * An object of several vectors (passages, moments) asks with their normalised centroid: its best matching passage would find
 * what resembles a detail, and one question a passage would cost as many searches.
 * @param embeddings of one object and of these models
 */
export function askByObject(
  { vectors }: Pick<SearchDependencies, 'vectors'>,
  tenantId: string,
  objectId: string,
  models: readonly EmbeddingModel[],
  embeddings: readonly Embedding[],
): VectorQuestion[] {
  return models.map((model) => {
    const ids = vectorsToAskBy(model, embeddings);
    return {
      model,
      exceptObjectId: objectId,
      async vector() {
        const found = await vectors.fetch(tenantId, { model: model.name, dimensions: model.dimensions }, ids);
        return found.size === 0 ? null : centroid([...found.values()]);
      },
    };
  });
}

/** The ids of the vectors whose centroid asks for an object; at most `MOST_OBJECT_VECTORS`. @param embeddings of one object */
export function vectorsToAskBy(model: EmbeddingModel, embeddings: readonly Embedding[]): string[] {
  return spread(inOrder(embeddings.filter((embedding) => embedding.modelName === model.name)), MOST_OBJECT_VECTORS).map(({ id }) => id);
}

/** By id, which is by time of writing, so that the same object always asks the same. */
const inOrder = (embeddings: readonly Embedding[]) => [...embeddings].sort((left, right) => (left.id < right.id ? -1 : 1));

function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!);
}

/** Of unit vectors: their normalised sum; the first where they cancel out. */
export function centroid(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) {
    const unit = normalized(vector);
    for (let i = 0; i < sum.length; i++) sum[i]! += unit[i]!;
  }
  const length = Math.hypot(...sum);
  return length < 1e-6 * vectors.length ? normalized(vectors[0]!) : normalized(sum);
}

/** Scaled by the largest first, so that no square overflows. */
export function normalized(vector: ArrayLike<number>): Float32Array {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i]!));
  if (largest === 0) return new Float32Array(vector.length);
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += (vector[i]! / largest) ** 2;
  const length = Math.sqrt(squares);
  return Float32Array.from(vector, (value) => value / largest / length);
}
