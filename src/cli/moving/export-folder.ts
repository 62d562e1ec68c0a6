import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MODEL } from './export-lines.js';

/** Raised when an older program could not read what a newer one wrote. */
export const FOLDER_FORMAT = 1;
export const MANIFEST = 'manifest.json';
/** A file a kind, in the order of the objects that they belong to. */
export const KINDS = ['objects', 'annotations', 'texts', 'passages', 'embeddings', 'aggregations'] as const;
export type Kind = (typeof KINDS)[number];

const FILE = z.object({ lines: z.int(), bytes: z.int(), sha256: z.string() }, { error: 'lines, bytes and sha256 of the file' });
export const MANIFEST_SCHEMA = z.object({
  format: z.int({ error: 'a whole number' }),
  version: z.string({ error: 'text' }),
  createdAt: z.string({ error: 'text' }),
  models: z.array(MODEL, { error: 'a list of models' }),
  hasBytes: z.boolean({ error: 'true or false' }),
  files: z.record(z.enum(KINDS), FILE, { error: `an entry for each of ${KINDS.join(', ')}` }),
});
export type Manifest = z.infer<typeof MANIFEST_SCHEMA>;

export const fileOf = (kind: Kind) => `${kind}.jsonl`;
export const bytesPath = (folder: string, contentHash: string) => join(folder, 'bytes', contentHash.slice(0, 2), contentHash);

/** Lines into a file, counted and hashed on the way. */
export class LineWriter {
  private readonly hash: Hash = createHash('sha256');
  private lines = 0;
  private bytes = 0;

  private constructor(private readonly file: FileHandle) {}

  static async open(folder: string, kind: Kind): Promise<LineWriter> {
    return new LineWriter(await open(join(folder, fileOf(kind)), 'wx', 0o600));
  }

  async write(values: readonly object[]): Promise<void> {
    if (values.length === 0) return;
    const text = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
    this.hash.update(text);
    this.lines += values.length;
    this.bytes += text.length;
    await this.file.writeFile(text);
  }

  async end(): Promise<Manifest['files'][Kind]> {
    await this.file.sync();
    await this.file.close();
    return { lines: this.lines, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}
