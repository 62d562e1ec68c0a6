import type { BigIntStats } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, rm, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { badInput, conflict, notFound } from '../../domain/errors.js';
import type {
  ByteRange,
  ObjectStore,
  ObjectStoreCapabilities,
  SignedRequest,
  StoredObject,
  UploadedPart,
} from '../../ports/object-store.port.js';
import { DurableFiles } from './durable-files.js';
import { etagOf } from './etag.js';
import { codeOf, isMissing, translated, translating } from './file-errors.js';
import { FileParts } from './file-parts.js';
import { checkKey, checkPartNumber, checkPrefix } from './keys.js';
import { keysUnder } from './listing.js';
import { expiryOf, sign, type Grant } from './signing.js';

/** Folders of our own beside the keys'. */
const ASIDE = '.tmp';
const PARTS = '.multipart';
const HIDDEN = new Set([ASIDE, PARTS]);

/** The libuv pool has four threads; more than a few calls waiting for it gain nothing. */
const PARALLEL = 16;
const PAGE = 1_000;

export interface FilesystemStoreOptions {
  /** The folder of the bytes; made where it is missing. One process at a time. */
  root: string;
  /** What `locationOf` is relative to. */
  dataDir: string;
  /** Signs transfer addresses. */
  signingSecret: string;
  /** How clients reach the server, without a slash at the end. A thunk, because the port is known only once it listens. */
  baseUrl: () => string;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Objects as files below one folder, a key each its path. Transfers pass through the server's own routes (see `transfer.ts`). */
export class FilesystemStore implements ObjectStore {
  readonly capabilities: ObjectStoreCapabilities = { minPartSize: 1 };
  readonly #root: string;
  readonly #files: DurableFiles;
  readonly #parts: FileParts;
  readonly #limit = pLimit(PARALLEL);
  #keepIn: string | null = null;

  private constructor(private readonly options: FilesystemStoreOptions) {
    this.#root = resolve(options.root);
    this.#files = new DurableFiles(this.#root, ASIDE);
    this.#parts = new FileParts(this.#files, join(this.#root, PARTS));
  }

  /** Sweeps what a crash left half written. */
  static async open(options: FilesystemStoreOptions): Promise<FilesystemStore> {
    const store = new FilesystemStore(options);
    await translating(null, async () => {
      await store.#files.open();
      await store.#parts.open();
    });
    return store;
  }

  locationOf(key: string): string {
    return `file:${relative(resolve(this.options.dataDir), this.#pathOf(key)).split(sep).join('/')}`;
  }

  async put(
    key: string,
    body: Readable | Uint8Array | AsyncIterable<Uint8Array>,
    options: { contentType?: string; signal?: AbortSignal } = {},
  ): Promise<StoredObject> {
    const target = this.#pathOf(key);
    const { path, stats } = await this.#files.writeAside(body, options.signal);
    await this.#publish(key, path, target);
    return stored(key, stats);
  }

