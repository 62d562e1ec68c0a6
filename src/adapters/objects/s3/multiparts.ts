import { badInput, isStrataError, notFound } from '../../../domain/errors.js';
import type { StoredObject, UploadedPart } from '../../../ports/object-store.port.js';
import type { Connection } from './connection.js';
import { headOf } from './reading.js';
import { storedOf, unquoted } from './stored.js';

/** Uploads in parts: what the store keeps of them between their beginning and their end. */
export class Multiparts {
  constructor(private readonly connection: Connection) {}

  async start(key: string, contentType?: string): Promise<string> {
    const { bucket, encryption } = this.connection;
    const { UploadId } = await this.connection.ask(
      (s3, how) => s3.createMultipartUpload({ Bucket: bucket, Key: key, ContentType: contentType, ...encryption }, how),
      { key, to: 'write' },
    );
    return UploadId!;
  }

  async list(key: string, uploadId: string): Promise<UploadedPart[]> {
    if (!isUploadId(uploadId)) throw notFound('upload in parts of', key);
    const parts: UploadedPart[] = [];
    let marker: string | undefined;
    do {
      const page = await this.connection.ask(
        (s3, how) =>
          s3.listParts({ Bucket: this.connection.bucket, Key: key, UploadId: uploadId, PartNumberMarker: marker }, how),
        { key, to: 'list' },
      );
      for (const { PartNumber = 0, Size = 0, ETag } of page.Parts ?? []) {
        parts.push({ partNumber: PartNumber, size: Size, etag: unquoted(ETag) });
      }
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return parts;
  }

  async complete(
    key: string,
    uploadId: string,
    parts: readonly { partNumber: number; etag: string }[],
  ): Promise<StoredObject> {
    if (!isUploadId(uploadId)) throw notFound('upload in parts of', key);
    if (parts.length === 0) throw badInput('An upload in parts is joined from one part at least.', ['parts']);
    if (new Set(parts.map(({ partNumber }) => partNumber)).size < parts.length) throw badInput('Each part is named once.', ['parts']);
    const Parts = [...parts]
      .sort((left, right) => left.partNumber - right.partNumber)
      .map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: `"${etag}"` }));
    let etag: string | undefined;
    try {
      const joined = await this.connection.ask(
        (s3, how) =>
          s3.completeMultipartUpload(
            { Bucket: this.connection.bucket, Key: key, UploadId: uploadId, MultipartUpload: { Parts } },
            how,
          ),
        { key, to: 'write', slow: true },
      );
      etag = unquoted(joined.ETag);
    } catch (error) {
      const done = await this.#joinedBefore(error, key, parts.length);
      if (done === null) throw error;
      return done;
    }
    const head = await headOf(this.connection, key);
    if (head === null) throw notFound('stored object', key);
    return storedOf(key, { ...head, etag: etag === '' ? head.etag : etag });
  }

  async abort(key: string, uploadId: string): Promise<void> {
    if (!isUploadId(uploadId)) return;
    await this.connection
      .ask(
        (s3, how) => s3.abortMultipartUpload({ Bucket: this.connection.bucket, Key: key, UploadId: uploadId }, how),
        { key, to: 'delete' },
      )
      .catch(unlessMissing);
  }

  /**
   * Gives up every upload that was begun before. Answers how many. What nobody knows of any more, because a process died
   * between beginning it and writing that down, is found by nothing else.
   */
  async abandon(before: Date): Promise<number> {
    let given = 0;
    let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (marker !== undefined) {
      const at: { KeyMarker?: string; UploadIdMarker?: string } = marker;
      const page = await this.connection.ask(
        (s3, how) => s3.listMultipartUploads({ Bucket: this.connection.bucket, ...at }, how),
        { to: 'list' },
      );
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        if (Key === undefined || UploadId === undefined || Initiated === undefined || Initiated >= before) continue;
        await this.abort(Key, UploadId);
        given += 1;
      }
      marker = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
    }
    return given;
  }

  /** Joining is tried again where its answer is lost; then the upload is gone, because the object is there. */
  async #joinedBefore(error: unknown, key: string, parts: number): Promise<StoredObject | null> {
    const cause = isStrataError(error) && error.code === 'NOT_FOUND' ? error.cause : undefined;
    const attempts = (cause as { $metadata?: { attempts?: number } } | undefined)?.$metadata?.attempts ?? 1;
    if (attempts < 2) return null;
    const head = await headOf(this.connection, key);
    return head?.etag.endsWith(`-${parts}`) ? storedOf(key, head) : null;
  }
}

/** No store gives out others, and MinIO takes them for paths. */
const isUploadId = (id: string) => /^[A-Za-z0-9+/=_.~-]+$/.test(id) && !id.includes('..');

function unlessMissing(error: unknown): void {
  if (!isStrataError(error) || error.code !== 'NOT_FOUND') throw error;
}
