import { describe, expect, it } from 'vitest';
import { serverRun } from '../../../../../src/adapters/vectors/weaviate/server-run.js';

const node = (name: string, term: string, initialLastAppliedIndex: number) => ({ name, initialLastAppliedIndex, raft: { term } });
const telling = (told: unknown, timesOpened = 1) => serverRun({ timesOpened, get: () => Promise.resolve(told) });

describe('which run of Weaviate it is', () => {
  it('is told by each node, in whatever order, by its term or by what it had applied when it started', async () => {
    const before = await telling({ statistics: [node('a', '2', 0), node('b', '2', 0)] });
    expect(await telling({ statistics: [node('b', '2', 0), node('a', '2', 0)] }, 2)).toBe(before);
    for (const later of [[node('a', '3', 0), node('b', '3', 0)], [node('a', '2', 0), node('b', '2', 7)]]) {
      expect(await telling({ statistics: later })).not.toBe(before);
    }
    // Of a node that is away nothing but its name is told.
    expect(await telling({ statistics: [node('a', '2', 0), { name: 'b' }] })).not.toBe(before);
  });

  it('is guessed by the ways that were taken, where it is not told', async () => {
    for (const nothing of [null, {}]) {
      expect(await telling(nothing, 1)).toBe(await telling(nothing, 1));
      expect(await telling(nothing, 2)).not.toBe(await telling(nothing, 1));
    }
  });
});
