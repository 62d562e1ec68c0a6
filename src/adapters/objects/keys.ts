import { badInput } from '../../domain/errors.js';

const SEGMENT = /^[A-Za-z0-9._-]{1,255}$/;
const MAX_LENGTH = 1_024;

export const isSegment = (name: string) => SEGMENT.test(name) && name !== '.' && name !== '..';

/** @throws BAD_USER_INPUT unless the key is `/`-separated segments of `[A-Za-z0-9._-]`, none of them `.` or `..` */
export function checkKey(key: string): void {
  const segments = key.split('/');
  if (key.length <= MAX_LENGTH && segments.every(isSegment)) return;
  throw badInput(
    `${JSON.stringify(key.slice(0, 100))} is no storage key: it must be parts of letters, digits, ".", "_" and "-" joined by "/", ` +
      `none of them "." or "..", of at most 255 characters each and ${MAX_LENGTH} together.`,
  );
}

/** Any beginning of a key will do, also one that ends within a segment, and none. */
export function checkPrefix(prefix: string): void {
  const segments = prefix.split('/');
  const last = segments.pop()!;
  if (last !== '' && last !== '.' && last !== '..') checkKey(prefix);
  else if (segments.length > 0) checkKey(segments.join('/'));
}

/** @throws BAD_USER_INPUT unless it is whole and from 1 to 10,000 */
export function checkPartNumber(partNumber: number): void {
  if (Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= 10_000) return;
  throw badInput(`${partNumber} is no part number: it must be a whole number from 1 to 10,000.`);
}
