import { describe, expect, it, vi } from 'vitest';
import { ReadingCount } from '../../../../../src/adapters/db/engine/reading-count.js';

describe('ReadingCount', () => {
  it('is one for both threads, counts each reader once, and remembers for a while that there was one', () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    try {
      const here = new ReadingCount();
      const there = new ReadingCount(here.buffer);
      expect([there.isAnyone(), there.wasAnyoneLately()]).toEqual([false, false]);
      const [first, second] = [here.begin(), here.begin()];
      first();
      first();
      expect([there.isAnyone(), there.wasAnyoneLately()]).toEqual([true, true]);
      second();
      expect([there.isAnyone(), there.wasAnyoneLately()]).toEqual([false, true]);
      vi.advanceTimersByTime(2_000);
      expect(there.wasAnyoneLately()).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });
});
