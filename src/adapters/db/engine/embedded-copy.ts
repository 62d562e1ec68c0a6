import { constants, copyFileSync, mkdirSync, readdirSync, rmSync, statSync, type Dirent } from 'node:fs';
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface CopyOptions {
  source: string;
  /** Not there yet. */
  target: string;
  /** Gives a turn between the statements of everyone else. */
  turn(work: () => Promise<void>): Promise<void>;
  /** Within a turn. */
  checkpoint(): Promise<unknown>;
}

/** By size and time of last change. */
type Seen = Map<string, { size: number; mtimeMs: number }>;

/** A file that was changed so shortly before it was looked at may be changed again within the same tick of its file system's clock. */
const CLOCK_MS = 2_000;
const AT_ONCE = 16;
/** Lock and socket notes of a running database; they mean nothing anywhere else. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts']);

/**
 * Copies a data directory that is in use: once beside everyone else, which gives files of different moments, and once more in a turn of
 * its own, right behind a checkpoint: what has changed since the first time. Then all files are those of one moment between two
 * statements, outside of any transaction.
 * @returns milliseconds of that turn
 */
export async function copyDatabase({ source, target, turn, checkpoint }: CopyOptions): Promise<number> {
  // So that the one in the last turn finds little to write.
  await turn(async () => void (await checkpoint()));
  const begunAt = Date.now();
  const seen: Seen = new Map();
  await mkdir(target, { recursive: true, mode: 0o700 });
  await copyBeside(source, target, '', seen);
  let heldMs = 0;
  await turn(async () => {
    const held = performance.now();
    await checkpoint();
    copyChanged(source, target, '', seen, begunAt - CLOCK_MS);
    heldMs = performance.now() - held;
  });
  return heldMs;
}

async function copyBeside(source: string, target: string, folder: string, seen: Seen): Promise<void> {
  const one = async (entry: Dirent): Promise<void> => {
    const path = join(folder, entry.name);
    if (LEFT_OUT.has(path)) return;
    try {
      if (entry.isDirectory()) {
        await mkdir(join(target, path), { recursive: true, mode: 0o700 });
        await copyBeside(source, target, path, seen);
      } else if (entry.isFile()) {
        const { size, mtimeMs } = await stat(join(source, path));
        await copyFile(join(source, path), join(target, path), constants.COPYFILE_FICLONE);
        seen.set(path, { size, mtimeMs });
      }
    } catch (error) {
      // A table that was dropped meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  };
  const entries = await readdir(join(source, folder), { withFileTypes: true });
  // Every step waits for the statements of this thread, so several go together.
  for (let at = 0; at < entries.length; at += AT_ONCE) await Promise.all(entries.slice(at, at + AT_ONCE).map(one));
}

function copyChanged(source: string, target: string, folder: string, seen: Seen, since: number): void {
  const there = new Set<string>();
  for (const entry of readdirSync(join(source, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (LEFT_OUT.has(path)) continue;
    there.add(entry.name);
    if (entry.isDirectory()) {
      mkdirSync(join(target, path), { recursive: true, mode: 0o700 });
      copyChanged(source, target, path, seen, since);
    } else if (entry.isFile()) {
      const { size, mtimeMs } = statSync(join(source, path));
      const before = seen.get(path);
      const isSame = before !== undefined && before.size === size && before.mtimeMs === mtimeMs && mtimeMs < since;
      if (!isSame) copyFileSync(join(source, path), join(target, path), constants.COPYFILE_FICLONE);
    }
  }
  for (const name of readdirSync(join(target, folder))) if (!there.has(name)) rmSync(join(target, folder, name), { recursive: true });
}
