import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyPattern, type KeyPattern } from '../../src/domain/key-patterns.js';
import type { Cache, CacheLevel } from '../../src/ports/cache.port.js';

export interface CacheHarness {
  cache: Cache;
  /** What the cache should say that it has. */
  levels: readonly CacheLevel[];
  /** Lets so many seconds pass for the cache. */
  pass(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** What any Cache does. Keys begin with a name of the test's own, so that one server serves all. */
export function cacheContract(name: string, open: () => Promise<CacheHarness>): void {
  describe(`Cache: ${name}`, () => {
    let harness: CacheHarness;
    let cache: Cache;
    beforeAll(async () => {
      harness = await open();
      cache = harness.cache;
    });
    afterAll(() => harness?.close());
    const prefix = () => `contract:${randomUUID()}:`;

    it.each([[{ a: [1, 'ü', null, true], b: {} }], ['text'], [0], [false], [null], [[]], ['']])(
      'gives back %j',
      async (value) => {
        const key = prefix();
        expect(await cache.get(key)).toBeUndefined();
        await cache.set(key, value);
        expect(await cache.get(key)).toEqual(value);
      },
    );

    it('keeps what JSON can say, whichever way it comes back', async () => {
      const key = prefix();
      const computed = await cache.getOrCompute<unknown>(key, async () => ({ at: new Date(0), gone: undefined }));
      expect(computed).toEqual({ at: '1970-01-01T00:00:00.000Z' });
      expect(await cache.get(key)).toEqual(computed);
      expect(await cache.getOrCompute(`${key}none`, async () => undefined)).toBeUndefined();
      expect(await cache.get(`${key}none`)).toBeUndefined();
    });

    it('shares no object with anyone', async () => {
      const key = prefix();
      const value = { list: [1] };
      await cache.set(key, value);
      value.list.push(2);
      (await cache.get<{ list: number[] }>(key))!.list.push(3);
      expect(await cache.get(key)).toEqual({ list: [1] });
      const together = await Promise.all([1, 2].map(() => cache.getOrCompute(`${key}x`, async () => ({ list: [1] }))));
      together[0]!.list.push(4);
      expect(together[1]).toEqual({ list: [1] });
    });

    it('computes once for all who ask in the same moment', async () => {
      const key = prefix();
      let computed = 0;
      let release!: (value: string) => void;
      const value = new Promise<string>((resolve) => {
        release = resolve;
      });
      const ask = () =>
        cache.getOrCompute(key, () => {
          computed++;
          return value;
        });
      const asked = Promise.all([ask(), ask(), ask()]);
      release('v');
      expect(await asked).toEqual(['v', 'v', 'v']);
      expect(await ask()).toBe('v');
      expect(computed).toBe(1);
    });

    it('passes a failure to all who wait, and keeps none', async () => {
      const key = prefix();
      const failing = () =>
        cache.getOrCompute(key, async () => {
          throw new Error('no');
        });
      const results = await Promise.allSettled([failing(), failing()]);
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await expect(
        cache.getOrCompute(key, () => {
          throw new Error('at once');
        }),
      ).rejects.toThrow('at once');
      expect(await cache.getOrCompute(key, async () => 'yes')).toBe('yes');
    });

    it('does not keep what was computed from before an invalidation, a deletion or a newer value', async () => {
      const at = prefix();
      for (const [name, change, expected] of [
        ['a', () => cache.invalidate(keyPattern`${at}*`), undefined],
        ['b', () => cache.delete([`${at}b`]), undefined],
        ['c', () => cache.set(`${at}c`, 'newer'), 'newer'],
      ] as const) {
        let release!: (value: string) => void;
        let begun!: () => void;
        const computing = new Promise<void>((resolve) => {
          begun = resolve;
        });
        const old = cache.getOrCompute(`${at}${name}`, () => {
          begun();
          return new Promise<string>((resolve) => {
            release = resolve;
          });
        });
        await computing;
        await change();
        release('old');
        expect(await old).toBe('old');
        expect(await cache.get(`${at}${name}`)).toBe(expected);
      }
    });

    it('drops keys one by one', async () => {
      const at = prefix();
      for (const key of ['a:1', 'a:2', '*']) await cache.set(at + key, key);
      await cache.delete([`${at}a:1`, `${at}*`, `${at}nothing`]);
      await cache.delete([]);
      expect(await Promise.all(['a:1', 'a:2', '*'].map((key) => cache.get(at + key)))).toEqual([undefined, 'a:2', undefined]);
    });

    it.each<[string, (at: string) => KeyPattern, string[]]>([
      ['a key alone', (at) => keyPattern`${at}a`, ['a']],
      ['a beginning', (at) => keyPattern`${at}a:*`, ['a:', 'a:1', 'a:1:z', 'a:ü*']],
      ['an end', (at) => keyPattern`${at}*:z`, ['a:1:z', 'b:z']],
      ['both, that do not share a character', (at) => keyPattern`${at}a:*:1*:z`, []],
      ['what lies between', (at) => keyPattern`${at}*:1*`, ['a:1', 'a:1:z']],
      ['everything', (at) => keyPattern`${at}*`, ['a', 'a:', 'a:1', 'a:1:z', 'a:ü*', 'ab', 'b:z', 'a?', 'a[b]', 'a\\']],
      ['a star that is meant, and signs that are none', (at) => keyPattern`${at}*\*`, ['a:ü*']],
      ['no more for a question mark', (at) => keyPattern`${at}a?`, ['a?']],
      ['no more for brackets', (at) => keyPattern`${at}a[b]`, ['a[b]']],
      ['no more for a backslash at the end', (at) => keyPattern`${at}${'a\\'}`, ['a\\']],
      ['nothing for no key', (at) => keyPattern`${at}`, []],
    ])('drops by a pattern %s', async (_of, patternAt, dropped) => {
      const at = prefix();
      const keys = ['a', 'a:', 'a:1', 'a:1:z', 'a:ü*', 'ab', 'b:z', 'a?', 'a[b]', 'a\\'];
      for (const key of keys) await cache.set(at + key, key);
      await cache.invalidate(patternAt(at));
      const left = await Promise.all(keys.map((key) => cache.get<string>(at + key)));
      expect(keys.filter((_, index) => left[index] === undefined)).toEqual(dropped);
    });

    it.each(['*', '**', 't*', '?', '[a-z]', '[^x]', '\\', '\\*', 't\\'])('drops nothing of others for a tenant called %s', async (tenant) => {
      const at = prefix();
      const [own, ...others] = [tenant, 't', 'tt', 'x', '*t', 't:search', ''].map((name) => `${at}search:${name}:1`);
      for (const key of [own!, ...others]) await cache.set(key, 1);
      await cache.invalidate(keyPattern`${at}search:${tenant}:*`);
      expect(await cache.get(own!)).toBeUndefined();
      for (const key of others) expect(await cache.get(key), key).toBe(1);
    });

    it('looks where it is told to, and finds nothing on a level that it does not have', async () => {
      const { levels } = harness;
      expect(cache.levels).toEqual(levels);
      const key = prefix();
      const found = () => Promise.all((['memory', 'redis', 'all'] as const).map((from) => cache.get(key, from)));
      expect(await found()).toEqual([undefined, undefined, undefined]);
      const before = cache.stats();
      for (const [value, keep] of [['set', () => cache.set(key, 'set')], ['computed', () => cache.getOrCompute(key, async () => 'computed')]] as const) {
        await keep();
        expect(await found()).toEqual([levels.includes('memory') ? value : undefined, levels.includes('redis') ? value : undefined, value]);
        await cache.delete([key]);
        expect(await found()).toEqual([undefined, undefined, undefined]);
      }
      const after = cache.stats();
      // Twice each: those that found it; all three after the deletion, the computing, and those that did not find it.
      expect([after.hits - before.hits, after.misses - before.misses]).toEqual([2 * (levels.length + 1), 6 + 1 + 2 * (2 - levels.length)]);
    });

    it('forgets in time', async () => {
      const key = prefix();
      await cache.set(`${key}short`, 1, 1);
      await cache.set(`${key}long`, 2, 100);
      await cache.getOrCompute(`${key}computed`, async () => 3, 1);
      await cache.set(`${key}never`, 4, 0);
      expect(await cache.get(`${key}short`)).toBe(1);
      expect(await cache.get(`${key}never`)).toBeUndefined();
      await harness.pass(1.1);
      expect(await Promise.all(['short', 'long', 'computed'].map((name) => cache.get(key + name)))).toEqual([
        undefined,
        2,
        undefined,
      ]);
    });

    it('counts', async () => {
      const key = prefix();
      const before = cache.stats();
      await cache.get(key);
      await cache.set(key, 'x'.repeat(1_000));
      await cache.get(key);
      await cache.getOrCompute(key, async () => 'y');
      const after = cache.stats();
      expect([after.hits - before.hits, after.misses - before.misses]).toEqual([2, 1]);
      await cache.check();
    });
  });
}
