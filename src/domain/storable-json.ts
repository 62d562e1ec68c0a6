import { badInput } from './errors.js';
import type { Json, JsonObject } from './model.js';

/** Levels of objects and arrays: `{}` is one, `{"a": []}` two. */
export const DEEPEST_JSON = 64;
/** Bytes of one document, written as JSON in UTF-8. */
export const LARGEST_JSON = 1_048_576;

type Path = readonly (string | number)[];

interface Place {
  value: Json;
  depth: number;
  within: Place | null;
  key: string | number;
}

/**
 * What the database's jsonb can hold, within bounds. Walks without recursion: what was sent may be deeper than the stack.
 * @param what the words for the document, as a sentence begins with them: `The metadata`
 * @throws BAD_USER_INPUT at the very place: too deep, too large, U+0000, half a surrogate pair, a number beyond a double
 */
export function requireStorableJson(document: Json, what: string, path: Path): void {
  requireStorableValues(document, what, path);
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes > LARGEST_JSON) throw badInput(`${what} has ${bytes} bytes as JSON; up to ${LARGEST_JSON} are taken.`, path);
}

/** The same of what the program itself has made, which may be of any size. */
export function requireStorableValues(document: Json, what: string, path: Path): void {
  const open: Place[] = [{ value: document, depth: 0, within: null, key: '' }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value } = place;
    if (typeof value === 'string') requireStorableText(value, what, place, path);
    else if (typeof value === 'number' && !Number.isFinite(value)) {
      throw badInput(`${what} holds a number that is too large. Up to 1.8e308 can be kept; send it as a string.`, pathTo(place, path));
    } else if (value !== null && typeof value === 'object') {
      if (place.depth === DEEPEST_JSON) throw badInput(`${what} is nested more than ${DEEPEST_JSON} levels deep. Flatten it.`, path);
      for (const [key, inner] of Object.entries(value)) {
        const child: Place = { value: inner, depth: place.depth + 1, within: place, key: Array.isArray(value) ? Number(key) : key };
        requireStorableText(key, what, child, path);
        open.push(child);
      }
    }
  }
}

/** Whether it nests no deeper than what is kept; without recursion. */
export function isShallow(document: Json): boolean {
  let level: Json[] = [document];
  for (let depth = 0; depth <= DEEPEST_JSON; depth++) {
    const containers = level.filter((value) => value !== null && typeof value === 'object');
    if (containers.length === 0) return true;
    level = containers.flatMap((value) => Object.values(value));
  }
  return false;
}

/** @throws BAD_USER_INPUT for anything but an object, and as `requireStorableJson` does */
export function requireJsonObject(document: Json, what: string, path: Path): asserts document is JsonObject {
  if (document === null || typeof document !== 'object' || Array.isArray(document)) {
    throw badInput(`${what} must be a JSON object such as {"key": "value"}, not ${kindOf(document)}.`, path);
  }
  requireStorableJson(document, what, path);
}

/** With its article, as a sentence uses it. */
export function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function requireStorableText(text: string, what: string, place: Place, path: Path): void {
  if (!text.includes('\0') && text.isWellFormed()) return;
  const fault = text.includes('\0') ? 'the character U+0000' : 'half a surrogate pair, which is no character';
  throw badInput(`${what} holds ${fault}. Take it out.`, pathTo(place, path));
}

function pathTo(place: Place, path: Path): Path {
  const steps: (string | number)[] = [];
  for (let at: Place | null = place; at?.within; at = at.within) steps.unshift(at.key);
  return [...path, ...steps];
}