  async putMany(objects: readonly { key: string; body: Uint8Array; contentType?: string }[]): Promise<void> {
    const targets = objects.map(({ key }) => this.#pathOf(key));
    const written = await Promise.allSettled(
      objects.map(({ body }) => this.#limit(() => this.#files.writeAside(body))),
    );
    const moves = written.flatMap((result, index) =>
      result.status === 'fulfilled' ? [{ path: result.value.path, target: targets[index]! }] : [],
    );
    try {
      const failed = written.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      await translating(null, () => this.#files.publish(moves));
    } catch (error) {
      await Promise.all(moves.map(({ path }) => rm(path, { force: true })));
      throw error;
    }
  }

  async get(key: string, range?: ByteRange): Promise<StoredObject & { stream: Readable }> {
    const { handle, stats } = await this.#openFile(key);
    const size = Number(stats.size);
    if (range !== undefined && (range.start < 0 || range.start >= size || range.end < range.start)) {
      await handle.close();
      throw badInput(`The range ${range.start} to ${range.end} lies outside of the ${size} bytes of "${key}".`);
    }
    return { ...stored(key, stats), stream: handle.createReadStream({ ...range, highWaterMark: 1 << 18 }) };
  }

  async head(key: string): Promise<StoredObject | null> {
    try {
      const stats = await lstat(this.#pathOf(key), { bigint: true });
      return stats.isFile() ? stored(key, stats) : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw translated(error, key);
    }
  }

  async copy(
    from: string,
    to: string,
    options: { ifMatch?: string; contentType?: string } = {},
  ): Promise<StoredObject> {
    const [source, target] = [this.#pathOf(from), this.#pathOf(to)];
    const check = (stats: BigIntStats) => {
      if (!stats.isFile()) throw notFound('stored object', from);
      if (options.ifMatch !== undefined && etagOf(stats) !== options.ifMatch)
        throw conflict(`The stored object "${from}" was changed since it was read.`);
    };
    // A stored file is only ever replaced, never written to, so both keys can share it. What was linked is what is checked:
    // whoever replaces the source from now on does not change the copy.
    const aside = this.#files.pathAside();
    if (!(await this.#link(source, aside, from))) return this.#copyBytes(from, to, check);
    try {
      const stats = await lstat(aside, { bigint: true });
      check(stats);
      await this.#publish(to, aside, target);
      return stored(to, stats);
    } finally {
      // Renaming onto another name of the same file does nothing at all, not even take the old name away.
      await rm(aside, { force: true });
    }
  }

  /**
   * From now on what is deleted is kept below this folder, under its key: a backup under way needs what the rows named when they were
   * copied. Null ends that. @param folder on the same file system
   */
  keepDeleted(folder: string | null): void {
    this.#keepIn = folder;
  }

  async delete(keys: readonly string[]): Promise<void> {
    if (this.#keepIn !== null) await this.#keep(keys, this.#keepIn);
    const paths = [...new Set(keys.map((key) => this.#pathOf(key)))];
    const gone = await translating(null, () => Promise.all(paths.map((path) => this.#limit(() => removeFile(path)))));
    const emptied = new Set(paths.filter((_, index) => gone[index]).map((path) => dirname(path)));
    const left = await Promise.all([...emptied].map((folder) => this.#files.folders.prune(folder)));
    await Promise.all([...new Set(left)].map((folder) => this.#files.folders.sync(folder).catch(unlessMissing)));
  }

  async list(
    prefix: string,
    options: { after?: string; limit?: number } = {},
  ): Promise<{ objects: StoredObject[]; next: string | null }> {
    checkPrefix(prefix);
    const limit = Math.max(1, Math.min(options.limit ?? PAGE, PAGE));
    const objects: StoredObject[] = [];
    const keys = keysUnder(this.#root, { prefix, after: options.after, hidden: HIDDEN });
    for await (const batch of batches(keys, limit + 1)) {
      const heads = await Promise.all(batch.map((key) => this.#limit(() => this.head(key))));
      objects.push(...heads.filter((head) => head !== null));
      if (objects.length > limit) break;
    }
    return { objects: objects.slice(0, limit), next: objects.length > limit ? objects[limit - 1]!.key : null };
  }

  signUpload(
    key: string,
    options: { contentType?: string; size: number; sha256?: string; expiresIn: number },
  ): Promise<SignedRequest> {
    const { contentType, size, sha256 } = options;
    return this.#signed({ method: 'PUT', key, contentType, size, sha256 }, options.expiresIn);
  }

  async startMultipart(key: string, options: { contentType?: string }): Promise<string> {
    this.#pathOf(key);
    return this.#parts.start(key, options.contentType);
  }

  async signPart(
    key: string,
    uploadId: string,
    part: { partNumber: number; size: number; expiresIn: number },
  ): Promise<SignedRequest> {
    checkPartNumber(part.partNumber);
    return this.#signed({ method: 'PUT', key, uploadId, part: part.partNumber, size: part.size }, part.expiresIn);
  }

  /** For the transfer route: what a client sends to the address of `signPart`. */
  putPart(
    key: string,
    uploadId: string,
    partNumber: number,
    body: Readable | Uint8Array | AsyncIterable<Uint8Array>,
    options: { signal?: AbortSignal } = {},
  ): Promise<UploadedPart> {
    return translating(key, () => this.#parts.put(key, uploadId, partNumber, body, options.signal));
  }

  listParts(key: string, uploadId: string): Promise<UploadedPart[]> {
    return translating(key, () => this.#parts.list(key, uploadId));
  }

  async completeMultipart(
    key: string,
    uploadId: string,
    parts: readonly { partNumber: number; etag: string }[],
  ): Promise<StoredObject> {
    const target = this.#pathOf(key);
    const { path, stats } = await translating(key, () => this.#parts.join(key, uploadId, parts));
    await this.#publish(key, path, target);
    // Last, so that a crash before this leaves an upload that can be completed again.
    await this.abortMultipart(key, uploadId);
    return stored(key, stats);
  }

  async abortMultipart(key: string, uploadId: string): Promise<void> {
    await translating(key, () => this.#parts.abort(uploadId));
  }

  async signDownload(
    key: string,
    options: { expiresIn: number; disposition: 'ATTACHMENT' | 'INLINE'; filename: string | null; contentType: string },
  ): Promise<SignedRequest> {
    const { contentType, disposition, filename } = options;
    return this.#signed(
      { method: 'GET', key, contentType, disposition, filename: filename ?? undefined },
      options.expiresIn,
    );
  }

  async localFile(key: string, signal?: AbortSignal): Promise<{ path: string; release(): Promise<void> }> {
    signal?.throwIfAborted();
    const path = this.#pathOf(key);
    // A name of its own, so that the file stays for whoever reads it when the key is replaced or deleted.
    const aside = this.#files.pathAside();
    if (await this.#link(path, aside, key)) return { path: aside, release: () => unlink(aside).catch(unlessMissing) };
    if ((await this.head(key)) === null) throw notFound('stored object', key);
    return { path, release: () => Promise.resolve() };
  }

  async check(): Promise<void> {
    const { path } = await this.#files.writeAside(Buffer.from('strata'));
    await translating(null, () => unlink(path));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #pathOf(key: string): string {
    checkKey(key);
    if (HIDDEN.has(key.split('/', 1)[0]!))
      throw badInput(`A storage key must not begin with "${key.split('/', 1)[0]}", which the store keeps for itself.`);
    return join(this.#root, key);
  }

  async #publish(key: string, path: string, target: string): Promise<void> {
    try {
      await this.#files.publish([{ path, target }]);
    } catch (error) {
      await rm(path, { force: true });
      // What is missing when something is written is not the object, but the ground under it.
      throw translated(error, codeOf(error) === 'ENOENT' ? null : key);
    }
  }

  async #openFile(key: string): Promise<{ handle: FileHandle; stats: BigIntStats }> {
    const path = this.#pathOf(key);
    const handle = await open(path, 'r').catch((error: unknown) => {
      throw isMissing(error) ? notFound('stored object', key) : translated(error, key);
    });
    const stats = await handle.stat({ bigint: true });
    if (stats.isFile()) return { handle, stats };
    await handle.close();
    throw notFound('stored object', key);
  }

  async #keep(keys: readonly string[], folder: string): Promise<void> {
    for (const key of keys) {
      if ((await this.head(key)) === null) continue;
      const kept = join(folder, key);
      await translating(key, async () => {
        await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
        await rm(kept, { force: true });
      });
      if (!(await this.#link(this.#pathOf(key), kept, key))) await translating(key, () => copyFile(this.#pathOf(key), kept));
    }
  }

  /** False where the file system has no hard links, or no more of them for this file. */
  async #link(source: string, target: string, key: string): Promise<boolean> {
    try {
      await link(source, target);
      return true;
    } catch (error) {
      if (isMissing(error)) throw notFound('stored object', key);
      if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EACCES'].includes(codeOf(error) ?? ''))
        return false;
      throw translated(error, key);
    }
  }

  /** Reads from the very file that was checked. */
  async #copyBytes(from: string, to: string, check: (stats: BigIntStats) => void): Promise<StoredObject> {
    const { handle, stats } = await this.#openFile(from);
    try {
      check(stats);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return this.put(to, handle.createReadStream({ highWaterMark: 1 << 20 }));
  }

  async #signed(terms: Omit<Grant, 'expires'>, expiresIn: number): Promise<SignedRequest> {
    this.#pathOf(terms.key);
    const { signingSecret, baseUrl, now = Date.now } = this.options;
    const expires = expiryOf(expiresIn, now());
    const query = sign({ ...terms, expires }, signingSecret);
    const headers =
      terms.method === 'PUT' && terms.contentType !== undefined
        ? [{ name: 'Content-Type', value: terms.contentType }]
        : [];
    return {
      url: `${baseUrl()}/storage/${terms.key}?${query.toString()}`,
      method: terms.method,
      headers,
      expiresAt: new Date(expires * 1_000),
    };
  }
}

function stored(key: string, stats: BigIntStats): StoredObject {
  return { key, size: Number(stats.size), etag: etagOf(stats), modifiedAt: stats.mtime };
}

async function removeFile(path: string): Promise<boolean> {
  try {
    // On some systems unlink takes empty folders; the key of a folder is no key.
    if (!(await lstat(path)).isFile()) return false;
    await unlink(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

async function* batches<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
