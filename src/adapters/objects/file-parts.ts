import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { badInput, conflict, notFound } from '../../domain/errors.js';
import type { UploadedPart } from '../../ports/object-store.port.js';
import type { DurableFiles, WrittenFile } from './durable-files.js';
import { etagOf } from './etag.js';
import { isMissing, translating } from './file-errors.js';
import { checkPartNumber } from './keys.js';

const UPLOAD_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MANIFEST = 'upload.json';

/** Multipart uploads under way: a folder each, with a file a part. */
export class FileParts {
  constructor(
    private readonly files: DurableFiles,
    private readonly area: string,
  ) {}

  async start(key: string, contentType: string | undefined): Promise<string> {
    const uploadId = randomUUID();
    const { path } = await this.files.writeAside(Buffer.from(JSON.stringify({ key, contentType })));
    await translating(key, () => this.files.publish([{ path, target: join(this.area, uploadId, MANIFEST) }]));
    return uploadId;
  }

  async put(
    key: string,
    uploadId: string,
    partNumber: number,
    body: Readable | Uint8Array | AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<UploadedPart> {
    checkPartNumber(partNumber);
    const folder = await this.#folderOf(key, uploadId);
    const { path, stats } = await this.files.writeAside(body, signal);
    try {
      // Not `publish`, which would make the folder anew when the upload was given up in the meantime.
      await rename(path, join(folder, String(partNumber)));
      await this.files.folders.sync(folder);
    } catch (error) {
      await rm(path, { force: true });
      if (isMissing(error)) throw unknownUpload(uploadId);
      throw error;
    }
    return { partNumber, size: Number(stats.size), etag: etagOf(stats) };
  }

  /** In order of their numbers. */
  async list(key: string, uploadId: string): Promise<UploadedPart[]> {
    const folder = await this.#folderOf(key, uploadId);
    try {
      const numbers = (await readdir(folder))
        .filter((name) => name !== MANIFEST)
        .map(Number)
        .sort((a, b) => a - b);
      return await Promise.all(
        numbers.map(async (partNumber) => {
          const stats = await lstat(join(folder, String(partNumber)), { bigint: true });
          return { partNumber, size: Number(stats.size), etag: etagOf(stats) };
        }),
      );
    } catch (error) {
      if (isMissing(error)) throw unknownUpload(uploadId);
      throw error;
    }
  }

  /** The parts as one file aside. They stay where they are until `abort`. */
  async join(
    key: string,
    uploadId: string,
    parts: readonly { partNumber: number; etag: string }[],
  ): Promise<WrittenFile> {
    if (parts.length === 0) throw badInput('A multipart upload needs at least one part.', ['parts']);
    if (parts.some((part, index) => index > 0 && part.partNumber <= parts[index - 1]!.partNumber)) {
      throw badInput('The parts must come in rising order of their numbers, each once.', ['parts']);
    }
    const folder = await this.#folderOf(key, uploadId);
    const there = new Map((await this.list(key, uploadId)).map((part) => [part.partNumber, part.etag]));
    const wrong = parts
      .filter(({ partNumber, etag }) => there.get(partNumber) !== etag)
      .map(({ partNumber }) => partNumber);
    if (wrong.length > 0)
      throw conflict(
        `These parts are missing or others than named: ${wrong.join(', ')}. Send them again.`,
        ['parts'],
      );
    return this.files.writeAside(
      readAll(parts.map(({ partNumber, etag }) => ({ path: join(folder, String(partNumber)), partNumber, etag }))),
    );
  }

  async abort(uploadId: string): Promise<void> {
    if (!UPLOAD_ID.test(uploadId)) return;
    // Moved aside first: then it is gone at once, and a part that arrives late finds no folder.
    const doomed = this.files.pathAside();
    try {
      await rename(join(this.area, uploadId), doomed);
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    await rm(doomed, { recursive: true, force: true });
  }

  async open(): Promise<void> {
    await mkdir(this.area, { recursive: true, mode: 0o700 });
  }

  async #folderOf(key: string, uploadId: string): Promise<string> {
    if (!UPLOAD_ID.test(uploadId)) throw unknownUpload(uploadId);
    const folder = join(this.area, uploadId);
    const manifest = await readFile(join(folder, MANIFEST), 'utf8').catch((error: unknown) => {
      throw isMissing(error) ? unknownUpload(uploadId) : error;
    });
    if ((JSON.parse(manifest) as { key: string }).key !== key) throw unknownUpload(uploadId);
    return folder;
  }
}

/**
 * One part after the other. What is opened is what is checked, so a part that is replaced meanwhile cannot slip in.
 * Every chunk lies in the same memory: it is good until the next is asked for.
 */
async function* readAll(
  parts: readonly { path: string; partNumber: number; etag: string }[],
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(1 << 20);
  for (const { path, partNumber, etag } of parts) {
    const handle = await open(path, 'r').catch((error: unknown) => {
      throw isMissing(error) ? changed(partNumber) : error;
    });
    try {
      if (etagOf(await handle.stat({ bigint: true })) !== etag) throw changed(partNumber);
      for (let read = await handle.read(buffer); read.bytesRead > 0; read = await handle.read(buffer)) yield buffer.subarray(0, read.bytesRead);
    } finally {
      await handle.close();
    }
  }
}

const changed = (partNumber: number) =>
  conflict(`Part ${partNumber} was changed while the parts were joined. List the parts and complete again.`, ['parts']);
const unknownUpload = (uploadId: string) => notFound('multipart upload', uploadId.slice(0, 100));
