import type { AnnotationFilter, DateRange, MetadataCondition, ObjectFilter, SizeRange } from './filters.js';
import { compareCodePoints, isObject, jsonContains, jsonEquals, valueAt } from './json-compare.js';
import type { Annotation, DataObject, Json, JsonObject } from './model.js';

/** An object as far as filters look at it. `createdAt` as a Date or as ISO 8601, which is how events carry it. */
export type FilterableObject = Pick<
  DataObject,
  'type' | 'status' | 'storageTier' | 'mimeType' | 'contentHash' | 'fileSize' | 'metadata' | 'facts' | 'isDeleted'
> & { createdAt: Date | string };

export type FilterableAnnotation = Pick<
  Annotation,
  'type' | 'annotatorId' | 'content' | 'confidence' | 'objectId' | 'isDeleted' | 'createdAt'
>;

/**
 * Whether a filter matches an object: the same answer that the database gives (`adapters/db/filter-sql.ts`).
 * The bin is hidden unless the outermost filter says `includeDeleted`.
 * @param hasAnnotation whether the object has an annotation that matches; asked only where the filter has such a clause
 */
export function matchesFilter(
  object: FilterableObject,
  filter: ObjectFilter | null,
  hasAnnotation: (filter: AnnotationFilter) => boolean,
): boolean {
  if (object.isDeleted && !filter?.includeDeleted) return false;
  return filter === null || matches(object, filter, hasAnnotation);
}

function matches(
  object: FilterableObject,
  filter: ObjectFilter,
  hasAnnotation: (filter: AnnotationFilter) => boolean,
): boolean {
  const nested = (inner: ObjectFilter) => matches(object, inner, hasAnnotation);
  return (
    isOneOf(object.type, filter.types) &&
    isOneOf(object.status, filter.status) &&
    isOneOf(object.storageTier, filter.tiers) &&
    isOneOf(object.mimeType, filter.mimeTypes) &&
    (filter.contentHash == null || object.contentHash === filter.contentHash) &&
    isWithin(object.createdAt, filter.createdAt) &&
    isSized(object.fileSize, filter.fileSize) &&
    (filter.metadata ?? []).every((condition) => matchesCondition(object.metadata, condition)) &&
    (filter.facts ?? []).every((condition) => matchesCondition(object.facts, condition)) &&
    (filter.annotation == null || hasAnnotation(filter.annotation)) &&
    (filter.and ?? []).every(nested) &&
    (filter.or == null || filter.or.some(nested)) &&
    (filter.not == null || !nested(filter.not))
  );
}

export function matchesAnnotationFilter(annotation: FilterableAnnotation, filter: AnnotationFilter | null): boolean {
  return (
    (!annotation.isDeleted || filter?.includeDeleted === true) &&
    isOneOf(annotation.type, filter?.types) &&
    isOneOf(annotation.annotatorId, filter?.annotatorIds) &&
    (filter?.label == null || hasLabel(annotation, filter.label)) &&
    (filter?.minConfidence == null ||
      (annotation.confidence !== null && annotation.confidence >= filter.minConfidence)) &&
    isOneOf(annotation.objectId, filter?.objectIds) &&
    isWithin(annotation.createdAt, filter?.createdAt)
  );
}

const LABELLED: Partial<Record<Annotation['type'], string>> = { CLASSIFICATION: 'labels', DETECTION: 'boxes' };

function hasLabel(annotation: FilterableAnnotation, label: string): boolean {
  const key = LABELLED[annotation.type];
  const list = key === undefined ? undefined : annotation.content[key];
  return Array.isArray(list) && list.some((item) => isObject(item) && item.label === label);
}

/** A path that leads nowhere matches nothing but `exists: false`; a path that leads to null has found something. */
export function matchesCondition(document: JsonObject, condition: MetadataCondition): boolean {
  const value = valueAt(document, condition.path);
  if (value === undefined)
    return (
      condition.exists === false && OPERANDS.every((name) => condition[name] === undefined) && condition.in == null
    );
  return (
    condition.exists !== false &&
    (condition.equals === undefined || jsonEquals(value, condition.equals)) &&
    (condition.notEquals === undefined || !jsonEquals(value, condition.notEquals)) &&
    (condition.in == null || condition.in.some((operand) => jsonEquals(value, operand))) &&
    (condition.contains === undefined || containsOperand(value, condition.contains)) &&
    ordered(value, condition.gt, (order) => order > 0) &&
    ordered(value, condition.gte, (order) => order >= 0) &&
    ordered(value, condition.lt, (order) => order < 0) &&
    ordered(value, condition.lte, (order) => order <= 0)
  );
}

const OPERANDS = ['equals', 'notEquals', 'contains', 'gt', 'gte', 'lt', 'lte'] as const;

/** Of an array: an element, or all elements of an array; of an object: a part of it. A scalar contains nothing. */
function containsOperand(value: Json, operand: Json): boolean {
  if (Array.isArray(value))
    return jsonContains(value, [operand]) || (Array.isArray(operand) && jsonContains(value, operand));
  return isObject(value) && jsonContains(value, operand);
}

/** Numbers with numbers, strings with strings; nothing else has an order. */
function ordered(value: Json, operand: Json | undefined, holds: (order: number) => boolean): boolean {
  if (operand === undefined) return true;
  if (typeof value === 'number' && typeof operand === 'number') return holds(Math.sign(value - operand));
  return (
    typeof value === 'string' &&
    typeof operand === 'string' &&
    isStorable(operand) &&
    holds(compareCodePoints(value, operand))
  );
}

/** The database keeps no U+0000 and no half of a surrogate pair; what no document can hold compares with nothing. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function isOneOf(value: string, values: readonly string[] | undefined | null): boolean {
  return values == null || values.includes(value);
}

function isWithin(moment: Date | string, range: DateRange | undefined | null): boolean {
  const time = new Date(moment).getTime();
  return (range?.gte == null || time >= range.gte.getTime()) && (range?.lt == null || time < range.lt.getTime());
}

function isSized(size: number, range: SizeRange | undefined | null): boolean {
  return (range?.gte == null || size >= range.gte) && (range?.lte == null || size <= range.lte);
}
