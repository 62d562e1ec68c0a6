import { badInput, notFound } from '../../domain/errors.js';
import { encodeTypeId } from '../../domain/type-id.js';
import type { Embedding } from '../../domain/model.js';
import { rocchioWeights, weightedSum } from '../../domain/weighted-sum.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { Deadline } from './deadline.js';
import { findUploads, type AskedUploads, type FoundUpload } from './found-uploads.js';
import { canHold, isSearched, usable } from './models-for-search.js';
import { centroidsOf, embedWords, normalized, type Summand, type VectorQuestion } from './query-vectors.js';
import type { SearchDependencies } from './search-dependencies.js';
import type { CheckedSearch } from './search-request.js';
import type { VectorTerm } from './search-terms.js';

type Needs = Pick<SearchDependencies, 'cache' | 'embedder' | 'vectors' | 'keywords' | 'database' | 'logger'>;
type TermsSource = Extract<CheckedSearch['vectors'], { from: 'terms' }>;

/** What the terms that are no words and no vectors were found to be. */
interface FoundTerms {
  embeddings: readonly Embedding[];
  uploads: ReadonlyMap<string, FoundUpload>;
}

export interface Questions {
  /** One a space. */
  asked: VectorQuestion[];
  /** The objects among the terms: no leg answers with them. */
  exceptObjectIds: string[];
  /** About terms that no space that is asked has heard of. */
  warnings: string[];
}

/**
 * What a search's terms ask of each space: the direction of the weighted sum of those that have a vector there. A space is asked
 * where at least one that draws near has one.
 * @throws NOT_FOUND for an object that is not there; BAD_USER_INPUT where no term that draws near has a vector
 */
export async function askByTerms(deps: Needs, tenantId: string, search: CheckedSearch, uploads: AskedUploads | null, options: { caches: boolean }, deadline: Deadline): Promise<Questions> {
  const { vectors: source } = search;
  if (source.from === 'nothing') return { asked: [], exceptObjectIds: [], warnings: [] };
  const [embeddings, sent] = await Promise.all([embeddingsOf(deps, tenantId, source, deadline), findUploads(deps, tenantId, source, uploads, deadline)]);
  const found = { embeddings, uploads: sent.found };
  const models = deps.embedder.models().filter((model) => source.given === null || model.name === source.given.name);
  const heard = models.map((model) => ({ model, terms: source.terms.filter((term) => hasVector(term, model, source, found)) }));
  const speaking = heard.filter(({ terms }) => terms.some(({ weight }) => weight > 0));
  if (speaking.length === 0 && !source.mayBeNone) throw nothingToAskWith(source);

  const exceptObjectIds = source.terms.flatMap((term) => (term.from === 'object' ? [term.objectId] : []));
  const asked = speaking
    .filter(({ model }) => source.given !== null || canHold(model, search.filter?.types ?? null))
    .map(({ model, terms }): VectorQuestion => {
      let summands: Summand[] = [];
      return {
        model,
        exceptObjectIds,
        async vector(signal) {
          summands = await summandsOf(deps, tenantId, model, terms, found, source, { ...options, signal });
          return sumOf(summands, model, source);
        },
        summands: () => summands,
      };
    });
  const silent = source.terms.filter((term) => !speaking.some(({ terms }) => terms.includes(term)));
  return { asked, exceptObjectIds, warnings: [...sent.warnings, ...(speaking.length === 0 ? [] : silent.map(leftOut))] };
}

/** Those of the objects among the terms: in any space, or in that which the search is bound to. */
async function embeddingsOf({ database }: Needs, tenantId: string, { terms, given }: TermsSource, deadline: Deadline): Promise<Embedding[]> {
  const objects = terms.flatMap((term) => (term.from === 'object' ? [term] : []));
  if (objects.length === 0) return [];
  const ids = [...new Set(objects.map(({ objectId }) => objectId))];
  const [rows, embeddings] = await Promise.all([
    deadline.raceFor('database', database.objects.findByIds(tenantId, ids)),
    deadline.raceFor('database', database.embeddings.findByObjects(tenantId, ids, given?.name ?? null)),
  ]);
  const there = new Set(rows.map(({ id }) => id));
  const missing = objects.find(({ objectId }) => !there.has(objectId));
  if (missing !== undefined) throw notFound('DataObject', missing.objectId, missing.path);
  return embeddings;
}

