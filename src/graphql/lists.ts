import { badInput, type ErrorDetails } from '../domain/errors.js';
import type { IdPrefix } from '../domain/ids.js';
import { decodeId } from './ids.js';

/** `nodes(ids)` and every list of object ids. */
export const MAX_IDS = 500;
/** Lists of inputs of a mutation. */
export const MAX_INPUTS = 1_000;
export const MAX_FACETS = 20;
/** Of one search. */
export const MAX_TERMS = 20;
/** Objects that are liked, or disliked, of one recommendation. */
export const MAX_EXAMPLES = 100;
/** Parts of a multipart upload. */
export const MAX_PARTS = 10_000;

export function checkLength(list: readonly unknown[], max: number, path: ErrorDetails['path']): void {
  if (list.length > max) {
    throw badInput(`"${path?.at(-1)}" has ${list.length.toLocaleString('en')} items; at most ${max.toLocaleString('en')} are taken at once.`, path);
  }
}

/** Plain ids, without repeats, in order. */
export function decodeIds(prefix: IdPrefix, ids: readonly string[], path: readonly (string | number)[]): string[] {
  checkLength(ids, MAX_IDS, path);
  return [...new Set(ids.map((id, i) => decodeId(prefix, id, [...path, i])))];
}
