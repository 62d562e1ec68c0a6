import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openS3Store } from '../../../src/adapters/objects/s3/s3.store.js';
import { openTestBucket, rawClient, send, type TestBucket } from '../../support/s3-bucket.js';
import { serviceAddress } from '../../support/services.js';

const MIB = 2 ** 20;
const address = serviceAddress('s3');
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;

describe.skipIf(address === null)('bytes in a bucket of a real server', () => {
  let bucket: TestBucket;
  let tempDir: string;
  const limits = { streamPart: 5 * MIB, copyAtOnce: 6 * MIB, copyPart: 5 * MIB };
  beforeAll(async () => {
    tempDir = await mkdtemp(join(tmpdir(), 'strata-s3-test-'));
    bucket = await openTestBucket(address!, { limits, tempDir });
  });
  afterAll(async () => {
    await bucket?.close();
    await rm(tempDir, { recursive: true });
  });

  const folder = () => `s3/${randomUUID()}`;
  const read = async (key: string) => buffer((await bucket.store.get(key)).stream);
  const rawHead = (Key: string) => bucket.client.headObject({ Bucket: bucket.options.bucket, Key });
  /** MinIO lists those of one key alone. */
  const partsLeft = async (key: string) =>
    (await bucket.client.listMultipartUploads({ Bucket: bucket.options.bucket, Prefix: key })).Uploads ?? [];

  describe('streams of unknown length', () => {
    it('are stored in parts, whatever sizes they come in', async () => {
      const key = `${folder()}/stream`;
      const body = randomBytes(13 * MIB + 7);
      const chunks = function* () {
        for (let at = 0, size = 1; at < body.length; at += size, size = (size * 7) % 700_001)
          yield body.subarray(at, at + size);
      };
      const put = await bucket.store.put(key, Readable.from(chunks(), { objectMode: false }), {
        contentType: 'video/mp4',
      });
      expect(put).toEqual(await bucket.store.head(key));
      expect(put).toMatchObject({ size: body.length, etag: expect.stringMatching(/-3$/) });
      expect((await rawHead(key)).ContentType).toBe('video/mp4');
      expect((await read(key)).equals(body)).toBe(true);
    });

    it('take no more memory the longer they are, going in and coming out', async () => {
      const key = `${folder()}/long`;
      const size = 500 * MIB;
      const block = randomBytes(MIB);
      const blocks = function* () {
        for (let sent = 0; sent < size; sent += block.length) yield Buffer.from(block);
      };
      const before = process.memoryUsage().arrayBuffers;
      let most = 0;
      const sample = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 5);
      try {
        expect((await bucket.store.put(key, Readable.from(blocks(), { objectMode: false }))).size).toBe(size);
        let came = 0;
        for await (const chunk of (await bucket.store.get(key)).stream) came += (chunk as Buffer).length;
        expect(came).toBe(size);
      } finally {
        clearInterval(sample);
      }
      // Four parts of 5 MiB, what the library copies of them, and what the collector has not seen yet: less than half of what went through.
      expect(most / MIB).toBeLessThan(250);
    });

    it('that break in the middle leave no parts behind', async () => {
      const key = `${folder()}/broken`;
      const broken = async function* () {
        for (let sent = 0; sent < 12; sent++) yield randomBytes(MIB);
        expect(await partsLeft(key)).toHaveLength(1);
        throw new Error('the source broke');
      };
      await expect(bucket.store.put(key, Readable.from(broken(), { objectMode: false }))).rejects.toThrow(
        'the source broke',
      );
      expect(await bucket.store.head(key)).toBeNull();
      expect(await partsLeft(key)).toEqual([]);
    });

    it('that stall are let go when the caller gives up', async () => {
      const key = `${folder()}/stalled`;
      const abort = new AbortController();
      const stalling = async function* () {
        for (let sent = 0; sent < 7; sent++) yield randomBytes(MIB);
        abort.abort(new Error('changed my mind'));
        await new Promise(() => {});
      };
      const body = Readable.from(stalling(), { objectMode: false });
      await expect(bucket.store.put(key, body, { signal: abort.signal })).rejects.toThrow('changed my mind');
      expect(body.destroyed).toBe(true);
      expect(await bucket.store.head(key)).toBeNull();
      expect(await partsLeft(key)).toEqual([]);
    });
  });

  describe('a copy of what is too large for one request', () => {
    it('is made of parts, within the store', async () => {
      const at = folder();
      const body = randomBytes(12 * MIB + 3);
      const source = await bucket.store.put(`${at}/a`, body, { contentType: 'video/webm' });
      const copy = await bucket.store.copy(`${at}/a`, `${at}/b`, { ifMatch: source.etag });
      expect(copy).toMatchObject({ key: `${at}/b`, size: body.length, etag: expect.stringMatching(/-3$/) });
      expect(await bucket.store.head(`${at}/b`)).toEqual(copy);
      expect((await read(`${at}/b`)).equals(body)).toBe(true);
      expect((await rawHead(`${at}/b`)).ContentType).toBe('video/webm');
      await bucket.store.copy(`${at}/a`, `${at}/c`, { contentType: 'video/mp4' });
      expect((await rawHead(`${at}/c`)).ContentType).toBe('video/mp4');
    });

    it('is refused where the source is another than it was', async () => {
      const at = folder();
      const { etag } = await bucket.store.put(`${at}/a`, randomBytes(7 * MIB));
      await bucket.store.put(`${at}/a`, randomBytes(7 * MIB));
      await expect(bucket.store.copy(`${at}/a`, `${at}/b`, { ifMatch: etag })).rejects.toThrow(code('CONFLICT'));
      expect(await bucket.store.head(`${at}/b`)).toBeNull();
    });

    it('is of one version of the source, or is none', async () => {
      const at = folder();
      const versions = [randomBytes(7 * MIB), randomBytes(7 * MIB)];
      await bucket.store.put(`${at}/a`, versions[0]!);
      for (let round = 1; round <= 4; round++) {
        const [copied] = await Promise.allSettled([
          bucket.store.copy(`${at}/a`, `${at}/${round}`),
          bucket.store.put(`${at}/a`, versions[round % 2]!),
        ]);
        if (copied.status === 'rejected') {
          expect(copied.reason).toMatchObject({ code: 'CONFLICT' });
          continue;
        }
        const bytes = await read(`${at}/${round}`);
        expect(versions.some((version) => version.equals(bytes))).toBe(true);
      }
      for (let round = 1; round <= 4; round++) expect(await partsLeft(`${at}/${round}`)).toEqual([]);
    });
  });

  it('keeps the type that an object is copied to, and otherwise the one it has', async () => {
    const at = folder();
    await bucket.store.put(`${at}/a`, Buffer.from('x'), { contentType: 'image/png' });
    await bucket.store.copy(`${at}/a`, `${at}/b`);
    await bucket.store.copy(`${at}/a`, `${at}/c`, { contentType: 'image/gif' });
    expect((await rawHead(`${at}/b`)).ContentType).toBe('image/png');
    expect((await rawHead(`${at}/c`)).ContentType).toBe('image/gif');
  });

  it('lists and deletes more than the store does at once; staging is ordinary, its own keys are hidden', async () => {
    const at = `temp/${randomUUID()}`;
    const keys = Array.from({ length: 1_103 }, (_, index) => `${at}/${String(index).padStart(4, '0')}`);
    await bucket.store.putMany(keys.map((key) => ({ key, body: Buffer.from('x') })));
    await bucket.store.check();
    const all: string[] = [];
    let after: string | undefined;
    do {
      const page = await bucket.store.list('', { after });
      all.push(...page.objects.map(({ key }) => key));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(all.filter((key) => key.startsWith(`${at}/`))).toEqual(keys);
    expect(all.filter((key) => key.startsWith('.strata/'))).toEqual([]);
    expect(await bucket.store.list('', { limit: 1 })).toMatchObject({
      objects: [{ key: expect.not.stringMatching(/^\.strata/) }],
    });
    await expect(bucket.store.put('.strata/check', Buffer.from('x'))).rejects.toThrow(code('BAD_USER_INPUT'));
    await bucket.store.delete([...keys, ...keys, `${at}/nothing`]);
    expect((await bucket.store.list(at)).objects).toEqual([]);
  });

  describe('signed addresses', () => {
    it('hold an upload to its type', async () => {
      const key = `${folder()}/typed`;
      const request = await bucket.store.signUpload(key, { contentType: 'image/png', size: 3, expiresIn: 60 });
      const other = { ...request, headers: [{ name: 'Content-Type', value: 'text/html' }] };
      expect((await send(other, Buffer.from('abc'))).status).toBe(403);
      expect((await send({ ...request, headers: [] }, Buffer.from('abc'))).ok).toBe(false);
      expect((await send(request, Buffer.from('abc'))).status).toBe(200);
      expect((await rawHead(key)).ContentType).toBe('image/png');
    });

    it('hold an upload to its hash, also where the header is left out', async () => {
      const key = `${folder()}/hashed`;
      const request = await bucket.store.signUpload(key, { size: 3, sha256: 'a'.repeat(64), expiresIn: 60 });
      expect((await send(request, Buffer.from('abc'))).status).toBe(400);
      expect((await send({ ...request, headers: [] }, Buffer.from('abc'))).ok).toBe(false);
      expect(await bucket.store.head(key)).toBeNull();
      await expect(bucket.store.signUpload(key, { size: 3, sha256: 'short', expiresIn: 60 })).rejects.toThrow(
        code('BAD_USER_INPUT'),
      );
    });

    it('hold a part to its length', async () => {
      const key = `${folder()}/part`;
      const uploadId = await bucket.store.startMultipart(key, {});
      const request = await bucket.store.signPart(key, uploadId, { partNumber: 1, size: 3, expiresIn: 60 });
      expect((await send(request, Buffer.from('abcd'))).status).toBe(403);
      expect((await send(request, Buffer.from('abc'))).status).toBe(200);
      await bucket.store.abortMultipart(key, uploadId);
      expect(await partsLeft(key)).toEqual([]);
    });

    it.each([
      ['image/png', 'INLINE', 'image/png', 'inline'],
      ['video/mp4; codecs="avc1"', 'INLINE', 'video/mp4', 'inline'],
      ['image/png', 'ATTACHMENT', 'image/png', 'attachment'],
      ['text/html', 'INLINE', 'application/octet-stream', 'attachment'],
      ['image/svg+xml', 'INLINE', 'application/octet-stream', 'attachment'],
      ['application/pdf', 'INLINE', 'application/octet-stream', 'attachment'],
    ] as const)('serve %s, asked for as %s, as %s and %s', async (contentType, disposition, served, shown) => {
      const key = `${folder()}/a`;
      await bucket.store.put(key, Buffer.from('0123456789'), { contentType: 'text/html' });
      const request = await bucket.store.signDownload(key, {
        expiresIn: 60,
        disposition,
        filename: 'ü.x',
        contentType,
      });
      const answer = await send({ ...request, headers: [{ name: 'Range', value: 'bytes=2-4' }] });
      expect(answer.status).toBe(206);
      expect(await answer.text()).toBe('234');
      expect(answer.headers.get('content-type')).toBe(served);
      expect(answer.headers.get('content-disposition')).toBe(`${shown}; filename="?.x"; filename*=UTF-8''%C3%BC.x`);
      expect(answer.headers.get('etag')).not.toBeNull();
    });

    it('begin with the address that clients know', async () => {
      const store = await openS3Store({ ...bucket.options, publicEndpoint: 'https://bytes.example' });
      const { url } = await store.signUpload('temp/a', { size: 1, expiresIn: 60 });
      expect(url).toMatch(new RegExp(`^https://bytes\\.example/${bucket.options.bucket}/temp/a\\?`));
      await store.close();
    });
  });

  it('gives up what was begun in parts and never ended, and leaves what is under way', async () => {
    const key = `${folder()}/abandoned`;
    const uploadId = await bucket.store.startMultipart(key, {});
    expect(await bucket.store.abandonMultiparts(new Date(Date.now() - 3_600_000))).toBe(0);
    expect(await bucket.store.listParts(key, uploadId)).toEqual([]);
    expect(await bucket.store.abandonMultiparts(new Date(Date.now() + 3_600_000))).toBeGreaterThanOrEqual(1);
    await expect(bucket.store.listParts(key, uploadId)).rejects.toThrow(code('NOT_FOUND'));
  });

  describe('files for other libraries', () => {
    const files = async () => (await readdir(tempDir, { recursive: true })).length;

    it('are copies that go when they are released, and with the store', async () => {
      const key = `${folder()}/a`;
      await bucket.store.put(key, Buffer.from('in a file'));
      const before = await files();
      const file = await bucket.store.localFile(key);
      expect(await readFile(file.path, 'utf8')).toBe('in a file');
      await file.release();
      await file.release();
      expect(await files()).toBe(before);

      const other = await openS3Store(bucket.options);
      const kept = await other.localFile(key);
      await other.close();
      await expect(stat(kept.path)).rejects.toThrow('ENOENT');
      expect(await files()).toBe(before);
    });

    it('are given up in the middle', async () => {
      const key = `${folder()}/large`;
      await bucket.store.put(key, randomBytes(30 * MIB));
      const before = await files();
      const abort = new AbortController();
      const copying = bucket.store.localFile(key, abort.signal);
      const settled = expect(copying).rejects.toThrow('not needed any more');
      while ((await files()) === before) await new Promise(setImmediate);
      abort.abort(new Error('not needed any more'));
      await settled;
      expect(await files()).toBe(before);
    });

    it('that a dead process left are taken away by the next one', async () => {
      const mine = `strata-objects-${hostname().replace(/[^A-Za-z0-9.]/g, '_')}-`;
      const [dead, other] = [
        join(tempDir, `${mine}4194305-abcdef`),
        join(tempDir, 'strata-objects-elsewhere-4194305-abcdef'),
      ];
      await mkdir(dead);
      await mkdir(other);
      const store = await openS3Store(bucket.options);
      expect(await readdir(tempDir)).not.toContain(dead.slice(tempDir.length + 1));
      expect(await readdir(tempDir)).toContain(other.slice(tempDir.length + 1));
      await store.close();
    });
  });
});

