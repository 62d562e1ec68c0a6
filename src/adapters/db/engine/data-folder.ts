import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import fsNative from 'fs-native-extensions';

import { conflict, type StrataError } from '../../../domain/errors.js';
import { writeFileAtomically } from './atomic-file.js';

/** The layout of the data folder. Raised when an older program could not read what a newer one wrote. */
export const DATA_FORMAT = 1;

const LOCK_FILE = 'strata.lock';
const STAMP_FILE = 'strata.json';
const SERVER_FILE = 'server.json';
/** What an interrupted first start may leave, what file systems put into new folders, and models that were loaded before it. */
const NOT_FOREIGN = /^(models|strata\.lock|strata\.json\..*\.tmp|lost\+found|\.DS_Store)$/;
/** A reader of server.json holds the lock for an instant; an opener looks again before it gives up. */
const LOCK_ATTEMPTS = 5;
const LOCK_PAUSE_MS = 40;

export interface DataFolder {
  readonly path: string;
  readonly installationId: string;
  readonly createdAt: Date;
  /** Lets go of the lock. The operating system does so, too, when the process dies. */
  close(): Promise<void>;
}

export interface ServerInfo {
  url: string;
  pid: number;
  startedAt: string;
}

interface Stamp {
  format: number;
  installationId: string;
  createdAt: string;
}

/**
 * Opens the one folder that an installation keeps everything in, and holds it: no other process, and nobody else in this
 * one, can open it meanwhile.
 * @throws StrataError CONFLICT where it is open already, is not ours, or was written by a newer program
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const name = basename(path);
  const entries = await createFolder(path);
  // Before anything is written: somebody else's folder stays as it was.
  if (!entries.includes(STAMP_FILE) && entries.some((entry) => !NOT_FOREIGN.test(entry))) {
    throw conflict(
      `The folder "${name}" is not empty and was not made by Strata. Choose another one with --data-dir, or an empty one.`,
    );
  }
  const lock = await open(join(path, LOCK_FILE), 'a+', 0o600).catch((error: unknown) => {
    throw unusable(name, error);
  });
  try {
    if (!(await takeLock(lock))) throw await taken(name, lock);
    await lock.truncate(0);
    await lock.write(`${process.pid}\n`);
    const stamp = (await readStamp(path, name)) ?? (await writeStamp(path));
    return {
      path,
      installationId: stamp.installationId,
      createdAt: new Date(stamp.createdAt),
      async close() {
        await lock.truncate(0);
        await lock.close();
      },
    };
  } catch (error) {
    await lock.close();
    throw error;
  }
}

async function createFolder(path: string): Promise<string[]> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    return await readdir(path);
  } catch (error) {
    throw unusable(basename(path), error);
  }
}

async function takeLock(file: FileHandle): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    if (fsNative.tryLock(file.fd)) return true;
    if (attempt === LOCK_ATTEMPTS) return false;
    await pause(LOCK_PAUSE_MS);
  }
}

async function taken(name: string, lock: FileHandle): Promise<StrataError> {
  const { buffer, bytesRead } = await lock.read(Buffer.alloc(32), 0, 32, 0);
  const pid = buffer.toString('utf8', 0, bytesRead).trim();
  const holder = /^\d+$/.test(pid) ? `process ${pid}` : 'another process';
  return conflict(
    `The data folder "${name}" is open in ${holder} already. Use that server, stop it, or choose another folder with --data-dir.`,
  );
}

function unusable(name: string, cause: unknown): StrataError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const reason =
    code === 'EEXIST' || code === 'ENOTDIR' ? 'there is a file of that name in the way'
    : code === 'EACCES' || code === 'EPERM' ? 'this user may not write there'
    : code === 'EROFS' ? 'the file system is read-only'
    : `the operating system refused (${code})`;
  const error = conflict(`The data folder "${name}" cannot be used: ${reason}. Choose another one with --data-dir.`);
  error.cause = cause;
  return error;
}

async function readStamp(path: string, name: string): Promise<Stamp | null> {
  const text = await readIfThere(join(path, STAMP_FILE));
  if (text === null) return null;
  const stamp = parseStamp(text);
  if (stamp === null) {
    throw conflict(`The file ${STAMP_FILE} in the data folder "${name}" is damaged. Restore it from a backup, or choose another folder with --data-dir.`);
  }
  if (stamp.format > DATA_FORMAT) {
    throw conflict(
      `The data folder "${name}" has format ${stamp.format}, and this program reads up to ${DATA_FORMAT}. Start the newer version that wrote it, or choose another folder with --data-dir.`,
    );
  }
  return stamp;
}

function parseStamp(text: string): Stamp | null {
  try {
    const stamp = JSON.parse(text) as Partial<Stamp> | null;
    const whole = Number.isInteger(stamp?.format) && typeof stamp?.installationId === 'string' && typeof stamp.createdAt === 'string';
    return whole ? (stamp as Stamp) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function writeStamp(path: string): Promise<Stamp> {
  const stamp: Stamp = { format: DATA_FORMAT, installationId: randomUUID(), createdAt: new Date().toISOString() };
  await writeFileAtomically(join(path, STAMP_FILE), `${JSON.stringify(stamp, null, 2)}\n`);
  return stamp;
}

/** Says where the server of this folder listens, for commands that come later. */
export async function writeServerInfo(path: string, info: ServerInfo): Promise<void> {
  await writeFileAtomically(join(path, SERVER_FILE), `${JSON.stringify(info)}\n`);
}

/** @returns where the server listens that has this folder open now; null where there is none */
export async function readServerInfo(path: string): Promise<ServerInfo | null> {
  const text = await readIfThere(join(path, SERVER_FILE));
  if (text === null || !(await isHeld(path))) return null;
  return JSON.parse(text) as ServerInfo;
}

export async function removeServerInfo(path: string): Promise<void> {
  await rm(join(path, SERVER_FILE), { force: true });
}

/** A lock that can be shared is one that nobody holds; server.json is then a dead process's. */
async function isHeld(path: string): Promise<boolean> {
  const file = await open(join(path, LOCK_FILE), 'r').catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (file === null) return false;
  try {
    return !fsNative.tryLock(file.fd, { shared: true });
  } finally {
    await file.close();
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
