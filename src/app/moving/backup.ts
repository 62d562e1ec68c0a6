import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { TarWriter } from '../../adapters/archive/tar.js';
import { DATA_FORMAT } from '../../adapters/db/engine/data-folder.js';
import type { FilesystemStore } from '../../adapters/objects/filesystem.store.js';
import { conflict, isStrataError, StrataError } from '../../domain/errors.js';
import type { App } from '../compose.js';
import { programVersion } from '../program-version.js';
import { BACKUP_FOLDER, BACKUP_FORMAT, BACKUP_HEAD, BACKUP_SEAL, DATABASE, KEPT_FILES, OBJECTS, type BackupHead } from './backup-file.js';

type Parts = Pick<App, 'config' | 'engine' | 'objects'> & { deps: Pick<App['deps'], 'logger'> };

/** One at a time: each keeps what is deleted meanwhile. */
const underWay = new Set<string>();

/**
 * The data folder as a tar file, while everything goes on: the database at one moment, then every object. An object's bytes never
 * change, and those that are deleted after the database was copied are kept for as long as it takes.
 * @throws NOT_CONFIGURED where the data folder does not hold everything; CONFLICT where another backup is under way
 */
export async function backUp({ config, engine, objects, deps }: Parts, signal: AbortSignal): Promise<Readable> {
  if (engine.copyTo === null || objects.kind !== 'filesystem') {
    throw new StrataError(
      'NOT_CONFIGURED',
      'A backup is a copy of the data folder, and this installation keeps its rows or bytes elsewhere: use the tools of PostgreSQL and of the bucket, or "strata export".',
      { extensions: { feature: 'backup', setting: engine.copyTo === null ? 'database.provider' : 'object_storage.provider' } },
    );
  }
  if (underWay.has(config.dataDir)) throw conflict('Another backup of this data folder is under way. Wait until it has ended.');
  underWay.add(config.dataDir);
  const aside = join(config.dataDir, BACKUP_FOLDER);
  const { store } = objects;
  const end = async () => {
    store.keepDeleted(null);
    await rm(aside, { recursive: true, force: true });
    underWay.delete(config.dataDir);
  };
  try {
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside, { recursive: true, mode: 0o700 });
    // Before the copy: from the moment that the rows show, their bytes stay.
    store.keepDeleted(join(aside, 'objects'));
    const { heldMs } = await engine.copyTo(join(aside, 'database'));
    signal.throwIfAborted();
    const writer = new TarWriter();
    const head: BackupHead = { format: BACKUP_FORMAT, version: programVersion(), dataFormat: DATA_FORMAT, createdAt: new Date().toISOString(), heldMs: Math.round(heldMs) };
    const stop = () => writer.fail(signal.reason as Error);
    signal.addEventListener('abort', stop);
    const tidy = () => end().catch((error: unknown) => deps.logger.warn({ error }, 'what a backup needed could not be removed; the next one does'));
    write(writer, head, config.dataDir, aside, store)
      // Whoever has the whole file may begin the next backup.
      .then(tidy)
      .then(() => writer.seal(BACKUP_SEAL))
      .catch(async (error: unknown) => {
        await tidy();
        writer.fail(error as Error);
      })
      .finally(() => signal.removeEventListener('abort', stop));
    return writer.stream;
  } catch (error) {
    await end();
    throw error;
  }
}

async function write(writer: TarWriter, head: BackupHead, dataDir: string, aside: string, store: FilesystemStore): Promise<void> {
  await writer.addJson(BACKUP_HEAD, head);
  for (const name of KEPT_FILES) {
    const path = join(dataDir, name);
    if (existsSync(path)) await writer.addFile(name, path, (await stat(path)).size);
  }
  await addFolder(writer, DATABASE, join(aside, 'database'));
  await addObjects(writer, store);
  // Last: what was deleted before its turn came, and what was deleted after, once more.
  await addFolder(writer, OBJECTS, join(aside, 'objects'));
}

async function addFolder(writer: TarWriter, name: string, path: string): Promise<void> {
  const entries = existsSync(path) ? await readdir(path, { withFileTypes: true }) : [];
  for (const entry of entries) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) await addFolder(writer, `${name}${entry.name}/`, inner);
    else if (entry.isFile()) await writer.addFile(`${name}${entry.name}`, inner, (await stat(inner)).size);
  }
  // An empty folder may mean something to a database.
  if (entries.length === 0 && existsSync(path)) await writer.addFolder(name);
}

async function addObjects(writer: TarWriter, store: FilesystemStore): Promise<void> {
  let after: string | undefined;
  do {
    const { objects, next } = await store.list('', { after });
    for (const { key } of objects) {
      const object = await store.get(key).catch((error: unknown) => {
        // Deleted since it was listed; it was kept where it is needed.
        if (isStrataError(error) && error.code === 'NOT_FOUND') return null;
        throw error;
      });
      if (object !== null) await writer.add({ name: `${OBJECTS}${key}`, size: object.size, content: object.stream });
    }
    after = next ?? undefined;
  } while (after !== undefined);
}