function hasVector(term: VectorTerm, model: EmbeddingModel, { given }: TermsSource, { embeddings, uploads }: FoundTerms): boolean {
  switch (term.from) {
    case 'words':
      return model.readsWords && (given !== null || usable([model]).length > 0);
    case 'vector':
      return term.model.name === model.name;
    case 'object':
      return (given !== null || isSearched(model)) && embeddings.some(({ objectId, modelName }) => objectId === term.objectId && modelName === model.name);
    case 'upload':
      return (given !== null || isSearched(model)) && model.available && uploads.get(term.uploadId)!.isHeardIn(model);
  }
}

/** Those that have a vector in the space of the model. */
async function summandsOf(
  deps: Needs,
  tenantId: string,
  model: EmbeddingModel,
  terms: readonly VectorTerm[],
  { embeddings, uploads }: FoundTerms,
  source: TermsSource,
  options: { caches: boolean; signal: AbortSignal },
): Promise<Summand[]> {
  const objectIds = [...new Set(terms.flatMap((term) => (term.from === 'object' ? [term.objectId] : [])))];
  const [centroids, embedded] = await Promise.all([
    objectIds.length === 0 ? new Map<string, Float32Array>() : centroidsOf(deps, tenantId, model, objectIds, embeddings),
    Promise.all(
      terms.map((term) => {
        if (term.from === 'words') return embedWords(deps, model, term.words, options);
        return term.from === 'upload' ? uploads.get(term.uploadId)!.vectorIn(model) : null;
      }),
    ),
  ]);
  const found = terms.flatMap((term, i) => {
    const vector = embedded[i] ?? (term.from === 'vector' ? normalized(term.vector) : term.from === 'object' ? centroids.get(term.objectId) : undefined);
    if (vector === undefined) return [];
    const through = term.from === 'upload' ? uploads.get(term.uploadId)!.throughIn(model) : null;
    return [{ path: term.path, weight: term.weight, vector, ...(through && { through }) }];
  });
  if (source.weighing === 'sum') return found;
  const weights = rocchioWeights(found.map(({ weight }) => weight > 0));
  return found.map((summand, i) => ({ ...summand, weight: weights[i]! }));
}

/** Null where the store has none of the vectors that would draw near. */
function sumOf(summands: readonly Summand[], model: EmbeddingModel, source: TermsSource): Float32Array | null {
  if (!summands.some(({ weight }) => weight > 0)) return null;
  const sum = weightedSum(summands);
  if (sum === null) throw cancelledOut(model, source);
  return sum;
}

const cancelledOut = (model: EmbeddingModel, { path }: TermsSource) =>
  badInput(`What is drawn near to and what is pushed away cancel each other out in the space of "${model.name}": no direction is left to search in. Change a weight, or leave a term out.`, path);

function nothingToAskWith({ terms, given, path }: TermsSource) {
  const of = given === null ? '' : ` of "${given.name}"`;
  const [only] = terms;
  if (terms.length === 1 && only!.from === 'upload') return badInput(`No active model${given === null ? '' : ` of the name "${given.name}"`} embeds content of this kind.`, only!.path);
  if (terms.length === 1 && only!.from === 'object') return badInput(`This object has no vectors${of} to find the like of.`, only!.path);
  return badInput(`Nothing that is to be drawn near to has vectors${of} to search with.`, path);
}

function leftOut(term: VectorTerm): string {
  if (term.from === 'object') return `The object "${encodeTypeId('obj', term.objectId)}" has no vectors in the spaces that were asked; it was left out.`;
  const place = term.path.slice(1).join('.');
  return `No space that was asked can hear "${place}"; it was left out of the vector leg.`;
}
