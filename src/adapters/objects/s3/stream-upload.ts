import { Transform, pipeline, type Readable } from 'node:stream';
import { AbortMultipartUploadCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { payloadTooLarge } from '../../../domain/errors.js';
import type { Connection } from './connection.js';
import { MOST_PARTS } from './options.js';

/** At once; each holds a part in memory. */
const PARTS_AT_ONCE = 4;

/**
 * Stores a stream of unknown length in bounded memory: parts of `streamPart` bytes, or one PUT where it is shorter than that.
 * What fails leaves nothing; the stream is read no further.
 */
export async function uploadStream(
  connection: Connection,
  key: string,
  body: Readable | Uint8Array,
  { contentType, signal }: { contentType?: string; signal?: AbortSignal },
): Promise<{ etag: string | undefined; size: number }> {
  const { streamPart } = connection.limits;
  let failure: { reason: unknown } | undefined;
  signal?.throwIfAborted();
  const counted = counting(streamPart * MOST_PARTS);
  // Between the source and the library, because a source that hangs may take for ever to end, even when it is destroyed.
  const feed = body instanceof Uint8Array ? body : pipeline(body, counted, (error) => error && stop(error));
  const stop = (reason: unknown) => {
    failure ??= { reason };
    // Otherwise the library would read the source to its end before it says what went wrong.
    if (!(feed instanceof Uint8Array)) feed.destroy();
  };
  const interrupt = () => stop(signal?.reason);

  signal?.addEventListener('abort', interrupt, { once: true });
  const upload = new Upload({
    client: sendingThrough(connection, { key, signal, onFailure: stop }),
    params: { Bucket: connection.bucket, Key: key, Body: feed, ContentType: contentType, ...connection.encryption },
    partSize: streamPart,
    queueSize: PARTS_AT_ONCE,
  });
  try {
    const { ETag } = await upload.done();
    if (failure) throw failure.reason;
    return { etag: ETag, size: body instanceof Uint8Array ? body.byteLength : counted.bytes() };
  } catch (error) {
    throw failure === undefined ? error : failure.reason;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

function counting(most: number) {
  let bytes = 0;
  const transform = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.byteLength;
      if (bytes <= most) done(null, chunk);
      else done(payloadTooLarge(`A stream may have ${most} bytes; this one has more.`));
    },
  });
  return Object.assign(transform, { bytes: () => bytes });
}

/** The client as the library sees it: each request bounded in time, interrupted and translated as all the store's are. */
function sendingThrough(
  connection: Connection,
  { key, signal, onFailure }: { key: string; signal?: AbortSignal; onFailure: (error: unknown) => void },
): S3Client {
  const send = (command: AbortMultipartUploadCommand) => {
    // Tidying up must happen above all where the caller has given up.
    if (command instanceof AbortMultipartUploadCommand) {
      return connection.ask((s3, how) => s3.send(command, how), { key, to: 'write' });
    }
    return connection
      .ask((s3, how) => s3.send(command, how), { key, signal, to: 'write', slow: true })
      .catch((error: unknown) => {
        onFailure(error);
        throw error;
      });
  };
  return Object.create(connection.client, { send: { value: send } }) as S3Client;
}
