import { afterAll, beforeAll, vi } from 'vitest';
import { MemoryRateLimiter } from '../../src/adapters/cache/memory.rate-limiter.js';
import { rateLimiterContract } from './rate-limiter.contract.js';

beforeAll(() => void vi.useFakeTimers());
afterAll(() => void vi.useRealTimers());

rateLimiterContract('memory', async () => {
  const limiter = new MemoryRateLimiter();
  return { limiters: [limiter], ended: async () => void (await vi.advanceTimersByTimeAsync(1_001)), close: () => limiter.close() };
});
