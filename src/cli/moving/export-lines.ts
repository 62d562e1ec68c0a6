import { z } from 'zod';
import { requireAnnotationContent } from '../../domain/annotation-content.js';
import { isStrataError } from '../../domain/errors.js';
import { isUuid } from '../../domain/ids.js';
import {
  AGGREGATION_TYPES, ANNOTATION_TYPES, DATA_TYPES, INGESTION_ERROR_CODES, INGESTION_STAGES, OBJECT_STATUSES, STORAGE_TIERS, type Json, type JsonObject,
} from '../../domain/model.js';
import { kindOf, requireJsonObject, requireStorableValues } from '../../domain/storable-json.js';

/**
 * What the lines of an export are, field by field: for the command, which looks at all of them before it sends one, and for the server,
 * which takes nothing on trust. The message of each rule is what stands behind "it must be"; one that is a whole sentence stands alone.
 */

const INTEGER = 2_147_483_647;

const whole = (least: number, most = INTEGER) => {
  const error = `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const oneOf = <const Words extends readonly string[]>(words: Words) => z.enum(words, { error: `one of ${words.join(', ')}` });
const matching = (error: string, allows: (text: string) => boolean) => z.string({ error }).refine(allows, { error });
const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed();

const flag = z.boolean({ error: 'true or false' });
const text = matching('text without U+0000 and without halves of surrogate pairs', isStorable);
const name = matching('text of at least one character', (value) => value !== '' && isStorable(value));
const id = matching('a UUID in small letters, with hyphens', isUuid);
const hash = matching('a SHA-256 in 64 small hexadecimal digits', (value) => /^[0-9a-f]{64}$/.test(value));
const time = matching('a time such as 2026-01-31T12:00:00.000Z', (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value)));
const share = z.number({ error: 'a number from 0 to 1, or null' }).min(0, { error: 'a number from 0 to 1, or null' }).max(1, { error: 'a number from 0 to 1, or null' });
const listOf = <Item extends z.ZodType>(item: Item, of: string) => z.array(item, { error: `a list of ${of}` });
/** As what is written by the API is held to. */
const given = json((value, path) => requireJsonObject(value, 'It', path)) as z.ZodType<JsonObject>;
/** As the program has made it. */
const made = json((value, path) => requireStorableValues(value, 'It', path));
const madeObject = json((value, path) => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) requireJsonObject(value, 'It', path);
  requireStorableValues(value, 'It', path);
}) as z.ZodType<JsonObject>;

/** A rule of the domain, whose refusal is a sentence of its own. */
function json(check: (value: Json, path: string[]) => void) {
  return z.unknown().transform((value, context): Json => {
    if (value === undefined) context.addIssue({ code: 'custom', message: 'JSON' });
    else refusedBy(context, () => check(value as Json, []));
    return value as Json;
  });
}

function refusedBy(context: z.RefinementCtx, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!isStrataError(error)) throw error;
    context.addIssue({ code: 'custom', message: error.message, path: [...error.path], params: { isSentence: true } });
  }
}

export const TENANT = matching('a tenant\'s name: at most 63 small letters, digits, dashes and underscores, other than "temp"', (value) => /^(?!temp$)[a-z0-9][a-z0-9_-]{0,62}$/.test(value));
export const HASH = hash;
export const MODEL = z.object({ name, revision: text, dimensions: whole(1, 65_535) });
export type Model = z.infer<typeof MODEL>;

const failure = z.object({ code: oneOf(INGESTION_ERROR_CODES), message: text, retryable: flag });
const OBJECT = z.object({
  id, tenantId: TENANT, type: oneOf(DATA_TYPES), status: oneOf(OBJECT_STATUSES), contentHash: hash, filename: text.nullable(), mimeType: name,
  fileSize: whole(1, Number.MAX_SAFE_INTEGER), storageTier: oneOf(STORAGE_TIERS), metadata: given, facts: madeObject, version: whole(1), isDeleted: flag, createdAt: time, updatedAt: time,
  ingestion: z.object({ status: oneOf(['SUCCEEDED', 'FAILED']), stage: oneOf(INGESTION_STAGES), error: failure.nullable(), warnings: listOf(text, 'texts') }, { error: 'an object, or null' }).nullable(),
});
const ANNOTATION = z
  .object({
    id, objectId: id, annotatorId: name, type: oneOf(ANNOTATION_TYPES), content: made, confidence: share.nullable(), version: whole(1), isDeleted: flag, createdAt: time, updatedAt: time,
  })
  .superRefine(({ type, content }, context) => refusedBy(context, () => requireAnnotationContent(type, content, ['content'])))
  .transform((line) => ({ ...line, content: line.content as JsonObject }));
const TEXT = z.object({ objectId: id, text, pages: listOf(z.object({ page: whole(1), start: whole(0), end: whole(0) }), 'pages') });
const PASSAGE = z.object({
  id, objectId: id, position: whole(0), text, start: whole(0), end: whole(0), page: whole(1).nullable(), startSeconds: z.number({ error: 'a number of seconds, or null' }).nullable(),
  // Exports of earlier versions have none.
  context: text.nullable().default(null),
});
const EMBEDDING = z
  .object({ id, objectId: id, passageId: id.nullable(), model: name, dimensions: whole(1, 65_535), metadata: madeObject, createdAt: time, vector: z.string({ error: 'a vector in base 64' }) })
  .refine(({ vector, dimensions }) => isVector(vector, dimensions), { path: ['vector'], error: 'as many 32-bit floats, little-endian and in base 64, as "dimensions" says, all of them finite' });

export const AGGREGATION = z.object({
  id, tenantId: TENANT, type: oneOf(AGGREGATION_TYPES), sources: made, sourceCount: whole(0), parameters: madeObject, result: made, createdBy: name, createdAt: time, computedAt: time,
  objectIds: listOf(id, 'UUIDs'),
});

const AN_OBJECT = 'an object';
const PARTS = z.object({
  object: OBJECT, annotations: listOf(ANNOTATION, 'annotations'), text: TEXT.nullable(), passages: listOf(PASSAGE, 'passages'), embeddings: listOf(EMBEDDING, 'embeddings'),
});
export type Parts = z.infer<typeof PARTS>;

/** An object with its parts, which are its own and fit together. @param models those that the export says its vectors are of */
export const partsOf = (models: readonly Model[]) =>
  PARTS.superRefine(({ object, annotations, text: read, passages, embeddings }, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const own = `that of the object, ${object.id}`;
    for (const [kind, parts] of Object.entries({ annotations, passages, embeddings })) {
      const seen = new Set<string>();
      for (const [index, part] of parts.entries()) {
        if (part.objectId !== object.id) refuse([kind, index, 'objectId'], own);
        if (seen.has(part.id)) refuse([kind, index, 'id'], 'an id that no other of the object has');
        seen.add(part.id);
      }
    }
    if (read !== null && read.objectId !== object.id) refuse(['text', 'objectId'], own);
    const positions = new Set<number>();
    for (const [index, { position }] of passages.entries()) {
      if (positions.has(position)) refuse(['passages', index, 'position'], 'one that no other of the object has');
      positions.add(position);
    }
    const ids = new Set(passages.map((passage) => passage.id));
    for (const [index, { passageId, model, dimensions }] of embeddings.entries()) {
      if (passageId !== null && !ids.has(passageId)) refuse(['embeddings', index, 'passageId'], 'the id of a passage of the same object, or null');
      if (!models.some((each) => each.name === model && each.dimensions === dimensions)) {
        refuse(['embeddings', index, 'model'], models.length === 0 ? 'left out: the export names no models' : `one that the export names, with its dimensions: ${models.map((each) => `${each.name} (${each.dimensions})`).join(', ')}`);
      }
    }
  });

function isVector(packed: string, dimensions: number): boolean {
  const bytes = Buffer.from(packed, 'base64');
  if (bytes.length !== dimensions * 4 || bytes.toString('base64') !== packed) return false;
  for (let at = 0; at < bytes.length; at += 4) if (!Number.isFinite(bytes.readFloatLE(at))) return false;
  return true;
}

export interface Fault {
  path: (string | number)[];
  /** What was wrong there, and what would be right: `is 7; it must be …`, or a sentence. */
  says: string;
}

/** The value as the schema reads it, or the first thing that is wrong with it. */
export function read<Value>(schema: z.ZodType<Value>, value: unknown): { value: Value; fault: null } | { value: null; fault: Fault } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, fault: null };
  const issue = result.error.issues[0]!;
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const { params } = issue as { params?: { isSentence?: boolean } };
  if (params?.isSentence === true) return { value: null, fault: { path, says: `is refused: ${issue.message}` } };
  const allowed = issue.code === 'invalid_type' && issue.expected === 'object' && issue.message.startsWith('Invalid') ? AN_OBJECT : issue.message;
  const found = at(value, path);
  return { value: null, fault: { path, says: `is ${found === undefined ? 'missing' : shown(found)}; it must be ${allowed}.` } };
}

/** `annotations[2].content` */
export const placeOf = (path: readonly (string | number)[]): string => path.reduce<string>((written, step) => (typeof step === 'number' ? `${written}[${step}]` : written === '' ? step : `${written}.${step}`), '');

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((within, step) => (typeof within === 'object' && within !== null ? (within as Record<string | number, unknown>)[step] : undefined), value);
}

function shown(value: unknown): string {
  if (value !== null && typeof value === 'object') return kindOf(value as Json);
  const written = JSON.stringify(value);
  return written.length > 80 ? `${written.slice(0, 77)}…` : written;
}
