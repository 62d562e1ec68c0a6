import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packPostings, unpackPostings, type Posting } from '../../../../src/adapters/keywords/postings.js';

const posting: fc.Arbitrary<Posting> = fc.record({
  number: fc.oneof(
    fc.integer({ min: 1, max: 300 }),
    fc
      .maxSafeInteger()
      .map((value) => Math.abs(value) + 1)
      .filter(Number.isSafeInteger),
  ),
  frequency: fc.integer({ min: 1, max: 1_000_000 }),
  length: fc.integer({ min: 1, max: 2 ** 31 }),
});
const rising = fc
  .uniqueArray(posting, { selector: ({ number }) => number, maxLength: 20 })
  .map((list) => list.sort((a, b) => a.number - b.number));

describe('packed postings', () => {
  it('come back as they were, joined end to end too', () => {
    fc.assert(
      fc.property(fc.array(rising, { maxLength: 4 }), (lists) => {
        expect(unpackPostings(Buffer.concat(lists.map(packPostings)))).toEqual(lists.flat());
      }),
    );
  });

  it('take about three bytes each where passages follow one another', () => {
    const list = Array.from({ length: 1000 }, (_, i): Posting => ({
      number: 5_000_000 + i,
      frequency: 2,
      length: 110,
    }));
    expect(packPostings(list).length).toBeLessThan(3100);
  });

  it('refuse to be read where they were cut', () => {
    const bytes = packPostings([{ number: 1, frequency: 1, length: 300 }]);
    expect(() => unpackPostings(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError);
  });
});
