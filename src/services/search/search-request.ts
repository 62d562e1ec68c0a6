import { createHash } from 'node:crypto';
import { badInput } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';
import type { Fusion, RecommendRequest, SearchMode, SearchPageArgs, SearchRequest } from '../../domain/operations.js';
import { cursorFingerprint, MAX_PAGE_SIZE } from '../../domain/paging.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { FacetRequest } from '../../ports/repositories/facet.repository.port.js';
import { readFacets } from './facet-fields.js';
import { modelsForWords, requireModel } from './models-for-search.js';
import { readTerms, type VectorTerm, type WeightedWords } from './search-terms.js';

/** A search that can be run: checked, and its parts told apart. */
export interface CheckedSearch {
  /** What truly runs: an object or a vector alone runs the vector leg, whatever the mode that came. */
  mode: SearchMode;
  /** For the keyword leg and for highlights, each NFC and without space around; null where none draws near. */
  words: readonly WeightedWords[] | null;
  vectors: VectorSource;
  /** A hybrid search that has to do without the vectors it would have used. */
  wordless: boolean;
  /** Given, or null for the model's default. */
  alpha: number | null;
  fusion: Fusion;
  /** Never reaches into the bin. */
  filter: ObjectFilter | null;
  minScore: number | null;
  minVectorScore: number | null;
  facets: { field: string; request: FacetRequest }[];
  /** 0 to 1; null where the order is relevance's alone. */
  diversity: number | null;
  /** A cross-encoder reads the first of it; null: as is configured. */
  rerank: boolean | null;
  first: number;
  /** Whether the passages that matched are read, too. */
  matches: boolean;
  /** Whether it is told what each thing that was asked with comes to. */
  contributions: boolean;
  /** Marks the cursors of this input, whatever its page. */
  fingerprint: string;
  /** Of the result cache: everything that decides what the first page shows. */
  key: unknown;
}

/** Where the vector leg's vectors come from. */
export type VectorSource =
  | { from: 'nothing' }
  | {
      from: 'terms';
      terms: readonly VectorTerm[];
      /** The model that the search is bound to; null: every active one that fits. */
      given: EmbeddingModel | null;
      weighing: 'sum' | 'rocchio';
      /** The keyword leg can answer without. */
      mayBeNone: boolean;
      /** Where in the input the terms stand. */
      path: readonly string[];
    };

/**
 * @param kind `search`, or another way in whose answers to the same request differ
 * @throws BAD_USER_INPUT or NOT_CONFIGURED, with the place in the input
 */
export function checkSearch(
  request: SearchRequest,
  page: SearchPageArgs,
  models: readonly EmbeddingModel[],
  limits: { maxQueryLength: number },
  kind = 'search',
): CheckedSearch {
  const { alpha } = request;
  if (alpha != null && !(alpha >= 0 && alpha <= 1)) throw badInput(`"alpha" is ${alpha}; it must be from 0 (keywords alone) to 1 (vectors alone).`, ['input', 'alpha']);
  const byWordsAlone = request.mode === 'KEYWORD';
  // By words alone no model runs, so that it need not be there; but a name that nobody knows is still a mistake.
  const given = request.model == null ? null : requireModel(models, request.model, ['input', 'model'], { available: !byWordsAlone });
  const terms = readTerms(request, models, byWordsAlone ? null : given, limits.maxQueryLength);
  const words = terms.words.some(({ weight }) => weight > 0) ? terms.words : null;
  if (byWordsAlone && words === null) throw badInput('The mode KEYWORD searches by words: give "query".', ['input', 'query']);
  const deaf = terms.vectors.find(({ from }) => from !== 'words');
  if (byWordsAlone && deaf !== undefined) throw badInput('The mode KEYWORD hears words alone. Leave this out, or search in HYBRID or VECTOR.', deaf.path);
  const mode = words === null ? 'VECTOR' : request.mode;
  const mayBeNone = mode === 'HYBRID' && alpha !== 1;
  const drawing = terms.vectors.filter(({ weight }) => weight > 0);
  const readers = byWordsAlone || !drawing.some(({ from }) => from === 'words') ? null : modelsForWords(models, given, { needed: !mayBeNone && drawing.every(({ from }) => from === 'words') });
  return {
    ...checkRest(request, page, kind, { ...request, vector: digestOf(request.vector), terms: request.terms?.map((term) => ({ ...term, vector: digestOf(term.vector) })) }),
    mode,
    words,
    vectors: byWordsAlone ? { from: 'nothing' } : { from: 'terms', terms: terms.vectors, given, weighing: 'sum', mayBeNone, path: request.terms == null ? ['input'] : ['input', 'terms'] },
    wordless: mode === 'HYBRID' && alpha !== 0 && readers?.length === 0 && drawing.every(({ from }) => from === 'words'),
    alpha: alpha ?? null,
    fusion: request.fusion,
    rerank: checkRerank(request.rerank, words !== null),
  };
}

