import { randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import pLimit from 'p-limit';
import { Folders } from './folders.js';
import { translating } from './file-errors.js';

/** Files under way at once; more would only wait for a thread, with a file open. */
const PARALLEL = 16;

export interface WrittenFile {
  path: string;
  stats: BigIntStats;
}

/**
 * Files that are there whole or not at all: written aside on the same file system, brought to disk, renamed into place,
 * the folder brought to disk.
 */
export class DurableFiles {
  readonly folders: Folders;
  readonly #aside: string;
  readonly #limit = pLimit(PARALLEL);
  #lastStamp = 0;

  constructor(
    readonly root: string,
    aside: string,
  ) {
    this.folders = new Folders(root);
    this.#aside = join(root, aside);
  }

  /** Makes the root where it is missing, and takes away what a crash left aside. */
  async open(): Promise<void> {
    await mkdir(this.#aside, { recursive: true, mode: 0o700 });
    await this.folders.sync(this.root);
    await this.folders.sync(dirname(this.root));
    const left = await readdir(this.#aside);
    await Promise.all(left.map((name) => rm(join(this.#aside, name), { recursive: true, force: true })));
  }

  pathAside(): string {
    return join(this.#aside, randomUUID());
  }

  /** Writes a new file aside and brings it to disk. On failure nothing stays. What the body throws comes through as it is. */
  async writeAside(
    body: Readable | Uint8Array | AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<WrittenFile> {
    const path = this.pathAside();
    const handle = await translating(null, () => open(path, 'wx', 0o600));
    try {
      await fill(handle, body, signal);
      return await translating(null, async () => {
        const stamp = this.#stamp();
        await handle.utimes(stamp, stamp);
        await handle.sync();
        return { path, stats: await handle.stat({ bigint: true }) };
      });
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
  }

  /** Moves files from aside to their places; they survive a power cut once this is done. */
  async publish(moves: readonly { path: string; target: string }[]): Promise<void> {
    const folders = [...new Set(moves.map(({ target }) => dirname(target)))];
    // A second try, after a folder was found missing, must not look for what the first has moved already.
    const waiting = new Set(moves);
    await this.folders.use(folders, async () => {
      // All are waited for, so that none is still on its way when a second try looks what is left.
      await this.#each([...waiting], async (move) => {
        await rename(move.path, move.target);
        waiting.delete(move);
      });
      await this.#each(folders, (folder) => this.folders.sync(folder));
    });
  }

  async #each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
    const settled = await Promise.allSettled(items.map((item) => this.#limit(() => work(item))));
    const failed = settled.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /**
   * A time of last change, in seconds, that no other file of this process has: the kernel's own clock is coarse enough
   * for a new file to have inode, size and time of one that was just replaced, and an etag must not be fooled by that.
   */
  #stamp(): number {
    this.#lastStamp = Math.max(Date.now() * 1_000, this.#lastStamp + 1);
    // Half a microsecond more, so that rounding on the way to the kernel cannot make two of them one.
    return (this.#lastStamp + 0.5) / 1e6;
  }
}

async function fill(
  handle: FileHandle,
  body: Readable | Uint8Array | AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  if (body instanceof Uint8Array) return translating(null, () => handle.writeFile(body));
  if (signal !== undefined && 'pipe' in body) addAbortSignal(signal, body);
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    signal?.throwIfAborted();
    await translating(null, () => handle.writeFile(chunk));
  }
}
