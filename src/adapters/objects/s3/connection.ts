import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3, type S3ClientConfig } from '@aws-sdk/client-s3';
import { S3_LIMITS, type S3Limits, type S3StoreOptions } from './options.js';
import { translated, type Attempted } from './s3-errors.js';

/** More than all the work that the store itself allows at once: a request that waits for a socket would count as not connected. */
const SOCKETS = 1_024;

/** More than the SDK keeps account of. */
const FORGIVEN = { getRetryCount: () => 0, getRetryDelay: () => 0, getRetryCost: () => 1_000 };

export interface Ask {
  key?: string;
  /** What the credentials must allow; for the sentence that says they do not. */
  to?: Attempted['to'];
  signal?: AbortSignal;
  /** Moves or joins bytes, and so may take its time. */
  slow?: boolean;
}

/** How a request is sent: the SDK's own options. */
export interface How {
  abortSignal: AbortSignal;
  requestTimeout: number;
}

/** One bucket, and requests to it: bounded in time, tried again by the SDK, their failures in the words of the port. */
export class Connection {
  readonly limits: S3Limits;
  readonly client: S3;
  /** Signs for the address that clients know. */
  readonly signer: S3;

  constructor(readonly options: S3StoreOptions) {
    this.limits = { ...S3_LIMITS, ...options.limits };
    const config = configOf(options, this.limits);
    this.client = new S3(config);
    this.signer =
      options.publicEndpoint === undefined ? this.client : new S3({ ...config, endpoint: options.publicEndpoint });
  }

  get bucket(): string {
    return this.options.bucket;
  }

  /** For people: where the bucket is. */
  get at(): string {
    const { endpoint, region } = this.options;
    return endpoint ?? `Amazon S3 in ${region}`;
  }

  /** What goes with every request that begins an object. */
  get encryption(): { ServerSideEncryption?: 'AES256' | 'aws:kms' } {
    const { serverSideEncryption } = this.options;
    return serverSideEncryption === undefined ? {} : { ServerSideEncryption: serverSideEncryption };
  }

  /** An answer that is a stream is waited for until it begins; then it watches over itself, and `signal` still ends it. */
  async ask<Answer>(work: (s3: S3, how: How) => Promise<Answer>, ask: Ask = {}): Promise<Answer> {
    const { signal, slow = false } = ask;
    signal?.throwIfAborted();
    const { attempt, whole } = slow ? this.limits.slow : this.limits.quick;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`There was no answer within ${whole} ms.`)), whole);
    const abortSignal = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
    try {
      await this.#forgive();
      return await work(this.client, { requestTimeout: attempt, abortSignal });
    } catch (error) {
      signal?.throwIfAborted();
      throw this.translated(error, ask);
    } finally {
      clearTimeout(timer);
    }
  }

  translated(error: unknown, ask: Ask): unknown {
    const { bucket, provider = 's3' } = this.options;
    return translated(error, { bucket, provider, at: this.at, key: ask.key, to: ask.to });
  }

  /**
   * The SDK stops trying again once some hundred tries have failed, and forgives them one for each success: after an outage
   * of seconds it would give up at once for hours. How often it tries is bounded here in any case.
   */
  async #forgive(): Promise<void> {
    const strategy = await this.client.config.retryStrategy();
    if ('recordSuccess' in strategy) strategy.recordSuccess(FORGIVEN);
  }

  close(): void {
    this.client.destroy();
    if (this.signer !== this.client) this.signer.destroy();
  }
}

function configOf(options: S3StoreOptions, limits: S3Limits): S3ClientConfig {
  const { region, endpoint, forcePathStyle = false, accessKey, secretKey } = options;
  return {
    region,
    forcePathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKey === undefined || secretKey === undefined
      ? {}
      : { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } }),
    maxAttempts: limits.attempts,
    // Otherwise an address for uploading would be signed together with the checksum of an empty body.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Bodies are small parts in memory; a round trip before each would cost more than it saves.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: limits.connect,
      requestTimeout: limits.quick.attempt,
      throwOnRequestTimeout: true,
      // Whoever reads slowly must not lose the connection; what stalls is noticed by `ask` and by `ObjectStream`.
      socketTimeout: 0,
      httpAgent: new HttpAgent({ keepAlive: true, maxSockets: SOCKETS }),
      httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: SOCKETS }),
    },
  };
}
