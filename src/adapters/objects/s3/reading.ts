import type { Readable } from 'node:stream';
import { badInput, isStrataError } from '../../../domain/errors.js';
import type { ByteRange, StoredObject } from '../../../ports/object-store.port.js';
import type { Connection } from './connection.js';
import { ObjectStream } from './object-stream.js';
import { statusOf } from './s3-errors.js';
import { storedOf } from './stored.js';

export interface Head extends StoredObject {
  contentType: string | undefined;
}

/** @returns null where there is none */
export async function headOf(connection: Connection, key: string, signal?: AbortSignal): Promise<Head | null> {
  try {
    const found = await connection.ask((s3, how) => s3.headObject({ Bucket: connection.bucket, Key: key }, how), {
      key,
      signal,
    });
    return {
      ...storedOf(key, { size: found.ContentLength, etag: found.ETag, modifiedAt: found.LastModified }),
      contentType: found.ContentType,
    };
  } catch (error) {
    if (isStrataError(error) && error.code === 'NOT_FOUND') return null;
    if (isStrataError(error) && statusOf(error.cause) === 403) await askWhy(connection);
    throw error;
  }
}

/** An answer to HEAD has no body that would say why it refuses; the same refusal of a list has. */
async function askWhy(connection: Connection): Promise<void> {
  await connection.ask((s3, how) => s3.listObjectsV2({ Bucket: connection.bucket, MaxKeys: 1 }, how), { to: 'list' });
}

/** @param range both ends included */
export async function openObject(
  connection: Connection,
  key: string,
  range?: ByteRange,
  signal?: AbortSignal,
): Promise<StoredObject & { stream: Readable }> {
  // The store would answer a range that makes no sense with the whole.
  if (range !== undefined && (range.start < 0 || range.end < range.start)) {
    throw badInput(
      `The range ${range.start} to ${range.end} is none: it must begin at 0 or later, and end no earlier.`,
    );
  }
  const Range = range === undefined ? undefined : `bytes=${range.start}-${range.end}`;
  const ask = { key, signal };
  const found = await connection.ask(
    (s3, how) => s3.getObject({ Bucket: connection.bucket, Key: key, Range }, how),
    ask,
  );
  const whole = /\/(\d+)$/.exec(found.ContentRange ?? '')?.[1];
  return {
    ...storedOf(key, {
      size: whole === undefined ? found.ContentLength : Number(whole),
      etag: found.ETag,
      modifiedAt: found.LastModified,
    }),
    stream: new ObjectStream(found.Body as Readable, connection.limits.stall, (error) => {
      return signal?.aborted ? signal.reason : connection.translated(error, ask);
    }),
  };
}
