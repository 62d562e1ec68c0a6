import { badInput } from '../../domain/errors.js';
import type { Json, JsonObject } from '../../domain/model.js';

const LARGEST_BYTES = 1_048_576;
const DEEPEST = 64;

/**
 * A user's metadata, checked: a JSON object of at most 1 MiB, nested at most 64 deep, without the character U+0000, which
 * the database's JSON cannot hold. Nothing given is `{}`.
 * @throws BAD_USER_INPUT at `path`
 */
export function readMetadata(value: Json | undefined, path: string[]): JsonObject {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw badInput(`The metadata is ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}; it must be a JSON object, such as {"title": "Harbour"}.`, path);
  }
  checkDepth(value, 1, path);
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > LARGEST_BYTES) throw badInput(`The metadata is larger than ${LARGEST_BYTES} bytes. Keep large texts in the content.`, path);
  if (text.includes('\\u0000')) throw badInput('The metadata holds the character U+0000, which cannot be stored. Leave it out.', path);
  return value;
}

function checkDepth(value: Json, depth: number, path: string[]): void {
  if (value === null || typeof value !== 'object') return;
  if (depth > DEEPEST) throw badInput(`The metadata is nested more than ${DEEPEST} deep. Flatten it.`, path);
  for (const inner of Object.values(value)) checkDepth(inner as Json, depth + 1, path);
}