describe.skipIf(address === null)('what an operator is told', () => {
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await openTestBucket(address!);
  });
  afterAll(() => bucket?.close());

  it.each([
    [{ accessKey: 'nobody-here' }, 'does not know the access key. Correct object_storage.minio.access_key.'],
    [{ secretKey: 'another-secret' }, 'The secret key is not the one that belongs to the access key'],
    [
      { bucket: 'strata-is-not-there' },
      'The bucket "strata-is-not-there" does not exist at ADDRESS. "strata doctor --fix" makes it.',
    ],
    [{ endpoint: 'http://127.0.0.1:1' }, 'The object store at http://127.0.0.1:1 does not answer (ECONNREFUSED).'],
    [
      { endpoint: 'http://nowhere.invalid:9000' },
      'The object store at http://nowhere.invalid:9000 does not answer (ENOTFOUND).',
    ],
  ])('one sentence for %o', async (wrong, says) => {
    const store = await openS3Store({ ...bucket.options, ...wrong });
    const sentence = says.replace('ADDRESS', address!.url);
    expect(await store.diagnose({ corsOrigins: ['https://app.example'] })).toEqual([
      { state: 'fault', says: expect.stringContaining(sentence), mend: expect.any(String) },
    ]);
    const [head, written] = await Promise.allSettled([store.head('a'), store.check()]);
    if ('endpoint' in wrong) {
      for (const each of [head, written])
        expect(each).toMatchObject({
          reason: { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'objects' } },
        });
    } else {
      expect(written).toMatchObject({ reason: { code: 'NOT_CONFIGURED', message: expect.stringContaining(sentence) } });
      // Whether a key or the whole bucket is missing S3 does not say of a single key.
      if (!('bucket' in wrong))
        expect(head).toMatchObject({ reason: { code: 'NOT_CONFIGURED', message: expect.stringContaining(sentence) } });
    }
    await store.close();
  });

  it('is that all is well', async () => {
    expect(await bucket.store.diagnose({ corsOrigins: [] })).toEqual([
      { state: 'ok', says: expect.stringContaining('can be listed, written, read and deleted from') },
    ]);
  });

  it('is mended: the bucket made, once, and pages let in', async () => {
    const name = `strata-test-${randomUUID()}`;
    const store = await openS3Store({ ...bucket.options, bucket: name });
    const client = rawClient(address!);
    try {
      const wanted = { corsOrigins: ['https://app.example'] };
      expect(await store.prepare(wanted)).toEqual([
        `The bucket "${name}" was made.`,
        expect.stringContaining('https://app.example'),
      ]);
      expect(await store.prepare(wanted)).toEqual([expect.stringContaining('https://app.example')]);
      expect((await store.diagnose(wanted)).map(({ state }) => state)).toEqual(['ok', 'ok']);
      await store.check();
      await client.deleteObject({ Bucket: name, Key: '.strata/check' });
    } finally {
      await client.deleteBucket({ Bucket: name });
      client.destroy();
      await store.close();
    }
  });
});
