import type { SearchRequest } from '../../domain/operations.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { VectorSource } from '../search/search-request.js';

/**
 * The request with the name of the model that each of its vectors was taken to be of. A vector that names none is told by its length,
 * and after a change of models another may have as many numbers: what was meant is known now alone.
 */
export function withModelsOfVectors(request: SearchRequest, vectors: VectorSource): SearchRequest {
  if (request.model != null || vectors.from === 'nothing') return request;
  const names = new Map(vectors.terms.flatMap((term) => (term.from === 'vector' ? [[term.path.join('.'), term.model.name] as const] : [])));
  const own = names.get('input.vector');
  return {
    ...request,
    ...(own === undefined ? {} : { vectorModel: own }),
    ...(request.terms == null ? {} : { terms: request.terms.map((term, i) => (term.vector == null ? term : { ...term, model: names.get(`input.terms.${i}.vector`) })) }),
  };
}

/** Whether it names a model whose vectors are still being made. */
export const waitsForModel = ({ model, vectorModel, terms }: SearchRequest, models: readonly EmbeddingModel[]): boolean =>
  models.some(({ name, isFilling }) => isFilling === true && [model, vectorModel, ...(terms ?? []).map((term) => term.model)].includes(name));
