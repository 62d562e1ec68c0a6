import { createHash } from 'node:crypto';
import { badInput } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';
import type { Fusion, SearchMode, SearchPageArgs, SearchRequest } from '../../domain/operations.js';
import { cursorFingerprint, MAX_PAGE_SIZE } from '../../domain/paging.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { FacetRequest } from '../../ports/repositories/facet.repository.port.js';
import { readFacets } from './facet-fields.js';
import { modelForVector, modelsForWords, requireModel } from './models-for-search.js';

/** A search that can be run: checked, and its parts told apart. */
export interface CheckedSearch {
  /** What truly runs: an object or a vector alone runs the vector leg, whatever the mode that came. */
  mode: SearchMode;
  /** For the keyword leg and for highlights; NFC, without space around. */
  words: string | null;
  vectors: VectorSource;
  /** Given, or null for the model's default. */
  alpha: number | null;
  fusion: Fusion;
  /** Never reaches into the bin. */
  filter: ObjectFilter | null;
  minScore: number | null;
  minVectorScore: number | null;
  facets: { field: string; request: FacetRequest }[];
  first: number;
  /** Whether the passages that matched are read, too. */
  matches: boolean;
  /** Marks the cursors of this input, whatever its page. */
  fingerprint: string;
  /** Of the result cache: everything that decides what the first page shows. */
  key: unknown;
}

/** Where the vector leg's vectors come from. */
export type VectorSource =
  | { from: 'nothing' }
  /** Each of these models embeds the words. */
  | { from: 'words'; models: readonly EmbeddingModel[] }
  | { from: 'vector'; model: EmbeddingModel; vector: readonly number[] }
  | { from: 'object'; objectId: string; model: EmbeddingModel | null };

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
  checkParts(request);
  checkAlpha(request.alpha);
  const words = request.query == null ? null : checkQuery(request.query, limits.maxQueryLength);
  const mode = words === null ? 'VECTOR' : request.mode;
  const identity = { ...request, vector: request.vector == null ? null : digestOf(request.vector) };
  const matches = page.matches ?? true;
  return {
    mode,
    words,
    vectors: vectorSource(request, mode, models),
    alpha: request.alpha ?? null,
    fusion: request.fusion,
    filter: outsideTheBin(request.filter),
    minScore: request.minScore ?? null,
    minVectorScore: request.minVectorScore ?? null,
    facets: readFacets(request.facets ?? []),
    first: checkFirst(page.first),
    matches,
    fingerprint: cursorFingerprint(kind, identity),
    key: { kind, request: identity, first: page.first, matches },
  };
}

/** Hundreds of numbers, written as text twice, cost a search a tenth of its time. */
const digestOf = (vector: readonly number[]): string => createHash('sha256').update(new Uint8Array(Float64Array.from(vector).buffer)).digest('base64url');

function checkParts({ query, objectId, vector, mode }: SearchRequest): void {
  const given = Object.entries({ query, objectId, vector }).flatMap(([name, value]) => (value == null ? [] : [name]));
  if (given.length === 0) throw badInput('Give one of "query", "objectId" and "vector".', ['input']);
  const wordsAndVector = given.length === 2 && query != null && vector != null;
  if (given.length > 1 && !(wordsAndVector && mode === 'HYBRID')) {
    const rule = 'Give exactly one of "query", "objectId" and "vector", or "query" with "vector" in mode HYBRID';
    throw badInput(`${rule}; here are ${given.map((name) => `"${name}"`).join(' and ')} in mode ${mode}.`, ['input']);
  }
  if (mode === 'KEYWORD' && query == null) throw badInput('The mode KEYWORD searches by words: give "query".', ['input', 'query']);
}

function checkAlpha(alpha: number | undefined): void {
  if (alpha == null || (alpha >= 0 && alpha <= 1)) return;
  throw badInput(`"alpha" is ${alpha}; it must be from 0 (keywords alone) to 1 (vectors alone).`, ['input', 'alpha']);
}

function checkQuery(query: string, longest: number): string {
  if (query.length > longest) {
    throw badInput(`"query" has ${query.length} characters; at most ${longest} are allowed.`, ['input', 'query']);
  }
  const words = query.normalize('NFC').trim();
  if (words === '') throw badInput('"query" is empty. Give at least one word.', ['input', 'query']);
  return words;
}

function checkFirst(first: number): number {
  if (Number.isInteger(first) && first >= 0 && first <= MAX_PAGE_SIZE) return first;
  throw badInput(`"first" is ${first}; it must be a whole number from 0 to ${MAX_PAGE_SIZE}.`, ['first']);
}

function vectorSource(request: SearchRequest, mode: SearchMode, models: readonly EmbeddingModel[]): VectorSource {
  const path = ['input', 'model'];
  // By words alone no model runs, so that it need not be there; but a name that nobody knows is still a mistake.
  const given = request.model == null ? null : requireModel(models, request.model, path, { available: mode !== 'KEYWORD' });
  if (mode === 'KEYWORD') return { from: 'nothing' };
  if (request.objectId != null) return { from: 'object', objectId: request.objectId, model: given };
  if (request.vector != null) return { from: 'vector', model: modelForVector(models, given, request.vector), vector: request.vector };
  return { from: 'words', models: modelsForWords(models, given, { needed: mode === 'VECTOR' || request.alpha === 1 }) };
}

/** The outermost `includeDeleted` is the only one that counts, and search never shows the bin. */
function outsideTheBin(filter: ObjectFilter | undefined): ObjectFilter | null {
  if (filter == null) return null;
  const { includeDeleted: _, ...rest } = filter;
  return Object.values(rest).some((condition) => condition != null) ? rest : null;
}
