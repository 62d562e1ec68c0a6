import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseEngine } from '../../src/adapters/db/engine/database-engine.js';
import { startPostgresEngine } from '../../src/adapters/db/engine/postgres.js';
import { migrate } from '../../src/adapters/db/migrations/migrate.js';
import { readingFromReplica } from '../../src/adapters/db/replica-reads.js';
import { createDatabase } from '../../src/adapters/db/sql-database.js';
import { serve, type Serving } from '../../src/app/serve.js';
import { loadConfig } from '../../src/config/load.js';
import type { Viewer } from '../../src/domain/model.js';
import type { Ingested } from '../../src/domain/operations.js';
import type { Page } from '../../src/domain/paging.js';
import type { Repositories } from '../../src/ports/database.port.js';
import { quietLogger } from '../support/compose.js';
import { statement } from '../support/postgres.js';
import { PostgresServers, replicatedPostgres, type OwnPostgres } from '../support/postgres-servers.js';
import { readiness } from '../full/support/installation.js';

const LISTED = /data_objects|annotations|aggregations|ingestions/;

/**
 * A server, a standby that follows it, and the program over both. While the standby's replay is paused it shows what was, and so
 * each answer tells where it was read.
 */
describe.skipIf(replicatedPostgres === null)('a replica (needs PostgreSQL with pgvector and pg_basebackup)', () => {
  let servers: PostgresServers;
  let primary: OwnPostgres;
  let standby: OwnPostgres;
  /** Straight to the standby, whatever the program does. */
  let onStandby: DatabaseEngine;
  let serving: Serving;
  const started: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    servers = await PostgresServers.create();
    // Nothing by itself is to get in the way of reads on the standby; what is meant to waits no longer than needed.
    primary = await servers.start({ found: replicatedPostgres!, settings: { autovacuum: 'off' } });
    await statement({ connectionString: primary.plan.address.url }, 'CREATE DATABASE strata');
    standby = await servers.standbyOf(primary, { max_standby_streaming_delay: '1s' });
    onStandby = await engineAt(standby, 'postgres');
    const folder = join(servers.folder, 'strata');
    mkdirSync(folder);
    const database = { provider: 'postgres', host: '127.0.0.1', port: primary.port, database: 'strata', username: 'postgres', pool_size: 2, max_overflow: 8, replica: { host: '127.0.0.1', port: standby.port } };
    // JSON is YAML.
    writeFileSync(join(folder, 'data_layer.yaml'), JSON.stringify({ database }));
    serving = await serve(loadConfig({ env: {}, cwd: folder, overrides: { dataDir: join(folder, 'data'), port: 0 } }), { logger: quietLogger, jobs: false });
    started.push(serving);
  });
  beforeEach(() => caughtUp());
  afterEach(async () => {
    await standby.start();
    await onStandby.sql.query('SELECT pg_wal_replay_resume()');
  });
  afterAll(async () => {
    try {
      for (const each of started.reverse()) await each.stop();
    } finally {
      await servers?.end();
    }
  });

  async function engineAt(server: OwnPostgres, database: string): Promise<DatabaseEngine> {
    const engine = await startPostgresEngine({ host: '127.0.0.1', port: server.port, database, username: 'postgres', poolSize: 1, maxOverflow: 3 });
    started.push(engine);
    return engine;
  }

  /** The standby has replayed all that the primary had written when this was called. */
  async function caughtUp(): Promise<void> {
    const [written] = await serving.app.engine.sql.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
    await expect.poll(async () => (await onStandby.sql.query('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS reached', [written!.lsn]))[0], { timeout: 60_000 }).toEqual({ reached: true });
  }

  async function pauseReplay(): Promise<void> {
    await onStandby.sql.query('SELECT pg_wal_replay_pause()');
    await expect.poll(() => onStandby.sql.query('SELECT pg_get_wal_replay_pause_state() AS state'), { timeout: 60_000 }).toEqual([{ state: 'paused' }]);
  }

  let tenants = 0;
  const admin = (): Viewer => ({ id: 'admin', tenantId: `tenant-${(tenants += 1)}`, role: 'admin' });
  const services = () => serving.app.services;
  const ingest = async (viewer: Viewer, text: string): Promise<Ingested> => {
    const [answer] = await services().ingestions.ingestTexts(viewer, [{ text }]);
    return answer as Ingested;
  };
  const idsOf = ({ items }: Page<{ id: string }>) => items.map(({ node }) => node.id);
  const listed = async (viewer: Viewer) => idsOf(await services().objects.page(viewer, { first: 10 }));

  /** What was sent to the replica, and to the primary for the tables of lists; not counting what else the program does. */
  async function sent(work: () => Promise<unknown>): Promise<{ primary: string[]; replica: string[] }> {
    const heard = { primary: [] as string[], replica: [] as string[] };
    const { engine, replica } = serving.app;
    const ends = [
      engine.onStatement((text) => void (LISTED.test(text) && heard.primary.push(text))),
      replica!.onStatement((text) => void heard.replica.push(text)),
    ];
    try {
      await work();
    } finally {
      for (const end of ends) end();
    }
    return heard;
  }

  it('is a standby that the program reads, and cannot write', async () => {
    expect(await serving.app.replica!.sql.query('SELECT pg_is_in_recovery() AS follows')).toEqual([{ follows: true }]);
    await expect(serving.app.replica!.sql.query('DELETE FROM data_objects')).rejects.toMatchObject({ sqlState: '25006' });
    expect(await readiness(serving.url)).toMatchObject({ status: 200, says: 'ready', parts: { database: 'ok', replica: 'ok' } });
  });

  it('is what lists and counts are read from, and nothing of them from the primary', async () => {
    const viewer = admin();
    const { object, ingestion } = await ingest(viewer, 'A heron stands in the reeds.');
    const [annotation] = await services().annotations.create(viewer, [{ objectId: object.id, type: 'CAPTION', content: { text: 'a bird' } }]);
    await caughtUp();
    const reads: Record<string, () => Promise<unknown>> = {
      objects: async () => expect(await listed(viewer)).toEqual([object.id]),
      'count of objects': async () => expect(await (await services().objects.page(viewer, {})).totalCount()).toBe(1),
      annotations: async () => expect(idsOf(await services().annotations.page(viewer, {}))).toEqual([(annotation as { id: string }).id]),
      aggregations: async () => expect(idsOf(await services().aggregations.page(viewer, {}))).toEqual([]),
      ingestions: async () => expect(idsOf(await services().ingestions.page(viewer, {}))).toEqual([ingestion.id]),
    };
    for (const [name, read] of Object.entries(reads)) {
      const { primary: there, replica } = await sent(read);
      expect([name, there]).toEqual([name, []]);
      expect([name, replica.length]).not.toEqual([name, 0]);
    }
    const sessions = await onStandby.sql.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'strata' AND datname = 'strata' AND query LIKE '%ingestions%'");
    expect(sessions.length).toBeGreaterThan(0);
  });

  it('is asked for nothing that a decision rests on: while it lags, lists are old, and twins, generations and sagas are not', async () => {
    const viewer = admin();
    const { database } = serving.app.deps;
    const { object: before } = await ingest(viewer, 'Written before the standby fell behind.');
    await caughtUp();
    await pauseReplay();
    const heard = await sent(async () => {
      const generation = await database.objects.generation(viewer.tenantId);
      const first = await ingest(viewer, 'Written while the standby lagged.');
      const again = await ingest(viewer, 'Written while the standby lagged.');
      expect([first.deduplicated, again.deduplicated, again.object.id]).toEqual([false, true, first.object.id]);
      expect(await services().objects.byHash(viewer, first.object.contentHash)).toMatchObject({ id: first.object.id });
      expect(await services().objects.byIds(viewer, [before.id, first.object.id])).toMatchObject([{ id: before.id }, { id: first.object.id }]);
      // What is kept of a search, and what a subscription's filter decides by.
      expect(await database.facets.count(viewer.tenantId, [first.object.id], [{ field: { kind: 'type' }, limit: 5 }])).toEqual([[{ value: 'TEXT', count: 1 }]]);
      await services().annotations.create(viewer, [{ objectId: first.object.id, type: 'CAPTION', content: { text: 'a lag' } }]);
      const [said] = await services().annotations.pagesForObjects(viewer, [first.object.id], {});
      expect(said).toMatchObject({ items: [{ node: { content: { text: 'a lag' } } }] });
      await services().objects.delete(viewer, before.id);
      expect(await database.objects.generation(viewer.tenantId)).toBeGreaterThan(generation);
      await services().objects.purge(viewer, before.id);
      expect(await services().objects.byIds(viewer, [before.id])).toEqual([null]);
    });
    expect(heard.replica).toEqual([]);
    expect(heard.primary.length).toBeGreaterThan(0);
    // All that is seen by whoever asks for it by name; the list is yet to hear of it.
    expect(await listed(viewer)).toEqual([before.id]);
    await onStandby.sql.query('SELECT pg_wal_replay_resume()');
    await caughtUp();
    expect(await listed(viewer)).toHaveLength(1);
    expect(await listed(viewer)).not.toEqual([before.id]);
  });

  it('may lag behind the making of the database itself: the primary answers until it has it', async () => {
    await pauseReplay();
    await statement({ connectionString: primary.plan.address.url }, 'CREATE DATABASE later');
    const engine = await engineAt(primary, 'later');
    await migrate(engine);
    const replica = await startPostgresEngine({ host: '127.0.0.1', port: standby.port, database: 'later', username: 'postgres', poolSize: 1, maxOverflow: 1, lazy: true });
    started.push(replica);
    await expect(replica.sql.query('SELECT 1')).rejects.toMatchObject({ sqlState: '3D000' });
    const database = createDatabase(engine, { enqueue: () => Promise.reject(new Error('nothing is enqueued here')) }, replica);
    expect(await database.objects.count('tenant', null, 10_000)).toBe(0);
    await onStandby.sql.query('SELECT pg_wal_replay_resume()');
    await caughtUp();
    let answered = 0;
    replica.onStatement(() => (error?: unknown) => void (error === undefined && (answered += 1)));
    expect(await database.objects.count('tenant', null, 10_000)).toBe(0);
    expect(answered).toBeGreaterThan(0);
  });

  it('breaks reads off that are in the way of what it replays: the primary answers those', async () => {
    const { replica, engine } = serving.app;
    const reading = (page: () => Promise<unknown>) => ({ objects: { page }, annotations: {}, aggregations: {}, ingestions: {}, facets: {} }) as unknown as Repositories;
    const { objects } = readingFromReplica(
      reading(() => Promise.resolve(['of the primary'])),
      reading(() => replica!.sql.query('SELECT pg_sleep(600) FROM (SELECT count(*) FROM data_objects) AS counted')),
    );
    let broken: unknown;
    const end = replica!.onStatement((text) => (error?: unknown) => void (text.includes('pg_sleep') && (broken = error)));
    const list = (objects.page as unknown as () => Promise<unknown>)();
    await expect.poll(() => onStandby.sql.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"), { timeout: 60_000 }).toHaveLength(1);
    await engine.transaction(({ sql }) => sql.query('LOCK TABLE data_objects IN ACCESS EXCLUSIVE MODE'));
    expect(await list).toEqual(['of the primary']);
    end();
    expect(broken).toMatchObject({ code: '40001', message: 'canceling statement due to conflict with recovery' });
  });

  it.each([
    ['is stopped', undefined],
    ['breaks off', 'SIGQUIT'],
  ] as const)('that %s is done without, and told; it is used again once it is back', async (how, signal) => {
    const viewer = admin();
    await ingest(viewer, `Written before the standby ${how}.`);
    await caughtUp();
    expect(await listed(viewer)).toHaveLength(1);
    await standby.stop(signal);
    await ingest(viewer, `Written after the standby ${how}.`);
    expect(await listed(viewer)).toHaveLength(2);
    expect(await readiness(serving.url)).toMatchObject({ status: 200, says: 'ready', parts: { database: 'ok', replica: 'degraded' } });
    await standby.start();
    await caughtUp();
    await expect.poll(() => readiness(serving.url), { timeout: 60_000 }).toMatchObject({ status: 200, parts: { replica: 'ok' } });
    const fromReplica = async () => {
      const heard = await sent(async () => expect(await listed(viewer)).toHaveLength(2));
      return heard.primary.length === 0 && heard.replica.length > 0;
    };
    // For some seconds it may be left alone, where it took long to find out that it was away.
    await expect.poll(fromReplica, { timeout: 60_000, interval: 100 }).toBe(true);
  });
});
