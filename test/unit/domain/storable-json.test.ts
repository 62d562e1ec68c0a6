import { describe, expect, it } from 'vitest';
import { isStrataError } from '../../../src/domain/errors.js';
import type { Json } from '../../../src/domain/model.js';
import { DEEPEST_JSON, isShallow, LARGEST_JSON, requireJsonObject, requireStorableJson } from '../../../src/domain/storable-json.js';

const refusal = (work: () => void) => {
  try {
    work();
  } catch (error) {
    if (isStrataError(error)) return { code: error.code, path: error.path, message: error.message };
    throw error;
  }
  return null;
};
const nested = (levels: number): Json => Array.from({ length: levels }).reduce<Json>((inner) => ({ a: inner }), 1);

describe('requireStorableJson', () => {
  const check = (value: Json) => refusal(() => requireStorableJson(value, 'The metadata', ['input', 'metadata']));

  it('takes what jsonb holds', () => {
    expect(check({ a: [1, 'ü😀', null, true, { b: -0.5e-7 }], '': '' })).toBeNull();
    expect(check(nested(DEEPEST_JSON))).toBeNull();
    expect(check('x'.repeat(LARGEST_JSON - 2))).toBeNull();
  });

  it('refuses at the very place', () => {
    expect(check({ a: [0, { b: 'x\0y' }] })).toMatchObject({ code: 'BAD_USER_INPUT', path: ['input', 'metadata', 'a', '1', 'b'] });
    expect(check({ a: { 'k\0': 1 } })).toMatchObject({ path: ['input', 'metadata', 'a', 'k\0'] });
    expect(check(['\ud800'])).toMatchObject({ path: ['input', 'metadata', '0'], message: expect.stringContaining('surrogate') });
    expect(check({ n: Infinity })).toMatchObject({ path: ['input', 'metadata', 'n'] });
  });

  it('refuses what is too deep, far deeper than the stack too, and what is too large', () => {
    expect(check(nested(DEEPEST_JSON + 1))?.message).toContain('64 levels');
    expect(check(nested(200_000))?.message).toContain('64 levels');
    expect(check('x'.repeat(LARGEST_JSON - 1))?.message).toContain('1048577 bytes');
  });
});

describe('isShallow', () => {
  const around = (innermost: Json, levels: number): Json => Array.from({ length: levels }).reduce<Json>((inner) => [inner], innermost);

  it('takes as many levels as are kept, whatever the innermost holds', () => {
    for (const innermost of [1, null, 'text']) {
      expect([isShallow(innermost), isShallow(around(innermost, DEEPEST_JSON)), isShallow(around(innermost, DEEPEST_JSON + 1))]).toEqual([true, true, false]);
    }
    for (const empty of [{}, []]) {
      expect([isShallow(around(empty, DEEPEST_JSON - 1)), isShallow(around(empty, DEEPEST_JSON))]).toEqual([true, false]);
    }
    expect(isShallow(nested(200_000))).toBe(false);
  });
});

describe('requireJsonObject', () => {
  it.each<[Json, string]>([[null, 'null'], [[], 'an array'], ['{}', 'a string'], [1, 'a number']])('refuses %j', (value, word) => {
    expect(refusal(() => requireJsonObject(value, 'The metadata', ['metadata']))).toMatchObject({
      code: 'BAD_USER_INPUT', path: ['metadata'], message: expect.stringContaining(word),
    });
  });
});
