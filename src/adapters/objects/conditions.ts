import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange, StoredObject } from '../../ports/object-store.port.js';

/** What a GET asks of an object that is there (RFC 9110, sections 13 and 14). */
export type Wanted =
  { kind: 'whole' } | { kind: 'unchanged' } | { kind: 'unsatisfiable' } | { kind: 'range'; range: ByteRange };

export const quoted = (etag: string): string => `"${etag}"`;

export function wantedOf(
  headers: IncomingHttpHeaders,
  object: Pick<StoredObject, 'etag' | 'size' | 'modifiedAt'>,
): Wanted {
  if (isUnchanged(headers, object)) return { kind: 'unchanged' };
  if (headers.range === undefined || !rangeStillHolds(headers['if-range'], object)) return { kind: 'whole' };
  return parseRange(headers.range, object.size);
}

/** One range of bytes. Several, or what is no range of bytes, are answered with the whole, as the RFC allows. */
export function parseRange(header: string, size: number): Wanted {
  const match = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header);
  if (match === null || (match[1] === '' && match[2] === '')) return { kind: 'whole' };
  const [first, last] = [match[1]!, match[2]!];
  if (first === '') {
    const suffix = Math.min(Number(last), size);
    return suffix === 0 ? { kind: 'unsatisfiable' } : { kind: 'range', range: { start: size - suffix, end: size - 1 } };
  }
  const [start, end] = [Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1)];
  if (last !== '' && Number(last) < start) return { kind: 'whole' };
  return start >= size ? { kind: 'unsatisfiable' } : { kind: 'range', range: { start, end } };
}

function isUnchanged(
  headers: IncomingHttpHeaders,
  { etag, modifiedAt }: Pick<StoredObject, 'etag' | 'modifiedAt'>,
): boolean {
  const known = headers['if-none-match'];
  if (known !== undefined) {
    return known.trim() === '*' || known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === quoted(etag));
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && wholeSeconds(modifiedAt) <= since;
}

/** Strong comparison: a part of another version must never be glued to what the client has. */
function rangeStillHolds(
  condition: string | string[] | undefined,
  { etag, modifiedAt }: Pick<StoredObject, 'etag' | 'modifiedAt'>,
): boolean {
  if (condition === undefined) return true;
  const value = String(condition).trim();
  return value.startsWith('"') ? value === quoted(etag) : Date.parse(value) === wholeSeconds(modifiedAt);
}

const wholeSeconds = (date: Date) => Math.floor(date.getTime() / 1_000) * 1_000;
