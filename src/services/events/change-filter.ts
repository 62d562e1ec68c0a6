import type { AnnotationFilter, ObjectFilter } from '../../domain/filters.js';
import { matchesFilter } from '../../domain/match-filter.js';
import type { Database } from '../../ports/database.port.js';
import type { ChangeEvent, ObjectState } from '../../ports/repositories/ledger.repository.port.js';

/** One row tells whether there is any. */
const ANY = { field: 'CREATED_AT', direction: 'DESC', limit: 0, backward: false, after: null, before: null } as const;

/**
 * Those whose object matches as it was or as it became; all of them without a filter. That an object was purged is told to
 * whoever could have seen it, in the bin or not. Events do not carry annotations: an annotation clause is tested on the
 * annotations of the moment of delivery, for the old and the new state alike, in one statement a clause; an object that is
 * purged has none.
 */
export async function matchingChanges(
  database: Pick<Database, 'annotations'>,
  tenantId: string,
  events: readonly ChangeEvent[],
  filter: ObjectFilter | null,
): Promise<readonly ChangeEvent[]> {
  if (filter === null || events.length === 0) return events;
  const objectIds = [...new Set(events.map((event) => event.objectId))];
  const annotated = new Map<AnnotationFilter, Set<string>>();
  for (const clause of annotationClauses(filter)) {
    const pages = await database.annotations.pagesOfObjects(tenantId, objectIds, clause, ANY);
    annotated.set(clause, new Set(objectIds.filter((id) => (pages.get(id)?.length ?? 0) > 0)));
  }
  return events.filter((event) => {
    const seen = event.kind === 'PURGED' ? { ...filter, includeDeleted: true } : filter;
    const matches = (state: ObjectState | null) =>
      state !== null && matchesFilter(state, seen, (clause) => annotated.get(clause)?.has(event.objectId) ?? false);
    return matches(event.before) || matches(event.after);
  });
}

function annotationClauses(filter: ObjectFilter): AnnotationFilter[] {
  const nested = [...(filter.and ?? []), ...(filter.or ?? []), ...(filter.not == null ? [] : [filter.not])];
  return [...(filter.annotation == null ? [] : [filter.annotation]), ...nested.flatMap(annotationClauses)];
}
