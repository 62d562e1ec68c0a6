import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FilesystemStore } from '../../../src/adapters/objects/filesystem.store.js';

let dataDir: string;
let root: string;
const open = () =>
  FilesystemStore.open({ root, dataDir, signingSecret: 'secret', baseUrl: () => 'http://127.0.0.1:1' });
const asideNames = () => readdir(join(root, '.tmp'));

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'strata-files-'));
  root = join(dataDir, 'objects');
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('the store in a folder', () => {
  it('sweeps what a crash left half written, and nothing else', async () => {
    const store = await open();
    await store.put('a/b', Buffer.from('kept'));
    const uploadId = await store.startMultipart('c', {});
    await store.putPart('c', uploadId, 1, Buffer.from('part'));
    await writeFile(join(root, '.tmp', 'half'), 'half a file');
    await mkdir(join(root, '.tmp', 'doomed', 'parts'), { recursive: true });
    const again = await open();
    expect(await asideNames()).toEqual([]);
    expect(await again.head('a/b')).toMatchObject({ size: 4 });
    expect(await again.listParts('c', uploadId)).toHaveLength(1);
  });

  it('leaves nothing aside, whatever failed', async () => {
    const store = await open();
    await store.put('a/b', Buffer.from('x'));
    const failing = [
      store.put(
        'n',
        Readable.from(
          (async function* () {
            yield Buffer.from('half');
            throw new Error('broke');
          })(),
          { objectMode: false },
        ),
      ),
      store.copy('a/b', 'c', { ifMatch: 'another' }),
      store.copy('a', 'c'),
      store.put('a', Buffer.from('a folder has that name')),
      store.put('a/b/c', Buffer.from('a file has that name')),
      store.putMany([
        { key: 'm/1', body: Buffer.from('1') },
        { key: 'a/b/d', body: Buffer.from('2') },
      ]),
    ];
    const results = await Promise.allSettled(failing);
    expect(results.map(({ status }) => status)).toEqual(failing.map(() => 'rejected'));
    await store.copy('a/b', 'a/c');
    await store.copy('a/b', 'a/c');
    await store.check();
    expect(await asideNames()).toEqual([]);
  });

  it('keeps its own folders to itself', async () => {
    const store = await open();
    await store.put('.hidden/a', Buffer.from('x'));
    for (const key of ['.tmp/a', '.multipart/a/1', '.tmp'])
      await expect(store.put(key, Buffer.from('x'))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await store.startMultipart('b', {});
    expect((await store.list('')).objects.map(({ key }) => key)).toEqual(['.hidden/a']);
    expect(store.locationOf('t/text/ab/abcd')).toBe('file:objects/t/text/ab/abcd');
  });

  it('takes empty folders away and makes them anew', async () => {
    const store = await open();
    await store.putMany([
      { key: 'a/b/c/1', body: Buffer.from('1') },
      { key: 'a/d', body: Buffer.from('2') },
    ]);
    await store.delete(['a/b/c/1']);
    expect(existsSync(join(root, 'a', 'b'))).toBe(false);
    expect(existsSync(join(root, 'a'))).toBe(true);
    await store.put('a/b/c/1', Buffer.from('again'));
    await store.delete(['a/b/c/1', 'a/d']);
    expect(existsSync(join(root, 'a'))).toBe(false);
    expect(existsSync(root)).toBe(true);
  });

  it('gets over a folder that someone else took away', async () => {
    const store = await open();
    await store.put('a/b/1', Buffer.from('1'));
    await rm(join(root, 'a', 'b', '1'));
    await rmdir(join(root, 'a', 'b'));
    await rmdir(join(root, 'a'));
    await store.putMany([
      { key: 'a/b/2', body: Buffer.from('2') },
      { key: 'a/b/3', body: Buffer.from('3') },
    ]);
    expect((await store.list('a/')).objects).toHaveLength(2);
  });

  it('shares the bytes between a copy and its source, and never mixes them up', async () => {
    const store = await open();
    await store.put('temp/u', Buffer.from('verified'));
    const { etag } = (await store.head('temp/u'))!;
    await store.copy('temp/u', 't/text/h', { ifMatch: etag });
    expect((await stat(join(root, 'temp/u'))).ino).toBe((await stat(join(root, 't/text/h'))).ino);
    await store.put('temp/u', Buffer.from('too late'));
    expect((await buffer((await store.get('t/text/h')).stream)).toString()).toBe('verified');
    expect((await store.head('t/text/h'))!.etag).toBe(etag);
  });

  it('keeps a file open to readers when its key goes', async () => {
    const store = await open();
    await store.put('a', Buffer.from('x'));
    const { path, release } = await store.localFile('a');
    await store.delete(['a']);
    expect(existsSync(path)).toBe(true);
    await release();
    expect(existsSync(path)).toBe(false);
  });

  it('is for its owner alone', async () => {
    const store = await open();
    await store.put('a/b', Buffer.from('x'));
    expect((await stat(join(root, 'a/b'))).mode & 0o077).toBe(0);
    expect((await stat(join(root, 'a'))).mode & 0o077).toBe(0);
  });

  it('is unavailable where it cannot be written to, and says so without a path', async () => {
    const store = await open();
    await rm(root, { recursive: true });
    for (const call of [() => store.check(), () => store.put('a', Buffer.from('x'))]) {
      await expect(call()).rejects.toMatchObject({
        code: 'DEPENDENCY_UNAVAILABLE',
        extensions: { dependency: 'objects' },
        message: expect.not.stringContaining(root),
      });
    }
  });
});
