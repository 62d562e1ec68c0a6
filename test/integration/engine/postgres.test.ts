import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { DatabaseEngine } from '../../../src/adapters/db/engine/database-engine.js';
import { startPostgresEngine } from '../../../src/adapters/db/engine/postgres.js';
import { migrate } from '../../../src/adapters/db/migrations/migrate.js';
import { postgresHasVector, postgresPrograms, withPostgres } from '../../support/postgres.js';
import { migrationSuite } from './migrate.suite.js';

describe.skipIf(postgresPrograms === null)('with a PostgreSQL server', () => {
  const postgres = withPostgres();

  migrationSuite(`PostgreSQL ${postgresHasVector ? 'with' : 'without'} pgvector`, postgresHasVector, async () => {
    const options = await postgres.freshDatabase();
    return () => startPostgresEngine(options);
  });

  it('migrates once when several processes start at once', async () => {
    const options = await postgres.freshDatabase();
    const engines = await Promise.all(Array.from({ length: 4 }, () => startPostgresEngine(options)));
    const results = await Promise.all(engines.map((one) => migrate(one)));
    const applied = results.flatMap((result) => result.applied);
    expect(applied).toContain('0001_core');
    expect(new Set(applied).size).toBe(applied.length);
    await Promise.all(engines.map((one) => one.stop()));
  });

  it('keeps pool_size connections, opens max_overflow more in a burst, and closes those again', async () => {
    const engine = await startPostgresEngine({ ...(await postgres.freshDatabase()), poolSize: 2, maxOverflow: 3, overflowIdleMs: 50 });
    const gone = Promise.withResolvers<void>();
    engine.pool.on('remove', () => {
      if (engine.stats().connections.total === 2) gone.resolve();
    });
    await Promise.all(Array.from({ length: 20 }, () => engine.sql.query('SELECT pg_sleep(0.02)')));
    await gone.promise;
    expect(engine.stats().connections).toMatchObject({ total: 2, max: 5 });
    await engine.stop();
  });

  it('prepares what is sent often under a name, once a connection, and prepares it anew where its table has changed', async () => {
    const engine = await startPostgresEngine({ ...(await postgres.freshDatabase()), poolSize: 1, maxOverflow: 0 });
    await engine.sql.query('CREATE TABLE things (id int PRIMARY KEY)');
    await engine.sql.query('INSERT INTO things VALUES (1)');
    const named = async () => (await engine.sql.query<{ name: string }>(`SELECT name FROM pg_prepared_statements WHERE name LIKE 's%'`)).map(({ name }) => name);
    const look = () => engine.sql.query('SELECT * FROM things WHERE id = $1', [1]);
    await look();
    expect(await named()).toEqual([]);
    for (let time = 0; time < 10; time += 1) await look();
    expect(await named()).toHaveLength(1);
    await engine.sql.query('ALTER TABLE things ADD COLUMN colour text');
    expect(await look()).toEqual([{ id: 1, colour: null }]);
    for (let time = 0; time < 10; time += 1) await look();
    await engine.sql.query('ALTER TABLE things ADD COLUMN size int');
    expect(await engine.transaction(({ sql }) => sql.query('SELECT * FROM things WHERE id = $1', [1]))).toEqual([{ id: 1, colour: null, size: null }]);
    await engine.stop();
  });

  it('does without names where a pooler hands connections on', async () => {
    const engine = await startPostgresEngine({ ...(await postgres.freshDatabase()), preparedStatements: false });
    for (let time = 0; time < 10; time += 1) await engine.sql.query('SELECT $1::int', [1]);
    expect(await engine.sql.query(`SELECT name FROM pg_prepared_statements WHERE name LIKE 's%'`)).toEqual([]);
    await engine.stop();
  });

  it('ends statements that take too long, and waits for locks no longer than it may', async () => {
    const options = { ...(await postgres.freshDatabase()), statementTimeoutSeconds: 1, lockTimeoutSeconds: 1 };
    const engine = await startPostgresEngine(options);
    const timeout = { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'database', retryable: true } };
    await expect(engine.sql.query('SELECT pg_sleep(20)')).rejects.toMatchObject({ ...timeout, cause: { sqlState: '57014' } });
    await engine.sql.query('CREATE TABLE held (id int)');
    const holding = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<void>();
    const holder = engine.transaction(async ({ sql }) => {
      await sql.query('LOCK TABLE held');
      taken.resolve();
      await holding.promise;
    });
    await taken.promise;
    await expect(engine.sql.query('SELECT * FROM held')).rejects.toMatchObject({ ...timeout, cause: { sqlState: expect.stringMatching(/55P03|57014/) as string } });
    holding.resolve();
    await holder;
    await engine.stop();
  });

  it('lets upkeep take longer than a statement may, and gives its connection back as it was', async () => {
    const engine = await startPostgresEngine({ ...(await postgres.freshDatabase()), poolSize: 1, maxOverflow: 0, statementTimeoutSeconds: 1 });
    const connection = async () => (await engine.sql.query<{ pid: number; timeout: string }>(`SELECT pg_backend_pid() AS pid, current_setting('statement_timeout') AS timeout`))[0]!;
    const before = await connection();
    expect(before.timeout).toBe('1s');
    await engine.sql.query('CREATE TABLE kept (id int)');
    await engine.upkeep('VACUUM (ANALYZE) kept');
    await engine.upkeep('SELECT pg_sleep(1.5)');
    expect(await connection()).toEqual(before);
    await expect(engine.upkeep('VACUUM nothing_there')).rejects.toMatchObject({ sqlState: '42P01' });
    const after = await connection();
    expect([after.timeout, after.pid === before.pid]).toEqual(['1s', false]);
    await engine.stop();
  });

  it('does not wait for upkeep when it stops', async () => {
    const options = await postgres.freshDatabase();
    const [engine, watching] = [await startPostgresEngine(options), await startPostgresEngine(options)];
    const sent = Promise.withResolvers<void>();
    engine.onStatement((text) => {
      if (text.includes('pg_sleep')) sent.resolve();
    });
    const upkeep = expect(engine.upkeep('SELECT pg_sleep(600)')).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', cause: { sqlState: '57014' } });
    await sent.promise;
    const isRunning = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT pg_sleep(600)' AND state = 'active'`;
    while ((await watching.sql.query(isRunning)).length === 0);
    await engine.stop();
    await upkeep;
    await watching.stop();
  });

  it('says what to mend where there is no such database or no such user', async () => {
    const options = await postgres.freshDatabase();
    await expect(startPostgresEngine({ ...options, database: 'nowhere' })).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringContaining('has no database "nowhere"') as string });
    await expect(startPostgresEngine({ ...options, username: 'nobody' })).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringContaining('does not let the user "nobody" in') as string });
  });

  describe('the engine', () => {
    let engine: DatabaseEngine;
    beforeAll(async () => {
      engine = await startPostgresEngine(await postgres.freshDatabase());
      await engine.sql.query('CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL)');
      await engine.sql.query('INSERT INTO counters VALUES (1, 0), (2, 0)');
    });
    afterAll(() => engine.stop());

    it('runs a transaction again that could not be serialised', async () => {
      let attempts = 0;
      await Promise.all(
        Array.from({ length: 4 }, () =>
          engine.transaction(async ({ sql }) => {
            attempts += 1;
            const [row] = await sql.query<{ n: number }>('SELECT n FROM counters WHERE id = 1');
            await sql.query('UPDATE counters SET n = $1 WHERE id = 1', [row!.n + 1]);
          }, { isolation: 'RepeatableRead' }),
        ),
      );
      expect(await engine.sql.query('SELECT n FROM counters WHERE id = 1')).toEqual([{ n: 4 }]);
      expect(attempts).toBeGreaterThanOrEqual(4);
    });

    it.each([false, true])('runs a transaction again that met a deadlock (through Prisma: %s)', async (prisma) => {
      await engine.sql.query('UPDATE counters SET n = 0');
      let attempts = 0;
      const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const cross = (first: number, second: number): Promise<void> =>
        engine.transaction(async ({ sql }) => {
          attempts += 1;
          await sql.query('UPDATE counters SET n = n + 1 WHERE id = $1', [first]);
          both[first - 1]!.resolve();
          // Each waits until the other holds its row as well, so that the first attempts must collide.
          await both[second - 1]!.promise;
          await sql.query('UPDATE counters SET n = n + 1 WHERE id = $1', [second]);
        }, { prisma } as { prisma: true });
      await Promise.all([cross(1, 2), cross(2, 1)]);
      expect(attempts).toBe(3);
      expect(await engine.sql.query('SELECT n FROM counters ORDER BY id')).toEqual([{ n: 2 }, { n: 2 }]);
    });

    it('survives that the server drops its connections', async () => {
      const cut = engine.transaction(async ({ sql }) => {
        await sql.query('UPDATE counters SET n = 100');
        await sql.query('SELECT pg_terminate_backend(pg_backend_pid())');
      });
      await expect(cut).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'database' } });
      expect(await engine.sql.query('SELECT count(*) AS n FROM counters WHERE n = 100')).toEqual([{ n: 0 }]);
      await engine.check();
    });

    it('opens connections beyond the pool for a burst', async () => {
      await Promise.all(Array.from({ length: 8 }, () => engine.transaction(({ sql }) => sql.query('SELECT pg_sleep(0.05)'))));
      expect(engine.stats().connections).toMatchObject({ max: 10 });
      expect(engine.stats().connections.total).toBeGreaterThan(2);
    });
  });
});

describe('a PostgreSQL server that is not there', () => {
  it('is said at once, to whoever starts the program, with what to look at', async () => {
    const start = startPostgresEngine({ host: '127.0.0.1', port: 1, database: 'none', username: 'nobody', poolSize: 1, maxOverflow: 0 });
    await expect(start).rejects.toMatchObject({
      code: 'DEPENDENCY_UNAVAILABLE',
      message: 'The PostgreSQL server at 127.0.0.1:1 does not answer (ECONNREFUSED). See that it runs and lets this machine in, and that database.host and database.port name it rightly.',
      extensions: { dependency: 'database' },
    });
  });
});
