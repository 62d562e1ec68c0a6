import { isStrataError, StrataError } from '../../../domain/errors.js';
import type { CORSRule } from '@aws-sdk/client-s3';
import type { S3Finding } from './bucket.js';
import type { Connection } from './connection.js';
import { CHECK_KEY } from './options.js';
import type { Presigner } from './presigner.js';
import { nameOf } from './s3-errors.js';

/** The rule of ours among those of the bucket. */
const OURS = 'strata';
const SENT = ['content-type', 'x-amz-checksum-sha256'];

/** Whether pages of other origins may send bytes and read the etag of each part, which they need to name when they are done. */
export class CrossOrigin {
  constructor(
    private readonly connection: Connection,
    private readonly presigner: Presigner,
  ) {}

  /** @returns what was done @throws NOT_CONFIGURED where the store must be told otherwise than by a request */
  async allow(origins: readonly string[]): Promise<string> {
    const { bucket } = this.connection;
    try {
      const kept = (await this.#rules()).filter(({ ID }) => ID !== OURS);
      const CORSRules = [...kept, ruleFor(origins)];
      await this.connection.ask(
        (s3, how) => s3.putBucketCors({ Bucket: bucket, CORSConfiguration: { CORSRules } }, how),
        { to: 'set up' },
      );
      return `Pages of ${origins.join(', ')} may now send to the bucket "${bucket}" and fetch from it (CORS).`;
    } catch (error) {
      if (!isStrataError(error) || nameOf(error.cause) !== 'NotImplemented') throw error;
    }
    // MinIO has one rule for all its buckets, which only its operator can change.
    const refused = await this.#refused(origins);
    if (refused.length === 0)
      return `Pages of ${origins.join(', ')} are let in already, by the setting of the store as a whole (CORS).`;
    throw new StrataError(
      'NOT_CONFIGURED',
      `The store takes no CORS rules for a bucket, and does not let pages of ${refused.join(', ')} in. ${forMinio(origins)}`,
    );
  }

  async finding(origins: readonly string[]): Promise<S3Finding> {
    const refused = await this.#refused(origins);
    if (refused.length === 0) return { state: 'ok', says: `Pages of ${origins.join(', ')} may send and fetch (CORS).` };
    return {
      state: 'warning',
      says: `Pages of ${refused.join(', ')} cannot send to the bucket or read the etag of what they sent (CORS).`,
      mend: `Run "strata doctor --fix".${this.connection.options.provider === 'minio' ? ` ${forMinio(origins)}` : ''}`,
    };
  }

  async #rules(): Promise<CORSRule[]> {
    try {
      const { CORSRules = [] } = await this.connection.ask(
        (s3, how) => s3.getBucketCors({ Bucket: this.connection.bucket }, how),
        { to: 'set up' },
      );
      return CORSRules;
    } catch (error) {
      if (isStrataError(error) && nameOf(error.cause) === 'NoSuchCORSConfiguration') return [];
      throw error;
    }
  }

  /** Asked as a browser asks, because that is whose answer counts. */
  async #refused(origins: readonly string[]): Promise<string[]> {
    const allowed = await Promise.all(
      origins.map((origin) => this.#letsIn(origin === '*' ? 'https://any.example' : origin)),
    );
    return origins.filter((_, index) => !allowed[index]);
  }

  async #letsIn(origin: string): Promise<boolean> {
    const signal = AbortSignal.timeout(this.connection.limits.quick.attempt);
    try {
      const { url } = await this.presigner.upload(CHECK_KEY, { size: 1, expiresIn: 60 });
      const preflight = await fetch(url, {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'PUT',
          'Access-Control-Request-Headers': SENT.join(','),
        },
        signal,
      });
      await preflight.arrayBuffer();
      if (!preflight.ok || !names(preflight.headers.get('access-control-allow-origin'), origin)) return false;
      const read = { expiresIn: 60, disposition: 'ATTACHMENT', filename: null, contentType: 'text/plain' } as const;
      const answer = await fetch((await this.presigner.download(CHECK_KEY, read)).url, {
        headers: { Origin: origin },
        signal,
      });
      await answer.arrayBuffer();
      return names(answer.headers.get('access-control-expose-headers'), 'etag');
    } catch (error) {
      throw this.connection.translated(error, { to: 'read' });
    }
  }
}

function ruleFor(origins: readonly string[]): CORSRule {
  return {
    ID: OURS,
    AllowedOrigins: [...origins],
    AllowedMethods: ['GET', 'HEAD', 'PUT'],
    AllowedHeaders: ['*'],
    ExposeHeaders: ['ETag', 'Content-Length', 'Content-Range', 'Content-Disposition', 'Accept-Ranges'],
    MaxAgeSeconds: 3_600,
  };
}

const names = (header: string | null, wanted: string) =>
  (header ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .some((name) => name === '*' || name === wanted.toLowerCase());

const forMinio = (origins: readonly string[]) =>
  `For MinIO, start it with MINIO_API_CORS_ALLOW_ORIGIN=${origins.join(',')}.`;
