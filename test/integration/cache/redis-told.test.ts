import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose, type App } from '../../../src/app/compose.js';
import { openRedis, type RedisParts } from '../../../src/app/open-redis.js';
import { healthOf } from '../../../src/app/readiness.js';
import { loadConfig } from '../../../src/config/load.js';
import type { ObjectChange } from '../../../src/domain/operations.js';
import { EventService } from '../../../src/services/events/event.service.js';
import { EVENT_TIMING } from '../../../src/services/events/timing.js';
import { migratedTemplate, withDatabase } from '../../support/database.js';
import { hasRedisServer, RedisServer } from '../../support/redis-server.js';
import { redisOptions, silent } from '../../support/redis.js';
import { benchOver } from '../services/crud-services.js';

describe.skipIf(!hasRedisServer)('a Redis that goes away and comes back (redis-server)', () => {
  describe('is told of', () => {
    const folder = mkdtempSync(join(tmpdir(), 'strata-test-'));
    let server: RedisServer;
    let app: App;
    beforeAll(async () => {
      server = await RedisServer.start();
      writeFileSync(join(folder, 'data_layer.yaml'), `cache: {redis: {host: 127.0.0.1, port: ${server.port}}}`);
      const config = loadConfig({ env: {}, cwd: folder, overrides: { dataDir: join(folder, 'data') } });
      app = await compose(config, { logger: silent, databaseTemplate: await migratedTemplate() });
    });
    afterAll(async () => {
      await app?.stop();
      await server?.remove();
      rmSync(folder, { recursive: true });
    });

    /** What `/readyz` and `/metrics` are made of. */
    const told = async () => {
      const { readiness, degradable, metrics } = healthOf(app);
      const stateOf = (check: () => Promise<void>) => check().then(() => 'ok', (error: { code: string }) => error.code);
      const cache = await stateOf(degradable!['cache']!);
      const others = await Promise.all(Object.values(readiness).map(stateOf));
      const figure = (name: string, body: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(body)?.[1] ?? NaN);
      const { body } = await metrics!();
      return { cache, others: [...new Set(others)], up: figure('cache_redis_up', body), away: figure('cache_redis_away', body), failures: figure('cache_redis_failures', body) };
    };

    it('by what is said of readiness and by the figures, while everything else goes on', async () => {
      const viewer = { id: 'me', tenantId: 'default', role: 'admin' as const };
      const before = await told();
      expect(before).toMatchObject({ cache: 'ok', others: ['ok'], up: 1 });
      await server.stop();
      const during = await told();
      expect(during).toMatchObject({ cache: 'DEPENDENCY_UNAVAILABLE', others: ['ok'], up: 0 });
      expect(during.away).toBeGreaterThan(before.away);
      const [ingested] = await app.services.ingestions.ingestTexts(viewer, [{ text: 'a text without Redis' }]);
      const { object } = ingested as { object: { id: string } };
      expect(await app.services.objects.byIds(viewer, [object.id])).toMatchObject([{ id: object.id }]);
      await server.start();
      await expect.poll(async () => (await told()).cache, { timeout: 20_000 }).toBe('ok');
      expect(await told()).toMatchObject({ others: ['ok'], up: 1 });
    });
  });

  describe('leaves no subscription behind', () => {
    const test = withDatabase();
    let server: RedisServer;
    let node: RedisParts;
    beforeAll(async () => {
      server = await RedisServer.start();
      node = await openRedis(redisOptions(`redis://127.0.0.1:${server.port}`, { heartbeatMs: 100 }));
    });
    afterAll(async () => {
      await node?.close();
      await server?.remove();
    });

    it('that looks only where it is told to: what others changed meanwhile is told once it is back', async () => {
      const bench = benchOver(test);
      const [object] = await bench.have({});
      await bench.changesAreReadable();
      const { database } = bench;
      const looked = Promise.withResolvers<void>();
      const events = Object.create(database.events) as typeof database.events;
      events.readAfter = async (...args) => {
        const found = await database.events.readAfter(...args);
        looked.resolve();
        return found;
      };
      const following = new EventService({ database: { ...database, events }, events: node.events, logger: silent }, { ...EVENT_TIMING, restMs: 0, lookMs: 600_000 });
      const ending = new AbortController();
      const changes = (await following.objectChanges(bench.viewer('reader'), {}, ending.signal))[Symbol.asyncIterator]();
      const next = changes.next() as Promise<IteratorResult<ObjectChange>>;
      await looked.promise;

      await server.stop();
      await node.link.until(() => !node.link.hearing);
      // The bench's own bus is another process's: its hint would have come by way of Redis.
      await bench.objects.update(bench.viewer('editor'), { id: object!.id, metadata: { changed: true } });
      await server.start();
      expect((await next).value).toMatchObject({ kind: 'UPDATED', id: object!.id });
      ending.abort();
    });
  });
});
