import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure } from '../failure.js';

/** Raised when an older program could not read what a newer one wrote. */
export const FOLDER_FORMAT = 1;
export const MANIFEST = 'manifest.json';
/** A file a kind, in the order of the objects that they belong to. */
export const KINDS = ['objects', 'annotations', 'texts', 'passages', 'embeddings', 'aggregations'] as const;
export type Kind = (typeof KINDS)[number];

export interface Manifest {
  format: number;
  version: string;
  createdAt: string;
  models: { name: string; revision: string; dimensions: number }[];
  hasBytes: boolean;
  files: Record<Kind, { lines: number; bytes: number; sha256: string }>;
}

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

/** @throws Failure where the folder is no export, or a newer program's */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Failure(`There is no whole export in "${folder}": it has no ${MANIFEST}, which is written last.`);
    throw error;
  });
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.format > FOLDER_FORMAT) throw new Failure(`The export in "${folder}" was written by a newer version of Strata (${manifest.version}). Import it with that version.`);
  return manifest;
}

/** Looks at every byte before anything is taken in. @throws Failure that names the first file that is not as it was written */
export async function mustBeWhole(folder: string, manifest: Manifest, onBytes: (count: number) => void): Promise<void> {
  const damaged = (name: string) => new Failure(`The export is damaged: ${name} is not as it was written. Nothing was taken in; export again, or copy the folder again.`);
  for (const kind of KINDS) {
    if ((await digestOf(join(folder, fileOf(kind)), onBytes)) !== manifest.files[kind].sha256) throw damaged(fileOf(kind));
  }
  if (!manifest.hasBytes) return;
  let last = '';
  for await (const line of linesOf<{ contentHash: string }>(folder, 'objects')) {
    if (line.contentHash === last) continue;
    last = line.contentHash;
    if ((await digestOf(bytesPath(folder, line.contentHash), onBytes)) !== line.contentHash) throw damaged(`bytes/${line.contentHash.slice(0, 2)}/${line.contentHash}`);
  }
}

async function digestOf(path: string, onBytes: (count: number) => void): Promise<string | null> {
  if ((await stat(path).catch(() => null)) === null) return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    onBytes(chunk.length);
  }
  return hash.digest('hex');
}

export async function* linesOf<Line>(folder: string, kind: Kind): AsyncGenerator<Line> {
  const input = createReadStream(join(folder, fileOf(kind)), { highWaterMark: 1 << 18 });
  for await (const line of createInterface({ input, crlfDelay: Infinity })) if (line !== '') yield JSON.parse(line) as Line;
}

/** The lines that belong to one object after the other, out of a file that is in the objects' order. */
export class PartsReader<Line extends { objectId: string }> {
  private readonly lines: AsyncGenerator<Line>;
  private ahead: IteratorResult<Line> | null = null;

  constructor(folder: string, kind: Kind) {
    this.lines = linesOf<Line>(folder, kind);
  }

  async of(objectId: string): Promise<Line[]> {
    const found: Line[] = [];
    for (;;) {
      this.ahead ??= await this.lines.next();
      if (this.ahead.done === true || this.ahead.value.objectId !== objectId) return found;
      found.push(this.ahead.value);
      this.ahead = null;
    }
  }
}
