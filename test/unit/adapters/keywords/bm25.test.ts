import { describe, expect, it } from 'vitest';
import { inverseDocumentFrequency, rankPassages } from '../../../../src/adapters/keywords/bm25.js';
import { packPostings } from '../../../../src/adapters/keywords/postings.js';

const postings = packPostings([
  { number: 1, frequency: 2, length: 4 },
  { number: 2, frequency: 1, length: 2 },
]);

describe('rankPassages', () => {
  it('scores as the formula says', async () => {
    // N 3, n 2, average 3: worked out by hand.
    const idf = Math.log(1 + 1.5 / 2.5);
    const ranking = await rankPassages([{ weight: 1, postings }], { passages: 3, tokens: 9 }, new Set(), null);
    const [first, second] = ranking.take(2);
    expect(first).toEqual({
      number: 1,
      score: expect.closeTo((idf * 2 * 2.2) / (2 + 1.2 * (0.25 + 0.75 * (4 / 3))), 12) as number,
    });
    expect(second).toEqual({
      number: 2,
      score: expect.closeTo((idf * 2.2) / (1 + 1.2 * (0.25 + 0.75 * (2 / 3))), 12) as number,
    });
  });

  it('leaves removed passages out of the frequency too', async () => {
    const ranking = await rankPassages([{ weight: 1, postings }], { passages: 2, tokens: 6 }, new Set([2]), null);
    const expected = (inverseDocumentFrequency(2, 1) * 2 * 2.2) / (2 + 1.2 * (0.25 + 0.75 * (4 / 3)));
    expect(ranking.take(9)).toEqual([{ number: 1, score: expect.closeTo(expected, 12) as number }]);
  });

  it('counts a term as often as the query says it', async () => {
    const score = async (weight: number) =>
      (await rankPassages([{ weight, postings }], { passages: 3, tokens: 9 }, new Set(), null)).take(1)[0]!.score;
    expect(await score(3)).toBeCloseTo(3 * (await score(1)), 12);
  });

  it('stops when the caller has gone, with the event loop turning meanwhile', async () => {
    const many = packPostings(Array.from({ length: 120_000 }, (_, i) => ({ number: i + 1, frequency: 1, length: 5 })));
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const ranking = rankPassages(
      [{ weight: 1, postings: many }],
      { passages: 120_000, tokens: 600_000 },
      new Set(),
      null,
      controller.signal,
    );
    await expect(ranking).rejects.toThrow(/abort/i);
  });
});
