import { GetObjectCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { create as contentDisposition } from 'content-disposition';
import { badInput } from '../../../domain/errors.js';
import type { SignedRequest } from '../../../ports/object-store.port.js';
import type { Connection } from './connection.js';
import { servedType } from './served-type.js';

const LONGEST_SECONDS = 604_800;
const SHA256 = /^[0-9a-f]{64}$/;

type Signable = PutObjectCommand | UploadPartCommand | GetObjectCommand;
interface Bound {
  /** Headers that the client must send as they are. */
  send?: Readonly<Record<string, string>>;
  /** Headers that the client sends by itself and that must be these. */
  implied?: readonly string[];
}

/** Addresses that let their holder do one thing for a while. Computed here: nothing is asked of the store. */
export class Presigner {
  constructor(private readonly connection: Connection) {}

  /** Bound to the type, the length and the hash: other bytes are refused by the store itself. */
  upload(
    key: string,
    options: { contentType?: string; size: number; sha256?: string; expiresIn: number },
  ): Promise<SignedRequest> {
    const { contentType, size, sha256, expiresIn } = options;
    if (sha256 !== undefined && !SHA256.test(sha256))
      throw badInput('A SHA-256 is 64 digits from 0 to 9 and a to f.', ['sha256']);
    const { bucket, encryption } = this.connection;
    const checksum = sha256 === undefined ? undefined : Buffer.from(sha256, 'hex').toString('base64');
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      ContentType: contentType,
      ContentLength: size,
      ChecksumSHA256: checksum,
      ...encryption,
    });
    const send = {
      ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
      ...(checksum === undefined ? {} : { 'x-amz-checksum-sha256': checksum }),
      ...(encryption.ServerSideEncryption === undefined
        ? {}
        : { 'x-amz-server-side-encryption': encryption.ServerSideEncryption }),
    };
    return this.#signed('PUT', command, expiresIn, { send, implied: ['content-length'] });
  }

  /** Bound to the part and its length. Its hash comes with the whole: the parts are read again when they are joined. */
  part(
    key: string,
    uploadId: string,
    { partNumber, size, expiresIn }: { partNumber: number; size: number; expiresIn: number },
  ): Promise<SignedRequest> {
    const command = new UploadPartCommand({
      Bucket: this.connection.bucket,
      Key: key,
      UploadId: uploadId,
      PartNumber: partNumber,
      ContentLength: size,
    });
    return this.#signed('PUT', command, expiresIn, { implied: ['content-length'] });
  }

  download(
    key: string,
    options: { expiresIn: number; disposition: 'ATTACHMENT' | 'INLINE'; filename: string | null; contentType: string },
  ): Promise<SignedRequest> {
    const { contentType, disposition: type } = servedType(options.contentType, options.disposition);
    const command = new GetObjectCommand({
      Bucket: this.connection.bucket,
      Key: key,
      ResponseContentType: contentType,
      ResponseContentDisposition: contentDisposition(options.filename ?? undefined, { type }),
    });
    return this.#signed('GET', command, options.expiresIn, {});
  }

  async #signed(
    method: 'GET' | 'PUT',
    command: Signable,
    expiresIn: number,
    { send = {}, implied = [] }: Bound,
  ): Promise<SignedRequest> {
    if (!Number.isFinite(expiresIn) || expiresIn < 1 || expiresIn > LONGEST_SECONDS) {
      throw badInput(`expiresIn must be from 1 to ${LONGEST_SECONDS} seconds; it is ${expiresIn}.`, ['expiresIn']);
    }
    // The signature knows whole seconds.
    const signingDate = new Date(Math.floor(Date.now() / 1_000) * 1_000);
    const seconds = Math.ceil(expiresIn);
    const bound = [...Object.keys(send).map((name) => name.toLowerCase()), ...implied];
    try {
      const url = await getSignedUrl(this.connection.signer, command as GetObjectCommand, {
        signingDate,
        expiresIn: seconds,
        // What is "hoisted" moves into the address, where the store would not hold the upload to it.
        unhoistableHeaders: new Set(bound),
        signableHeaders: new Set([...bound, 'host']),
      });
      const headers = Object.entries(send).map(([name, value]) => ({ name, value }));
      return { url, method, headers, expiresAt: new Date(signingDate.getTime() + seconds * 1_000) };
    } catch (error) {
      throw this.connection.translated(error, {});
    }
  }
}
