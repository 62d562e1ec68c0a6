import { LruCache } from '../../src/adapters/cache/lru.cache.js';
import { cacheContract } from './cache.contract.js';

cacheContract('in process', async () => {
  let now = 1_000;
  const cache = new LruCache({ maxSizeMb: 8, ttlSeconds: 60, now: () => now });
  return {
    cache,
    levels: ['memory'],
    pass: async (seconds) => {
      now += seconds * 1_000;
    },
    close: () => cache.close(),
  };
});
