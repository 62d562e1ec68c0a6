import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isRunning } from '../is-running.js';

const NAME = 'strata-objects';

/** Objects as files for libraries that read nothing else; each its own, gone when it is released. */
export class LocalCopies {
  private constructor(private readonly folder: string) {}

  /** Takes away what processes of this machine left that are no more. @param parent made where it is missing */
  static async open(parent: string): Promise<LocalCopies> {
    await mkdir(parent, { recursive: true });
    const mine = `${NAME}-${hostname().replace(/[^A-Za-z0-9.]/g, '_')}-`;
    const left = (await readdir(parent)).filter((name) => name.startsWith(mine));
    await Promise.all(
      left.map(async (name) => {
        const path = join(parent, name);
        const pid = Number(name.slice(mine.length).split('-', 1)[0]);
        if (await isOver(pid, path)) await rm(path, { recursive: true, force: true });
      }),
    );
    return new LocalCopies(await mkdtemp(join(parent, `${mine}${process.pid}-`)));
  }

  async make(stream: Readable, signal?: AbortSignal): Promise<{ path: string; release(): Promise<void> }> {
    const path = join(this.folder, randomUUID());
    const release = () => rm(path, { force: true });
    try {
      await pipeline(stream, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
      return { path, release };
    } catch (error) {
      await release();
      signal?.throwIfAborted();
      throw error;
    }
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

async function isOver(pid: number, path: string): Promise<boolean> {
  // A container's only process has the same number every time.
  if (pid === process.pid) {
    const made = await stat(path).catch(() => null);
    return made !== null && made.mtimeMs < Date.now() - process.uptime() * 1_000;
  }
  return !isRunning(pid);
}
