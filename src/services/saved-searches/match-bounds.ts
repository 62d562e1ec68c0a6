import { usualMatchCosines } from '../../domain/match-cosines.js';
import type { SearchRequest, SearchTerm } from '../../domain/operations.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';

type Source = Omit<SearchTerm, 'weight'>;

/**
 * From which cosine on an object matches a search in the space of a model: what the search says, or the strictest of what it draws near
 * to there. What pushes away has no bound of its own.
 */
export function boundIn(model: EmbeddingModel, request: SearchRequest): number {
  if (request.minVectorScore != null) return request.minVectorScore;
  const { words, likeness } = usualMatchCosines(model);
  const drawing = [mainOf(request), ...(request.terms ?? []).filter(({ weight }) => weight > 0)];
  const bounds = drawing.flatMap((source) => [
    ...(source.query != null && model.readsWords ? [words] : []),
    ...(source.objectId != null || isHeard(source, model, request) ? [likeness] : []),
  ]);
  return Math.max(...bounds, Math.min(words, likeness));
}

/** Beside a vector the words are for the keyword leg. */
const mainOf = ({ query, objectId, vector, vectorModel }: SearchRequest): Source => (vector == null ? { query, objectId } : { vector, model: vectorModel });

/** A vector is of one model's space. */
function isHeard({ vector, model: own }: Source, { name, dimensions }: EmbeddingModel, { model: given }: SearchRequest): boolean {
  return vector != null && vector.length === dimensions && (own ?? given ?? name) === name;
}
