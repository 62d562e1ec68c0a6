import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { badInput, conflict, notFound } from '../../src/domain/errors.js';
import type {
  ByteRange,
  ObjectStore,
  ObjectStoreCapabilities,
  SignedRequest,
  StoredObject,
  UploadedPart,
} from '../../src/ports/object-store.port.js';

const SEGMENT = /^[A-Za-z0-9._-]{1,255}$/;

interface Kept {
  body: Buffer;
  object: StoredObject;
}

interface Upload {
  key: string;
  parts: Map<number, { body: Buffer; etag: string }>;
}

/**
 * The ObjectStore port in memory, for tests of whatever stands above it. Its signed addresses begin with `memory:` and
 * are kept; `send` does what a client would do with one.
 */
export class MemoryObjectStore implements ObjectStore {
  readonly capabilities: ObjectStoreCapabilities = { minPartSize: 1 };
  readonly #objects = new Map<string, Kept>();
  readonly #uploads = new Map<string, Upload>();
  readonly #signed = new Map<
    string,
    { request: SignedRequest; answer: (body: Buffer) => Promise<{ status: number; body: Buffer }> }
  >();
  #changes = 0;
  #fault: Error | null = null;

  /** Every call fails with it until it is taken back with null. */
  failWith(fault: Error | null): void {
    this.#fault = fault;
  }

  locationOf(key: string): string {
    return `memory:${checked(key)}`;
  }

  async put(
    key: string,
    body: Readable | Uint8Array,
    options: { contentType?: string; signal?: AbortSignal } = {},
  ): Promise<StoredObject> {
    this.#ready();
    checked(key);
    options.signal?.throwIfAborted();
    return this.#keep(key, await bytesOf(body, options.signal));
  }

  async putMany(objects: readonly { key: string; body: Uint8Array; contentType?: string }[]): Promise<void> {
    this.#ready();
    for (const { key } of objects) checked(key);
    for (const { key, body } of objects) this.#keep(key, Buffer.from(body));
  }

  async get(key: string, range?: ByteRange): Promise<StoredObject & { stream: Readable }> {
    this.#ready();
    const { body, object } = this.#find(key);
    if (range !== undefined && (range.start < 0 || range.start >= body.length || range.end < range.start))
      throw badInput('The range lies outside of the object.');
    const part = range === undefined ? body : body.subarray(range.start, range.end + 1);
    return { ...object, stream: Readable.from([part], { objectMode: false }) };
  }

  async head(key: string): Promise<StoredObject | null> {
    this.#ready();
    return this.#objects.get(checked(key))?.object ?? null;
  }

  async copy(
    from: string,
    to: string,
    options: { ifMatch?: string; contentType?: string } = {},
  ): Promise<StoredObject> {
    this.#ready();
    checked(to);
    const { body, object } = this.#find(from);
    if (options.ifMatch !== undefined && options.ifMatch !== object.etag)
      throw conflict(`The stored object "${from}" was changed since it was read.`);
    return this.#keep(to, body);
  }

  async delete(keys: readonly string[]): Promise<void> {
    this.#ready();
    for (const key of keys.map(checked)) this.#objects.delete(key);
  }

