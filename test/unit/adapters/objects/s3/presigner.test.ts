import { PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from 'vitest';
import { Connection } from '../../../../../src/adapters/objects/s3/connection.js';
import type { S3StoreOptions } from '../../../../../src/adapters/objects/s3/options.js';
import { Presigner } from '../../../../../src/adapters/objects/s3/presigner.js';

const options: S3StoreOptions = { bucket: 'photos', region: 'eu-central-1', accessKey: 'AKID', secretKey: 'secret' };
const opened = (different: Partial<S3StoreOptions>) => {
  const connection = new Connection({ ...options, ...different });
  return { connection, presigner: new Presigner(connection) };
};

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
    const signedAt = query.get('X-Amz-Date')!.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5');
    expect(query.get('X-Amz-Expires')).toBe('60');
    expect(expiresAt.getTime()).toBe(Date.parse(signedAt) + 60_000);
    connection.close();
  });
});
