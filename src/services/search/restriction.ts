import type { ObjectFilter } from '../../domain/filters.js';
import type { SearchDependencies } from './search-dependencies.js';

/**
 * For stores that cannot filter by themselves. Where a filter leaves few objects their ids restrict the leg exactly; where it
 * leaves many, or there is none, the leg goes deeper until enough of what it finds matches. Both ways what is in the bin stays out.
 */

/** Ids that are handed to a store. */
const MOST_IDS = 10_000;
/** Objects that a leg is asked for at most, at once. What it finds is checked in the database. */
const MOST_OBJECTS = 10_000;
/** Some of what a store holds may be in the bin. */
const FIRST_SHARE = 1.2;
const DEEPER = 4;

type Objects = SearchDependencies['database']['objects'];

export interface Restriction {
  tenantId: string;
  filter: ObjectFilter | null;
  /** All that match, where they are few; null otherwise. */
  ids: readonly string[] | null;
}

export async function restrictionOf(objects: Pick<Objects, 'matchingIds'>, tenantId: string, filter: ObjectFilter | null): Promise<Restriction> {
  if (filter === null) return { tenantId, filter, ids: null };
  const ids = await objects.matchingIds(tenantId, filter, MOST_IDS + 1);
  return { tenantId, filter, ids: ids.length > MOST_IDS ? null : ids };
}

type Found<Hit> = { hits: readonly Hit[]; complete: boolean };

/** @param ask the store, for so many objects and nothing but these, where ids are given */
export async function findWithin<Hit extends { objectId: string }>(
  objects: Pick<Objects, 'matchingAmong'>,
  { tenantId, filter, ids }: Restriction,
  depth: number,
  ask: (limit: number, objectIds: readonly string[] | null) => Promise<Found<Hit>>,
): Promise<Found<Hit>> {
  if (ids !== null) return ids.length === 0 ? { hits: [], complete: true } : ask(depth, ids);
  for (let limit = Math.ceil(depth * FIRST_SHARE); ; limit = Math.min(limit * DEEPER, MOST_OBJECTS)) {
    const { hits, complete } = await ask(limit, null);
    const matching = await objects.matchingAmong(tenantId, filter, hits.map(({ objectId }) => objectId));
    const kept = hits.filter(({ objectId }) => matching.has(objectId));
    if (kept.length >= depth) return { hits: kept.slice(0, depth), complete: true };
    if (hits.length < limit) return { hits: kept, complete };
    if (limit >= MOST_OBJECTS) return { hits: kept, complete: false };
  }
}