/** What has no words cannot be read together with a text. */
function checkRerank(rerank: boolean | undefined, hasWords: boolean): boolean | null {
  if (rerank === true && !hasWords) throw badInput('"rerank" reads the results together with the words of the query, and there are none. Give "query", or leave "rerank" out.', ['input', 'rerank']);
  return hasWords ? (rerank ?? null) : false;
}

const MOST_EXAMPLES = 100;

/** Recommending is a search of the vector leg for what lies by the liked and away from the disliked. @throws as `checkSearch` does */
export function checkRecommend(request: RecommendRequest, page: SearchPageArgs, models: readonly EmbeddingModel[]): CheckedSearch {
  const { liked, disliked } = request;
  if (liked.length === 0) throw badInput('"liked" is empty. Give at least one object that is liked: what is disliked alone says nothing of what to find.', ['input', 'liked']);
  if (liked.length + disliked.length > MOST_EXAMPLES) throw badInput(`${liked.length + disliked.length} objects were given; at most ${MOST_EXAMPLES}, liked and disliked, at once.`, ['input', 'liked']);
  const twice = disliked.findIndex((id) => liked.includes(id));
  if (twice >= 0) throw badInput('This object is among the liked, too; it can be one of both.', ['input', 'disliked', String(twice)]);
  const given = request.model == null ? null : requireModel(models, request.model, ['input', 'model'], { available: true });
  const termsOf = (name: 'liked' | 'disliked', weight: number) =>
    [...new Set(request[name])].map((objectId): VectorTerm => ({ from: 'object', objectId, weight, path: ['input', name, String(request[name].indexOf(objectId))] }));
  const terms = [...termsOf('liked', 1), ...termsOf('disliked', -1)];
  return {
    ...checkRest(request, page, 'recommend', request),
    mode: 'VECTOR',
    words: null,
    vectors: { from: 'terms', terms, given, weighing: 'rocchio', mayBeNone: false, path: ['input', 'liked'] },
    wordless: false,
    alpha: 1,
    fusion: 'RELATIVE_SCORE',
    rerank: false,
  };
}

/** What every way of searching has. @param identity the request as it is told from others */
function checkRest(
  { filter, minScore, minVectorScore, facets, diversity }: Pick<SearchRequest, 'filter' | 'minScore' | 'minVectorScore' | 'facets' | 'diversity'>,
  page: SearchPageArgs,
  kind: string,
  identity: unknown,
) {
  if (diversity != null && !(diversity >= 0 && diversity <= 1)) {
    throw badInput(`"diversity" is ${diversity}; it must be from 0 (relevance alone) to 1 (unlikeness alone).`, ['input', 'diversity']);
  }
  const matches = page.matches ?? true;
  const contributions = page.contributions ?? false;
  return {
    filter: outsideTheBin(filter),
    minScore: minScore ?? null,
    minVectorScore: minVectorScore ?? null,
    facets: readFacets(facets ?? []),
    diversity: diversity == null || diversity === 0 ? null : diversity,
    first: checkFirst(page.first),
    matches,
    contributions,
    fingerprint: cursorFingerprint(kind, identity),
    key: { kind, request: identity, first: page.first, matches, contributions },
  };
}

/** Hundreds of numbers, written as text twice, cost a search a tenth of its time. */
const digestOf = (vector: readonly number[] | null | undefined): string | null =>
  vector == null ? null : createHash('sha256').update(new Uint8Array(Float64Array.from(vector).buffer)).digest('base64url');

function checkFirst(first: number): number {
  if (Number.isInteger(first) && first >= 0 && first <= MAX_PAGE_SIZE) return first;
  throw badInput(`"first" is ${first}; it must be a whole number from 0 to ${MAX_PAGE_SIZE}.`, ['first']);
}

/** The outermost `includeDeleted` is the only one that counts, and search never shows the bin. */
function outsideTheBin(filter: ObjectFilter | undefined): ObjectFilter | null {
  if (filter == null) return null;
  const { includeDeleted: _, ...rest } = filter;
  return Object.values(rest).some((condition) => condition != null) ? rest : null;
}
