import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';

import type { Json, UploadSession, Viewer } from '../../../src/domain/model.js';
import type { CreateUpload } from '../../../src/domain/operations.js';
import { putAsClient, sha256, withApp } from '../../support/app.js';
import { makePdf, makePngBomb } from '../../support/hostile-files.js';
import { violations } from '../../support/invariants.js';

const MIB = 1_024 * 1_024;
const MAX_UPLOAD = 100 * MIB;
const test = withApp({ limits: { maxUpload: MAX_UPLOAD } });
const uploads = () => test.app.services.uploads;
const sample = (name: string) => readFile(resolve(import.meta.dirname, '../../../samples', name));

// After the last of them: whatever was sent, nothing is half there.
afterAll(async () => {
  expect(await violations(test.app)).toEqual([]);
});

async function staged(viewer: Viewer, bytes: Uint8Array, input: Partial<CreateUpload> = {}): Promise<string> {
  const { upload } = await uploads().create(viewer, { filename: 'file', fileSize: bytes.length, ...input });
  await test.app.objectStore.put(upload!.stagingKey, Readable.from([Buffer.from(bytes)]));
  return upload!.id;
}

describe('an upload that is announced wrongly', () => {
  it.each([
    ['an empty file', { fileSize: 0 }, 'BAD_USER_INPUT', 'fileSize'],
    ['a negative size', { fileSize: -1 }, 'BAD_USER_INPUT', 'fileSize'],
    ['a size that is no integer', { fileSize: 1.5 }, 'BAD_USER_INPUT', 'fileSize'],
    ['more than is taken', { fileSize: MAX_UPLOAD + 1 }, 'PAYLOAD_TOO_LARGE', 'fileSize'],
    ['no name', { filename: '' }, 'BAD_USER_INPUT', 'filename'],
    ['a name with a control character', { filename: 'a\u0007.txt' }, 'BAD_USER_INPUT', 'filename'],
    ['a very long name', { filename: 'x'.repeat(256) }, 'BAD_USER_INPUT', 'filename'],
    ['metadata that is a list', { metadata: [1] as Json }, 'BAD_USER_INPUT', 'metadata'],
    ['metadata that is a number', { metadata: 7 }, 'BAD_USER_INPUT', 'metadata'],
    ['metadata with half a character', { metadata: { a: '\udc00' } }, 'BAD_USER_INPUT', 'metadata.a'],
  ] as const)('%s is refused', async (_what, input, code, path) => {
    const error = { code, path: ['input', ...path.split('.')] };
    await expect(uploads().create(test.viewer(), { filename: 'file', fileSize: 5, ...input })).rejects.toMatchObject(error);
  });

  it('a name keeps its folders to itself', async () => {
    const { upload } = await uploads().create(test.viewer(), { filename: '../../etc/passwd', fileSize: 5 });
    expect(upload!.filename).toBe('passwd');
  });
});

