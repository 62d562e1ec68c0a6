import { z } from 'zod';
import { badInput, notInThisVersion } from '../../domain/errors.js';
import { parseMetadataPath } from '../../domain/filters.js';
import type { AggregationType, Json, JsonObject } from '../../domain/model.js';
import { requireJsonObject } from '../../domain/storable-json.js';
import { TIMELINE_FIELDS, TIMELINE_INTERVALS } from '../../ports/repositories/aggregation.repository.port.js';

const MOST_VALUES = 1_000;
const limit = (usual: number) => z.int().min(1).max(MOST_VALUES).default(usual);

const NONE = z.strictObject({});
export const LABEL_PARAMETERS = z.strictObject({ limit: limit(100) });
export const METADATA_PARAMETERS = z.strictObject({ path: z.string().min(1).max(1_024), limit: limit(20) });
export const TIMELINE_PARAMETERS = z.strictObject({ interval: z.enum(TIMELINE_INTERVALS).default('day'), field: z.enum(TIMELINE_FIELDS).default('createdAt') });

/** What each type can be told; null where any object will do. */
const SHAPES: Partial<Record<AggregationType, z.ZodType<JsonObject> | null>> = {
  COUNT: NONE,
  LABEL_HISTOGRAM: LABEL_PARAMETERS,
  CONFIDENCE_STATISTICS: NONE,
  METADATA_STATISTICS: METADATA_PARAMETERS,
  TIMELINE: TIMELINE_PARAMETERS,
  CUSTOM: null,
};

/**
 * Checked, and with what was left out filled in, so that the stored aggregation says all that it was computed with.
 * @throws NOT_CONFIGURED for types that this installation does not compute; BAD_USER_INPUT for parameters that the type
 * does not know
 */
export function readParameters(type: AggregationType, parameters: Json | undefined): JsonObject {
  const shape = SHAPES[type];
  if (shape === undefined) throw notInThisVersion(`The aggregation ${type}`, `aggregations.${type.toLowerCase()}`, ['input', 'type']);
  const path = ['input', 'parameters'];
  const given = parameters ?? {};
  requireJsonObject(given, 'The parameters', path);
  if (shape === null) return given;
  const read = shape.safeParse(given);
  if (read.success) return read.data;
  const issue = read.error.issues[0]!;
  throw badInput(`${type} does not take these parameters: ${describe(issue, shape)}`, [...path, ...issue.path.map(String)]);
}

/** @throws BAD_USER_INPUT for an empty key, which leads nowhere but by mistake */
export function readMetadataPath(path: string): string[] {
  const keys = parseMetadataPath(path);
  if (keys.includes('')) {
    throw badInput(`The path "${path}" has an empty key. Write it like "camera.model", a dot within a key as "a\\.b".`, ['input', 'parameters', 'path']);
  }
  return keys;
}

function describe(issue: z.core.$ZodIssue, shape: z.ZodType): string {
  if (issue.code === 'unrecognized_keys') {
    const known = shape instanceof z.ZodObject ? Object.keys(shape.shape) : [];
    return `"${issue.keys[0]}" is none of ${known.length === 0 ? 'its parameters; it takes none' : known.map((key) => `"${key}"`).join(', ')}.`;
  }
  const name = issue.path.join('.');
  return `"${name}" must be ${PARAMETERS[name] ?? 'something else'}.`;
}

/** What each parameter takes, in words. */
const PARAMETERS: Readonly<Record<string, string>> = {
  limit: `a whole number from 1 to ${MOST_VALUES}`,
  path: 'a path into the metadata, such as "camera.model"',
  interval: `one of ${TIMELINE_INTERVALS.join(', ')}`,
  field: `one of ${TIMELINE_FIELDS.join(', ')}`,
};
