import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const SEEN = z.record(z.string(), z.object({ size: z.number(), mtimeMs: z.number(), sha256: z.string() }));

/**
 * SHA-256 of files, each read once as long as its size and time of change stay the same: hashing a model of half a gigabyte takes a
 * second, and every start asks.
 */
export class Fingerprints {
  private seen: Promise<z.infer<typeof SEEN>> | undefined;
  private changed = false;

  /** @param file remembers what was read; null: nothing does */
  constructor(private readonly file: string | null) {}

  async of(path: string): Promise<string> {
    const seen = await (this.seen ??= this.load());
    const { size, mtimeMs } = await stat(path);
    const known = seen[path];
    if (known?.size === size && known.mtimeMs === mtimeMs) return known.sha256;
    const sha256 = await sha256Of(path);
    seen[path] = { size, mtimeMs, sha256 };
    this.changed = true;
    return sha256;
  }

  /** Keeps what was read for the next start. Where that cannot be, the next start reads the files again, and nothing else is lost. */
  async save(): Promise<void> {
    if (this.file === null || !this.changed) return;
    const temporary = `${this.file}.${randomUUID()}.tmp`;
    try {
      await writeFile(temporary, JSON.stringify(await this.seen, null, 1));
      await rename(temporary, this.file);
    } catch {
      await rm(temporary, { force: true });
    }
  }

  private async load(): Promise<z.infer<typeof SEEN>> {
    const text = this.file === null ? '{}' : await readFile(this.file, 'utf8').catch(() => '{}');
    return SEEN.catch({}).parse(parsed(text));
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
