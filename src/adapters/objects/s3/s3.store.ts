import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { batches } from '../../../domain/batches.js';
import { badInput } from '../../../domain/errors.js';
import type {
  ByteRange,
  ObjectStore,
  ObjectStoreCapabilities,
  SignedRequest,
  StoredObject,
  UploadedPart,
} from '../../../ports/object-store.port.js';
import { checkKey, checkPartNumber, checkPrefix } from '../keys.js';
import { Bucket, type S3Finding } from './bucket.js';
import { Connection } from './connection.js';
import { Copier } from './copying.js';
import { LocalCopies } from './local-copies.js';
import { Multiparts } from './multiparts.js';
import { CHECK_KEY, OWN_KEYS, type S3StoreOptions } from './options.js';
import { Presigner } from './presigner.js';
import { headOf, openObject } from './reading.js';
import { storedOf, unquoted } from './stored.js';
import { uploadStream } from './stream-upload.js';

const MIB = 2 ** 20;
/** What is in memory anyway goes in one request up to here. */
const AT_ONCE = 16 * MIB;
const SMALL = MIB;
/** Requests of one call at once. */
const PARALLEL = 32;
const PAGE = 1_000;
/** What S3 deletes at once. */
const BATCH = 1_000;

/** Opens without asking anything of the store: one that is away now is used as soon as it is back. */
export async function openS3Store(options: S3StoreOptions): Promise<S3Store> {
  return new S3Store(new Connection(options), await LocalCopies.open(options.tempDir ?? tmpdir()));
}

/** Objects in a bucket of Amazon S3, MinIO, or what speaks their language. Clients send and fetch bytes past this server. */
export class S3Store implements ObjectStore {
  readonly capabilities: ObjectStoreCapabilities = { minPartSize: 5 * MIB };
  readonly #presigner: Presigner;
  readonly #multiparts: Multiparts;
  readonly #copier: Copier;
  readonly #setup: Bucket;

  constructor(
    private readonly connection: Connection,
    private readonly copies: LocalCopies,
  ) {
    this.#presigner = new Presigner(connection);
    this.#multiparts = new Multiparts(connection);
    this.#copier = new Copier(connection, this.#multiparts);
    this.#setup = new Bucket(connection, this.#presigner);
  }

  locationOf(key: string): string {
    return `s3://${this.connection.bucket}/${checked(key)}`;
  }

