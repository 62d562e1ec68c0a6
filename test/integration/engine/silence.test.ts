import { once, type EventEmitter } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import type { DatabaseEngine } from '../../../src/adapters/db/engine/database-engine.js';
import { startPostgresEngine } from '../../../src/adapters/db/engine/postgres.js';
import { postgresPrograms, withPostgres } from '../../support/postgres.js';

const PATIENCE = { silenceMs: 300, answerMs: 300 };

/** A way to the server that can swallow what is sent over it. */
async function swallowable(host: string, port: number) {
  let swallowing = false;
  /** Of the connections that are made next. */
  let toSwallow = 0;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    const isSwallowed = toSwallow > 0;
    if (isSwallowed) toSwallow -= 1;
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one);
      one.on('data', (chunk) => swallowing || isSwallowed || other.write(chunk));
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    swallow: (yes: boolean) => void (swallowing = yes),
    swallowConnections: (next: number) => void (toSwallow = next),
    /** Of those that were to be swallowed. */
    yetToCome: () => toSwallow,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe.skipIf(postgresPrograms === null)('a PostgreSQL server that falls silent', () => {
  const postgres = withPostgres();
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function start(): Promise<{ engine: DatabaseEngine; way: Awaited<ReturnType<typeof swallowable>> }> {
    const options = await postgres.freshDatabase();
    const way = await swallowable(options.host, options.port);
    ends.push(() => way.close());
    const engine = await startPostgresEngine({ ...options, host: '127.0.0.1', port: way.port, patience: PATIENCE });
    ends.push(() => engine.stop());
    return { engine, way };
  }

  it('fails what waits for it, in time, and is used again once it speaks', async () => {
    const { engine, way } = await start();
    await engine.sql.query('SELECT 1');
    way.swallow(true);
    const begun = performance.now();
    const waiting = [engine.sql.query('SELECT 2'), engine.transaction(({ sql }) => sql.query('SELECT 3'))];
    for (const outcome of await Promise.allSettled(waiting)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'database' } } });
    }
    // The second may have had to make a connection first, which has its own limit of 10 s.
    expect(performance.now() - begun).toBeLessThan(30_000);
    way.swallow(false);
    expect(await engine.sql.query('SELECT 4 AS four')).toEqual([{ four: 4 }]);
  });

  it('does not end the process where a connection breaks that somebody has in hand', async () => {
    const { engine } = await start();
    const client = await engine.pool.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // Not `once`: that would listen to errors as well.
    const gone = new Promise((resolve) => (client as unknown as EventEmitter).once('end', resolve));
    await engine.sql.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
    await gone;
    await expect(client.query('SELECT 1')).rejects.toThrow();
    client.release();
    expect(await engine.sql.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is told from one that misses a look while a statement takes long', async () => {
    const { engine, way } = await start();
    await engine.sql.query('SELECT 1');
    way.swallowConnections(1);
    expect(await engine.sql.query(`SELECT pg_sleep(2.5)::text, 6 AS six`)).toMatchObject([{ six: 6 }]);
    // It was looked at, and did miss that.
    expect(way.yetToCome()).toBe(0);
  });

  it('is told from one whose statement takes long', async () => {
    const { engine } = await start();
    expect(await engine.sql.query(`SELECT pg_sleep(1.5)::text, 5 AS five`)).toMatchObject([{ five: 5 }]);
  });
});
