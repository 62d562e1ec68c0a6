import { badInput } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';

/** How many ids a read or a filter takes. */
export const MOST_IDS = 500;
/** How many inputs a mutation takes that answers item by item. */
export const MOST_ITEMS = 1_000;

/** @throws BAD_USER_INPUT where there are more than `most` */
export function requireAtMost(most: number, count: number, name: string, path: readonly string[]): void {
  if (count > most) throw badInput(`"${name}" has ${count} entries; up to ${most} are taken at once.`, path);
}

/** The ids that a filter names, in any of its parts. @throws BAD_USER_INPUT where a list has more than `MOST_IDS` */
export function requireBoundedFilter(filter: ObjectFilter | null, path: readonly string[]): void {
  if (filter === null) return;
  requireAtMost(MOST_IDS, filter.annotation?.objectIds?.length ?? 0, 'objectIds', [...path, 'annotation', 'objectIds']);
  filter.and?.forEach((inner, index) => requireBoundedFilter(inner, [...path, 'and', String(index)]));
  filter.or?.forEach((inner, index) => requireBoundedFilter(inner, [...path, 'or', String(index)]));
  requireBoundedFilter(filter.not ?? null, [...path, 'not']);
}
