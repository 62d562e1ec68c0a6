import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StrataError } from '../../../src/domain/errors.js';
import { cursorFingerprint, decodeCursor, encodeCursor, readPageArgs, toPage, type CursorKey, type PageRequest } from '../../../src/domain/paging.js';

const list = cursorFingerprint('objects', { order: 'CREATED_AT' });
const key = fc.record({ value: fc.oneof(fc.string(), fc.integer(), fc.constant(null)), id: fc.uuid() });

function refusal(run: () => unknown): StrataError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(StrataError);
    return error as StrataError;
  }
  throw new Error('Nothing was refused');
}

describe('cursors', () => {
  it('come back as the key that went in', () => {
    fc.assert(fc.property(key, (value) => {
      expect(decodeCursor(encodeCursor(value, list), list, 'after')).toEqual(value);
    }));
  });

  it('of another list are refused', () => {
    const cursor = encodeCursor({ value: 1, id: '01890a5d-ac96-774b-bcce-b302099a8057' }, list);
    const { code, path } = refusal(() => decodeCursor(cursor, cursorFingerprint('objects', { order: 'FILENAME' }), 'before'));
    expect([code, path]).toEqual(['BAD_USER_INPUT', ['before']]);
  });

  it('that are none are refused, whatever they are', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json().map((text) => Buffer.from(text).toString('base64url'))), (text) => {
      expect(refusal(() => decodeCursor(text, list, 'after')).code).toBe('BAD_USER_INPUT');
    }));
    const injected = Buffer.from(JSON.stringify([list, 1, "'; drop table x"])).toString('base64url');
    expect(refusal(() => decodeCursor(injected, list, 'after')).code).toBe('BAD_USER_INPUT');
  });

  it('carry a mark that only depends on what the list is', () => {
    expect(cursorFingerprint('objects', { b: 1, a: [new Date(0)], c: undefined })).toBe(cursorFingerprint('objects', { a: ['1970-01-01T00:00:00.000Z'], b: 1 }));
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      fc.pre(!Object.is(a, -0) && !Object.is(b, -0));
      const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
      expect(cursorFingerprint('x', a) === cursorFingerprint('x', b)).toBe(same);
    }));
    expect(cursorFingerprint('objects', { equals: null })).not.toBe(cursorFingerprint('objects', {}));
    expect(cursorFingerprint('objects')).not.toBe(cursorFingerprint('annotations'));
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([name, held]) => [name, sorted(held)]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)).concat([['{}']]);
}

describe('page arguments', () => {
  it('are fifty from the start where nothing is asked', () => {
    expect(readPageArgs({ first: null, last: null }, list)).toMatchObject({ limit: 50, backward: false, after: null, before: null });
  });

  it.each([
    [{ first: 1, last: 1 }, 'last'],
    [{ first: -1 }, 'first'],
    [{ last: -1 }, 'last'],
    [{ first: 501 }, 'first'],
    [{ last: 501 }, 'last'],
    [{ first: 1.5 }, 'first'],
    [{ after: 'nonsense' }, 'after'],
    [{ before: '' }, 'before'],
  ])('%o are refused', (args, where) => {
    const { code, path } = refusal(() => readPageArgs(args, list));
    expect([code, path]).toEqual(['BAD_USER_INPUT', [where]]);
  });

  it('take 0 and 500', () => {
    expect(readPageArgs({ first: 0 }, list).limit).toBe(0);
    expect(readPageArgs({ last: 500 }, list)).toMatchObject({ limit: 500, backward: true });
  });
});

describe('pages', () => {
  /** What a statement would answer for the request over rows that are numbered in the list's order. */
  function read(rows: readonly CursorKey[], request: PageRequest): CursorKey[] {
    const after = request.after === null ? -1 : Number(request.after.value);
    const before = request.before === null ? rows.length : Number(request.before.value);
    const between = rows.filter((row) => Number(row.value) > after && Number(row.value) < before);
    return (request.backward ? between.reverse() : between).slice(0, request.limit + 1);
  }
  const rowsOf = (count: number): CursorKey[] =>
    Array.from({ length: count }, (_, i) => ({ value: i, id: `01890000-0000-7000-8000-${String(i).padStart(12, '0')}` }));
  const uncounted = () => Promise.reject(new Error('Nobody asked for a count'));

  it('walked in either direction, give each row once, in the list’s order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 15 }), fc.boolean(), (count, size, backward) => {
        const rows = rowsOf(count);
        const seen: unknown[] = [];
        let cursor: string | null = null;
        for (let more = true; more; ) {
          const request: PageRequest = readPageArgs(backward ? { last: size, before: cursor } : { first: size, after: cursor }, list);
          const page = toPage(read(rows, request), request, (row) => row, uncounted);
          const values = page.items.map((item) => item.node.value);
          if (backward) seen.unshift(...values);
          else seen.push(...values);
          more = backward ? page.hasPreviousPage : page.hasNextPage;
          expect(backward ? page.hasNextPage : page.hasPreviousPage).toBe(cursor !== null);
          cursor = (backward ? page.items[0] : page.items.at(-1))?.cursor ?? null;
        }
        expect(seen).toEqual(rows.map((row) => row.value));
      }),
    );
  });
});