  async put(
    key: string,
    body: Readable | Uint8Array,
    options: { contentType?: string; signal?: AbortSignal } = {},
  ): Promise<StoredObject> {
    checked(key);
    const small = body instanceof Uint8Array && body.byteLength <= AT_ONCE;
    const { etag, size } = small
      ? { etag: await this.#putAtOnce(key, body, options), size: body.byteLength }
      : await uploadStream(this.connection, key, body, options);
    // A PUT is not told its time. Where somebody has replaced it since, what was written is what is answered.
    const head = await headOf(this.connection, key);
    return storedOf(key, { size, etag, modifiedAt: head?.etag === unquoted(etag) ? head.modifiedAt : undefined });
  }

  async putMany(objects: readonly { key: string; body: Uint8Array; contentType?: string }[]): Promise<void> {
    for (const { key } of objects) checked(key);
    await inParallel(objects, ({ key, body, contentType }) => this.#putAtOnce(key, body, { contentType }));
  }

  async get(key: string, range?: ByteRange): Promise<StoredObject & { stream: Readable }> {
    return openObject(this.connection, checked(key), range);
  }

  async head(key: string): Promise<StoredObject | null> {
    const head = await headOf(this.connection, checked(key));
    return head === null ? null : storedOf(key, head);
  }

  async copy(
    from: string,
    to: string,
    options: { ifMatch?: string; contentType?: string } = {},
  ): Promise<StoredObject> {
    return this.#copier.copy(checked(from), checked(to), options);
  }

  /** One request for as many keys as S3 takes at once: rows are locked while bytes go. */
  async delete(keys: readonly string[]): Promise<void> {
    const doomed = [...new Set(keys.map(checked))];
    for (const some of batches(doomed, BATCH)) await this.#deleteBatch(some);
  }

  async list(
    prefix: string,
    options: { after?: string; limit?: number } = {},
  ): Promise<{ objects: StoredObject[]; next: string | null }> {
    checkPrefix(prefix);
    const MaxKeys = Math.max(1, Math.min(options.limit ?? PAGE, PAGE));
    let after = options.after;
    for (;;) {
      const page = await this.connection.ask(
        (s3, how) =>
          s3.listObjectsV2({ Bucket: this.connection.bucket, Prefix: prefix, StartAfter: after, MaxKeys }, how),
        { to: 'list' },
      );
      const found = (page.Contents ?? []).map(({ Key = '', Size, ETag, LastModified }) =>
        storedOf(Key, { size: Size, etag: ETag, modifiedAt: LastModified }),
      );
      const objects = found.filter(({ key }) => !key.startsWith(OWN_KEYS));
      const next = page.IsTruncated ? found.at(-1)!.key : null;
      // A page of nothing but our own keys is none.
      if (objects.length > 0 || next === null) return { objects, next };
      after = next;
    }
  }

  async signUpload(
    key: string,
    options: { contentType?: string; size: number; sha256?: string; expiresIn: number },
  ): Promise<SignedRequest> {
    return this.#presigner.upload(checked(key), options);
  }

  async startMultipart(key: string, options: { contentType?: string }): Promise<string> {
    return this.#multiparts.start(checked(key), options.contentType);
  }

  async signPart(
    key: string,
    uploadId: string,
    part: { partNumber: number; size: number; expiresIn: number },
  ): Promise<SignedRequest> {
    checkPartNumber(part.partNumber);
    return this.#presigner.part(checked(key), uploadId, part);
  }

  async listParts(key: string, uploadId: string): Promise<UploadedPart[]> {
    return this.#multiparts.list(checked(key), uploadId);
  }

  async completeMultipart(
    key: string,
    uploadId: string,
    parts: readonly { partNumber: number; etag: string }[],
  ): Promise<StoredObject> {
    return this.#multiparts.complete(checked(key), uploadId, parts);
  }

  async abortMultipart(key: string, uploadId: string): Promise<void> {
    await this.#multiparts.abort(checked(key), uploadId);
  }

  /** Gives up uploads in parts that were begun before and never ended. Answers how many. */
  abandonMultiparts(before: Date): Promise<number> {
    return this.#multiparts.abandon(before);
  }

  async signDownload(
    key: string,
    options: { expiresIn: number; disposition: 'ATTACHMENT' | 'INLINE'; filename: string | null; contentType: string },
  ): Promise<SignedRequest> {
    return this.#presigner.download(checked(key), options);
  }

  async localFile(key: string, signal?: AbortSignal): Promise<{ path: string; release(): Promise<void> }> {
    const { stream } = await openObject(this.connection, checked(key), undefined, signal);
    return this.copies.make(stream, signal);
  }

  async check(): Promise<void> {
    await this.#putAtOnce(CHECK_KEY, Buffer.from('strata'), {});
  }

  /**
   * For `strata doctor --fix`: makes the bucket where it is missing, and lets pages of these origins send and fetch. Answers
   * what was done, in sentences.
   */
  prepare(wanted: { corsOrigins: readonly string[] }): Promise<string[]> {
    return this.#setup.prepare(wanted.corsOrigins);
  }

  /** For `strata doctor`: one sentence for each thing that was looked at. Never throws because of the store. */
  diagnose(wanted: { corsOrigins: readonly string[] }): Promise<S3Finding[]> {
    return this.#setup.diagnose(wanted.corsOrigins);
  }

  async close(): Promise<void> {
    this.connection.close();
    await this.copies.close();
  }

  async #putAtOnce(
    key: string,
    body: Uint8Array,
    { contentType, signal }: { contentType?: string; signal?: AbortSignal },
  ): Promise<string | undefined> {
    const { bucket, encryption } = this.connection;
    const { ETag } = await this.connection.ask(
      (s3, how) => s3.putObject({ Bucket: bucket, Key: key, Body: body, ContentType: contentType, ...encryption }, how),
      { key, signal, to: 'write', slow: body.byteLength > SMALL },
    );
    return ETag;
  }

  async #deleteBatch(keys: readonly string[]): Promise<void> {
    const Objects = keys.map((Key) => ({ Key }));
    const { Errors = [] } = await this.connection.ask(
      (s3, how) => s3.deleteObjects({ Bucket: this.connection.bucket, Delete: { Objects, Quiet: true } }, how),
      { to: 'delete' },
    );
    const [first] = Errors;
    if (first === undefined) return;
    const refusal = Object.assign(new Error(first.Message), {
      name: first.Code ?? 'UnknownError',
      $metadata: { httpStatusCode: first.Code === 'InternalError' ? 500 : 403 },
    });
    throw this.connection.translated(refusal, { key: first.Key, to: 'delete' });
  }
}

function checked(key: string): string {
  checkKey(key);
  if (key.startsWith(OWN_KEYS))
    throw badInput(`A storage key must not begin with "${OWN_KEYS}", which the store keeps for itself.`);
  return key;
}

/** The first failure ends it: what has not begun is left, what has is waited for. */
async function inParallel<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const limit = pLimit(PARALLEL);
  let failure: { reason: unknown } | undefined;
  const answers = await limit.map(items, (item) =>
    failure === undefined
      ? work(item).catch((reason: unknown) => {
          failure ??= { reason };
        })
      : undefined,
  );
  if (failure !== undefined) throw failure.reason;
  return answers as Answer[];
}
