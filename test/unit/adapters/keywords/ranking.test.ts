import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ranking } from '../../../../src/adapters/keywords/ranking.js';
import { ScoreTable } from '../../../../src/adapters/keywords/score-table.js';

const contributions = fc.array(
  fc.record({
    number: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 2 ** 40, max: 2 ** 40 + 40 })),
    score: fc.integer({ min: 1, max: 5 }),
  }),
  { maxLength: 300 },
);

describe('ScoreTable', () => {
  it('adds up as a Map does, however full it gets', () => {
    fc.assert(
      fc.property(contributions, fc.option(fc.array(fc.integer({ min: 1, max: 60 }))), (list, only) => {
        const table = new ScoreTable(only, 1);
        const expected = new Map<number, number>();
        for (const { number, score } of list) {
          table.add(number, score);
          if (only === null || only.includes(number)) expected.set(number, (expected.get(number) ?? 0) + score);
        }
        const { numbers, scores } = table.entries();
        expect(new Map([...numbers].map((number, i) => [number, scores[i]]))).toEqual(expected);
      }),
    );
  });
});

describe('Ranking', () => {
  it('hands passages out by falling score, ties by number, in any portions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 80 }),
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 10 }),
        (scores, portions) => {
          const ranking = new Ranking(
            Float64Array.from(scores, (_, i) => i + 1),
            Float64Array.from(scores),
          );
          const taken = [...portions, Infinity].flatMap((count) => ranking.take(count));
          const expected = scores
            .map((score, i) => ({ number: i + 1, score }))
            .sort((a, b) => b.score - a.score || a.number - b.number);
          expect(taken).toEqual(expected);
          expect(ranking.size).toBe(0);
        },
      ),
    );
  });
});
