import { randomUUID } from 'node:crypto';
import type { BucketLocationConstraint } from '@aws-sdk/client-s3';
import { StrataError, isStrataError } from '../../../domain/errors.js';
import type { Connection } from './connection.js';
import { CrossOrigin } from './cross-origin.js';
import { OWN_KEYS } from './options.js';
import type { Presigner } from './presigner.js';
import { nameOf } from './s3-errors.js';

export interface S3Finding {
  state: 'ok' | 'warning' | 'fault';
  /** What was found, in a sentence. */
  says: string;
  /** How to mend it. */
  mend?: string;
}

/** What an operator sees to once: that the bucket is there, may be written to, and lets web pages in. */
export class Bucket {
  readonly #crossOrigin: CrossOrigin;

  constructor(
    private readonly connection: Connection,
    presigner: Presigner,
  ) {
    this.#crossOrigin = new CrossOrigin(connection, presigner);
  }

  async prepare(origins: readonly string[]): Promise<string[]> {
    const made = await this.#make();
    return [...made, ...(origins.length === 0 ? [] : [await this.#crossOrigin.allow(origins)])];
  }

  async diagnose(origins: readonly string[]): Promise<S3Finding[]> {
    const { bucket } = this.connection;
    const findings: S3Finding[] = [];
    try {
      await this.#tryEverything();
      findings.push({ state: 'ok', says: `The bucket "${bucket}" can be listed, written, read and deleted from.` });
      if (origins.length > 0) findings.push(await this.#crossOrigin.finding(origins));
    } catch (error) {
      findings.push(this.#fault(error));
    }
    return findings;
  }

  async #make(): Promise<string[]> {
    const { bucket, options } = this.connection;
    try {
      await this.#list();
      return [];
    } catch (error) {
      if (!isStrataError(error) || nameOf(error.cause) !== 'NoSuchBucket') throw error;
    }
    const LocationConstraint = options.region as BucketLocationConstraint;
    await this.connection
      .ask(
        (s3, how) =>
          s3.createBucket(
            {
              Bucket: bucket,
              // The oldest region is the one that must not be named.
              ...(options.region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint } }),
            },
            how,
          ),
        { to: 'set up' },
      )
      .catch((error: unknown) => {
        const name = isStrataError(error) ? nameOf(error.cause) : '';
        // Somebody was quicker, with the same in mind.
        if (name === 'BucketAlreadyOwnedByYou') return;
        if (name === 'BucketAlreadyExists') {
          throw new StrataError(
            'CONFLICT',
            `The bucket "${bucket}" is somebody else's. Name another in the settings.`,
            { cause: error },
          );
        }
        throw error;
      });
    return [`The bucket "${bucket}" was made.`];
  }

  /** Each step needs another permission, and its failure names it. */
  async #tryEverything(): Promise<void> {
    const { bucket, encryption } = this.connection;
    const key = `${OWN_KEYS}diagnosis-${randomUUID()}`;
    await this.#list();
    await this.connection.ask(
      (s3, how) => s3.putObject({ Bucket: bucket, Key: key, Body: 'strata', ...encryption }, how),
      { key, to: 'write' },
    );
    try {
      const read = await this.connection.ask((s3, how) => s3.getObject({ Bucket: bucket, Key: key }, how), {
        key,
        to: 'read',
      });
      await read.Body?.transformToString();
    } finally {
      await this.connection.ask((s3, how) => s3.deleteObject({ Bucket: bucket, Key: key }, how), { key, to: 'delete' });
    }
  }

  /** Unlike looking at the bucket, its refusal says why. */
  async #list(): Promise<void> {
    await this.connection.ask((s3, how) => s3.listObjectsV2({ Bucket: this.connection.bucket, MaxKeys: 1 }, how), {
      to: 'list',
    });
  }

  #fault(error: unknown): S3Finding {
    if (!isStrataError(error)) throw error;
    if (error.code === 'DEPENDENCY_UNAVAILABLE') {
      return {
        state: 'fault',
        says: `The object store at ${this.connection.at} does not answer (${reasonOf(error.cause)}).`,
        mend: 'Start it, or correct the endpoint. A running server needs no restart afterwards.',
      };
    }
    const missing = nameOf(error.cause) === 'NoSuchBucket';
    return {
      state: 'fault',
      says: error.message,
      mend: missing ? 'Run "strata doctor --fix".' : 'Correct the settings or the permissions that it names.',
    };
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code !== '' && code !== 'undefined') return code;
  return nameOf(cause) === '' ? 'no reason was given' : nameOf(cause);
}
