import { describe, expect, it } from 'vitest';
import { LruCache } from '../../../../src/adapters/cache/lru.cache.js';
import { keyPattern } from '../../../../src/domain/key-patterns.js';

describe('the cache in process', () => {
  it('stays within its size, and lets go of what was not used for longest', async () => {
    const cache = new LruCache({ maxSizeMb: 1, ttlSeconds: 60 });
    const text = 'x'.repeat(100_000);
    for (let number = 0; number < 9; number++) await cache.set(`${number}`, text);
    expect(await cache.get('0')).toBe(text);
    for (let number = 9; number < 12; number++) await cache.set(`${number}`, text);
    expect(await cache.get('0')).toBe(text);
    expect(await cache.get('1')).toBeUndefined();
    expect(cache.stats().sizeBytes).toBeLessThanOrEqual(2 ** 20);
    expect(cache.stats().sizeBytes).toBeGreaterThan(900_000);
  });

  it('does not keep what is larger than itself, and forgets what it replaces', async () => {
    const cache = new LruCache({ maxSizeMb: 1, ttlSeconds: 60 });
    await cache.set('a', 'small');
    await cache.set('a', 'x'.repeat(2 ** 20));
    expect(await cache.get('a')).toBeUndefined();
    expect(cache.stats().sizeBytes).toBe(0);
  });

  it('counts characters beyond ASCII as the bytes they are', async () => {
    const cache = new LruCache({ maxSizeMb: 1, ttlSeconds: 60 });
    await cache.set('a', '日'.repeat(300_000));
    expect(await cache.get('a')).toHaveLength(300_000);
    expect(cache.stats().sizeBytes).toBeGreaterThan(900_000);
  });

  it('of size 0 keeps nothing and still computes once for all who ask together', async () => {
    const cache = new LruCache({ maxSizeMb: 0, ttlSeconds: 60 });
    let computed = 0;
    const ask = () => cache.getOrCompute('a', async () => ++computed);
    expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
    expect(await ask()).toBe(2);
    await cache.set('a', 1);
    expect(cache.levels).toEqual([]);
    await cache.invalidate(keyPattern`*`);
    expect(await cache.get('a')).toBeUndefined();
  });
});
