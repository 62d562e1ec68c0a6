import { Filters, type FilterValue } from 'weaviate-client';
import type { Tenant } from './weaviate.records.js';

/** Whether `objectIds`, where given, are all among `without`: then nothing needs to be asked. */
export function isNobodyLeft(objectIds: readonly string[] | null, without: readonly string[]): boolean {
  const gone = new Set(without);
  return objectIds !== null && objectIds.every((id) => gone.has(id));
}

/** Nothing but `objectIds`, where given, and none of `without`. */
export function restrictions(
  tenant: Tenant,
  objectIds: readonly string[] | null,
  without: readonly string[],
): FilterValue[] {
  const property = tenant.filter.byProperty('objectId');
  if (objectIds === null) return without.length === 0 ? [] : [property.containsNone([...without])];
  const gone = new Set(without);
  return [property.containsAny(objectIds.filter((id) => !gone.has(id)))];
}

/** Those that have a vector of this name. */
export const inSpace = (tenant: Tenant, name: string): FilterValue => tenant.filter.byProperty('spaces').containsAny([name]);

export function allOf(...filters: FilterValue[]): FilterValue | undefined {
  return filters.length > 1 ? Filters.and(...filters) : filters[0];
}
