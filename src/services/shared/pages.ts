import type { CursorKey } from '../../domain/paging.js';

/** Counting that takes longer gives null. */
export const COUNT_TIMEOUT_MS = 2_000;

export const keyOfCreated = (row: { id: string; createdAt: Date }): CursorKey => ({ value: row.createdAt.toISOString(), id: row.id });

/** Puts rows into the order of the ids that were asked for, null where there is none. */
export function inOrder<T extends { id: string }>(ids: readonly string[], rows: readonly T[]): (T | null)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}
