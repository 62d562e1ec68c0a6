import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rocchioWeights, weightedSum, type WeightedVector } from '../../../src/domain/weighted-sum.js';

const unit = fc
  .array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 })
  .filter((values) => values.some((value) => value !== 0))
  .map((values) => Float32Array.from(values, (value) => value / Math.hypot(...values)));
const weight = fc.integer({ min: -100, max: 100 }).filter((tenths) => tenths !== 0).map((tenths) => tenths / 10);
const terms: fc.Arbitrary<WeightedVector[]> = fc.array(fc.record({ weight, vector: unit }), { minLength: 1, maxLength: 6 });
const dot = (left: ArrayLike<number>, right: ArrayLike<number>) => Array.from(left).reduce((sum, value, i) => sum + value * right[i]!, 0);

describe('the weighted sum of vectors', () => {
  it('is of length 1, whatever the order and whatever all weights are multiplied by', () => {
    fc.assert(
      fc.property(terms, fc.constantFrom(0.5, 2, 8), (list, times) => {
        const sum = weightedSum(list);
        fc.pre(sum !== null);
        expect(Math.hypot(...sum)).toBeCloseTo(1, 5);
        for (const other of [[...list].reverse(), list.map((term) => ({ ...term, weight: term.weight * times }))]) {
          const same = weightedSum(other);
          if (same !== null) expect(dot(same, sum)).toBeCloseTo(1, 4);
        }
      }),
    );
  });

  it('lies nearer to a vector the more that weighs', () => {
    fc.assert(
      fc.property(unit, unit, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (left, right, less, more) => {
        const sums = [less, less + more].map((share) => weightedSum([{ weight: share, vector: left }, { weight: 10, vector: right }]));
        fc.pre(sums.every((sum) => sum !== null));
        expect(dot(sums[1]!, left)).toBeGreaterThanOrEqual(dot(sums[0]!, left) - 1e-6);
      }),
    );
  });

  it('turns away from what weighs below 0', () => {
    const [x, y] = [Float32Array.of(1, 0), Float32Array.of(Math.SQRT1_2, Math.SQRT1_2)];
    const sum = weightedSum([{ weight: 1, vector: x }, { weight: -0.5, vector: y }])!;
    expect(dot(sum, y)).toBeLessThan(dot(x, y));
    expect(dot(sum, x)).toBeGreaterThan(0.8);
  });

  it('is nothing where vectors cancel each other out, and the vector itself where it is alone', () => {
    fc.assert(
      fc.property(unit, weight, (vector, share) => {
        expect(weightedSum([{ weight: share, vector }, { weight: -share, vector }])).toBeNull();
        expect(weightedSum([{ weight: Math.abs(share), vector }])).toBe(vector);
      }),
    );
  });
});

describe('Rocchio', () => {
  it('means the liked less half the mean of the disliked', () => {
    expect(rocchioWeights([true, false, true, false])).toEqual([0.5, -0.25, 0.5, -0.25]);
    expect(rocchioWeights([true])).toEqual([1]);
  });
});
