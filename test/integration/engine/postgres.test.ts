import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { DatabaseEngine } from '../../../src/adapters/db/engine/database-engine.js';
import { startPostgresEngine } from '../../../src/adapters/db/engine/postgres.js';
import { migrate } from '../../../src/adapters/db/migrations/migrate.js';
import { postgresPrograms, withPostgres } from '../../support/postgres.js';
import { migrationSuite } from './migrate.suite.js';

describe.skipIf(postgresPrograms === null)('with a PostgreSQL server', () => {
  const postgres = withPostgres();

  // The packages of the distributions bring no pgvector; where one does, this suite says so by failing.
  migrationSuite('PostgreSQL without pgvector', false, async () => {
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
  it('is said at once, and without its address', async () => {
    const start = startPostgresEngine({ host: '127.0.0.1', port: 1, database: 'none', username: 'nobody', poolSize: 1, maxOverflow: 0 });
    await expect(start).rejects.toMatchObject({
      code: 'DEPENDENCY_UNAVAILABLE',
      message: 'The database did not answer. Try again in a moment.',
      extensions: { dependency: 'database' },
    });
  });
});
