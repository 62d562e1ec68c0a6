import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextBatch, TOKENS_A_RUN } from '../../../../src/adapters/models/row-batches.js';

const row = fc.record({ tokens: fc.integer({ min: 2, max: 400 }) });
const queues = fc.tuple(fc.array(row, { minLength: 1, maxLength: 20 }), fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 5 }));

describe('nextBatch', () => {
  it('takes the longest row of whose turn it is, stays within the budget, and pads by a fifth at most', () => {
    fc.assert(
      fc.property(queues, ([first, others]) => {
        const batch = nextBatch([first, ...others]);
        const longest = Math.max(...first.map(({ tokens }) => tokens));
        expect(batch[0]!.tokens).toBe(longest);
        expect(first).toContain(batch[0]);
        expect(new Set(batch).size).toBe(batch.length);
        expect(batch.length === 1 || batch.length * longest <= TOKENS_A_RUN).toBe(true);
        for (const { tokens } of batch) expect(tokens >= longest * 0.8 && tokens <= longest).toBe(true);
      }),
    );
  });

  it('fills a run with rows of several tasks', () => {
    const rows = (...lengths: number[]) => lengths.map((tokens) => ({ tokens }));
    const batch = nextBatch([rows(16, 4), rows(15, 17), rows(14, 3)]);
    expect(batch.map(({ tokens }) => tokens)).toEqual([16, 15, 14]);
  });

  it('goes through all of it, whatever there is', () => {
    fc.assert(
      fc.property(queues, ([first, others]) => {
        const waiting = [first, ...others].map((rows) => rows.map((each) => ({ ...each })));
        const all = waiting.flat().length;
        let taken = 0;
        for (;;) {
          const left = waiting.filter((rows) => rows.length > 0);
          if (left.length === 0) break;
          const batch = new Set<object>(nextBatch(left));
          taken += batch.size;
          for (const [i, rows] of waiting.entries()) waiting[i] = rows.filter((each) => !batch.has(each));
        }
        expect(taken).toBe(all);
      }),
    );
  });

  it('runs a row alone where there is no budget for company', () => {
    expect(nextBatch([[{ tokens: 5 }, { tokens: 5 }]], 0).length).toBe(1);
  });
});
