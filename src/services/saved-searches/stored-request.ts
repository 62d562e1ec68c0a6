import type { AnnotationFilter, DateRange, ObjectFilter } from '../../domain/filters.js';
import type { JsonObject } from '../../domain/model.js';
import type { SearchRequest } from '../../domain/operations.js';

/** A search as JSON: dates become text, what was left out is not there. */
export const toStored = (request: SearchRequest): JsonObject => JSON.parse(JSON.stringify(request)) as JsonObject;

/** And back: wherever a filter has dates. */
export function fromStored(stored: JsonObject): SearchRequest {
  const request = stored as unknown as SearchRequest;
  return request.filter === undefined ? request : { ...request, filter: revived(request.filter) };
}

function revived(filter: ObjectFilter): ObjectFilter {
  return {
    ...filter,
    ...(filter.createdAt == null ? {} : { createdAt: dates(filter.createdAt) }),
    ...(filter.annotation == null ? {} : { annotation: ofAnnotation(filter.annotation) }),
    ...(filter.and == null ? {} : { and: filter.and.map(revived) }),
    ...(filter.or == null ? {} : { or: filter.or.map(revived) }),
    ...(filter.not == null ? {} : { not: revived(filter.not) }),
  };
}

const ofAnnotation = (filter: AnnotationFilter): AnnotationFilter => (filter.createdAt == null ? filter : { ...filter, createdAt: dates(filter.createdAt) });

const dates = ({ gte, lt }: DateRange): DateRange => ({ ...(gte == null ? {} : { gte: new Date(gte) }), ...(lt == null ? {} : { lt: new Date(lt) }) });
