import { badInput } from './errors.js';
import { isUuid } from './ids.js';

/** Relay's arguments as they came; null counts as absent. */
export interface PageArgs {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

export interface PageItem<T> {
  cursor: string;
  node: T;
}

export interface Page<T> {
  /** In the list's order, whichever end was asked for. */
  items: PageItem<T>[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  /** Counts only when it is called; null where counting takes longer than 2 s. Pages that were read together count together. */
  totalCount(): Promise<number | null>;
}

/** Where a row stands in an order: the order field's value, then the id. Dates as ISO 8601 text. */
export interface CursorKey {
  value: string | number | null;
  /** Plain UUID. */
  id: string;
}

/** Page arguments, checked: read `limit + 1` rows strictly between the keys, from the end where `backward`. */
export interface PageRequest {
  limit: number;
  backward: boolean;
  after: CursorKey | null;
  before: CursorKey | null;
  /** Of kind, order and filter: marks the cursors that belong to this list. */
  fingerprint: string;
}

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 500;

/**
 * @param fingerprint from `cursorFingerprint`
 * @throws BAD_USER_INPUT for `first` with `last`, for a negative or too large one, for a cursor of another list
 */
export function readPageArgs(args: PageArgs, fingerprint: string): PageRequest {
  const first = args.first ?? null;
  const last = args.last ?? null;
  if (first !== null && last !== null) throw badInput('Give either "first" or "last", not both.', ['last']);
  const backward = last !== null;
  const limit = pageSize(backward ? 'last' : 'first', backward ? last : (first ?? DEFAULT_PAGE_SIZE));
  return {
    limit,
    backward,
    after: args.after == null ? null : decodeCursor(args.after, fingerprint, 'after'),
    before: args.before == null ? null : decodeCursor(args.before, fingerprint, 'before'),
    fingerprint,
  };
}

function pageSize(name: 'first' | 'last', size: number): number {
  if (Number.isInteger(size) && size >= 0 && size <= MAX_PAGE_SIZE) return size;
  throw badInput(`"${name}" is ${size}; it must be a whole number from 0 to ${MAX_PAGE_SIZE}.`, [name]);
}

/**
 * @param rows at most `limit + 1`, in the direction in which they were read: the list's, or its reverse where `backward`
 * @param keyOf the same value and id that the statement ordered by
 */
export function toPage<T>(
  rows: readonly T[],
  request: PageRequest,
  keyOf: (row: T) => CursorKey,
  totalCount: () => Promise<number | null>,
): Page<T> {
  const more = rows.length > request.limit;
  const kept = rows.slice(0, request.limit);
  if (request.backward) kept.reverse();
  return {
    items: kept.map((node) => new LazyItem(node, keyOf, request.fingerprint)),
    // Behind a cursor that was given there is at least the row that it names.
    hasNextPage: request.backward ? request.before !== null : more,
    hasPreviousPage: request.backward ? more : request.after !== null,
    totalCount,
  };
}

/** Most readers of a page ask for its nodes alone: a cursor is made when somebody looks at it. */
class LazyItem<T> implements PageItem<T> {
  readonly #keyOf: (row: T) => CursorKey;
  readonly #fingerprint: string;

  constructor(
    readonly node: T,
    keyOf: (row: T) => CursorKey,
    fingerprint: string,
  ) {
    this.#keyOf = keyOf;
    this.#fingerprint = fingerprint;
  }

  get cursor(): string {
    return encodeCursor(this.#keyOf(this.node), this.#fingerprint);
  }
}

/** Opaque towards clients: base64url of `[fingerprint, value, id]`. */
export function encodeCursor(key: CursorKey, fingerprint: string): string {
  return Buffer.from(JSON.stringify([fingerprint, key.value, key.id])).toString('base64url');
}

/** @throws BAD_USER_INPUT for what is no cursor, or one of another list */
export function decodeCursor(cursor: string, fingerprint: string, argument: string): CursorKey {
  const parts = parseCursor(cursor);
  if (parts === null) throw badInput(`"${argument}" is not a cursor. Use "pageInfo.endCursor" or an edge's "cursor".`, [argument]);
  const [mark, value, id] = parts;
  if (mark !== fingerprint) {
    throw badInput(`"${argument}" is a cursor of another list. A cursor holds only with the filter and the order that it came from.`, [argument]);
  }
  return { value, id };
}

function parseCursor(cursor: string): [string, string | number | null, string] | null {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null; // not ours; the caller says so
  }
  if (!Array.isArray(parts) || parts.length !== 3) return null;
  const [mark, value, id] = parts as unknown[];
  if (typeof mark !== 'string' || typeof id !== 'string' || !isUuid(id)) return null;
  if (value !== null && typeof value !== 'string' && typeof value !== 'number') return null;
  return [mark, value, id];
}

/**
 * Eleven characters that stand for a list: its kind, and whatever decides what is in it and in which order (filter, order,
 * parent). Keys in any order and absent values give the same; two 32-bit FNV-1a hashes, no secret: a forged cursor can only
 * reach rows that the same list would have shown.
 */
export function cursorFingerprint(kind: string, parts: unknown = null): string {
  const text = `${kind}:${stableJson(parts)}`;
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ (code + i), 0x01000193);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(a >>> 0, 0);
  bytes.writeUInt32BE(b >>> 0, 4);
  return bytes.toString('base64url');
}

function stableJson(value: unknown): string {
  if (value === undefined) return 'null';
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return `{${entries.map(([key, held]) => `${JSON.stringify(key)}:${stableJson(held)}`).join(',')}}`;
}
