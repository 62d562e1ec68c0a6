import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { App } from '../../../src/app/compose.js';
import { reindex } from '../../../src/app/moving/reindex.js';

describe('the answer to a move', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  it('is never silent for long, and ends with what came of it', async () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const database = { reindexes: { current: async () => null, end: () => ended } };
    const answer = reindex({ deps: { database } } as unknown as App, { cancel: true }, new AbortController().signal).setEncoding('utf8');
    for (const _ of [1, 2]) {
      const said = once(answer, 'data');
      vi.advanceTimersByTime(15_000);
      expect(await said).toEqual(['\n']);
    }
    end();
    expect(await answer.toArray()).toEqual(['{"cancelled":false}\n']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
