import type { GraphQLResolveInfo } from 'graphql';
import { badInput } from '../../domain/errors.js';
import type { RecommendRequest, SearchPageArgs, SearchRequest, SearchTerm } from '../../domain/operations.js';
import { MAX_PAGE_SIZE } from '../../domain/paging.js';
import { given } from '../absent.js';
import { toObjectFilter } from '../filters/filter.mapping.js';
import { decodeId } from '../ids.js';
import { checkLength, MAX_EXAMPLES, MAX_FACETS, MAX_TERMS } from '../lists.js';
import { mayAskFor } from '../selection.js';
import type { FacetInput, RecommendInput, SearchInput, SearchTermInput } from './search.inputs.js';

const DEFAULT_FIRST = 10;
const DEFAULT_FACET_LIMIT = 10;

/** @throws BAD_USER_INPUT below `['input']` */
export function toSearchRequest(input: SearchInput): SearchRequest {
  const terms = given(input.terms);
  if (terms !== undefined) checkLength(terms, MAX_TERMS, ['input', 'terms']);
  return {
    query: given(input.query),
    objectId: toObjectId(input.objectId, ['input', 'objectId']),
    uploadId: toUploadId(input.uploadId, ['input', 'uploadId']),
    vector: given(input.vector),
    terms: terms?.map(toTerm),
    model: given(input.model),
    mode: input.mode ?? 'HYBRID',
    alpha: given(input.alpha),
    fusion: input.fusion ?? 'RELATIVE_SCORE',
    ...toCommon(input),
    rerank: given(input.rerank),
  };
}

/** @throws BAD_USER_INPUT below `['input']` */
export function toRecommendRequest(input: RecommendInput): RecommendRequest {
  const decoded = (name: 'liked' | 'disliked') => (input[name] ?? []).map((id, index) => decodeId('obj', id, ['input', name, String(index)]));
  checkLength(input.liked, MAX_EXAMPLES, ['input', 'liked']);
  checkLength(input.disliked ?? [], MAX_EXAMPLES, ['input', 'disliked']);
  return { liked: decoded('liked'), disliked: decoded('disliked'), model: given(input.model), ...toCommon(input) };
}

function toTerm({ query, objectId, uploadId, vector, model, weight }: SearchTermInput, index: number): SearchTerm {
  const path = ['input', 'terms', String(index)];
  return {
    query: given(query),
    objectId: toObjectId(objectId, [...path, 'objectId']),
    uploadId: toUploadId(uploadId, [...path, 'uploadId']),
    vector: given(vector),
    model: given(model),
    weight: weight ?? 1,
  };
}

const toUploadId = (id: string | null | undefined, path: readonly string[]) => (id == null ? undefined : decodeId('upl', id, path));
const toObjectId = (id: string | null | undefined, path: readonly string[]) => (id == null ? undefined : decodeId('obj', id, path));

function toCommon({ filter, minScore, minVectorScore, facets, diversity }: Pick<SearchInput, 'filter' | 'minScore' | 'minVectorScore' | 'facets' | 'diversity'>) {
  return {
    filter: toObjectFilter(filter, ['input', 'filter']),
    minScore: given(minScore),
    minVectorScore: given(minVectorScore),
    facets: toFacets(facets ?? []),
    diversity: given(diversity),
  };
}

function toFacets(facets: readonly FacetInput[]) {
  checkLength(facets, MAX_FACETS, ['input', 'facets']);
  return facets.map(({ field, limit }) => ({ field, limit: limit ?? DEFAULT_FACET_LIMIT }));
}

/** What is wanted of a page, and what of it is asked for. @throws BAD_USER_INPUT where `first` is beyond 0 to 500 */
export function toSearchPage(first: number | null | undefined, after: string | null | undefined, info: GraphQLResolveInfo): SearchPageArgs {
  return { first: firstOfSearch(first), after: given(after), matches: mayAskFor(info, 'matches'), contributions: mayAskFor(info, 'contributions') };
}

/** @throws BAD_USER_INPUT beyond 0 to 500 */
export function firstOfSearch(first: number | null | undefined): number {
  const size = first ?? DEFAULT_FIRST;
  if (size >= 0 && size <= MAX_PAGE_SIZE) return size;
  throw badInput(`"first" is ${size}; it must be a whole number from 0 to ${MAX_PAGE_SIZE}.`, ['first']);
}
