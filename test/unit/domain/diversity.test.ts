import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diversify, type DiversityCandidate } from '../../../src/domain/diversity.js';

const unit = fc
  .array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 3 })
  .filter((values) => values.some((value) => value !== 0))
  .map((values) => Float32Array.from(values, (value) => value / Math.hypot(...values)));
const candidate: fc.Arbitrary<DiversityCandidate> = fc.record({
  relevance: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
  vector: fc.option(unit),
  space: fc.constantFrom('words', 'pictures'),
});
/** As a ranking is: falling. */
const ranking = fc.array(candidate, { maxLength: 12 }).map((list) => list.sort((left, right) => right.relevance - left.relevance));
const diversity = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);

const at = (relevance: number, ...vector: number[]): DiversityCandidate => ({ relevance, vector: Float32Array.from(vector), space: 'words' });

describe('maximal marginal relevance', () => {
  it('takes every candidate once', () => {
    fc.assert(
      fc.property(ranking, diversity, (list, share) => {
        expect([...diversify(list, share)].sort((a, b) => a - b)).toEqual(list.map((_, i) => i));
      }),
    );
  });

  it('at 0 leaves the order as it is', () => {
    fc.assert(fc.property(ranking, (list) => void expect(diversify(list, 0)).toEqual(list.map((_, i) => i))));
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(ranking, diversity, (list, share) => {
        const once = diversify(list, share).map((index) => list[index]!);
        expect(diversify(once, share)).toEqual(once.map((_, i) => i));
      }),
    );
  });

  it('begins with the most relevant', () => {
    fc.assert(fc.property(ranking.filter((list) => list.length > 0), diversity, (list, share) => void expect(diversify(list, share)[0]).toBe(0)));
  });

  it('puts what is unlike before what is almost the same', () => {
    const list = [at(1, 1, 0), at(0.95, 0.999, 0.04), at(0.6, 0, 1)];
    expect(diversify(list, 0.5)).toEqual([0, 2, 1]);
    expect(diversify(list, 0.1)).toEqual([0, 1, 2]);
  });

  it('never compares vectors of different spaces, and takes what points away for unlike, not for more than that', () => {
    const elsewhere = { ...at(0.9, 1, 0), space: 'pictures' };
    expect(diversify([at(1, 1, 0), at(0.95, 1, 0), elsewhere], 0.5)).toEqual([0, 2, 1]);
    expect(diversify([at(1, 1, 0), at(0.6, 0, 1), at(0.5, -1, 0)], 0.9)).toEqual([0, 1, 2]);
  });
});
