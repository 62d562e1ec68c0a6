import type { Readable } from 'node:stream';

/** Keys are `/`-separated, never start with one, and hold `[A-Za-z0-9._-]` segments. */
export interface StoredObject {
  key: string;
  /** Bytes. */
  size: number;
  /** Changes whenever the bytes do; opaque. */
  etag: string;
  modifiedAt: Date;
}

export interface SignedRequest {
  url: string;
  method: 'GET' | 'PUT';
  headers: { name: string; value: string }[];
  /** Sooner than was asked for where what signs it does not live as long. */
  expiresAt: Date;
}

export interface UploadedPart {
  partNumber: number;
  size: number;
  etag: string;
}

export interface ByteRange {
  /** First byte, 0-based. */
  start: number;
  /** Last byte, inclusive. */
  end: number;
}

export interface ObjectStoreCapabilities {
  /** Parts of a multipart upload may be this small, but for the last. Bytes. */
  minPartSize: number;
}

/**
 * Where bytes live. Everything streams; nothing holds a file in memory. A key that is not there: `NOT_FOUND`.
 * A store out of reach: `DEPENDENCY_UNAVAILABLE` with `dependency: "objects"`. Writes are atomic: a reader sees the whole
 * of the old bytes or the whole of the new, and a write that was acknowledged survives.
 */
export interface ObjectStore {
  readonly capabilities: ObjectStoreCapabilities;
  /** `s3://bucket/key`, or `file:<path within the data folder>`. */
  locationOf(key: string): string;

  put(key: string, body: Readable | Uint8Array, options?: { contentType?: string; signal?: AbortSignal }): Promise<StoredObject>;
  /** Many small objects at once, each as atomic as `put`; cheaper than one by one. */
  putMany(objects: readonly { key: string; body: Uint8Array; contentType?: string }[]): Promise<void>;
  get(key: string, range?: ByteRange): Promise<StoredObject & { stream: Readable }>;
  head(key: string): Promise<StoredObject | null>;
  /** Copies on the condition that the source still has `ifMatch`; otherwise `CONFLICT`. Streams or links, never buffers. */
  copy(from: string, to: string, options?: { ifMatch?: string; contentType?: string }): Promise<StoredObject>;
  /** What is not there is no error, so that it may be repeated. */
  delete(keys: readonly string[]): Promise<void>;
  /** Keys under `prefix` in ascending order, from behind `after`, at most `limit` (1,000 by default). */
  list(prefix: string, options?: { after?: string; limit?: number }): Promise<{ objects: StoredObject[]; next: string | null }>;

  signUpload(key: string, options: { contentType?: string; size: number; sha256?: string; expiresIn: number }): Promise<SignedRequest>;
  startMultipart(key: string, options: { contentType?: string }): Promise<string>;
  signPart(key: string, uploadId: string, part: { partNumber: number; size: number; expiresIn: number }): Promise<SignedRequest>;
  listParts(key: string, uploadId: string): Promise<UploadedPart[]>;
  /** Joins the parts in order; a part that is missing or whose etag differs: `CONFLICT`. */
  completeMultipart(key: string, uploadId: string, parts: readonly { partNumber: number; etag: string }[]): Promise<StoredObject>;
  /** Frees the parts; what is not there is no error. */
  abortMultipart(key: string, uploadId: string): Promise<void>;
  /** Gives up uploads in parts that were begun before and never ended, where the store cannot be asked by key. Answers how many. */
  abandonMultiparts?(before: Date): Promise<number>;
  /** @param options.expiresIn seconds, at most 604,800 */
  signDownload(
    key: string,
    options: { expiresIn: number; disposition: 'ATTACHMENT' | 'INLINE'; filename: string | null; contentType: string },
  ): Promise<SignedRequest>;

  /** A path that other libraries can open: the stored file itself, or a temporary copy that `release` removes. Read only. */
  localFile(key: string, signal?: AbortSignal): Promise<{ path: string; release(): Promise<void> }>;
  /** Throws where the store cannot be written to. */
  check(): Promise<void>;
  close(): Promise<void>;
}
