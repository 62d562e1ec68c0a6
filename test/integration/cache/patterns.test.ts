import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LruCache } from '../../../src/adapters/cache/lru.cache.js';
import type { RedisParts } from '../../../src/app/open-redis.js';
import { keyPattern, type KeyPattern } from '../../../src/domain/key-patterns.js';
import type { Cache } from '../../../src/ports/cache.port.js';
import { openNodes } from '../../support/redis.js';
import { serviceAddress } from '../../support/services.js';

const address = serviceAddress('redis');
const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '[', ']', '^', '-', '\\', 'ü', '😀', '\n'), maxLength: 6 });

describe.skipIf(address === null)('a pattern of keys', () => {
  let nodes: RedisParts[];
  beforeAll(async () => {
    nodes = await openNodes(address!.url, 2, { lasting: ['lasting:'] });
  });
  afterAll(() => Promise.all(nodes?.map((node) => node.close()) ?? []));

  it.each(['', 'lasting:'])('means the same in a process, in Redis and to those who hear of it, for keys that begin with "%s"', async (beginning) => {
    const [dropping, hearing] = nodes as [RedisParts, RedisParts];
    const alone = new LruCache({ maxSizeMb: 8, ttlSeconds: 60 });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(text, { minLength: 1, maxLength: 12 }), text, async (names, pattern) => {
        const at = `${beginning}${++round}:`;
        const keys = names.map((name) => at + name);
        const left = (get: (key: string) => Promise<unknown>) => Promise.all(keys.map(async (key) => (await get(key)) !== undefined));
        for (const key of keys) await Promise.all([alone.set(key, 1), hearing.cache.set(key, 1)]);
        await dropping.link.settled();
        const whole = (keyPattern`${at}` + pattern) as KeyPattern;
        await Promise.all(([alone, dropping.cache] as Cache[]).map((cache) => cache.invalidate(whole)));
        await hearing.link.settled();
        const expected = await left((key) => alone.get(key));
        expect(await left((key) => dropping.cache.get(key, 'redis'))).toEqual(expected);
        expect(await left((key) => hearing.cache.get(key, 'memory'))).toEqual(expected);
      }),
      { numRuns: 150 },
    );
    await alone.close();
  });
});
