import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { conflict, contentMismatch, isStrataError, isUnavailable } from '../../../domain/errors.js';
import { syncFolder } from '../../sync-folder.js';
import type { HubClient, HubFile, HubModel } from './hub-client.js';
import { placeWithin } from './repository-path.js';

export interface DownloadOptions {
  signal: AbortSignal;
  /** Bytes of this file that are here. */
  onBytes?: (here: number) => void;
  /** Milliseconds before the first new attempt; twice as long before each further one. */
  pauseMs?: number;
}

/** Attempts one after another that brought nothing. */
const ATTEMPTS = 5;
const PAUSE_MS = 500;
/** Bytes between two syncs: what a power cut can cost. */
const SYNC_BYTES = 64 * 2 ** 20;

/**
 * Loads a file of a hub into a folder. It is written beside its name, goes on from where it was broken off, in this process or an
 * earlier one, and has its name only when its bytes have the checksum that the hub lists.
 * @throws DEPENDENCY_UNAVAILABLE once several attempts brought nothing; CONTENT_MISMATCH where the bytes are not those listed, or the path leads out of the folder
 */
export async function download(hub: HubClient, model: HubModel, file: HubFile, folder: string, options: DownloadOptions): Promise<void> {
  const target = placeWithin(folder, file.path);
  if (await isWhole(target, file)) return options.onBytes?.(file.size);
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.partial`;
  const continued = (await lengthOf(partial)) > 0;
  await loadAll(hub, model, file, partial, options);
  if (!(await isWhole(partial, file))) {
    await startAnew(partial);
    // What an earlier process left may have suffered from how it ended; that is not told, but loaded again.
    if (continued) await loadAll(hub, model, file, partial, options);
    if (!continued || !(await isWhole(partial, file))) {
      await startAnew(partial);
      throw contentMismatch(`${file.path} came with another checksum than the hub lists. Nothing of it was kept; try again, and where that does not help see what lies between this machine and the hub.`);
    }
  }
  await rename(partial, target);
  await rm(tagOf(partial), { force: true });
  await syncFolder(dirname(target));
}

/** Whether the file is here with the bytes that the hub lists. */
export async function isWhole(path: string, { size, checksum }: HubFile): Promise<boolean> {
  if ((await lengthOf(path)) !== size) return false;
  return (await hashOf(path, hashFor({ size, checksum }))) === checksum.hex;
}

async function loadAll(hub: HubClient, model: HubModel, file: HubFile, partial: string, options: DownloadOptions): Promise<void> {
  for (let failures = 0, began = await lengthOf(partial); ; ) {
    try {
      return await goOn(hub, model, file, partial, options);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      const here = await lengthOf(partial);
      failures = here > began ? 1 : failures + 1;
      began = here;
      if (failures >= ATTEMPTS) throw error;
      await pause((options.pauseMs ?? PAUSE_MS) * 2 ** (failures - 1), undefined, { signal: options.signal });
    }
  }
}

/** One request: from where the bytes end that are here. */
async function goOn(hub: HubClient, model: HubModel, file: HubFile, partial: string, { signal, onBytes }: DownloadOptions): Promise<void> {
  let here = await lengthOf(partial);
  // Longer than it can be, or whole and to be proven.
  if (here > file.size) here = await startAnew(partial);
  if (here === file.size && here > 0) return;
  const tag = here === 0 ? null : await readFile(tagOf(partial), 'utf8').catch(() => null);
  const handle = await open(partial, here === 0 ? 'w' : 'r+');
  try {
    let unsynced = 0;
    let first = true;
    for await (const { from, tag: current, chunk } of hub.bytes(model, file, here, tag, signal)) {
      if (first) {
        first = false;
        if (from < here) await handle.truncate((here = from));
        // Before the bytes that it belongs to.
        if (current === null) await rm(tagOf(partial), { force: true });
        else if (current !== tag) await writeFile(tagOf(partial), current);
      }
      if (here + chunk.length > file.size) throw contentMismatch(`${file.path} is longer than the ${file.size} bytes that the hub lists. Nothing of it was kept; try again.`);
      await handle.write(chunk, 0, chunk.length, here);
      here += chunk.length;
      onBytes?.(here);
      if ((unsynced += chunk.length) < SYNC_BYTES) continue;
      await handle.sync();
      unsynced = 0;
    }
    await handle.sync();
  } catch (error) {
    throw await toldByDisk(error, file, partial);
  } finally {
    await handle.close();
  }
  if (here < file.size) throw hub.cutOff(file.path);
}

async function toldByDisk(error: unknown, file: HubFile, partial: string): Promise<unknown> {
  const { code } = error as NodeJS.ErrnoException;
  if (isStrataError(error) && error.code === 'CONTENT_MISMATCH') await startAnew(partial);
  if (code === 'ENOSPC' || code === 'EDQUOT') return conflict(`The disk is full: ${file.path} has ${file.size} bytes. What was loaded is kept; make room, and the same command goes on from there.`);
  return error;
}

async function startAnew(partial: string): Promise<0> {
  await rm(partial, { force: true });
  await rm(tagOf(partial), { force: true });
  return 0;
}

const tagOf = (partial: string) => `${partial}.etag`;

const lengthOf = (path: string): Promise<number> => stat(path).then(({ size }) => size, () => 0);

const hashFor = ({ size, checksum }: Pick<HubFile, 'size' | 'checksum'>): Hash =>
  checksum.algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);

export async function hashOf(path: string, hash: Hash): Promise<string> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
