import { badInput } from './errors.js';
import { isObject } from './json-compare.js';
import type { AnnotationType, Json, JsonObject } from './model.js';
import { kindOf, requireJsonObject } from './storable-json.js';

type Path = readonly (string | number)[];
type Check = (content: JsonObject, path: Path) => void;

/** Boxes come from 32-bit arithmetic: an edge may stand this far beyond the image's. */
const EDGE_TOLERANCE = 1e-6;

/**
 * The content of an annotation, as its type has it:
 *
 * - CLASSIFICATION `{labels: [{label, score?}]}`, labels not empty, scores 0 to 1
 * - EXTRACTION `{entities: [{text, type, start?, end?}]}`, text and type not empty, offsets whole numbers, start ≤ end
 * - SUMMARY, CAPTION `{text}`, not empty
 * - DETECTION `{boxes: [{label, x, y, width, height, score?}]}`, all within 0 to 1 of the oriented image
 * - TRANSCRIPTION `{segments: [{start, end, text}]}`, in seconds, start ≤ end
 * - OTHER any object
 *
 * Lists may be empty: nothing found is a finding. Further keys are kept as they are.
 * @throws BAD_USER_INPUT at the very place
 */
export function requireAnnotationContent(type: AnnotationType, content: Json, path: Path): asserts content is JsonObject {
  requireJsonObject(content, 'The content', path);
  CHECKS[type](content, path);
}

/** 0 to 1. */
export function requireConfidence(confidence: number, path: Path): void {
  requireShare(confidence, path, 'The confidence');
}

const CHECKS: Record<AnnotationType, Check> = {
  CLASSIFICATION: listOf('labels', (label, path) => {
    requireText(label, 'label', path);
    checkOptional(label, 'score', path, requireShare);
  }),
  EXTRACTION: listOf('entities', (entity, path) => {
    requireText(entity, 'text', path);
    requireText(entity, 'type', path);
    checkOptional(entity, 'start', path, requireOffset);
    checkOptional(entity, 'end', path, requireOffset);
    requireOrder(entity, path);
  }),
  SUMMARY: (content, path) => requireText(content, 'text', path),
  CAPTION: (content, path) => requireText(content, 'text', path),
  DETECTION: listOf('boxes', (box, path) => {
    requireText(box, 'label', path);
    for (const key of ['x', 'y', 'width', 'height']) requireShare(box[key], [...path, key], `"${key}"`);
    requireWithin(box, 'x', 'width', path);
    requireWithin(box, 'y', 'height', path);
    checkOptional(box, 'score', path, requireShare);
  }),
  TRANSCRIPTION: listOf('segments', (segment, path) => {
    requireSeconds(segment.start, [...path, 'start'], '"start"');
    requireSeconds(segment.end, [...path, 'end'], '"end"');
    requireOrder(segment, path);
    if (typeof segment.text !== 'string') throw badInput(`"text" must be a string, not ${kindOf(segment.text)}.`, [...path, 'text']);
  }),
  OTHER: () => undefined,
};

function listOf(key: string, check: Check): Check {
  return (content, path) => {
    const list = content[key];
    if (!Array.isArray(list)) throw badInput(`The content must hold a list "${key}"; there is ${kindOf(list)}.`, [...path, key]);
    list.forEach((item, index) => {
      const place = [...path, key, index];
      if (!isObject(item)) throw badInput(`Each of "${key}" must be an object, not ${kindOf(item)}.`, place);
      check(item, place);
    });
  };
}

function requireText(item: JsonObject, key: string, path: Path): void {
  const value = item[key];
  if (typeof value !== 'string') throw badInput(`"${key}" must be a string, not ${kindOf(value)}.`, [...path, key]);
  if (value.trim() === '') throw badInput(`"${key}" must not be empty.`, [...path, key]);
}

/** null is as good as absent. */
function checkOptional(item: JsonObject, key: string, path: Path, check: (value: Json, path: Path, name: string) => void): void {
  const value = item[key];
  if (value !== undefined && value !== null) check(value, [...path, key], `"${key}"`);
}

function requireShare(value: Json | undefined, path: Path, name: string): void {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) throw badInput(`${name} is ${shown(value)}; it must be a number from 0 to 1.`, path);
}

function requireOffset(value: Json | undefined, path: Path, name: string): void {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw badInput(`${name} is ${shown(value)}; it must be a whole number from 0 up.`, path);
}

function requireSeconds(value: Json | undefined, path: Path, name: string): void {
  if (typeof value !== 'number' || !(value >= 0)) throw badInput(`${name} is ${shown(value)}; it must be a number of seconds from 0 up.`, path);
}

function requireOrder(item: JsonObject, path: Path): void {
  const { start, end } = item;
  if (typeof start === 'number' && typeof end === 'number' && end < start) {
    throw badInput(`"end" is ${end}, before "start", which is ${start}.`, [...path, 'end']);
  }
}

function requireWithin(box: JsonObject, from: string, extent: string, path: Path): void {
  if ((box[from] as number) + (box[extent] as number) > 1 + EDGE_TOLERANCE) {
    throw badInput(`The box leaves the image: "${from}" and "${extent}" add up to more than 1.`, [...path, extent]);
  }
}

const shown = (value: Json | undefined): string => (typeof value === 'number' ? String(value) : kindOf(value));
