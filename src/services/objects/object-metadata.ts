import type { Json, JsonObject } from '../../domain/model.js';
import { requireJsonObject } from '../../domain/storable-json.js';

/** A new object's metadata, checked; nothing given is `{}`. @throws BAD_USER_INPUT at the very place, below `path` */
export function readMetadata(value: Json | undefined, path: string[]): JsonObject {
  if (value === undefined || value === null) return {};
  requireJsonObject(value, 'The metadata', path);
  return value;
}
