import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRedis, type RedisOptions, type RedisParts } from '../../../src/app/open-redis.js';
import { keyPattern } from '../../../src/domain/key-patterns.js';
import type { Ranking } from '../../../src/services/search/ranking.js';
import { RankingKeeper } from '../../../src/services/search/ranking-keeper.js';
import { CuttableWire } from '../../support/cuttable-wire.js';
import { hasRedisServer, RedisServer } from '../../support/redis-server.js';
import { redisOptions } from '../../support/redis.js';

describe.skipIf(!hasRedisServer)('Redis going away and coming back', () => {
  let server: RedisServer;
  let prefix: string;
  const opened: RedisParts[] = [];
  const url = (port = server.port) => `redis://127.0.0.1:${port}`;
  const open = async (port = server.port, more: Partial<RedisOptions> = {}) => {
    const node = await openRedis(redisOptions(url(port), { prefix, commandTimeoutMs: 300, heartbeatMs: 100, startTimeoutMs: 300, lasting: ['ranking:'], ...more }));
    opened.push(node);
    return node;
  };
  const hearing = ({ link }: RedisParts) => link.until(() => link.hearing);
  const away = ({ link }: RedisParts) => link.until(() => !link.hearing);
  /** The next that is more than a call to look: a node that comes back calls all others to. */
  const news = async (messages: AsyncIterableIterator<unknown>) => {
    for (;;) {
      const value: unknown = (await messages.next()).value;
      if (value !== null) return value;
    }
  };
  const unavailable = { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'cache' } };
  beforeEach(async () => {
    prefix = `test-${randomUUID()}:`;
    server = await RedisServer.start();
  });
  afterEach(async () => {
    server.goOn();
    await Promise.all(opened.splice(0).map((node) => node.close()));
    await server.remove();
  });

  it('empties the memory and does without it, then uses it again', async () => {
    const node = await open();
    await node.cache.set('a', 1);
    const ofA = node.cache.stats().sizeBytes;
    await node.cache.set('ranking:1', 'for good');
    const ofBoth = node.cache.stats().sizeBytes;
    await server.stop();
    await away(node);
    expect(node.cache.stats().sizeBytes).toBe(ofBoth - ofA); // what never changes is left
    for (const from of ['all', 'memory', 'redis'] as const) expect(await node.cache.get('a', from)).toBeUndefined();
    let computed = 0;
    const compute = () => node.cache.getOrCompute('a', async () => ++computed);
    expect([await compute(), await compute()]).toEqual([1, 2]);
    await node.cache.set('a', 2);
    expect(await node.cache.get('a')).toBeUndefined();
    await node.cache.delete(['a']);
    await node.cache.invalidate(keyPattern`a*`);
    expect(await node.cache.get('ranking:1')).toBe('for good');
    await node.cache.set('ranking:2', 'too');
    expect(await node.cache.get('ranking:2')).toBe('too');
    // On a busy machine a command may have timed out before, which counts as away as well.
    expect(node.cache.stats().shared).toMatchObject({ available: false });
    expect(node.cache.stats().shared!.timesAway).toBeGreaterThanOrEqual(1);
    await expect(node.check()).rejects.toMatchObject(unavailable);

    await server.start();
    await hearing(node);
    await node.check();
    expect(node.cache.stats().shared).toMatchObject({ available: true });
    expect([await compute(), await compute()]).toEqual([3, 3]);
    expect(await node.cache.get('a', 'memory')).toBe(3);
  });

  it('leaves the later pages of a search to the node that knows them, and tells the others why they are not there', async () => {
    const [a, b] = await Promise.all([open(), open()]);
    const [ofA, ofB] = [new RankingKeeper(a.cache), new RankingKeeper(b.cache)];
    const ranking: Ranking = { objects: [], facets: [], incomplete: true, mayFindMore: false, warnings: ['kept'] };
    const place = { rankingId: ofA.newId(), position: -1 };
    await ofA.keep('t', place.rankingId, ranking);
    await server.stop();
    await Promise.all([away(a), away(b)]);
    expect(await ofA.read('t', place)).toMatchObject({ warnings: ['kept'] });
    const outOfReach = { ...unavailable, path: ['after'], extensions: { dependency: 'cache', retryable: true }, message: expect.stringContaining('Redis') as string };
    await expect(ofB.read('t', place)).rejects.toMatchObject(outOfReach);

    await server.start();
    await Promise.all([hearing(a), hearing(b)]);
    await expect(ofB.read('t', { ...place, rankingId: ofB.newId() })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    await ofA.keep('t', place.rankingId, ranking);
    expect(await ofB.read('t', place)).toMatchObject({ warnings: ['kept'] });
  });

  it('does not keep what is under way while it happens', async () => {
    const node = await open();
    const released = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const old = node.cache.getOrCompute('a', async () => {
      begun.resolve();
      await released.promise;
      return 'old';
    });
    await begun.promise;
    await server.stop();
    await away(node);
    await node.cache.delete(['a']);
    await server.start();
    await hearing(node);
    released.resolve();
    expect(await old).toBe('old');
    expect(await node.cache.get('a')).toBeUndefined();
  });

  it.each(['one that was there before', 'one that comes new'])('never shows what a server brings back that forgot the dropping, to %s', async (who) => {
    const node = await open();
    await node.cache.set('a', 'old');
    await node.link.client.save();
    await node.cache.delete(['a']);
    await server.stop();
    await away(node);
    if (who === 'one that comes new') await node.close();
    await server.start();
    const looking = who === 'one that comes new' ? await open() : node;
    await hearing(looking);
    expect(await looking.link.client.keys(`${prefix}v:*`)).toHaveLength(1); // it did come back
    expect(await looking.cache.get('a')).toBeUndefined();
  });

  it('reads nothing from before, where all were cut off and one dropped it meanwhile', async () => {
    const wires = [await CuttableWire.to(server.port), await CuttableWire.to(server.port)];
    const [first, last] = (await Promise.all(wires.map(({ port }) => open(port)))) as [RedisParts, RedisParts];
    await first.cache.set('a', 'old');
    for (const wire of wires) wire.cut();
    await Promise.all([away(first), away(last)]);
    await last.cache.delete(['a']);
    wires[0]!.mend();
    await hearing(first);
    expect(last.link.available).toBe(false);
    expect(await first.cache.get('a')).toBeUndefined();
    await Promise.all(opened.splice(0).map((node) => node.close()));
    await Promise.all(wires.map((wire) => wire.close()));
  });

  it('makes good, once it is back, what one that was cut off alone could not drop', async () => {
    const wire = await CuttableWire.to(server.port);
    const [alone, other] = await Promise.all([open(wire.port), open()]);
    await other.cache.set('a', 'old');
    await other.cache.set('ranking:1', 'for good');
    wire.cut();
    await away(alone);
    await alone.cache.delete(['a']);
    expect(await alone.cache.get('a')).toBeUndefined();
    wire.mend();
    await hearing(alone);
    await other.link.settled();
    expect(await other.cache.get('a')).toBeUndefined();
    expect(await alone.cache.get('a')).toBeUndefined();
    expect(await alone.cache.get('ranking:1')).toBe('for good');
    await wire.close();
  });

  it('waits for no answer longer than it should, and then for none', async () => {
    const node = await open();
    await node.cache.set('a', 'old');
    server.hang();
    const begun = performance.now();
    await node.cache.delete(['a']);
    expect(await node.cache.get('a', 'redis')).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(node.link.hearing).toBe(false);
    const again = performance.now();
    for (let count = 0; count < 1_000; count++) await node.cache.getOrCompute(`b${count}`, async () => 1);
    expect(performance.now() - again).toBeLessThan(5_000);
    await expect(node.check()).rejects.toMatchObject(unavailable);
    server.goOn();
    await hearing(node);
    expect(await node.cache.get('a')).toBeUndefined();
    await node.check();
  });

  it('notices by itself that nobody answers', async () => {
    const node = await open();
    server.hang();
    await away(node);
    server.goOn();
    await hearing(node);
  });

  it('does not trust its memory while it cannot hear', async () => {
    const [a, b] = await Promise.all([open(), open()]);
    await a.cache.set('a', 'old');
    await b.cache.get('a');
    const lost = Promise.all([away(a), away(b)]);
    await a.link.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await lost;
    await a.cache.delete(['a']);
    expect(await b.cache.get('a')).toBeUndefined();
    await Promise.all([hearing(a), hearing(b)]);
    expect(await b.cache.get('a')).toBeUndefined();
    await a.cache.set('a', 'new');
    await b.link.settled();
    await b.cache.get('a');
    expect(await b.cache.get('a', 'memory')).toBe('new');
  });

  it('is not needed at the start', async () => {
    await server.stop();
    const node = await open();
    expect(await node.cache.getOrCompute('a', async () => 1)).toBe(1);
    await expect(node.check()).rejects.toMatchObject(unavailable);
    await server.start();
    await hearing(node);
    await node.cache.set('a', 1);
    expect(await node.cache.get('a', 'redis')).toBe(1);
  });

  it('says in a sentence what is wrong with the configuration', async () => {
    const notConfigured = (sentence: string) => ({ code: 'NOT_CONFIGURED', message: expect.stringContaining(sentence) as string });
    await expect(open(server.port, { db: 4_000 })).rejects.toMatchObject(notConfigured('"cache.redis.db"'));
    const node = await open();
    await node.link.client.config('SET', 'requirepass', 'right');
    await expect(open()).rejects.toMatchObject(notConfigured('asks for a password'));
    await expect(open(server.port, { password: 'wrong' })).rejects.toMatchObject(notConfigured('refuses the password'));
    const knowing = await open(server.port, { password: 'right' });
    await knowing.check();

    // Something else is there.
    const web = createServer().listen(0, '127.0.0.1');
    await once(web, 'listening');
    await expect(open((web.address() as AddressInfo).port, { startTimeoutMs: 20_000 })).rejects.toMatchObject(notConfigured('is no Redis. Set "cache.redis.host" and "cache.redis.port" to one.'));
    web.close();

    // One that runs already is told the same in its check, and comes back when it is put right.
    await knowing.link.client.call('CLIENT', 'KILL', 'SKIPME', 'yes');
    await node.link.until(() => node.link.misconfiguration !== null);
    await expect(node.check()).rejects.toMatchObject(notConfigured('asks for a password'));
    expect(await node.cache.getOrCompute('a', async () => 1)).toBe(1);
    await hearing(knowing);
    await knowing.link.client.config('SET', 'requirepass', '');
    await hearing(node);
    await node.check();
  });

  it('drops by a beginning without ever asking for all keys at once', async () => {
    const node = await open(server.port, { commandTimeoutMs: 5_000 });
    await Promise.all(Array.from({ length: 2_500 }, (_, index) => node.cache.set(`list:${index}`, index)));
    await node.cache.set('else', 1);
    await node.link.client.config('RESETSTAT');
    await node.cache.invalidate(keyPattern`list:*`);
    const stats = await node.link.client.info('commandstats');
    expect(stats).toMatch(/cmdstat_scan:/);
    expect(stats).not.toMatch(/cmdstat_(keys|flushdb|flushall):/);
    expect(await node.link.client.dbsize()).toBe(2); // the epoch, and what was not meant
    expect(await node.cache.get('else', 'redis')).toBe(1);
  });

  it('goes without an answer, not without an end, when the memory of the server is full', async () => {
    const node = await open();
    await node.cache.set('a', 'old');
    await node.link.client.config('SET', 'maxmemory', '1');
    expect(await node.cache.getOrCompute('b', async () => 1)).toBe(1);
    await node.cache.set('a', 'new');
    expect(await node.cache.get('a')).toBeUndefined();
    await node.cache.delete(['a']);
    await expect(node.check()).rejects.toMatchObject(unavailable);
    await node.link.client.config('SET', 'maxmemory', '0');
    await hearing(node);
    await node.check();
    expect(await node.cache.getOrCompute('a', async () => 2)).toBe(2);
    expect(await node.cache.get('a', 'redis')).toBe(2);
  });

  it('brings events within the process meanwhile, and wakes every consumer when it is back', async () => {
    const [a, b] = await Promise.all([open(), open()]);
    const [near, far] = [a.events.subscribe('x'), b.events.subscribe('x')];
    await Promise.all([a.link.settled(), b.link.settled()]);
    a.events.publish('x', 1);
    expect([await news(near), await news(far)]).toEqual([1, 1]);
    await server.stop();
    await Promise.all([away(a), away(b)]);
    a.events.publish('x', 2);
    expect(await news(near)).toBe(2);
    const late = b.events.subscribe('y');
    await server.start();
    expect([(await near.next()).value, (await far.next()).value, (await late.next()).value]).toEqual([null, null, null]);
    await Promise.all([hearing(a), hearing(b)]);
    a.events.publish('x', 3);
    a.events.publish('y', 4);
    expect([await news(far), await news(late)]).toEqual([3, 4]);
  });

  it('wakes the consumers of those who heard all along, once one that was cut off alone is back: what it told meanwhile is lost', async () => {
    const wire = await CuttableWire.to(server.port);
    const [alone, other] = await Promise.all([open(wire.port), open()]);
    await Promise.all([alone.link.settled(), other.link.settled()]); // so is what they told one another on coming
    const [near, far] = [alone.events.subscribe('x'), other.events.subscribe('x')];
    await Promise.all([alone.link.settled(), other.link.settled()]);
    wire.cut();
    await away(alone);
    alone.events.publish('x', 'lost');
    expect(await news(near)).toBe('lost');
    wire.mend();
    expect((await far.next()).value).toBeNull();
    await hearing(alone);
    alone.events.publish('x', 'heard');
    expect(await news(far)).toBe('heard');
    await Promise.all(opened.splice(0).map((node) => node.close()));
    await wire.close();
  });

  it('counts a request in the process that Redis did not count in time, and takes it for away', async () => {
    const node = await open();
    const rule = { name: 'operations', points: 1, seconds: 100 };
    server.hang();
    await node.rateLimiter.consume('a', rule);
    expect(node.link.hearing).toBe(false);
    expect(node.cache.stats().shared!.failures).toBeGreaterThan(0);
    await expect(node.rateLimiter.consume('a', rule)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    server.goOn();
    await hearing(node);
  });

  it('counts requests in the process meanwhile', async () => {
    const node = await open();
    const rule = { name: 'operations', points: 2, seconds: 100 };
    await server.stop();
    await away(node);
    await node.rateLimiter.consume('a', rule);
    await node.rateLimiter.consume('a', rule);
    await expect(node.rateLimiter.consume('a', rule)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await server.start();
    await hearing(node);
    await node.rateLimiter.consume('a', rule);
  });
});
