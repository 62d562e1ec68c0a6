import { randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openS3Store, type S3Store } from '../../../src/adapters/objects/s3/s3.store.js';
import { Link } from '../../support/link.js';
import { openTestBucket, type TestBucket } from '../../support/s3-bucket.js';
import { serviceAddress } from '../../support/services.js';
import { lesserCredentials } from '../../support/sts.js';

const MIB = 2 ** 20;
const SECONDS = 1_000;
const address = serviceAddress('s3');
const unavailable = expect.objectContaining({
  code: 'DEPENDENCY_UNAVAILABLE',
  extensions: { dependency: 'objects', retryable: true },
}) as Error;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

describe.skipIf(address === null)('a store that goes away', () => {
  let bucket: TestBucket;
  let link: Link;
  let store: S3Store;
  beforeAll(async () => {
    bucket = await openTestBucket(address!);
    link = await Link.to(address!.url);
    // Shorter than by default, in the same proportions, so that the test need not wait as long as a person would.
    const limits = {
      connect: 1_000,
      quick: { attempt: 700, whole: 1_500 },
      slow: { attempt: 1_500, whole: 3_000 },
      stall: 700,
    };
    store = await openS3Store({ ...bucket.options, endpoint: link.url, limits });
    await bucket.store.put('kept', Buffer.from('kept'));
    await bucket.store.put('large', randomBytes(64 * MIB));
  });
  afterEach(() => link.mend());
  afterAll(async () => {
    await store?.close();
    await link?.cut();
    await bucket?.close();
  });

  const everything: [string, () => Promise<unknown>][] = [
    ['check', () => store.check()],
    ['put', () => store.put('a', Buffer.from('x'))],
    ['put of a stream', () => store.put('a', Readable.from([randomBytes(10 * MIB)], { objectMode: false }))],
    [
      'putMany',
      () => store.putMany(Array.from({ length: 200 }, (_, at) => ({ key: `many/${at}`, body: Buffer.from('x') }))),
    ],
    ['get', () => store.get('kept')],
    ['head', () => store.head('kept')],
    ['copy', () => store.copy('kept', 'copy')],
    ['delete', () => store.delete(Array.from({ length: 200 }, (_, at) => `many/${at}`))],
    ['list', () => store.list('')],
    ['startMultipart', () => store.startMultipart('a', {})],
    ['localFile', () => store.localFile('kept')],
  ];

  it.each(everything)(
    'is said to be away by %s, soon, and is used again as soon as it is back',
    async (_name, work) => {
      await link.cut();
      expect(await timed(() => expect(work()).rejects.toThrow(unavailable))).toBeLessThan(15 * SECONDS);
      await link.mend();
      await store.check();
    },
  );

  it.each(everything)('is said to be away by %s where it only keeps silent', async (_name, work) => {
    await store.check();
    link.silence();
    expect(await timed(() => expect(work()).rejects.toThrow(unavailable))).toBeLessThan(15 * SECONDS);
    await link.mend();
    await store.check();
  });

  it('is away from the start, and used when it comes', async () => {
    await link.cut();
    const early = await openS3Store({ ...bucket.options, endpoint: link.url });
    await expect(early.check()).rejects.toThrow(unavailable);
    expect((await early.diagnose({ corsOrigins: [] }))[0]!.says).toContain('does not answer (ECONNREFUSED)');
    await link.mend();
    expect((await early.head('kept'))!.size).toBe(4);
    await early.close();
  });

  it('signs without being there', async () => {
    await link.cut();
    expect((await store.signUpload('temp/a', { size: 1, expiresIn: 60 })).url).toContain('X-Amz-Signature');
  });

  it('does not stay away for a moment that is over by the second try', async () => {
    await link.cut();
    const reading = store.head('kept');
    await link.mend();
    expect(await reading).toMatchObject({ size: 4 });
  });

  it.each([
    ['is cut', () => link.cut()],
    ['goes dead', () => link.silence()],
  ])('fails a download whose wire %s in the middle', async (_how, fail) => {
    const { stream } = await store.get('large');
    const reading = (async () => {
      let came = 0;
      for await (const chunk of stream) {
        if (came === 0) await fail();
        came += (chunk as Buffer).length;
      }
    })();
    await expect(reading).rejects.toThrow(unavailable);
    await link.mend();
    await expect(buffer((await store.get('kept')).stream)).resolves.toEqual(Buffer.from('kept'));
  });

  it('waits for a reader that takes its time', async () => {
    const { stream } = await store.get('large');
    const iterator = stream.iterator() as AsyncIterator<Buffer>;
    let came = (await iterator.next()).value.length as number;
    // Longer than a stall may take: nobody waits for bytes meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) came += next.value.length;
    expect(came).toBe(64 * MIB);
  });
});

describe.skipIf(address === null)('credentials that are left out', () => {
  const names = [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_EC2_METADATA_DISABLED',
  ] as const;
  const before = names.map((name) => [name, process.env[name]] as const);
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await openTestBucket(address!);
    await bucket.store.put('kept', Buffer.from('kept'));
  });
  afterAll(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await bucket?.close();
  });

  const withoutKeys = () =>
    openS3Store({ ...bucket.options, provider: 's3', accessKey: undefined, secretKey: undefined });

  it('are found where the SDK looks; and where they do not allow to write, that is said', async () => {
    const lesser = await lesserCredentials(address!, ['s3:ListBucket', 's3:GetObject']);
    process.env.AWS_ACCESS_KEY_ID = lesser.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = lesser.secretAccessKey;
    process.env.AWS_SESSION_TOKEN = lesser.sessionToken;
    const store = await withoutKeys();
    expect((await store.head('kept'))!.size).toBe(4);
    const sentence = `The credentials do not allow to write in the bucket "${bucket.options.bucket}" at ${address!.url}. Allow it, or give others in object_storage.s3.`;
    await expect(store.check()).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: sentence });
    expect(await store.diagnose({ corsOrigins: [] })).toEqual([
      { state: 'fault', says: sentence, mend: expect.any(String) },
    ]);
    await store.close();
  });

  it('and are nowhere are asked for', async () => {
    for (const name of names) delete process.env[name];
    process.env.AWS_EC2_METADATA_DISABLED = 'true';
    const store = await withoutKeys();
    await expect(store.check()).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('No credentials were found'),
    });
    await expect(store.signUpload(`temp/${randomUUID()}`, { size: 1, expiresIn: 60 })).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
    });
    await store.close();
  });
});
