import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3 } from '@aws-sdk/client-s3';
import type { S3StoreOptions } from '../../src/adapters/objects/s3/options.js';
import { openS3Store, type S3Store } from '../../src/adapters/objects/s3/s3.store.js';
import type { SignedRequest } from '../../src/ports/object-store.port.js';
import type { ServiceAddress } from './services.js';

export interface TestBucket {
  store: S3Store;
  options: S3StoreOptions;
  /** The same bucket, past the store. */
  client: S3;
  /** Takes the bucket away with all that is in it. */
  close(): Promise<void>;
}

/** A bucket of its own on a real server. */
export async function openTestBucket(
  address: ServiceAddress,
  overrides: Partial<S3StoreOptions> = {},
): Promise<TestBucket> {
  const bucket = `strata-test-${randomUUID()}`;
  const options: S3StoreOptions = {
    provider: 'minio',
    endpoint: address.url,
    region: 'us-east-1',
    bucket,
    accessKey: address.accessKey,
    secretKey: address.secretKey,
    forcePathStyle: true,
    ...overrides,
  };
  const client = rawClient(address);
  const store = await openS3Store(options);
  await client.createBucket({ Bucket: bucket });
  return {
    store,
    options,
    client,
    async close() {
      await store.close();
      await removeBucket(client, bucket);
      client.destroy();
    },
  };
}

export function rawClient(address: ServiceAddress): S3 {
  return new S3({
    endpoint: address.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: address.accessKey!, secretAccessKey: address.secretKey! },
  });
}

export async function removeBucket(client: S3, Bucket: string): Promise<void> {
  for (;;) {
    const { Contents = [] } = await client.listObjectsV2({ Bucket });
    if (Contents.length === 0) break;
    await client.deleteObjects({ Bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })) } });
  }
  await client.deleteBucket({ Bucket });
}

/** What a client gets that follows a signed request. */
export function send(request: SignedRequest, body?: Uint8Array): Promise<Response> {
  return fetch(request.url, {
    method: request.method,
    headers: request.headers.map(({ name, value }): [string, string] => [name, value]),
    body: body === undefined ? undefined : new Uint8Array(body),
  });
}

/** A store whose bucket is whatever this server answers. */
export function openStoreAt(server: Server): Promise<S3Store> {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return openS3Store({ bucket: 'photos', region: 'us-east-1', endpoint, forcePathStyle: true, accessKey: 'key', secretKey: 'secret' });
}
