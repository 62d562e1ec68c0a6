import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { S3RequestPresigner, getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { create as contentDisposition } from 'content-disposition';
import { badInput } from '../../../domain/errors.js';
import type { SignedRequest } from '../../../ports/object-store.port.js';
import type { Connection } from './connection.js';
import { servedType } from './served-type.js';

const LONGEST_SECONDS = 604_800;
const SHA256 = /^[0-9a-f]{64}$/;

interface Grant {
  method: 'GET' | 'PUT';
  key: string;
  query?: Readonly<Record<string, string>>;
  /** Headers that the client must send as they are. */
  send?: Readonly<Record<string, string>>;
  /** Bytes, which the client says by itself, and which must be these. */
  length?: number;
}

/**
 * Addresses that let their holder do one thing for a while, and never for longer than the credentials that sign them live: the store
 * goes by both. Computed here: nothing is asked of the store. The SDK signs; the request is put together here, because that is most
 * of the work where the SDK does it, for each address again.
 */
export class Presigner {
  readonly #signer: S3RequestPresigner;
  #bucket: Promise<URL> | undefined;

  constructor(private readonly connection: Connection) {
    this.#signer = new S3RequestPresigner({ ...connection.signer.config });
  }

  /** Bound to the type, the length and the hash: other bytes are refused by the store itself. */
  upload(
    key: string,
    options: { contentType?: string; size: number; sha256?: string; expiresIn: number },
  ): Promise<SignedRequest> {
    const { contentType, size, sha256, expiresIn } = options;
    if (sha256 !== undefined && !SHA256.test(sha256))
      throw badInput('A SHA-256 is 64 digits from 0 to 9 and a to f.', ['sha256']);
    const { ServerSideEncryption: encryption } = this.connection.encryption;
    const send = {
      ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
      ...(sha256 === undefined ? {} : { 'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64') }),
      ...(encryption === undefined ? {} : { 'x-amz-server-side-encryption': encryption }),
    };
    return this.#signed({ method: 'PUT', key, send, length: size }, expiresIn);
  }

  /** Bound to the part and its length. Its hash comes with the whole: the parts are read again when they are joined. */
  part(
    key: string,
    uploadId: string,
    { partNumber, size, expiresIn }: { partNumber: number; size: number; expiresIn: number },
  ): Promise<SignedRequest> {
    const query = { partNumber: String(partNumber), uploadId };
    return this.#signed({ method: 'PUT', key, query, length: size }, expiresIn);
  }

  download(
    key: string,
    options: { expiresIn: number; disposition: 'ATTACHMENT' | 'INLINE'; filename: string | null; contentType: string },
  ): Promise<SignedRequest> {
    const { contentType, disposition: type } = servedType(options.contentType, options.disposition);
    const query = {
      'response-content-type': contentType,
      'response-content-disposition': contentDisposition(options.filename ?? undefined, { type }),
    };
    return this.#signed({ method: 'GET', key, query }, options.expiresIn);
  }

  async #signed({ method, key, query = {}, send = {}, length }: Grant, expiresIn: number): Promise<SignedRequest> {
    if (!Number.isFinite(expiresIn) || expiresIn < 1 || expiresIn > LONGEST_SECONDS) {
      throw badInput(`expiresIn must be from 1 to ${LONGEST_SECONDS} seconds; it is ${expiresIn}.`, ['expiresIn']);
    }
    // The signature knows whole seconds.
    const signingDate = new Date(Math.floor(Date.now() / 1_000) * 1_000);
    const headers = Object.entries(send).map(([name, value]) => ({ name, value }));
    const bound = Object.fromEntries([
      ...headers.map(({ name, value }) => [name.toLowerCase(), value]),
      ...(length === undefined ? [] : [['content-length', String(length)]]),
    ]) as Record<string, string>;
    try {
      const { protocol, hostname, port, pathname } = await this.#address();
      const seconds = Math.min(Math.ceil(expiresIn), await this.#credentialSeconds(signingDate));
      const signed = await this.#signer.presign(
        {
          method,
          protocol,
          hostname,
          ...(port === '' ? {} : { port: Number(port) }),
          // What may be in a key needs no escaping.
          path: `${pathname.replace(/\/$/, '')}/${key}`,
          query,
          headers: bound,
        },
        {
          signingDate,
          expiresIn: seconds,
          // What is "hoisted" moves into the address, where the store would not hold the upload to it.
          unhoistableHeaders: new Set(Object.keys(bound)),
          signableHeaders: new Set([...Object.keys(bound), 'host']),
        },
      );
      const url = `${protocol}//${hostname}${port === '' ? '' : `:${port}`}${signed.path}?${queryOf(signed.query ?? {})}`;
      return { url, method, headers, expiresAt: new Date(signingDate.getTime() + seconds * 1_000) };
    } catch (error) {
      throw this.connection.translated(error, {});
    }
  }

  /** For how long the credentials live from then on, in whole seconds; without an end where they are not temporary. */
  async #credentialSeconds(from: Date): Promise<number> {
    const { expiration } = await this.connection.signer.config.credentials();
    if (expiration === undefined) return Infinity;
    const seconds = Math.floor((expiration.getTime() - from.getTime()) / 1_000);
    if (seconds < 1) throw Object.assign(new Error('The credentials have expired.'), { name: 'ExpiredToken' });
    return seconds;
  }

  /** Where the bucket is, as the SDK sees it: its rules for regions, endpoints and path style are its own. */
  #address(): Promise<URL> {
    const { bucket, signer } = this.connection;
    this.#bucket ??= getSignedUrl(signer, new HeadBucketCommand({ Bucket: bucket }))
      .then((url) => new URL(url))
      .catch((error: unknown) => {
        // There were no credentials, and there may be some the next time.
        this.#bucket = undefined;
        throw error;
      });
    return this.#bucket;
  }
}

function queryOf(query: NonNullable<Awaited<ReturnType<S3RequestPresigner['presign']>>['query']>): string {
  return Object.entries(query)
    .flatMap(([name, value]) =>
      [value ?? ''].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`),
    )
    .join('&');
}
