import type { MetadataCondition } from '../../domain/filters.js';
import type { Json } from '../../domain/model.js';
import type { SqlParams } from '../../ports/sql.port.js';

/**
 * One condition on a place within a jsonb column. `#>` walks the path: an object's key, or an array's index (a negative one
 * counts from the end), and gives NULL where it leads nowhere, which only `exists: false` matches. Values compare as jsonb
 * does: by type first, numbers as decimals, objects whatever the order of their keys. An operand that jsonb cannot hold
 * (U+0000, half a surrogate pair) equals nothing and compares with nothing.
 */
export function metadataConditionSql(document: string, condition: MetadataCondition, params: SqlParams): string {
  const place = new Place(document, condition.path, params);
  const parts: string[] = [];
  if (condition.exists != null) parts.push(condition.exists ? `(${place} IS NOT NULL)` : `(${place} IS NULL)`);
  if (condition.equals !== undefined) parts.push(equals(place, condition.equals, params));
  if (condition.notEquals !== undefined) parts.push(notEquals(place, condition.notEquals, params));
  if (condition.in != null) parts.push(isIn(place, condition.in, params));
  if (condition.contains !== undefined) parts.push(contains(place, condition.contains, params));
  for (const [name, operator] of Object.entries(ORDERINGS) as [keyof typeof ORDERINGS, string][]) {
    const operand = condition[name];
    if (operand !== undefined) parts.push(compares(place, operator, operand, params));
  }
  return parts.length === 0 ? `(${place} IS NOT NULL)` : `(${parts.join(' AND ')})`;
}

const ORDERINGS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** Where the path leads, as SQL. Its parameter is added when it is first written: PostgreSQL refuses one that nothing uses. */
class Place {
  /** Null where PostgreSQL cannot hold a step, and so no document has it. */
  readonly path: readonly string[] | null;
  private sql: string | null = null;

  constructor(
    readonly document: string,
    path: readonly string[],
    private readonly params: SqlParams,
  ) {
    this.path = path.every((step) => storableText(step) !== null) ? path : null;
  }

  toString(): string {
    this.sql ??= this.path === null ? 'NULL::jsonb' : `(${this.document} #> ${this.params.add(this.path)}::text[])`;
    return this.sql;
  }
}

function equals(place: Place, operand: Json, params: SqlParams): string {
  const json = storableJson(operand);
  if (json === null || place.path === null) return 'false';
  const equal = `COALESCE(${place} = ${params.add(json)}::jsonb, false)`;
  // Implied by the equality, and what the GIN index on the column can answer; only where every step can but be a key.
  if (place.path.some((step) => ARRAY_INDEX.test(step))) return equal;
  const nested = place.path.reduceRight<string>((inner, step) => `{${JSON.stringify(step)}:${inner}}`, json);
  return `(${place.document} @> ${params.add(nested)}::jsonb AND ${equal})`;
}

/** How `#>` reads an index of an array: as strtol does. */
const ARRAY_INDEX = /^\s*[+-]?\d+$/;

function notEquals(place: Place, operand: Json, params: SqlParams): string {
  const json = storableJson(operand);
  return json === null ? `(${place} IS NOT NULL)` : `COALESCE(${place} <> ${params.add(json)}::jsonb, false)`;
}

function isIn(place: Place, operands: readonly Json[], params: SqlParams): string {
  const list = operands.map(storableJson).filter((json) => json !== null);
  return list.length === 0 ? 'false' : `COALESCE(${place} = ANY(${params.add(list)}::text[]::jsonb[]), false)`;
}

/** Of an array: an element, or all elements of an array; of an object: a part of it. A scalar contains nothing. */
function contains(place: Place, operand: Json, params: SqlParams): string {
  const json = storableJson(operand);
  if (json === null) return 'false';
  const whole = `${params.add(json)}::jsonb`;
  const element = `${params.add(`[${json}]`)}::jsonb`;
  return `(CASE jsonb_typeof(${place}) WHEN 'array' THEN ${place} @> ${element} OR ${place} @> ${whole} WHEN 'object' THEN ${place} @> ${whole} ELSE false END)`;
}

/** Numbers with numbers, strings with strings by code point; nothing else has an order. */
function compares(place: Place, operator: string, operand: Json, params: SqlParams): string {
  if (typeof operand === 'number' && Number.isFinite(operand)) {
    return `(CASE jsonb_typeof(${place}) WHEN 'number' THEN ${place} ${operator} ${params.add(JSON.stringify(operand))}::jsonb ELSE false END)`;
  }
  const text = typeof operand === 'string' ? storableText(operand) : null;
  if (text === null) return 'false';
  // UTF-8 bytes order as code points do, and COLLATE "C" compares bytes.
  return `(CASE jsonb_typeof(${place}) WHEN 'string' THEN (${place} #>> '{}') COLLATE "C" ${operator} ${params.add(text)}::text COLLATE "C" ELSE false END)`;
}

/** The text, or null where PostgreSQL cannot hold it. */
export function storableText(text: string): string | null {
  return text.includes('\0') || !text.isWellFormed() ? null : text;
}

function storableJson(value: Json): string | null {
  const storable = (part: Json): boolean => {
    if (typeof part === 'string') return storableText(part) !== null;
    if (Array.isArray(part)) return part.every(storable);
    if (part !== null && typeof part === 'object')
      return Object.entries(part).every(([key, inner]) => storableText(key) !== null && storable(inner));
    return true;
  };
  return storable(value) ? JSON.stringify(value) : null;
}
