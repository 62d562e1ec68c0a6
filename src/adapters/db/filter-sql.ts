import type { AnnotationFilter, DateRange, MetadataCondition, ObjectFilter, SizeRange } from '../../domain/filters.js';
import type { SqlParams } from '../../ports/sql.port.js';
import { metadataConditionSql, storableText } from './metadata-condition-sql.js';

/**
 * A boolean SQL expression over `data_objects AS <alias>`, in parentheses where it needs them. It is true or false for every
 * row, never NULL, so that NOT means what it says. Tenancy and the bin are the caller's: `includeDeleted` is not looked at.
 * `domain/match-filter.ts` says the same in memory; a property test holds them together.
 */
export function compileObjectFilter(filter: ObjectFilter | null, params: SqlParams, alias = 'o'): string {
  if (filter === null) return 'true';
  const nested = (inner: ObjectFilter) => compileObjectFilter(inner, params, alias);
  return allOf([
    oneOf(`${alias}.object_type`, filter.types, params),
    oneOf(`${alias}.status`, filter.status, params),
    oneOf(`${alias}.storage_tier`, filter.tiers, params),
    oneOf(`${alias}.mime_type`, filter.mimeTypes, params),
    filter.contentHash == null ? null : oneOf(`${alias}.content_hash`, [filter.contentHash], params),
    ...within(`${alias}.created_at`, filter.createdAt, params),
    ...sized(`${alias}.file_size_bytes`, filter.fileSize, params),
    ...conditions(`${alias}.metadata`, filter.metadata, params),
    ...conditions(`${alias}.facts`, filter.facts, params),
    filter.annotation == null ? null : hasAnnotation(filter.annotation, params, alias),
    filter.and == null ? null : allOf(filter.and.map(nested)),
    filter.or == null ? null : anyOf(filter.or.map(nested)),
    filter.not == null ? null : `(NOT ${nested(filter.not)})`,
  ]);
}

/** The same over `annotations AS <alias>`. Here `includeDeleted` counts: without it the bin's annotations match nothing. */
export function compileAnnotationFilter(filter: AnnotationFilter | null, params: SqlParams, alias = 'a'): string {
  return allOf([
    filter?.includeDeleted ? null : `(NOT ${alias}.is_deleted)`,
    oneOf(`${alias}.annotation_type`, filter?.types, params),
    oneOf(`${alias}.annotator_id`, filter?.annotatorIds, params),
    filter?.label == null ? null : hasLabel(filter.label, params, alias),
    filter?.minConfidence == null
      ? null
      : `COALESCE(${alias}.confidence >= ${params.add(filter.minConfidence)}::float8, false)`,
    filter?.objectIds == null ? null : `(${alias}.object_id = ANY(${params.add(filter.objectIds)}::uuid[]))`,
    ...within(`${alias}.created_at`, filter?.createdAt, params),
  ]);
}

function hasAnnotation(filter: AnnotationFilter, params: SqlParams, object: string): string {
  const own = `a.object_id = ${object}.id AND a.tenant_id = ${object}.tenant_id`;
  return `EXISTS (SELECT 1 FROM annotations a WHERE ${own} AND ${compileAnnotationFilter(filter, params, 'a')})`;
}

/** A label of a classification, or of a box of a detection; equal to the letter. */
function hasLabel(label: string, params: SqlParams, alias: string): string {
  const text = storableText(label);
  if (text === null) return 'false';
  const within = (list: string) =>
    `${alias}.content @> ${params.add(JSON.stringify({ [list]: [{ label: text }] }))}::jsonb`;
  return `((${alias}.annotation_type = 'CLASSIFICATION' AND ${within('labels')}) OR (${alias}.annotation_type = 'DETECTION' AND ${within('boxes')}))`;
}

function conditions(
  document: string,
  list: readonly MetadataCondition[] | undefined | null,
  params: SqlParams,
): string[] {
  return (list ?? []).map((condition) => metadataConditionSql(document, condition, params));
}

/** The columns that come here are NOT NULL. */
function oneOf(column: string, values: readonly string[] | undefined | null, params: SqlParams): string | null {
  if (values == null) return null;
  const storable = values.map(storableText).filter((value) => value !== null);
  return storable.length === 0 ? 'false' : `(${column} = ANY(${params.add(storable)}::text[]))`;
}

function within(column: string, range: DateRange | undefined | null, params: SqlParams): (string | null)[] {
  return [
    range?.gte == null ? null : `(${column} >= ${params.add(timestamp(range.gte))}::timestamptz)`,
    range?.lt == null ? null : `(${column} < ${params.add(timestamp(range.lt))}::timestamptz)`,
  ];
}

// PostgreSQL reads neither the years before 1 nor those of six digits that JavaScript writes; no row is that old or that new.
const EARLIEST = Date.UTC(1000, 0, 1);
const LATEST = Date.UTC(9999, 11, 31);

function timestamp(date: Date): string {
  return new Date(Math.min(LATEST, Math.max(EARLIEST, date.getTime()))).toISOString();
}

function sized(column: string, range: SizeRange | undefined | null, params: SqlParams): (string | null)[] {
  return [
    range?.gte == null ? null : `(${column} >= ${params.add(range.gte)}::numeric)`,
    range?.lte == null ? null : `(${column} <= ${params.add(range.lte)}::numeric)`,
  ];
}

function allOf(parts: readonly (string | null)[]): string {
  const given = parts.filter((part) => part !== null);
  return given.length === 0 ? 'true' : `(${given.join(' AND ')})`;
}

function anyOf(parts: readonly string[]): string {
  return parts.length === 0 ? 'false' : `(${parts.join(' OR ')})`;
}
