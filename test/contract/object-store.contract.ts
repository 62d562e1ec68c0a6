import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore, SignedRequest } from '../../src/ports/object-store.port.js';

export interface ObjectStoreHarness {
  store: ObjectStore;
  /** What a client gets that follows a signed request. */
  send(request: SignedRequest, body?: Buffer): Promise<{ status: number; body: Buffer }>;
  close(): Promise<void>;
}

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;
const sha256 = (body: Buffer) => createHash('sha256').update(body).digest('hex');

/** What any ObjectStore does. Each test keeps to a folder of its own, so that one bucket serves them all. */
export function objectStoreContract(name: string, open: () => Promise<ObjectStoreHarness>): void {
  describe(`ObjectStore: ${name}`, () => {
    let harness: ObjectStoreHarness;
    let store: ObjectStore;
    beforeAll(async () => {
      harness = await open();
      store = harness.store;
    });
    afterAll(() => harness?.close());

    const folder = () => `contract/${randomUUID()}`;
    const read = async (key: string, range?: { start: number; end: number }) =>
      buffer((await store.get(key, range)).stream);

    describe('bytes', () => {
      it('come back as they were put, from memory and from a stream', async () => {
        const at = folder();
        const body = randomBytes(300_000);
        const put = await store.put(`${at}/memory`, body, { contentType: 'image/png' });
        expect(put).toMatchObject({
          key: `${at}/memory`,
          size: 300_000,
          etag: expect.stringMatching(/.+/),
          modifiedAt: expect.any(Date),
        });
        await store.put(
          `${at}/stream`,
          Readable.from([body.subarray(0, 100_000), body.subarray(100_000)], { objectMode: false }),
        );
        expect(await read(`${at}/memory`)).toEqual(body);
        expect(await read(`${at}/stream`)).toEqual(body);
        expect(await store.head(`${at}/memory`)).toEqual(put);
      });

      it('may be none at all', async () => {
        const key = `${folder()}/empty`;
        expect(await store.put(key, Buffer.alloc(0))).toMatchObject({ size: 0 });
        expect(await read(key)).toHaveLength(0);
      });

      it('come in ranges, both ends included', async () => {
        const key = `${folder()}/a`;
        await store.put(key, Buffer.from('0123456789'));
        expect((await read(key, { start: 2, end: 4 })).toString()).toBe('234');
        expect((await read(key, { start: 9, end: 9 })).toString()).toBe('9');
        expect((await read(key, { start: 8, end: 99 })).toString()).toBe('89');
        expect(
          await store.get(key, { start: 0, end: 0 }).then(({ size, stream }) => {
            stream.destroy();
            return size;
          }),
        ).toBe(10);
        await expect(store.get(key, { start: 10, end: 12 })).rejects.toThrow(code('BAD_USER_INPUT'));
      });

      it('that are replaced have another etag, even at once and at the same size', async () => {
        const key = `${folder()}/a`;
        const etags = new Set<string>();
        for (let round = 0; round < 20; round++)
          etags.add((await store.put(key, Buffer.from(`round ${round % 10}`))).etag);
        expect(etags.size).toBeGreaterThanOrEqual(10);
        expect((await store.head(key))!.etag).toBe([...etags].at(-1));
        expect((await read(key)).toString()).toBe('round 9');
      });

      it('that could not all be read leave nothing, and leave the old ones alone', async () => {
        const at = folder();
        await store.put(`${at}/old`, Buffer.from('old'));
        const broken = () =>
          Readable.from(
            (async function* () {
              yield Buffer.from('half');
              throw new Error('the source broke');
            })(),
            { objectMode: false },
          );
        await expect(store.put(`${at}/new`, broken())).rejects.toThrow('the source broke');
        await expect(store.put(`${at}/old`, broken())).rejects.toThrow('the source broke');
        const abort = new AbortController();
        abort.abort(new Error('changed my mind'));
        await expect(store.put(`${at}/new`, Buffer.from('x'), { signal: abort.signal })).rejects.toThrow(
          'changed my mind',
        );
        expect(await store.head(`${at}/new`)).toBeNull();
        expect((await read(`${at}/old`)).toString()).toBe('old');
      });

      it('are read whole by whoever began before they were replaced', async () => {
        const key = `${folder()}/a`;
        const old = randomBytes(2_000_000);
        await store.put(key, old);
        const { stream } = await store.get(key);
        await store.put(key, Buffer.from('new'));
        expect((await buffer(stream)).equals(old)).toBe(true);
      });

      it('of many small objects are put at once', async () => {
        const at = folder();
        const objects = Array.from({ length: 50 }, (_, index) => ({
          key: `${at}/${index % 7}/${index}`,
          body: Buffer.from(`text ${index}`),
        }));
        await store.putMany(objects);
        for (const { key, body } of objects) expect(await read(key)).toEqual(body);
        await store.putMany([]);
      });

      it('can be opened as a file by other libraries', async () => {
        const key = `${folder()}/a`;
        await store.put(key, Buffer.from('in a file'));
        const { path, release } = await store.localFile(key);
        expect(await readFile(path, 'utf8')).toBe('in a file');
        await release();
        expect((await read(key)).toString()).toBe('in a file');
      });
    });

    describe('what is not there', () => {
      it('is said to be', async () => {
        const key = `${folder()}/nothing`;
        expect(await store.head(key)).toBeNull();
        await expect(store.get(key)).rejects.toThrow(code('NOT_FOUND'));
        await expect(store.copy(key, `${key}-2`)).rejects.toThrow(code('NOT_FOUND'));
        await expect(store.localFile(key)).rejects.toThrow(code('NOT_FOUND'));
        await store.delete([key]);
        expect(await store.list(`${key}/`)).toEqual({ objects: [], next: null });
      });

      it('is not found where only a longer key is', async () => {
        const at = folder();
        await store.put(`${at}/a/b`, Buffer.from('x'));
        expect(await store.head(`${at}/a`)).toBeNull();
        await expect(store.get(`${at}/a`)).rejects.toThrow(code('NOT_FOUND'));
        await store.delete([`${at}/a`]);
        expect(await store.head(`${at}/a/b`)).not.toBeNull();
      });
    });

    it.each([
      '',
      '/a',
      'a/',
      'a//b',
      '../a',
      'a/../b',
      './a',
      'a/.',
      'a b',
      'ä',
      'a\\b',
      'a\0',
      'a?b',
      'a\nb',
      `${'x'.repeat(256)}`,
    ])('refuses the key %j', async (key) => {
      await expect(store.put(key, Buffer.from('x'))).rejects.toThrow(code('BAD_USER_INPUT'));
      await expect(store.get(key)).rejects.toThrow(code('BAD_USER_INPUT'));
      await expect(store.delete([key])).rejects.toThrow(code('BAD_USER_INPUT'));
    });

    describe('copying', () => {
      it('gives a key of its own', async () => {
        const at = folder();
        const source = await store.put(`${at}/a`, Buffer.from('one'));
        const copy = await store.copy(`${at}/a`, `${at}/deep/er/b`, { ifMatch: source.etag });
        expect(copy).toMatchObject({ key: `${at}/deep/er/b`, size: 3 });
        await store.put(`${at}/a`, Buffer.from('two'));
        expect((await read(`${at}/deep/er/b`)).toString()).toBe('one');
        await store.delete([`${at}/a`]);
        expect(await store.head(`${at}/deep/er/b`)).toEqual(copy);
      });

      it('replaces, may be done again, and onto itself', async () => {
        const at = folder();
        await store.put(`${at}/a`, Buffer.from('one'));
        await store.put(`${at}/b`, Buffer.from('other'));
        await store.copy(`${at}/a`, `${at}/b`);
        await store.copy(`${at}/a`, `${at}/b`);
        await store
          .copy(`${at}/a`, `${at}/a`)
          .catch((error: unknown) => expect(error).toMatchObject({ code: 'BAD_USER_INPUT' }));
        expect((await read(`${at}/a`)).toString()).toBe('one');
        expect((await read(`${at}/b`)).toString()).toBe('one');
        expect((await store.list(`${at}/`)).objects.map(({ key }) => key)).toEqual([`${at}/a`, `${at}/b`]);
      });

      it('is refused where the source is another than it was', async () => {
        const at = folder();
        const { etag } = await store.put(`${at}/a`, Buffer.from('one'));
        await store.put(`${at}/a`, Buffer.from('two'));
        await expect(store.copy(`${at}/a`, `${at}/b`, { ifMatch: etag })).rejects.toThrow(code('CONFLICT'));
        expect(await store.head(`${at}/b`)).toBeNull();
      });
    });

    describe('deleting', () => {
      it('takes what is there, and may be repeated', async () => {
        const at = folder();
        await store.putMany(['a', 'b/c', 'b/d'].map((name) => ({ key: `${at}/${name}`, body: Buffer.from(name) })));
        const gone = [`${at}/a`, `${at}/b/c`, `${at}/b/c`, `${at}/nothing`];
        for (const keys of [gone, gone, []]) expect(await store.delete(keys)).toBeUndefined();
        expect((await store.list(at)).objects.map(({ key }) => key)).toEqual([`${at}/b/d`]);
      });

      it('never loses what is written beside it', async () => {
        const at = folder();
        await Promise.all(
          Array.from({ length: 8 }, async (_, writer) => {
            for (let round = 0; round < 12; round++) {
              await store.put(`${at}/shared/deep/${writer}`, Buffer.from('x'));
              expect(await store.head(`${at}/shared/deep/${writer}`)).not.toBeNull();
              await store.delete([`${at}/shared/deep/${writer}`]);
              expect(await store.head(`${at}/shared/deep/${writer}`)).toBeNull();
            }
            await store.put(`${at}/shared/deep/${writer}`, Buffer.from('last'));
          }),
        );
        expect((await store.list(`${at}/`)).objects).toHaveLength(8);
      });
    });

    describe('listing', () => {
      it('goes in the order of keys, page by page, under any prefix', async () => {
        const at = folder();
        const names = ['a', 'a-b', 'a.b', 'a/b', 'a/c/d', 'a0', 'ab/c', 'b'];
        // A file system cannot have "a" beside "a/b"; everything else must come in the order of plain text.
        const keys = names
          .slice(1)
          .map((name) => `${at}/${name}`)
          .sort();
        await store.putMany(keys.map((key) => ({ key, body: Buffer.from('12') })));
        const all: string[] = [];
        let after: string | undefined;
        do {
          const page = await store.list(`${at}/`, { after, limit: 2 });
          expect(page.objects.length).toBeLessThanOrEqual(2);
          all.push(...page.objects.map(({ key }) => key));
          after = page.next ?? undefined;
        } while (after !== undefined);
        expect(all).toEqual(keys);
        const under = async (prefix: string) =>
          (await store.list(`${at}/${prefix}`)).objects.map(({ key }) => key.slice(at.length + 1));
        expect(await under('a/')).toEqual(['a/b', 'a/c/d']);
        expect(await under('ab')).toEqual(['ab/c']);
        expect(await under('a/c/d')).toEqual(['a/c/d']);
        expect(await under('z')).toEqual([]);
        expect((await store.list(`${at}/`, { after: `${at}/a/b`, limit: 1 })).objects.map(({ key }) => key)).toEqual([
          `${at}/a/c/d`,
        ]);
        expect((await store.list(`${at}/`)).objects[0]).toMatchObject({
          size: 2,
          etag: (await store.head(keys[0]!))!.etag,
        });
      });
    });

    describe('signed addresses', () => {
      it('take one upload of the signed size and hash', async () => {
        const key = `${folder()}/a`;
        const body = randomBytes(70_000);
        const request = await store.signUpload(key, {
          contentType: 'image/png',
          size: body.length,
          sha256: sha256(body),
          expiresIn: 60,
        });
        expect(request).toMatchObject({ method: 'PUT', expiresAt: expect.any(Date) });
        expect((await harness.send(request, body.subarray(1))).status).toBeGreaterThanOrEqual(400);
        const other = Buffer.from(body);
        other[0]! ^= 1;
        expect((await harness.send(request, other)).status).toBeGreaterThanOrEqual(400);
        expect(await store.head(key)).toBeNull();
        expect((await harness.send(request, body)).status).toBe(200);
        expect((await read(key)).equals(body)).toBe(true);
      });

      it('give a download', async () => {
        const key = `${folder()}/a`;
        await store.put(key, Buffer.from('down'));
        const request = await store.signDownload(key, {
          expiresIn: 60,
          disposition: 'ATTACHMENT',
          filename: 'é "x".txt',
          contentType: 'text/plain',
        });
        expect(request.method).toBe('GET');
        expect(await harness.send(request)).toEqual({ status: 200, body: Buffer.from('down') });
      });

      it('do not outlive seven days', async () => {
        const key = `${folder()}/a`;
        const options = { disposition: 'INLINE', filename: null, contentType: 'text/plain' } as const;
        const { expiresAt } = await store.signDownload(key, { ...options, expiresIn: 604_800 });
        expect(expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + 604_801_000);
        await expect(store.signDownload(key, { ...options, expiresIn: 604_801 })).rejects.toThrow(
          code('BAD_USER_INPUT'),
        );
        await expect(store.signDownload(key, { ...options, expiresIn: 0 })).rejects.toThrow(code('BAD_USER_INPUT'));
      });
    });

    describe('an upload in parts', () => {
      const sendPart = async (key: string, uploadId: string, partNumber: number, body: Buffer) =>
        harness.send(await store.signPart(key, uploadId, { partNumber, size: body.length, expiresIn: 60 }), body);

      it('is joined in order, whatever order the parts came in', async () => {
        const key = `${folder()}/big`;
        const size = Math.max(store.capabilities.minPartSize, 70_000);
        const bodies = [randomBytes(size), randomBytes(size), randomBytes(10)];
        const uploadId = await store.startMultipart(key, { contentType: 'video/mp4' });
        expect(await store.listParts(key, uploadId)).toEqual([]);
        for (const partNumber of [3, 1, 2])
          expect((await sendPart(key, uploadId, partNumber, bodies[partNumber - 1]!)).status).toBe(200);
        const parts = await store.listParts(key, uploadId);
        expect(parts.map(({ partNumber, size }) => [partNumber, size])).toEqual([
          [1, size],
          [2, size],
          [3, 10],
        ]);
        expect(await store.head(key)).toBeNull();
        const joined = await store.completeMultipart(key, uploadId, parts);
        expect(joined).toMatchObject({ key, size: 2 * size + 10 });
        expect((await read(key)).equals(Buffer.concat(bodies))).toBe(true);
        expect(await store.head(key)).toEqual(joined);
        await expect(store.listParts(key, uploadId)).rejects.toThrow(code('NOT_FOUND'));
      });

      it('is refused while a part is missing or another than named, and can go on', async () => {
        const key = `${folder()}/big`;
        const uploadId = await store.startMultipart(key, {});
        await sendPart(key, uploadId, 1, Buffer.from('first'));
        const [first] = await store.listParts(key, uploadId);
        await expect(store.completeMultipart(key, uploadId, [first!, { partNumber: 2, etag: 'none' }])).rejects.toThrow(
          code('CONFLICT'),
        );
        await sendPart(key, uploadId, 1, Buffer.from('FIRST'));
        await expect(store.completeMultipart(key, uploadId, [first!])).rejects.toThrow(code('CONFLICT'));
        await expect(store.completeMultipart(key, uploadId, [])).rejects.toThrow(code('BAD_USER_INPUT'));
        await expect(store.completeMultipart(key, uploadId, [first!, first!])).rejects.toMatchObject({ code: 'BAD_USER_INPUT', path: ['parts'] });
        expect(await store.head(key)).toBeNull();
        await store.completeMultipart(key, uploadId, await store.listParts(key, uploadId));
        expect((await read(key)).toString()).toBe('FIRST');
      });

      it('that is given up is gone, also for a part that comes late', async () => {
        const key = `${folder()}/big`;
        const uploadId = await store.startMultipart(key, {});
        await sendPart(key, uploadId, 1, Buffer.from('first'));
        await store.abortMultipart(key, uploadId);
        await store.abortMultipart(key, uploadId);
        await expect(store.listParts(key, uploadId)).rejects.toThrow(code('NOT_FOUND'));
        await expect(store.completeMultipart(key, uploadId, [{ partNumber: 1, etag: 'x' }])).rejects.toThrow(
          code('NOT_FOUND'),
        );
        expect(
          await sendPart(key, uploadId, 2, Buffer.from('late')).then(
            ({ status }) => status,
            () => 404,
          ),
        ).toBeGreaterThanOrEqual(400);
        expect(await store.head(key)).toBeNull();
      });

      it('is known by its key and its id together', async () => {
        const at = folder();
        const uploadId = await store.startMultipart(`${at}/a`, {});
        await expect(store.listParts(`${at}/b`, uploadId)).rejects.toThrow(code('NOT_FOUND'));
        await expect(store.listParts(`${at}/a`, '../../etc')).rejects.toThrow(code('NOT_FOUND'));
        await store.abortMultipart(`${at}/a`, uploadId);
      });
    });

    it('says that it can be written to, and where things are', async () => {
      await store.check();
      expect(store.locationOf('a/b')).toMatch(/^[a-z0-9]+:.*a\/b$/);
    });
  });
}
