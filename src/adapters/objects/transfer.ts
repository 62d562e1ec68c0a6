import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { create as contentDisposition } from 'content-disposition';
import {
  StrataError,
  conflict,
  contentMismatch,
  forbidden,
  isStrataError,
  notFound,
  type ErrorCode,
} from '../../domain/errors.js';
import { releaseChunk } from '../../domain/release-chunk.js';
import type { ByteRange, ObjectStore, StoredObject, UploadedPart } from '../../ports/object-store.port.js';
import {
  TRANSFER_STATUS,
  type ObjectTransfer,
  type TransferRequest,
  type TransferResponse,
} from '../../ports/transfer.port.js';
import { quoted, wantedOf } from './conditions.js';
import { verify, type Grant } from './signing.js';

/** What the routes need of a store. Bodies are read chunk by chunk, each written before the next is asked for. */
export type TransferStore = Pick<ObjectStore, 'head' | 'get'> & {
  put(
    key: string,
    body: AsyncIterable<Uint8Array>,
    options: { contentType?: string; signal?: AbortSignal },
  ): Promise<StoredObject>;
  putPart(
    key: string,
    uploadId: string,
    partNumber: number,
    body: AsyncIterable<Uint8Array>,
    options: { signal?: AbortSignal },
  ): Promise<UploadedPart>;
};

export interface TransferOptions {
  store: TransferStore;
  /** The one that the store signs with. */
  signingSecret: string;
  /** Told of bytes that were refused because they are not those that were declared. */
  onRefused?: (key: string, refusal: StrataError) => Promise<void>;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Types that a browser may run as a page of this server's origin. They are never shown, only saved. */
const ACTIVE =
  /^(text\/html|text\/xml|text\/xsl|application\/xml|application\/(x-)?javascript|text\/javascript|.*\+xml)$/;

/** How often a download starts over because the object was replaced between looking and opening. */
const ATTEMPTS = 3;

/** The transfer routes over any store that can take what they stream. Framework-free: the server maps them to HTTP. */
export class SignedTransfer implements ObjectTransfer {
  constructor(private readonly options: TransferOptions) {}

  async receive(request: TransferRequest & { body: Readable; signal?: AbortSignal }): Promise<TransferResponse> {
    const grant = this.#verified('PUT', request);
    if (grant.size === undefined) throw forbidden('The address is not one for an upload.');
    try {
      return await this.#take(request, { ...grant, size: grant.size });
    } catch (error) {
      // A part can be sent again under the same address, and the whole is looked at when they are joined.
      if (isStrataError(error) && error.code === 'CONTENT_MISMATCH' && grant.part === undefined) await this.options.onRefused?.(request.key, error);
      throw error;
    }
  }

  async #take(request: TransferRequest & { body: Readable; signal?: AbortSignal }, grant: Grant & { size: number }): Promise<TransferResponse> {
    const { key, headers, body, signal } = request;
    refuseOtherLength(headers['content-length'], grant.size);
    if (grant.contentType !== undefined && !sameType(grant.contentType, headers['content-type'])) {
      throw forbidden(`The address was signed for the content type "${grant.contentType}"; send that as Content-Type.`);
    }
    const checked = checking(body, grant);
    const { etag } =
      grant.uploadId === undefined || grant.part === undefined
        ? await this.options.store.put(key, checked, { contentType: grant.contentType, signal })
        : await this.options.store.putPart(key, grant.uploadId, grant.part, checked, { signal });
    return { status: 200, headers: { ETag: quoted(etag), 'Content-Length': 0 } };
  }

