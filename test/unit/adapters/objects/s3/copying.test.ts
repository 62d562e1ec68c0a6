import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangesOf } from '../../../../../src/adapters/objects/s3/copying.js';

const TIB = 2 ** 40;
const MIB = 2 ** 20;

describe('the ranges of a copy in parts', () => {
  it('cover every byte once, in at most 10,000 parts, all but the last of one size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 * TIB }),
        fc.integer({ min: 5 * MIB, max: 5 * 1024 * MIB }),
        (size, part) => {
          const bounds = rangesOf(size, part).map(
            (range) => /^bytes=(\d+)-(\d+)$/.exec(range)!.slice(1).map(Number) as [number, number],
          );
          expect(bounds.length).toBeLessThanOrEqual(10_000);
          expect(bounds[0]![0]).toBe(0);
          expect(bounds.at(-1)![1]).toBe(size - 1);
          const each = bounds[0]![1] + 1;
          for (const [index, [start, end]] of bounds.entries()) {
            expect(start).toBe(index * each);
            if (index < bounds.length - 1) expect(end - start + 1).toBe(each);
            else expect(end).toBeGreaterThanOrEqual(start);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('are as large as was asked for where that is enough', () => {
    expect(rangesOf(11, 5)).toEqual(['bytes=0-4', 'bytes=5-9', 'bytes=10-10']);
    expect(rangesOf(10, 5)).toEqual(['bytes=0-4', 'bytes=5-9']);
  });
});
