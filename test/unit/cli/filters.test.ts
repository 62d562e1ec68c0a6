import { describe, expect, it } from 'vitest';
import { filterOf, termOf } from '../../../src/cli/commands/search.js';
import { UsageFailure } from '../../../src/cli/failure.js';
import { readPairs } from '../../../src/cli/ingest/find-files.js';

describe('readPairs', () => {
  it('takes values as JSON where they are, and as text where they are not', () => {
    expect(readPairs(['year=2021', 'tags=["a","b"]', 'place=Port Averil', 'formula=a=b', 'note=', 'quoted="2021"'])).toEqual({
      year: 2021, tags: ['a', 'b'], place: 'Port Averil', formula: 'a=b', note: '', quoted: '2021',
    });
  });

  it.each(['year', '=2021', ''])('refuses %j', (pair) => expect(() => readPairs([pair])).toThrow(UsageFailure));
});

describe('filterOf', () => {
  it('makes conditions of pairs', () => {
    expect(filterOf({ filter: 'year=2021, place=tower' })).toEqual({ metadata: [{ path: 'year', equals: 2021 }, { path: 'place', equals: 'tower' }] });
  });

  it('takes a filter as JSON, and adds the types', () => {
    expect(filterOf({ filter: '{"metadata": [{"path": "year", "gte": 2000}]}', type: ['TEXT'] })).toEqual({ metadata: [{ path: 'year', gte: 2000 }], types: ['TEXT'] });
    expect(filterOf({ type: ['TEXT', 'IMAGE'] })).toEqual({ types: ['TEXT', 'IMAGE'] });
    expect(filterOf({})).toBeUndefined();
  });

  it('says that broken JSON is broken', () => expect(() => filterOf({ filter: '{"types": [' })).toThrow(/--filter is no JSON/));
});

describe('termOf', () => {
  it.each([
    ['0.5:harbour at night', { weight: 0.5, query: 'harbour at night' }],
    ['-1:night', { weight: -1, query: 'night' }],
    ['+2: a: b', { weight: 2, query: 'a: b' }],
    ['-.5:obj_01jb', { weight: -0.5, objectId: 'obj_01jb' }],
  ])('reads %j', (given, expected) => expect(termOf(given)).toEqual(expected));

  it.each(['harbour', '0.5', '0.5:', '1: ', 'x:harbour', '1e3:harbour', '1-:harbour'])('refuses %j', (given) => expect(() => termOf(given)).toThrow(/give a weight and what it is of/));
});
