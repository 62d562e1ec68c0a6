import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { dependencyUnavailable } from '../../../domain/errors.js';
import { packageRoot } from './package-root.js';

/**
 * A template is a data directory that is ready to be copied: initdb and the migrations cost seconds, a copy 50 ms.
 * It is made by the build, never committed, and belongs to one version of the embedded PostgreSQL.
 *
 *   <template>/template.json   the version that made it
 *   <template>/database/       the data directory
 */
const STAMP = 'template.json';

/** Where the build leaves it. */
export const builtTemplatePath = (): string => join(packageRoot(), 'dist', 'database-template');

/** @returns the data directory to copy, or null where there is none, or one of another version */
export function usableTemplate(template: string = builtTemplatePath()): string | null {
  const stamp = join(template, STAMP);
  if (!existsSync(stamp)) return null;
  const { version } = JSON.parse(readFileSync(stamp, 'utf8')) as { version: string };
  return version === embeddedVersion() ? join(template, 'database') : null;
}

/**
 * Makes a template out of the data folder of an engine that has been stopped.
 * @param dataDir as in `startEmbeddedEngine`
 * @param options.replace takes away what was there, which a build does; otherwise whoever was first wins, and those who copy from theirs
 * at this moment are not disturbed
 */
export async function writeTemplate(dataDir: string, template: string, options: { replace: boolean }): Promise<void> {
  const partial = `${template}.${process.pid}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(template), { recursive: true });
  await cp(join(dataDir, 'database'), join(partial, 'database'), { recursive: true });
  await openToReaders(partial);
  await writeFile(join(partial, STAMP), JSON.stringify({ version: embeddedVersion() }));
  if (options.replace || usableTemplate(template) === null) await rm(template, { recursive: true, force: true });
  try {
    await rename(partial, template);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Somebody else was quicker; theirs is as good.
    if (usableTemplate(template) === null) throw dependencyUnavailable('database', error);
  }
}

/** Who builds the program need not be who runs it. What is copied into a data folder is closed again there. */
async function openToReaders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
}

/** Changes whenever a template would: for the names of caches. */
export async function templateKey(migrationsDir: string): Promise<string> {
  const hash = createHash('sha256').update(embeddedVersion());
  for (const name of (await readdir(migrationsDir)).sort()) {
    const file = join(migrationsDir, name, 'migration.sql');
    if (existsSync(file)) hash.update(name).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Data directories are bound to the exact build of PostgreSQL and, less tightly, to that of pgvector. */
function embeddedVersion(): string {
  const require = createRequire(import.meta.url);
  const version = (name: string): string => {
    // The packages export no package.json, so it is read from beside their entry points.
    const entry = require.resolve(name);
    const root = entry.slice(0, entry.lastIndexOf(name) + name.length);
    return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
  };
  return `pglite ${version('@electric-sql/pglite')}, pgvector ${version('@electric-sql/pglite-pgvector')}`;
}
