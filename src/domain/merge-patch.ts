import { isObject } from './json-compare.js';
import type { Json } from './model.js';

/**
 * JSON Merge Patch, RFC 7396 section 2: objects merge key by key, null takes a key away, anything else replaces. Neither
 * argument is changed. Keys that mean something to JavaScript (`__proto__`, `constructor`) are keys like any other.
 */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = new Map<string, Json>(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, applyMergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/**
 * A document with what it lacks taken from another: as that one merge-patched by this (RFC 7396), but that a null which this one
 * holds is kept as a value.
 */
export function filledFrom(document: Json, other: Json): Json {
  if (!isObject(document) || !isObject(other)) return document;
  const filled = new Map<string, Json>(Object.entries(document));
  for (const [key, value] of Object.entries(other)) filled.set(key, filled.has(key) ? filledFrom(filled.get(key)!, value) : value);
  return Object.fromEntries(filled);
}