describe('bytes that are not what was said', () => {
  const words = Buffer.from('These are the words.');
  it.each([
    ['another hash', words, { contentHash: sha256('other words') }, 'CONTENT_MISMATCH'],
    ['fewer bytes', words, { fileSize: words.length + 1 }, 'CONTENT_MISMATCH'],
    ['more bytes', words, { fileSize: words.length - 1 }, 'CONTENT_MISMATCH'],
    ['no bytes at all', Buffer.alloc(0), { fileSize: 5 }, 'CONTENT_MISMATCH'],
    ['another type', words, { type: 'IMAGE' as const }, 'CONTENT_MISMATCH'],
    ['an unknown binary', Buffer.from('00ff00ff13377331deadbeef00000000ffff', 'hex'), {}, 'UNSUPPORTED_MEDIA'],
  ])('%s: REJECTED, the bytes gone, and the same answer ever after', async (_what, bytes, input, code) => {
    const viewer = test.viewer();
    const id = await staged(viewer, bytes, input);
    for (let call = 0; call < 2; call += 1) await expect(uploads().complete(viewer, { id })).rejects.toMatchObject({ code });
    const [session] = await uploads().byIds(viewer, [id]);
    expect(session).toMatchObject({ status: 'REJECTED', objectId: null, error: { code } });
    expect(await test.app.objectStore.head(session!.stagingKey)).toBeNull();
    await expect(uploads().complete(viewer, { id })).rejects.toMatchObject({ code });
    expect((await test.app.services.objects.page(viewer, {})).items).toEqual([]);
  });

  it('nothing that was put: CONFLICT, and the upload stays open', async () => {
    const viewer = test.viewer();
    const { upload } = await uploads().create(viewer, { filename: 'a', fileSize: words.length });
    await expect(uploads().complete(viewer, { id: upload!.id })).rejects.toMatchObject({ code: 'CONFLICT' });
    await test.app.objectStore.put(upload!.stagingKey, Readable.from([words]));
    const { ingestion } = await uploads().complete(viewer, { id: upload!.id });
    await test.ended(viewer, ingestion.id);
  });

  /** As the transfer route does it, or to a bucket as a client does. */
  async function putPart(viewer: Viewer, upload: UploadSession, partNumber: number, bytes: Buffer): Promise<void> {
    const { objects } = test.app;
    if (objects.kind === 'filesystem') return void (await objects.store.putPart(upload.stagingKey, upload.storeUploadId!, partNumber, bytes));
    const [part] = await uploads().parts(viewer, upload, [partNumber]);
    await putAsClient(part!.link, bytes);
  }

  it('parts that are missing: CONFLICT, and the upload stays open; parts that are others than said: REJECTED', async () => {
    const viewer = test.viewer();
    const { upload } = await uploads().create(viewer, { filename: 'large', fileSize: 65 * MIB, contentHash: sha256('something else') });
    expect(upload).toMatchObject({ partSize: 16 * MIB, partCount: 5 });
    const id = upload!.id;
    const put = (partNumber: number) => putPart(viewer, upload!, partNumber, Buffer.alloc(partNumber === 5 ? MIB : 16 * MIB));
    for (const partNumber of [1, 2, 4]) await put(partNumber);
    await expect(uploads().complete(viewer, { id })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await uploads().parts(viewer, upload!, null)).map(({ partNumber, size }) => [partNumber, size])).toEqual([[3, 16 * MIB], [5, MIB]]);
    for (const partNumber of [3, 5]) await put(partNumber);
    await expect(uploads().complete(viewer, { id, parts: [{ partNumber: 1, etag: 'wrong' }] })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(uploads().complete(viewer, { id })).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
    expect((await uploads().byIds(viewer, [id]))[0]).toMatchObject({ status: 'REJECTED', storeUploadId: null });
  });

  it('parts of an upload that is aborted go', async () => {
    const viewer = test.viewer();
    const { upload } = await uploads().create(viewer, { filename: 'large', fileSize: 65 * MIB });
    await putPart(viewer, upload!, 1, Buffer.alloc(16 * MIB));
    expect(await uploads().abort(viewer, upload!.id)).toMatchObject({ status: 'ABORTED' });
    expect(await uploads().abort(viewer, upload!.id)).toMatchObject({ status: 'ABORTED' });
    await expect(uploads().complete(viewer, { id: upload!.id })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('another tenant\'s upload: NOT_FOUND', async () => {
    const id = await staged(test.viewer(), words);
    for (const call of [() => uploads().complete(test.viewer(), { id }), () => uploads().abort(test.viewer(), id)]) await expect(call()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('an upload past its time: UPLOAD_EXPIRED, and its bytes go', async () => {
    const viewer = test.viewer();
    const id = await staged(viewer, words);
    await test.app.engine.sql.query(`UPDATE upload_sessions SET expires_at = now() - interval '1 second' WHERE id = $1::uuid`, [id]);
    await expect(uploads().complete(viewer, { id })).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' });
    await test.app.maintenance.housekeeping();
    const [session] = await uploads().byIds(viewer, [id]);
    expect(session!.status).toBe('EXPIRED');
    expect(await test.app.objectStore.head(session!.stagingKey)).toBeNull();
    await expect(uploads().complete(viewer, { id })).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' });
  });
});

describe('what cannot be read', () => {
  const cases: [string, string, () => Promise<Buffer>, string][] = [
    ['a truncated JPEG', 'cut.jpg', async () => (await sample('images/lighthouse-dusk.jpg')).subarray(0, 3_000), 'DAMAGED'],
    ['a PDF with a password', 'secret.pdf', () => readFile(resolve(import.meta.dirname, '../../fixtures/hostile/protected.pdf')), 'ENCRYPTED'],
    ['a PDF that is cut', 'cut.pdf', async () => makePdf(['Some words']).subarray(0, 200), 'DAMAGED'],
    ['a picture of a billion pixels', 'bomb.png', async () => makePngBomb(60_000, 60_000), 'TOO_LARGE'],
    ['nothing but white space', 'blank.txt', async () => Buffer.from(' \n\t \n'), 'NO_CONTENT'],
  ];
  it.each(cases)('%s is kept as bytes and FAILED', async (_what, filename, make, code) => {
    const viewer = test.viewer();
    const bytes = await make();
    const { object, ingestion } = await test.upload(viewer, bytes, { filename });
    const end = await test.ended(viewer, ingestion.id);
    expect(end).toMatchObject({ status: 'FAILED', stage: 'EXTRACT', error: { code, retryable: false } });
    expect(end.error!.message).not.toMatch(/\/|Error:/);
    expect((await test.app.services.objects.byIds(viewer, [object.id]))[0]).toMatchObject({ status: 'FAILED', fileSize: bytes.length });
    const { stream } = await test.app.objectStore.get(object.storageKey);
    expect(sha256(Buffer.concat((await stream.toArray()) as Buffer[]))).toBe(sha256(bytes));
  });

  it('a text in an unknown encoding is guessed at, and the guess is said', async () => {
    const viewer = test.viewer();
    const words = 'Déjà vu: la garçonnière, l’été, à bientôt, où êtes-vous né, naïveté.';
    const { object, ingestion } = await test.upload(viewer, Buffer.from(words.replace('’', "'"), 'latin1'), { filename: 'words.txt' });
    const end = await test.ended(viewer, ingestion.id);
    expect(end).toMatchObject({ status: 'SUCCEEDED', error: null, warnings: [expect.stringMatching(/encoding/i)] });
    expect(await test.app.services.objects.texts(viewer, [object.id])).toEqual([words.replace('’', "'")]);
  });
});

describe('words that would like to be commands', () => {
  it('in a metadata path match nothing', async () => {
    const viewer = test.viewer();
    await test.ingestText(viewer, 'Metadata with odd keys.', { "a'; drop table data_objects; --": 1, plain: 2 });
    const { objects } = test.app.services;
    const found = async (path: string[]) => (await objects.page(viewer, { filter: { metadata: [{ path, exists: true }] } })).items.length;
    expect(await found(["a'; drop table x"])).toBe(0);
    expect(await found(["a'; drop table data_objects; --"])).toBe(1);
    expect(await found(['plain'])).toBe(1);
  });

  it('in names, keys and metadata are kept as they are', async () => {
    const viewer = test.viewer();
    const odd = `Robert'); DROP TABLE "sagas";-- $1 %s \u{1F600}`;
    const [answer] = await test.app.services.ingestions.ingestTexts(viewer, [{ text: odd, filename: odd, metadata: { [odd]: odd }, idempotencyKey: odd }]);
    expect(answer).toMatchObject({ object: { filename: odd, metadata: { [odd]: odd } } });
    expect(await test.app.services.ingestions.ingestTexts(viewer, [{ text: odd, filename: odd, metadata: { [odd]: odd }, idempotencyKey: odd }])).toMatchObject([
      { object: { id: (answer as { object: { id: string } }).object.id }, deduplicated: false },
    ]);
    const { items } = await test.app.services.ingestions.page(viewer, {});
    await Promise.all(items.map(({ node }) => test.ended(viewer, node.id)));
  });
});