  async list(
    prefix: string,
    options: { after?: string; limit?: number } = {},
  ): Promise<{ objects: StoredObject[]; next: string | null }> {
    this.#ready();
    const { after = '', limit = 1_000 } = options;
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const objects = keys.slice(0, limit).map((key) => this.#find(key).object);
    return { objects, next: keys.length > limit ? objects.at(-1)!.key : null };
  }

  async signUpload(
    key: string,
    options: { contentType?: string; size: number; sha256?: string; expiresIn: number },
  ): Promise<SignedRequest> {
    const headers = options.contentType === undefined ? [] : [{ name: 'Content-Type', value: options.contentType }];
    return this.#sign('PUT', key, headers, options.expiresIn, async (body) => {
      if (body.length !== options.size || (options.sha256 !== undefined && sha256(body) !== options.sha256))
        return { status: 400, body: Buffer.alloc(0) };
      this.#keep(key, body);
      return { status: 200, body: Buffer.alloc(0) };
    });
  }

  async startMultipart(key: string, _options: { contentType?: string }): Promise<string> {
    this.#ready();
    const uploadId = randomUUID();
    this.#uploads.set(uploadId, { key: checked(key), parts: new Map() });
    return uploadId;
  }

  async signPart(
    key: string,
    uploadId: string,
    part: { partNumber: number; size: number; expiresIn: number },
  ): Promise<SignedRequest> {
    return this.#sign('PUT', key, [], part.expiresIn, async (body) => {
      if (body.length !== part.size) return { status: 400, body: Buffer.alloc(0) };
      this.#upload(key, uploadId).parts.set(part.partNumber, {
        body,
        etag: `${sha256(body).slice(0, 16)}-${++this.#changes}`,
      });
      return { status: 200, body: Buffer.alloc(0) };
    });
  }

  async listParts(key: string, uploadId: string): Promise<UploadedPart[]> {
    this.#ready();
    const parts = [...this.#upload(key, uploadId).parts].map(([partNumber, { body, etag }]) => ({
      partNumber,
      size: body.length,
      etag,
    }));
    return parts.sort((a, b) => a.partNumber - b.partNumber);
  }

  async completeMultipart(
    key: string,
    uploadId: string,
    parts: readonly { partNumber: number; etag: string }[],
  ): Promise<StoredObject> {
    this.#ready();
    const upload = this.#upload(key, uploadId);
    if (parts.length === 0 || parts.some((part, index) => index > 0 && part.partNumber <= parts[index - 1]!.partNumber))
      throw badInput('The parts must come in rising order.', ['parts']);
    const bodies = parts.map(({ partNumber, etag }) => {
      const part = upload.parts.get(partNumber);
      if (part?.etag !== etag) throw conflict(`Part ${partNumber} is missing or another than named.`, ['parts']);
      return part.body;
    });
    this.#uploads.delete(uploadId);
    return this.#keep(key, Buffer.concat(bodies));
  }

  async abortMultipart(_key: string, uploadId: string): Promise<void> {
    this.#ready();
    this.#uploads.delete(uploadId);
  }

  async signDownload(key: string, options: { expiresIn: number }): Promise<SignedRequest> {
    return this.#sign('GET', key, [], options.expiresIn, async () => {
      const kept = this.#objects.get(key);
      return kept === undefined ? { status: 404, body: Buffer.alloc(0) } : { status: 200, body: kept.body };
    });
  }

  /** What a client gets that sends this to the address. */
  async send(
    request: Pick<SignedRequest, 'url' | 'method'>,
    body: Buffer = Buffer.alloc(0),
  ): Promise<{ status: number; body: Buffer }> {
    const signed = this.#signed.get(request.url);
    if (
      signed === undefined ||
      signed.request.method !== request.method ||
      signed.request.expiresAt.getTime() <= Date.now()
    )
      return { status: 403, body: Buffer.alloc(0) };
    return signed.answer(body);
  }

  async localFile(key: string, signal?: AbortSignal): Promise<{ path: string; release(): Promise<void> }> {
    this.#ready();
    signal?.throwIfAborted();
    const { body } = this.#find(key);
    const folder = await mkdtemp(join(tmpdir(), 'strata-memory-'));
    await writeFile(join(folder, 'object'), body);
    return { path: join(folder, 'object'), release: () => rm(folder, { recursive: true, force: true }) };
  }

  async check(): Promise<void> {
    this.#ready();
  }

  async close(): Promise<void> {}

  #ready(): void {
    if (this.#fault !== null) throw this.#fault;
  }

  #find(key: string): Kept {
    const kept = this.#objects.get(checked(key));
    if (kept === undefined) throw notFound('stored object', key);
    return kept;
  }

  #upload(key: string, uploadId: string): Upload {
    const upload = this.#uploads.get(uploadId);
    if (upload?.key !== key) throw notFound('multipart upload', uploadId);
    return upload;
  }

  #keep(key: string, body: Buffer): StoredObject {
    const object = {
      key,
      size: body.length,
      etag: `${sha256(body).slice(0, 16)}-${++this.#changes}`,
      modifiedAt: new Date(),
    };
    this.#objects.set(key, { body, object });
    return object;
  }

  #sign(
    method: 'GET' | 'PUT',
    key: string,
    headers: SignedRequest['headers'],
    expiresIn: number,
    answer: (body: Buffer) => Promise<{ status: number; body: Buffer }>,
  ): SignedRequest {
    this.#ready();
    checked(key);
    if (!(expiresIn >= 1 && expiresIn <= 604_800))
      throw badInput('expiresIn must be from 1 to 604800 seconds.', ['expiresIn']);
    const request: SignedRequest = {
      url: `memory:${key}?${randomUUID()}`,
      method,
      headers,
      expiresAt: new Date(Date.now() + expiresIn * 1_000),
    };
    this.#signed.set(request.url, { request, answer });
    return request;
  }
}

function checked(key: string): string {
  if (key.split('/').every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..')) return key;
  throw badInput(`${JSON.stringify(key)} is no storage key.`);
}

async function bytesOf(body: Readable | Uint8Array, signal?: AbortSignal): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Buffer[] = [];
  for await (const chunk of body) {
    signal?.throwIfAborted();
    chunks.push(Buffer.from(chunk as Uint8Array));
  }
  return Buffer.concat(chunks);
}

const sha256 = (body: Buffer) => createHash('sha256').update(body).digest('hex');
