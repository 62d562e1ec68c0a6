import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startServices, type RunningServices } from '../../../scripts/services/start.js';
import { openS3Store } from '../../../src/adapters/objects/s3/s3.store.js';
import { openTestBucket, send, type TestBucket } from '../../support/s3-bucket.js';
import { serviceAddress } from '../../support/services.js';

const MIB = 2 ** 20;
const limits = { streamPart: 5 * MIB, copyAtOnce: 6 * MIB, copyPart: 5 * MIB };
/** Whether a store has keys is its own affair: these are started for it. Where one is here, so is its program. */
const canStart = serviceAddress('s3') !== null;

afterEach(() => vi.unstubAllEnvs());

async function started(keys: string): Promise<{ services: RunningServices; bucket: TestBucket }> {
  vi.stubEnv('MINIO_KMS_SECRET_KEY', keys === '' ? undefined : keys);
  const services = await startServices({ only: ['s3'] });
  return { services, bucket: await openTestBucket(services.servers.get('s3')!.address, { serverSideEncryption: 'AES256', limits }) };
}

describe.skipIf(!canStart)('a bucket of a server that has keys', () => {
  let services: RunningServices;
  let bucket: TestBucket;
  beforeAll(async () => {
    ({ services, bucket } = await started(`strata-test:${randomBytes(32).toString('base64')}`));
  }, 60_000);
  afterAll(async () => {
    await bucket?.close();
    await services?.stop();
  });
  const encryptionOf = async (Key: string) => (await bucket.client.headObject({ Bucket: bucket.options.bucket, Key })).ServerSideEncryption;
  const read = async (key: string) => buffer((await bucket.store.get(key)).stream);

  it('encrypts what is stored in whatever way, and gives it back as it was', async () => {
    const { store } = bucket;
    const [small, large] = [randomBytes(100), randomBytes(6 * MIB + 5)];
    await store.put('a', small);
    await store.putMany([{ key: 'many', body: small }]);
    await store.put('stream', Readable.from([large], { objectMode: false }));
    await store.copy('a', 'copy', { ifMatch: (await store.head('a'))!.etag });
    await store.copy('stream', 'copy-in-parts', { ifMatch: (await store.head('stream'))!.etag });
    const sha256 = createHash('sha256').update(small).digest('hex');
    const request = await store.signUpload('signed', { size: small.length, sha256, contentType: 'image/png', expiresIn: 60 });
    expect((await send(request, small)).status).toBe(200);
    const uploadId = await store.startMultipart('parts', {});
    expect((await send(await store.signPart('parts', uploadId, { partNumber: 1, size: small.length, expiresIn: 60 }), small)).status).toBe(200);
    await store.completeMultipart('parts', uploadId, await store.listParts('parts', uploadId));
    for (const [key, body] of Object.entries({ a: small, many: small, stream: large, copy: small, 'copy-in-parts': large, signed: small, parts: small })) {
      expect([key, await encryptionOf(key), (await read(key)).equals(body)]).toEqual([key, 'AES256', true]);
    }
  });

  it('takes no upload that leaves the encryption out, and copies nothing that has changed', async () => {
    const { store } = bucket;
    const request = await store.signUpload('plain', { size: 3, expiresIn: 60 });
    const without = request.headers.filter(({ name }) => name !== 'x-amz-server-side-encryption');
    expect(without.length).toBeLessThan(request.headers.length);
    expect((await send({ ...request, headers: without }, Buffer.from('abc'))).ok).toBe(false);
    expect(await store.head('plain')).toBeNull();
    const { etag } = await store.put('changing', Buffer.from('before'));
    await store.put('changing', Buffer.from('after'));
    await expect(store.copy('changing', 'changed', { ifMatch: etag })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('leaves what was there before as it was, and is readable without the setting', async () => {
    const plain = await openS3Store({ ...bucket.options, serverSideEncryption: undefined });
    await plain.put('open', Buffer.from('open'));
    await bucket.store.put('closed', Buffer.from('closed'));
    expect([await encryptionOf('open'), await encryptionOf('closed')]).toEqual([undefined, 'AES256']);
    expect(String(await buffer((await plain.get('closed')).stream))).toBe('closed');
    expect(String(await read('open'))).toBe('open');
    await plain.close();
  });
});

describe.skipIf(!canStart)('a bucket of a server that has none', () => {
  let services: RunningServices;
  let bucket: TestBucket;
  beforeAll(async () => {
    ({ services, bucket } = await started(''));
  }, 60_000);
  afterAll(async () => {
    await bucket?.close();
    await services?.stop();
  });

  it('says so, by the setting that asks for them', async () => {
    const expected = { code: 'NOT_CONFIGURED', extensions: { setting: 'object_storage.minio.server_side_encryption' } };
    await expect(bucket.store.put('a', Buffer.from('secret'))).rejects.toMatchObject(expected);
    await expect(bucket.store.startMultipart('a', {})).rejects.toMatchObject(expected);
    expect(await bucket.store.diagnose({ corsOrigins: [] })).toMatchObject([{ state: 'fault', says: expect.stringContaining('server_side_encryption') as string }]);
    expect(await bucket.store.head('a')).toBeNull();
  });
});
