import { badInput } from '../../domain/errors.js';
import type { SearchRequest } from '../../domain/operations.js';
import { MAX_PAGE_SIZE } from '../../domain/paging.js';
import { given } from '../absent.js';
import { toObjectFilter } from '../filters/filter.mapping.js';
import { decodeId } from '../ids.js';
import { checkLength, MAX_FACETS } from '../lists.js';
import type { SearchInput } from './search.inputs.js';

const DEFAULT_FIRST = 10;
const DEFAULT_FACET_LIMIT = 10;

/** @throws BAD_USER_INPUT below `['input']` */
export function toSearchRequest(input: SearchInput): SearchRequest {
  const facets = input.facets ?? [];
  checkLength(facets, MAX_FACETS, ['input', 'facets']);
  return {
    query: given(input.query),
    objectId: input.objectId == null ? undefined : decodeId('obj', input.objectId, ['input', 'objectId']),
    vector: given(input.vector),
    model: given(input.model),
    mode: input.mode ?? 'HYBRID',
    alpha: given(input.alpha),
    fusion: input.fusion ?? 'RELATIVE_SCORE',
    filter: toObjectFilter(input.filter, ['input', 'filter']),
    minScore: given(input.minScore),
    minVectorScore: given(input.minVectorScore),
    facets: facets.map(({ field, limit }) => ({ field, limit: limit ?? DEFAULT_FACET_LIMIT })),
  };
}

/** @throws BAD_USER_INPUT beyond 0 to 500 */
export function firstOfSearch(first: number | null | undefined): number {
  const size = first ?? DEFAULT_FIRST;
  if (size >= 0 && size <= MAX_PAGE_SIZE) return size;
  throw badInput(`"first" is ${size}; it must be a whole number from 0 to ${MAX_PAGE_SIZE}.`, ['first']);
}
