import { toPage, type CursorKey, type Page, type PageRequest } from '../../domain/paging.js';

/** Counting that takes longer gives null. */
export const COUNT_TIMEOUT_MS = 2_000;

export const keyOfCreated = (row: { id: string; createdAt: Date }): CursorKey => ({ value: row.createdAt.toISOString(), id: row.id });

/** Pages that were read together; their counts are read together too, once, when the first of them is asked for. */
export function toPages<T extends { id: string; createdAt: Date }>(
  ids: readonly string[],
  rows: ReadonlyMap<string, readonly T[]>,
  request: PageRequest,
  countAll: () => Promise<ReadonlyMap<string, number> | null>,
): Page<T>[] {
  let counts: Promise<ReadonlyMap<string, number> | null> | undefined;
  return ids.map((id) =>
    toPage(rows.get(id) ?? [], request, keyOfCreated, async () => {
      counts ??= countAll();
      return (await counts)?.get(id) ?? null;
    }),
  );
}

/** Puts rows into the order of the ids that were asked for, null where there is none. */
export function inOrder<T extends { id: string }>(ids: readonly string[], rows: readonly T[]): (T | null)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}
