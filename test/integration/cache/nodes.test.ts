import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RedisParts } from '../../../src/app/open-redis.js';
import { keyPattern } from '../../../src/domain/key-patterns.js';
import { openNodes } from '../../support/redis.js';
import { serviceAddress } from '../../support/services.js';

const address = serviceAddress('redis');

describe.skipIf(address === null)('two nodes on one Redis', () => {
  let a: RedisParts;
  let b: RedisParts;
  let number = 0;
  const aKey = () => `key:${++number}`;
  beforeAll(async () => {
    [a, b] = (await openNodes(address!.url, 2, { maxValueBytes: 10_000, lasting: ['ranking:'] })) as [RedisParts, RedisParts];
  });
  afterAll(() => Promise.all([a?.close(), b?.close()]));

  /** A computation that has read its value and does not come back with it yet. */
  const computing = (node: RedisParts, key: string, value: string) => {
    const begun = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const result = node.cache.getOrCompute(key, async () => {
      begun.resolve();
      await released.promise;
      return value;
    });
    return { begun: begun.promise, finish: () => (released.resolve(), result) };
  };

  it('find what the other computed, and look where they are told to', async () => {
    const key = aKey();
    await a.cache.getOrCompute(key, async () => 'v');
    expect(await a.cache.get(key, 'memory')).toBe('v');
    expect(await b.cache.get(key, 'memory')).toBeUndefined();
    expect(await b.cache.get(key, 'redis')).toBe('v');
    expect(await b.cache.getOrCompute(key, async () => 'computed again')).toBe('v');
    expect(await b.cache.get(key, 'memory')).toBe('v');
  });

  it.each([
    ['delete', (key: string) => a.cache.delete([key]), undefined],
    ['invalidate', (key: string) => a.cache.invalidate(keyPattern`${key.slice(0, -1)}*`), undefined],
    ['set', (key: string) => a.cache.set(key, 'newer'), 'newer'],
  ])('drop from their memory what the other drops: %s', async (_name, change, expected) => {
    const key = aKey();
    await b.cache.set(key, 'old');
    expect(await b.cache.get(key, 'memory')).toBe('old');
    await change(key);
    await b.link.settled();
    expect(await b.cache.get(key, 'memory')).toBeUndefined();
    expect(await b.cache.get(key)).toBe(expected);
  });

  it.each([
    ['delete', (key: string) => a.cache.delete([key]), undefined],
    ['invalidate', (key: string) => a.cache.invalidate(keyPattern`${key}*`), undefined],
    ['set', (key: string) => a.cache.set(key, 'newer'), 'newer'],
  ])('keep nothing, on either level, that was computed from before the other dropped it: %s', async (_name, change, expected) => {
    const key = aKey();
    const old = computing(b, key, 'old');
    await old.begun;
    await change(key);
    expect(await old.finish()).toBe('old');
    expect(await b.cache.get(key, 'memory')).toBeUndefined();
    expect(await b.cache.get(key, 'redis')).toBe(expected);
    expect(await a.cache.get(key)).toBe(expected);
  });

  it('do not join a computation from before a drop', async () => {
    const key = aKey();
    const old = computing(b, key, 'old');
    await old.begun;
    await a.cache.delete([key]);
    await b.link.settled();
    expect(await b.cache.getOrCompute(key, async () => 'new')).toBe('new');
    expect(await old.finish()).toBe('old');
    expect(await b.cache.get(key)).toBe('new');
    expect(await a.cache.get(key)).toBe('new');
  });

  /** The next command goes to Redis only when `sent` resolves, and its answer comes back only when `heard` does. */
  const hold = (node: RedisParts, which: 'attempt' | 'oblige') => {
    const [asked, answered, sent, heard] = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const real = node.link[which].bind(node.link) as (work: never) => Promise<never>;
    vi.spyOn(node.link, which).mockImplementationOnce(async (work: unknown) => {
      asked!.resolve();
      await sent!.promise;
      const answer = await real(work as never);
      answered!.resolve();
      await heard!.promise;
      return answer;
    });
    return { asked: asked!.promise, answered: answered!.promise, send: sent!.resolve, hear: heard!.resolve };
  };

  it('do not remember an answer of Redis that was on its way while the other dropped it', async () => {
    const key = aKey();
    await a.cache.set(key, 'old');
    await b.link.settled();
    const held = hold(b, 'attempt');
    const reading = b.cache.get(key);
    held.send();
    await held.answered;
    await a.cache.delete([key]);
    await b.link.settled();
    held.hear();
    expect(await reading).toBe('old');
    expect(await b.cache.get(key, 'memory')).toBeUndefined();
  });

  it('do not remember a value that Redis took, where the other dropped it before that was known', async () => {
    const key = aKey();
    const old = computing(b, key, 'old');
    await old.begun;
    const held = hold(b, 'attempt');
    held.send();
    const result = old.finish();
    await held.answered;
    await a.cache.delete([key]);
    await b.link.settled();
    held.hear();
    expect(await result).toBe('old');
    expect(await b.cache.get(key, 'memory')).toBeUndefined();
  });

  it('do not remember a value that Redis did not take', async () => {
    const key = aKey();
    const old = computing(b, key, 'old');
    await old.begun;
    const names = await a.link.client.keys(`${a.link.epochKey.slice(0, -'epoch'.length)}v:*:${key}`);
    expect(names).toHaveLength(1);
    await a.link.client.unlink(...names);
    await old.finish();
    expect(await b.cache.get(key, 'memory')).toBeUndefined();
  });

  it('do not remember what was read beside their own dropping', async () => {
    for (const drop of [(key: string) => a.cache.delete([key]), (key: string) => a.cache.invalidate(keyPattern`${key}*`)]) {
      const key = aKey();
      await b.cache.set(key, 'old');
      await a.link.settled();
      const held = hold(a, 'oblige');
      const dropping = drop(key);
      expect(await a.cache.get(key)).toBe('old');
      held.send();
      held.hear();
      await dropping;
      expect(await a.cache.get(key)).toBeUndefined();
    }
  });

  it('share a lease: both compute at once, and what the first brings is there for all', async () => {
    const key = aKey();
    const [one, other] = [computing(a, key, 'v'), computing(b, key, 'v')];
    await Promise.all([one.begun, other.begun]);
    await other.finish();
    expect(await a.cache.get(key, 'redis')).toBe('v');
    expect(await one.finish()).toBe('v');
    expect(await a.cache.get(key)).toBe('v');
  });

  it('compute once each for all who ask in one moment', async () => {
    const key = aKey();
    let computed = 0;
    const gate = Promise.withResolvers<void>();
    const ask = (node: RedisParts) =>
      node.cache.getOrCompute(key, async () => {
        computed++;
        await gate.promise;
        return 'v';
      });
    const asked = [a, b].flatMap((node) => Array.from({ length: 50 }, () => ask(node)));
    gate.resolve();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['v']));
    expect(computed).toBeLessThanOrEqual(2);
    expect(computed).toBeGreaterThanOrEqual(1);
  });

  it('keep no value that is too large in Redis, nor the one that it replaces', async () => {
    const key = aKey();
    await a.cache.set(key, 'small');
    await b.cache.get(key);
    await a.cache.set(key, 'x'.repeat(20_000));
    await b.link.settled();
    expect(await b.cache.get(key)).toBeUndefined();
    expect(await a.cache.getOrCompute(key, async () => 'y'.repeat(20_000))).toHaveLength(20_000);
    expect(await b.cache.get(key)).toBeUndefined();
  });

  it('lose sight of everything that can change when an epoch ends, also by eviction, and of nothing else', async () => {
    const [key, ranking] = [aKey(), `ranking:${aKey()}`];
    await a.cache.set(key, 'old');
    await a.cache.set(ranking, 'for good');
    await a.link.client.del(a.link.epochKey);
    expect(await b.cache.get(key)).toBeUndefined();
    expect(await b.cache.get(ranking)).toBe('for good');
    await b.cache.getOrCompute(key, async () => 'new');
    expect(await a.cache.get(key, 'redis')).toBe('new');
    // The first writing notices the other epoch, and keeps nothing; the next does.
    await b.cache.set(key, 'sent in the old epoch');
    expect(await a.cache.get(key, 'redis')).toBeUndefined();
    await b.cache.set(key, 'newest');
    expect(await a.cache.get(key, 'redis')).toBe('newest');
  });

  it('take nothing that lay in a dead connection through the end of an epoch', async () => {
    const key = aKey();
    const prefix = a.link.epochKey.slice(0, -'epoch'.length);
    const epoch = await a.link.client.get(a.link.epochKey);
    expect(await a.link.attempt((redis) => redis.strataWrite(a.link.epochKey, `${prefix}v:`, key, 'ended', '"late"', 1_000, 'nowhere', ''))).toBe(epoch);
    expect(await b.cache.get(key)).toBeUndefined();
  });

  it('give every value an end and a name of the installation', async () => {
    await a.cache.set(aKey(), 1);
    await a.cache.set(`ranking:${aKey()}`, 1);
    const prefix = a.link.epochKey.slice(0, -'epoch'.length);
    const names: string[] = [];
    for await (const some of a.link.client.scanStream({ match: `${prefix}*`, count: 1_000 })) names.push(...(some as string[]));
    const endless = [];
    for (const name of names) if ((await a.link.client.pttl(name)) < 0) endless.push(name);
    expect(endless).toEqual([a.link.epochKey]);
    expect(names.length).toBeGreaterThan(2);
  });

  it('leave other installations on the server alone', async () => {
    const [c] = (await openNodes(address!.url, 1)) as [RedisParts];
    const key = aKey();
    await a.cache.set(key, 'of a');
    expect(await c.cache.get(key)).toBeUndefined();
    await c.cache.set(key, 'of c');
    await c.cache.invalidate(keyPattern`*`);
    await a.link.settled();
    expect(await a.cache.get(key, 'memory')).toBe('of a');
    expect(await a.cache.get(key, 'redis')).toBe('of a');
    await c.close();
  });
});
