import { PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Connection } from '../../../../../src/adapters/objects/s3/connection.js';
import type { S3StoreOptions } from '../../../../../src/adapters/objects/s3/options.js';
import { Presigner } from '../../../../../src/adapters/objects/s3/presigner.js';

const options: S3StoreOptions = { bucket: 'photos', region: 'eu-central-1', accessKey: 'AKID', secretKey: 'secret' };
const opened = (different: Partial<S3StoreOptions>) => {
  const connection = new Connection({ ...options, ...different });
  return { connection, presigner: new Presigner(connection) };
};

/** When the address was signed, by itself. */
const signedAt = (url: string) => Date.parse(new URL(url).searchParams.get('X-Amz-Date')!.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));

describe('a signed address', () => {
  it.each([
    [{}, 'https://photos.s3.eu-central-1.amazonaws.com/temp/a.b-c_d'],
    [{ region: 'us-east-1' }, 'https://photos.s3.us-east-1.amazonaws.com/temp/a.b-c_d'],
    [{ bucket: 'photos.example' }, 'https://s3.eu-central-1.amazonaws.com/photos.example/temp/a.b-c_d'],
    [{ forcePathStyle: true }, 'https://s3.eu-central-1.amazonaws.com/photos/temp/a.b-c_d'],
    [{ endpoint: 'http://localhost:9000', forcePathStyle: true }, 'http://localhost:9000/photos/temp/a.b-c_d'],
    [
      { endpoint: 'https://minio.example/store', forcePathStyle: true },
      'https://minio.example/store/photos/temp/a.b-c_d',
    ],
    [
      { endpoint: 'http://minio:9000', publicEndpoint: 'https://bytes.example', forcePathStyle: true },
      'https://bytes.example/photos/temp/a.b-c_d',
    ],
  ])('with %o is where the SDK would send it', async (different, expected) => {
    const { connection, presigner } = opened(different);
    const { url } = await presigner.upload('temp/a.b-c_d', { size: 1, expiresIn: 60 });
    expect(url.split('?')[0]).toBe(expected);
    const command = new PutObjectCommand({ Bucket: connection.bucket, Key: 'temp/a.b-c_d' });
    expect(url.split('?')[0]).toBe((await getSignedUrl(connection.signer, command)).split('?')[0]);
    connection.close();
  });

  it('signs whatever the store shall insist on, and tells the client what to send', async () => {
    const { connection, presigner } = opened({ serverSideEncryption: 'aws:kms' });
    const { url, headers } = await presigner.upload('a', {
      contentType: 'image/png',
      size: 7,
      sha256: '00'.repeat(32),
      expiresIn: 60,
    });
    const query = new URL(url).searchParams;
    expect(query.get('X-Amz-SignedHeaders')).toBe(
      'content-length;content-type;host;x-amz-checksum-sha256;x-amz-server-side-encryption',
    );
    expect(headers).toEqual([
      { name: 'Content-Type', value: 'image/png' },
      { name: 'x-amz-checksum-sha256', value: Buffer.alloc(32).toString('base64') },
      { name: 'x-amz-server-side-encryption', value: 'aws:kms' },
    ]);
    const part = new URL((await presigner.part('a', 'an id/+=', { partNumber: 3, size: 7, expiresIn: 60 })).url)
      .searchParams;
    expect([part.get('partNumber'), part.get('uploadId'), part.get('X-Amz-SignedHeaders')]).toEqual([
      '3',
      'an id/+=',
      'content-length;host',
    ]);
    connection.close();
  });

  it('says when it ends, in the whole seconds that were signed', async () => {
    const { connection, presigner } = opened({});
    const { url, expiresAt } = await presigner.upload('a', { size: 1, expiresIn: 59.2 });
    const query = new URL(url).searchParams;
    expect(query.get('X-Amz-Expires')).toBe('60');
    expect(expiresAt.getTime()).toBe(signedAt(url) + 60_000);
    connection.close();
  });
});

describe('under temporary credentials a signed address', () => {
  const MINUTE = 60_000;
  afterEach(() => vi.unstubAllEnvs());
  const underCredentialsUntil = (expiration: number) => {
    vi.stubEnv('AWS_PROFILE', undefined);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIA');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', 'token');
    vi.stubEnv('AWS_CREDENTIAL_EXPIRATION', new Date(expiration).toISOString());
    return opened({ accessKey: undefined, secretKey: undefined });
  };

  it('ends with them, and says so', async () => {
    const end = Math.floor(Date.now() / 1_000) * 1_000 + 10 * MINUTE + 700;
    const { connection, presigner } = underCredentialsUntil(end);
    const { url, expiresAt } = await presigner.upload('a', { size: 1, expiresIn: 3_600 });
    expect(expiresAt.getTime()).toBe(end - 700);
    expect(Number(new URL(url).searchParams.get('X-Amz-Expires')) * 1_000).toBe(end - 700 - signedAt(url));
    connection.close();
  });

  it('ends as was asked where they live longer', async () => {
    const { connection, presigner } = underCredentialsUntil(Date.now() + 60 * MINUTE);
    const { url, expiresAt } = await presigner.part('a', 'id', { partNumber: 1, size: 1, expiresIn: 900 });
    expect(expiresAt.getTime()).toBe(signedAt(url) + 15 * MINUTE);
    connection.close();
  });

  it('is not given out where they have ended', async () => {
    const { connection, presigner } = underCredentialsUntil(Date.now() - MINUTE);
    await expect(presigner.upload('a', { size: 1, expiresIn: 60 })).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringContaining('have expired') as string });
    connection.close();
  });
});
