import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll } from 'vitest';

import { startPostgresEngine, type PostgresEngineOptions } from '../../src/adapters/db/engine/postgres.js';

const run = promisify(execFile);

/** Where PostgreSQL's programs are on this machine; null where it is not installed. */
export const postgresPrograms: string | null = findPrograms();

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
    ? run('runuser', ['-u', 'postgres', '--', join(postgresPrograms!, name), ...args])
    : run(join(postgresPrograms!, name), args);

export interface TestPostgres {
  /** How to reach a database of its own, empty. */
  freshDatabase(): Promise<PostgresEngineOptions>;
}

/** One real PostgreSQL server for the test file, on a socket of its own. Use with `describe.skipIf(postgresPrograms === null)`. */
export function withPostgres(): TestPostgres {
  let folder = '';
  const reach = (database: string): PostgresEngineOptions => ({
    host: folder, port: 5432, database, username: 'postgres', poolSize: 2, maxOverflow: 8,
  });
  beforeAll(async () => {
    if (postgresPrograms === null) return;
    folder = await mkdtemp(join(tmpdir(), 'strata-pg-'));
    if (asPostgres) await run('chown', ['postgres', folder]);
    await chmod(folder, 0o755);
    const data = join(folder, 'data');
    await program('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync');
    const options = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off`;
    await program('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start');
  });
  afterAll(async () => {
    if (postgresPrograms === null) return;
    await program('pg_ctl', '-D', join(folder, 'data'), '-m', 'immediate', '-w', 'stop');
    await rm(folder, { recursive: true, force: true });
  });
  return {
    async freshDatabase() {
      const name = `db_${randomUUID().replaceAll('-', '')}`;
      const admin = await startPostgresEngine(reach('postgres'));
      await admin.sql.query(`CREATE DATABASE ${name}`);
      await admin.stop();
      return reach(name);
    },
  };
}
