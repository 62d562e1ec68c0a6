import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { DatabaseEngine } from '../../src/adapters/db/engine/database-engine.js';
import { startPostgresEngine } from '../../src/adapters/db/engine/postgres.js';
import { PgBossQueue } from '../../src/adapters/queue/pgboss.queue.js';
import type { Logger } from '../../src/ports/logger.port.js';
import { postgresPrograms, withPostgres } from '../support/postgres.js';
import { QUEUES, queueContract } from './queue.suite.js';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

describe.skipIf(postgresPrograms === null)('with a PostgreSQL server', () => {
  const postgres = withPostgres();
  let engine: DatabaseEngine;
  beforeAll(async () => {
    engine = await startPostgresEngine(await postgres.freshDatabase());
  });
  afterAll(() => engine.stop());

  queueContract('PostgreSQL', () => ({
    create: (logger) => new PgBossQueue({ database: engine, queues: QUEUES, logger }),
    transaction: (work) => engine.transaction(({ sql }) => work(sql)),
    async statements(work) {
      let count = 0;
      const end = engine.onStatement(() => {
        count += 1;
      });
      await work();
      end();
      return count;
    },
    async abandonJob(name) {
      // Its heart stopped beating a minute ago.
      await engine.sql.query(
        `UPDATE pgboss.job SET state = 'active', started_on = now() - interval '1 minute', heartbeat_on = now() - interval '1 minute' WHERE name = $1`,
        [name],
      );
    },
    async clear() {
      await engine.sql.query('DELETE FROM pgboss.job');
    },
  }));

  it('starts though another process made its tables between its look and its turn', async () => {
    const database = await startPostgresEngine(await postgres.freshDatabase());
    const first = new PgBossQueue({ database, queues: QUEUES, logger: silent });
    // What PostgreSQL says to a session that remembers that there is no such schema, where there is one by now.
    const refusal = Object.assign(new Error('duplicate key value violates unique constraint "pg_namespace_nspname_index"'), { code: '23505' });
    let refused = 0;
    const pool = {
      connect: () => database.pool.connect(),
      async query(text: string, values?: unknown[]) {
        if (!text.includes('CREATE SCHEMA')) return database.pool.query(text, values);
        refused += 1;
        await first.start();
        throw refusal;
      },
    };
    const second = new PgBossQueue({ database: { kind: 'postgres', sql: database.sql, pool }, queues: QUEUES, logger: silent });
    await second.start();
    expect(refused).toBe(1);
    await second.check();
    await Promise.all([first.stop(1), second.stop(1)]);
    await database.stop();
  });

  it('leaves nothing running where its start fails at a later step', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const database = await startPostgresEngine(await postgres.freshDatabase());
    let failing = false;
    const pool = {
      connect: () => database.pool.connect(),
      query(text: string, values?: unknown[]) {
        failing ||= /create_queue/.test(text) && /SELECT/.test(text) && !/FUNCTION/.test(text);
        return failing ? Promise.reject(new Error('gone')) : database.pool.query(text, values);
      },
    };
    const queue = new PgBossQueue({ database: { kind: 'postgres', sql: database.sql, pool }, queues: QUEUES, logger: silent });
    await expect(queue.start()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'queue' } });
    expect(failing).toBe(true);
    await database.stop();
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('does periodic work in one process at a time', async () => {
    const options = await postgres.freshDatabase();
    const engines = await Promise.all([startPostgresEngine(options), startPostgresEngine(options)]);
    const queues = engines.map((database) => new PgBossQueue({ database, queues: [], logger: silent }));
    let together = 0;
    let turns = 0;
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    try {
      for (const [index, queue] of queues.entries()) {
        await queue.every('alone', 0.005, async () => {
          together += 1;
          expect(together).toBe(1);
          // Another statement, beside the transaction that holds the turn.
          await engines[index]!.transaction(({ sql }) => sql.query('SELECT 1'));
          together -= 1;
          turns += 1;
          if (turns === 20) resolve();
        });
      }
      await enough;
      expect(together).toBe(0);
    } finally {
      await Promise.all(queues.map((queue) => queue.stop(1000)));
      await Promise.all(engines.map((database) => database.stop()));
    }
  });
});
