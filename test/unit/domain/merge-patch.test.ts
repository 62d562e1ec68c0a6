import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonEquals } from '../../../src/domain/json-compare.js';
import { applyMergePatch } from '../../../src/domain/merge-patch.js';
import type { Json } from '../../../src/domain/model.js';

describe('applyMergePatch', () => {
  // RFC 7396, appendix A, whole.
  it.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [['a', 'b'], ['c', 'd'], ['c', 'd']],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('merges %j with %j into %j', (target, patch, merged) => {
    expect(applyMergePatch(target, patch)).toEqual(merged);
  });

  it('takes JavaScript’s own words for keys like any other', () => {
    const patch = JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}, "after": 2}') as Json;
    const merged = applyMergePatch({ before: 1 }, patch);
    expect(JSON.parse(JSON.stringify(merged))).toEqual(JSON.parse('{"before": 1, "__proto__": {"polluted": true}, "constructor": {"prototype": 1}, "after": 2}'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(applyMergePatch(merged, JSON.parse('{"__proto__": null, "constructor": null}') as Json)).toEqual({ before: 1, after: 2 });
  });

  const document = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
  it('changes neither argument, and the same patch again changes nothing', () => {
    fc.assert(
      fc.property(document, document, (target, patch) => {
        const [targetText, patchText] = [JSON.stringify(target), JSON.stringify(patch)];
        const once = applyMergePatch(target, patch);
        expect(jsonEquals(applyMergePatch(once, patch), once)).toBe(true);
        expect([JSON.stringify(target), JSON.stringify(patch)]).toEqual([targetText, patchText]);
      }),
    );
  });
});
