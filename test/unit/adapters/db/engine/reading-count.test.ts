import { describe, expect, it, vi } from 'vitest';
import { ReadingCount } from '../../../../../src/adapters/db/engine/reading-count.js';

describe('ReadingCount', () => {
  it('is one for both threads, counts each reader once, and remembers for a while that there was one', () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    try {
      const here = new ReadingCount();
      const there = new ReadingCount(here.buffer);
      expect([there.isAnyone(), there.lately()]).toEqual([false, 'nobody']);
      const [first, second] = [here.begin(), here.begin()];
      first();
      first();
      expect([there.isAnyone(), there.lately()]).toEqual([true, 'readers']);
      second();
      expect([there.isAnyone(), there.lately()]).toEqual([false, 'readers']);
      vi.advanceTimersByTime(2_000);
      expect(there.lately()).toBe('nobody');
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells those who search from those who only list, for as long as they do', () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    try {
      const count = new ReadingCount();
      count.noteSearch();
      expect(count.lately()).toBe('nobody');
      const end = count.begin();
      expect(count.lately()).toBe('searchers');
      vi.advanceTimersByTime(2_000);
      expect(count.lately()).toBe('readers');
      end();
    } finally {
      vi.useRealTimers();
    }
  });
});
