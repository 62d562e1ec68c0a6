import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';

import type { PostgresEngineOptions } from '../../src/adapters/db/engine/postgres.js';
import { serviceAddress } from './services.js';

const run = promisify(execFile);

/** A server that is there already, and is used rather than one of the test file's own. */
const given = serviceAddress('postgres');

/** Where PostgreSQL's programs are on this machine; null where it is not installed. */
const installed: string | null = findPrograms();

/** Whence a PostgreSQL server comes: one that is given, or this machine's programs; null where there is neither. */
export const postgresPrograms: string | null = given?.url ?? installed;

/** Whether that server has pgvector: no distribution's package of PostgreSQL brings it, its own package may. */
export const postgresHasVector: boolean = given === null ? findVector() : given['pgvector'] === 'yes';

function findVector(): boolean {
  if (installed === null) return false;
  const [, version] = /^\/usr\/lib\/postgresql\/([^/]+)\/bin$/.exec(installed) ?? [];
  const share = version === undefined ? join(installed, '../share') : join('/usr/share/postgresql', version);
  return globSync(join(share, '**/extension/vector.control')).length > 0;
}

function findPrograms(): string | null {
  const packaged = globSync('/usr/lib/postgresql/*/bin/initdb').sort().reverse();
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'initdb'));
  const found = [...packaged, ...onPath].find((path) => existsSync(path));
  return found === undefined ? null : dirname(found);
}

/** PostgreSQL refuses to run as root; its package brings a user of its own. */
const asPostgres = process.getuid?.() === 0;
const program = (name: string, ...args: string[]) =>
  asPostgres
    ? run('runuser', ['-u', 'postgres', '--', join(installed!, name), ...args])
    : run(join(installed!, name), args);

export interface TestPostgres {
  /** How to reach a database of its own, empty. */
  freshDatabase(): Promise<PostgresEngineOptions>;
}

/**
 * One real PostgreSQL server for the test file, on a socket of its own, or the one that is given, in databases of its own.
 * Use with `describe.skipIf(postgresPrograms === null)`.
 */
export function withPostgres(): TestPostgres {
  return given === null ? withOwnServer() : withServer(new URL(given.url));
}

const POOL = { poolSize: 2, maxOverflow: 8 };

function withServer({ hostname, port, username, password, pathname }: URL): TestPostgres {
  const made: string[] = [];
  const server = {
    host: hostname, port: Number(port || 5432), username: decodeURIComponent(username), password: decodeURIComponent(password) || undefined, ...POOL,
  };
  const admin = { ...server, database: pathname.slice(1) || 'postgres' };
  afterAll(async () => {
    for (const name of made) await statement(clientOf(admin), `DROP DATABASE ${name} WITH (FORCE)`);
  });
  return {
    async freshDatabase() {
      const database = await createDatabase(admin);
      made.push(database);
      return { ...server, database };
    },
  };
}

function withOwnServer(): TestPostgres {
  let folder = '';
  const reach = (database: string): PostgresEngineOptions => ({ host: folder, port: 5432, database, username: 'postgres', ...POOL });
  beforeAll(async () => {
    if (installed === null) return;
    folder = await mkdtemp(join(tmpdir(), 'strata-pg-'));
    if (asPostgres) await run('chown', ['postgres', folder]);
    await chmod(folder, 0o755);
    const data = join(folder, 'data');
    await program('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync');
    const options = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off`;
    await program('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start');
  });
  afterAll(async () => {
    if (installed === null) return;
    await program('pg_ctl', '-D', join(folder, 'data'), '-m', 'immediate', '-w', 'stop');
    await rm(folder, { recursive: true, force: true });
  });
  return { freshDatabase: async () => reach(await createDatabase(reach('postgres'))) };
}

async function createDatabase(admin: PostgresEngineOptions): Promise<string> {
  const name = `db_${randomUUID().replaceAll('-', '')}`;
  await statement(clientOf(admin), `CREATE DATABASE ${name}`);
  return name;
}

const clientOf = ({ host, port, database, username: user, password }: PostgresEngineOptions): pg.ClientConfig => ({ host, port, database, user, password });

/** Over a connection of its own: the server may be started anew between two of them. */
export async function statement(server: pg.ClientConfig, text: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
