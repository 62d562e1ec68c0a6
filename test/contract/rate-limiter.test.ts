import { afterAll, beforeAll, vi } from 'vitest';
import { MemoryRateLimiter } from '../../src/adapters/cache/memory.rate-limiter.js';
import { rateLimiterContract } from './rate-limiter.contract.js';

beforeAll(() => void vi.useFakeTimers());
afterAll(() => void vi.useRealTimers());

rateLimiterContract('memory', async () => {
  const limiter = new MemoryRateLimiter();
  return { limiters: [limiter], leave: async ({ seconds }, _key, milliseconds) => void (await vi.advanceTimersByTimeAsync(seconds * 1_000 - milliseconds)), close: () => limiter.close() };
});
