import type { CursorKey, PageRequest } from '../../domain/paging.js';

/** Counting that takes longer gives null. */
export const COUNT_TIMEOUT_MS = 2_000;

export const keyOfCreated = (row: { id: string; createdAt: Date }): CursorKey => ({ value: row.createdAt.toISOString(), id: row.id });

/** Of rows that are all at hand, in the order of `compare`: at most `limit + 1` between the cursors, in the direction of reading. */
export function cut<T>(rows: readonly T[], { after, before, backward, limit }: PageRequest, keyOf: (row: T) => CursorKey, compare: (left: CursorKey, right: CursorKey) => number): T[] {
  const within = rows.filter((row) => (after === null || compare(keyOf(row), after) > 0) && (before === null || compare(keyOf(row), before) < 0));
  return (backward ? within.reverse() : within).slice(0, limit + 1);
}

/** Puts rows into the order of the ids that were asked for, null where there is none. */
export function inOrder<T extends { id: string }>(ids: readonly string[], rows: readonly T[]): (T | null)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}
