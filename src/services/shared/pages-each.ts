import { isStrataError, type StrataError } from '../../domain/errors.js';
import { readPageArgs, toPage, type Page, type PageArgs, type PageRequest } from '../../domain/paging.js';
import type { KeysetQuery } from '../../ports/repositories/keyset.js';
import { keyOfCreated } from './pages.js';

/** How the lists of many parents are read: each in one statement for all of them. */
export interface EachReader<T> {
  rows(ids: readonly string[], query: KeysetQuery<'CREATED_AT'>): Promise<ReadonlyMap<string, readonly T[]>>;
  counts(ids: readonly string[]): Promise<ReadonlyMap<string, number> | null>;
}

/**
 * The same page of each parent's list, newest first. A cursor belongs to one parent's list: the others fail, each alone.
 * The counts are read together, once, when the first of them is asked for.
 * @param fingerprintOf marks the cursors of that parent's list
 * @throws what is wrong with the arguments for every parent alike
 */
export async function pagesEach<T extends { id: string; createdAt: Date }>(
  ids: readonly string[],
  args: PageArgs,
  fingerprintOf: (id: string) => string,
  reader: EachReader<T>,
): Promise<(Page<T> | StrataError)[]> {
  // The sizes are everybody's; only a cursor is one list's.
  readPageArgs({ first: args.first, last: args.last }, '');
  const requests = ids.map((id) => readOne(args, fingerprintOf(id)));
  const readable = ids.filter((_, index) => !isStrataError(requests[index]));
  const shared = requests.find((request) => !isStrataError(request)) as PageRequest | undefined;
  const rows = shared === undefined ? new Map<string, T[]>() : await reader.rows(readable, { ...shared, field: 'CREATED_AT', direction: 'DESC' });

  let counts: Promise<ReadonlyMap<string, number> | null> | undefined;
  return ids.map((id, index) => {
    const request = requests[index]!;
    if (isStrataError(request)) return request;
    return toPage(rows.get(id) ?? [], request, keyOfCreated, async () => {
      counts ??= reader.counts(readable);
      return (await counts)?.get(id) ?? null;
    });
  });
}

function readOne(args: PageArgs, fingerprint: string): PageRequest | StrataError {
  try {
    return readPageArgs(args, fingerprint);
  } catch (error) {
    if (isStrataError(error)) return error;
    throw error;
  }
}
