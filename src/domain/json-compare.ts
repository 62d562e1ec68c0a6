import type { Json, JsonObject } from './model.js';

/** Where a path leads in a document: through an object's own keys and an array's indices, a negative index from its end. */
export function valueAt(document: Json, path: readonly string[]): Json | undefined {
  let place: Json | undefined = document;
  for (const step of path) {
    if (Array.isArray(place)) place = elementAt(place, step);
    else if (isObject(place)) place = Object.hasOwn(place, step) ? place[step] : undefined;
    else return undefined;
  }
  return place;
}

// An index as PostgreSQL's `#>` reads it, which is as C's strtol does: space in front, a sign, leading zeros.
const INDEX = /^[ \t\n\v\f\r]*[+-]?\d+$/;

function elementAt(array: readonly Json[], step: string): Json | undefined {
  if (!INDEX.test(step)) return undefined;
  const index = Number.parseInt(step, 10);
  return array[index < 0 ? array.length + index : index];
}

/** Equality of JSON values: by type, whatever the order of an object's keys. */
export function jsonEquals(left: Json, right: Json): boolean {
  if (Array.isArray(left))
    return Array.isArray(right) && left.length === right.length && left.every((item, i) => jsonEquals(item, right[i]!));
  if (isObject(left)) {
    if (!isObject(right)) return false;
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && jsonEquals(left[key]!, right[key]!))
    );
  }
  return left === right;
}

/**
 * Whether `part` is in `whole`, as jsonb's `@>` has it: an object contains one whose every key it has with a value that
 * contains that one's; an array contains one each of whose elements is contained in some element of it; scalars, their like.
 */
export function jsonContains(whole: Json, part: Json): boolean {
  if (Array.isArray(part))
    return Array.isArray(whole) && part.every((wanted) => whole.some((item) => jsonContains(item, wanted)));
  if (isObject(part)) {
    return (
      isObject(whole) &&
      Object.keys(part).every((key) => Object.hasOwn(whole, key) && jsonContains(whole[key]!, part[key]!))
    );
  }
  return whole === part;
}

/** By code point: UTF-16 units order otherwise where surrogate pairs meet U+E000 and above. */
export function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/** Lifts surrogates above the rest of the units, where the code points that they stand for belong. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
