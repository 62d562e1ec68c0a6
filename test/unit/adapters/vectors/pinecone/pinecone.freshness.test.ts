import { describe, expect, it } from 'vitest';
import { Freshness } from '../../../../../src/adapters/vectors/pinecone/pinecone.freshness.js';

const written = (number: number) => new Headers({ 'x-pinecone-request-lsn': String(number) });
const seen = (number: number) => new Headers({ 'x-pinecone-max-indexed-lsn': String(number) });

describe('waiting until Pinecone shows what was written', () => {
  it('ends as soon as a read has seen it', async () => {
    const freshness = new Freshness();
    freshness.afterWrite(written(2));
    let looks = 0;
    const reached = freshness.reached(async () => freshness.afterRead(seen((looks += 1))), { budget: 60_000, poll: 1 });
    expect([await reached, looks]).toEqual([true, 2]);
  });

  it.each(['a number', 'none'])('ends with the reason of a caller who gives up, for a write that has %s', async (has) => {
    const freshness = new Freshness();
    freshness.afterWrite(has === 'none' ? new Headers() : written(1));
    const caller = new AbortController();
    const reason = new Error('The caller has left.');
    const reached = freshness.reached(async () => {}, { budget: 60_000, poll: 30_000, signal: caller.signal });
    caller.abort(reason);
    await expect(reached).rejects.toBe(reason);
  });
});