  async serve(request: TransferRequest & { method: 'GET' | 'HEAD' }): Promise<TransferResponse> {
    const { key, method, headers: asked } = request;
    const grant = this.#verified('GET', request);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const object = await this.options.store.head(key);
      if (object === null) throw notFound('stored object', key);
      const headers = { ...headersFor(grant, object), ...safety };
      const wanted = wantedOf(method === 'GET' ? asked : { ...asked, range: undefined }, object);
      if (wanted.kind === 'unchanged')
        return { status: 304, headers: without(headers, 'Content-Type', 'Content-Disposition') };
      if (wanted.kind === 'unsatisfiable') {
        return {
          status: 416,
          headers: {
            ...without(headers, 'Content-Type', 'Content-Disposition', 'ETag'),
            'Content-Range': `bytes */${object.size}`,
            'Content-Length': 0,
          },
        };
      }
      const range = wanted.kind === 'range' ? wanted.range : undefined;
      const answer = { status: range === undefined ? 200 : 206, headers: { ...headers, ...lengthsOf(object, range) } };
      if (method === 'HEAD') return answer;
      const opened = await this.options.store.get(key, range).catch((error: unknown) => {
        // Shorter than a moment ago: the next look says what it is now.
        if (isStrataError(error) && error.code === 'BAD_USER_INPUT') return null;
        throw error;
      });
      if (opened?.etag === object.etag) return { ...answer, stream: opened.stream };
      opened?.stream.destroy();
    }
    throw conflict('The object is being replaced. Try again in a moment.');
  }

  statusOf(code: string): number {
    return Object.hasOwn(TRANSFER_STATUS, code) ? TRANSFER_STATUS[code as ErrorCode] : 500;
  }

  #verified(method: Grant['method'], { key, query }: TransferRequest): Grant {
    const { signingSecret, now = Date.now } = this.options;
    return verify({ method, key, query }, signingSecret, now());
  }
}

function refuseOtherLength(header: string | undefined, size: number): void {
  if (header === undefined) return;
  const length = Number(header);
  if (length !== size)
    throw contentMismatch(`The address was signed for ${size} bytes; the request announces ${length}.`);
}

const sameType = (signed: string, sent: string | undefined) =>
  signed.trim().toLowerCase() === (sent ?? '').trim().toLowerCase();

/** The body as it comes, refused as soon as it is too long, at its end where it is too short or of another hash. */
async function* checking(body: Readable, { size, sha256 }: Grant): AsyncGenerator<Uint8Array> {
  const hash = sha256 === undefined ? null : createHash('sha256');
  let received = 0;
  for await (const chunk of unbroken(body)) {
    received += chunk.length;
    if (received > size!) throw contentMismatch(`The address was signed for ${size} bytes; the upload has more.`);
    hash?.update(chunk);
    yield chunk;
    // It is written by now.
    releaseChunk(chunk);
  }
  if (received < size!) throw contentMismatch(`The address was signed for ${size} bytes; the upload has ${received}.`);
  if (hash !== null && hash.digest('hex') !== sha256)
    throw contentMismatch('The bytes are not those whose SHA-256 the address was signed for.');
}

async function* unbroken(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    // A refusal must still reach the client, so the request outlives whoever stops reading it.
    yield* body.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new StrataError('BAD_USER_INPUT', 'The upload was broken off before its end. Send it again.', {
      cause: error,
    });
  }
}

/** Where the bytes are shown in a browser, they must not become a page that acts in this server's name. */
const safety: OutgoingHttpHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': 'sandbox',
  'Cache-Control': 'private',
  // The signed address is the permission, wherever the page that uses it comes from.
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

function headersFor(grant: Grant, object: StoredObject): OutgoingHttpHeaders {
  const contentType = grant.contentType ?? 'application/octet-stream';
  const essence = contentType.split(';', 1)[0]!.trim().toLowerCase();
  const type = grant.disposition === 'INLINE' && !ACTIVE.test(essence) ? 'inline' : 'attachment';
  return {
    'Content-Type': contentType,
    'Content-Disposition': contentDisposition(grant.filename, { type }),
    ETag: quoted(object.etag),
    'Last-Modified': object.modifiedAt.toUTCString(),
    'Accept-Ranges': 'bytes',
  };
}

function lengthsOf({ size }: StoredObject, range: ByteRange | undefined): OutgoingHttpHeaders {
  if (range === undefined) return { 'Content-Length': size };
  return {
    'Content-Length': range.end - range.start + 1,
    'Content-Range': `bytes ${range.start}-${range.end}/${size}`,
  };
}

function without(headers: OutgoingHttpHeaders, ...names: string[]): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}
