import pLimit from 'p-limit';
import { conflict, isStrataError, notFound } from '../../../domain/errors.js';
import type { StoredObject } from '../../../ports/object-store.port.js';
import type { Connection } from './connection.js';
import type { Multiparts } from './multiparts.js';
import { MOST_PARTS } from './options.js';
import { headOf, type Head } from './reading.js';
import { storedOf, unquoted } from './stored.js';

const PARTS_AT_ONCE = 4;
/** How often a copy without a condition starts over because the source is being replaced. */
const ATTEMPTS = 3;

export interface CopyOptions {
  ifMatch?: string;
  contentType?: string;
}

/** The store copies by itself; what was looked at is what is copied, because each request names its etag. */
export class Copier {
  constructor(
    private readonly connection: Connection,
    private readonly multiparts: Multiparts,
  ) {}

  async copy(from: string, to: string, options: CopyOptions): Promise<StoredObject> {
    for (let attempt = 1; ; attempt++) {
      const source = await headOf(this.connection, from);
      if (source === null) throw notFound('stored object', from);
      if (options.ifMatch !== undefined && options.ifMatch !== source.etag) {
        throw conflict(`The stored object "${from}" was changed since it was read.`);
      }
      // The store refuses to copy something onto itself as it is.
      if (from === to && options.contentType === undefined) return storedOf(from, source);
      try {
        return await (source.size > this.connection.limits.copyAtOnce
          ? this.#inParts(source, to, options)
          : this.#atOnce(source, to, options));
      } catch (error) {
        const changed = isStrataError(error) && error.code === 'CONFLICT';
        if (!changed || options.ifMatch !== undefined || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #atOnce(source: Head, to: string, { contentType }: CopyOptions): Promise<StoredObject> {
    const { bucket, encryption } = this.connection;
    const { CopyObjectResult: result } = await this.connection.ask(
      (s3, how) =>
        s3.copyObject(
          {
            Bucket: bucket,
            Key: to,
            CopySource: `${bucket}/${source.key}`,
            CopySourceIfMatch: `"${source.etag}"`,
            ...(contentType === undefined ? {} : { ContentType: contentType, MetadataDirective: 'REPLACE' as const }),
            ...encryption,
          },
          how,
        ),
      { key: source.key, to: 'write', slow: true },
    );
    return storedOf(to, { size: source.size, etag: result?.ETag, modifiedAt: result?.LastModified });
  }

  async #inParts(source: Head, to: string, { contentType = source.contentType }: CopyOptions): Promise<StoredObject> {
    const uploadId = await this.multiparts.start(to, contentType);
    try {
      const limit = pLimit({ concurrency: PARTS_AT_ONCE, rejectOnClear: true });
      const parts = await limit
        .map(rangesOf(source.size, this.connection.limits.copyPart), (range, index) =>
          this.#copyPart(source, to, { uploadId, partNumber: index + 1, range }),
        )
        .catch((error: unknown) => {
          limit.clearQueue();
          throw error;
        });
      return await this.multiparts.complete(to, uploadId, parts);
    } catch (error) {
      // Where even that fails the parts stay for `abandonMultiparts`; what went wrong first is what matters.
      await this.multiparts.abort(to, uploadId).catch(() => {});
      throw error;
    }
  }

  async #copyPart(
    source: Head,
    to: string,
    { uploadId, partNumber, range }: { uploadId: string; partNumber: number; range: string },
  ): Promise<{ partNumber: number; etag: string }> {
    const { bucket } = this.connection;
    const { CopyPartResult: result } = await this.connection.ask(
      (s3, how) =>
        s3.uploadPartCopy(
          {
            Bucket: bucket,
            Key: to,
            UploadId: uploadId,
            PartNumber: partNumber,
            CopySource: `${bucket}/${source.key}`,
            CopySourceIfMatch: `"${source.etag}"`,
            CopySourceRange: range,
          },
          how,
        ),
      { key: source.key, to: 'write', slow: true },
    );
    return { partNumber, etag: unquoted(result?.ETag) };
  }
}

/** `bytes=0-9` and so on: equal parts, larger ones where there would be more than S3 joins. */
export function rangesOf(size: number, part: number): string[] {
  const each = Math.max(part, Math.ceil(size / MOST_PARTS));
  return Array.from({ length: Math.ceil(size / each) }, (_, index) => {
    const start = index * each;
    return `bytes=${start}-${Math.min(start + each, size) - 1}`;
  });
}
