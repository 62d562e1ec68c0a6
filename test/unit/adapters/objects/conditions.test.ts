import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRange, wantedOf } from '../../../../src/adapters/objects/conditions.js';

const object = { etag: 'abc-1', size: 1_000, modifiedAt: new Date('2026-01-02T03:04:05.678Z') };
const range = (start: number, end: number) => ({ kind: 'range', range: { start, end } });

describe('a range of bytes', () => {
  it.each([
    ['bytes=0-0', range(0, 0)],
    ['bytes=10-19', range(10, 19)],
    ['bytes=990-', range(990, 999)],
    ['bytes=-10', range(990, 999)],
    ['bytes=-5000', range(0, 999)],
    ['bytes=0-5000', range(0, 999)],
    ['Bytes = 5 - 6', range(5, 6)],
    ['bytes=1000-', { kind: 'unsatisfiable' }],
    ['bytes=1000-2000', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    ['bytes=20-10', { kind: 'whole' }],
    ['bytes=0-1,5-6', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['items=0-1', { kind: 'whole' }],
    ['bytes=a-b', { kind: 'whole' }],
    ['', { kind: 'whole' }],
  ])('%s', (header, expected) => expect(parseRange(header, 1_000)).toEqual(expected));

  it('of nothing is never there', () => {
    for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1'])
      expect(parseRange(header, 0)).toEqual({ kind: 'unsatisfiable' });
  });

  it('lies within the object, whatever is asked', () => {
    fc.assert(
      fc.property(fc.option(fc.nat()), fc.option(fc.nat()), fc.nat(), (first, last, size) => {
        const wanted = parseRange(`bytes=${first ?? ''}-${last ?? ''}`, size);
        if (wanted.kind !== 'range') return;
        const { start, end } = wanted.range;
        expect(start >= 0 && start <= end && end < size).toBe(true);
      }),
    );
  });
});

describe('what a request asks of an object', () => {
  const modified = 'Fri, 02 Jan 2026 03:04:05 GMT';
  it.each([
    [{ 'if-none-match': '"abc-1"' }, 'unchanged'],
    [{ 'if-none-match': '"x", W/"abc-1"' }, 'unchanged'],
    [{ 'if-none-match': '*' }, 'unchanged'],
    [{ 'if-none-match': '"abc-2"' }, 'whole'],
    [{ 'if-none-match': '"abc-2"', 'if-modified-since': modified }, 'whole'],
    [{ 'if-modified-since': modified }, 'unchanged'],
    [{ 'if-modified-since': 'Fri, 02 Jan 2026 03:04:04 GMT' }, 'whole'],
    [{ 'if-modified-since': 'yesterday' }, 'whole'],
    [{ range: 'bytes=0-1' }, 'range'],
    [{ range: 'bytes=0-1', 'if-none-match': '"abc-1"' }, 'unchanged'],
    [{ range: 'bytes=0-1', 'if-range': '"abc-1"' }, 'range'],
    [{ range: 'bytes=0-1', 'if-range': 'W/"abc-1"' }, 'whole'],
    [{ range: 'bytes=0-1', 'if-range': '"abc-2"' }, 'whole'],
    [{ range: 'bytes=0-1', 'if-range': modified }, 'range'],
    [{ range: 'bytes=0-1', 'if-range': 'Fri, 02 Jan 2026 03:04:06 GMT' }, 'whole'],
    [{ range: 'bytes=0-1', 'if-range': 'nonsense' }, 'whole'],
    [{ range: 'bytes=5000-' }, 'unsatisfiable'],
    [{}, 'whole'],
  ])('%j: %s', (headers, kind) => expect(wantedOf(headers, object).kind).toBe(kind));
});
