import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../support/app.js';
import { COMPLETE_UPLOAD, CREATE_UPLOAD, put, withApi, type ApiClient } from '../../support/api.js';
import { onlyEmbedded, STACK } from '../../support/stacks.js';
import { bytesOf, complete, create, DOWNLOAD, link, SAMPLES, SESSION, session, stagedOf } from './uploading.js';

const api = withApi();
const MIB = 1024 * 1024;
const staged = (id: string) => stagedOf(api, id);
/** Where the bytes go, and come from: this server's own routes, or a bucket. */
const bytesAt = () => {
  const { objectStorage } = api.serving.app.config;
  return objectStorage.provider === 'minio' ? { origin: objectStorage.minio.endpoint, folder: `/${objectStorage.minio.bucket}/`, scheme: 's3:' } : { origin: api.origin, folder: '/storage/', scheme: 'file:' };
};
/** A bucket says it in its own words. */
const codeOf = async (refusal: Response) => (STACK === 'embedded' ? (await refusal.json()).error.code : null);
const uuidOf = async (client: ApiClient) => (await api.serving.app.engine.sql.query<{ id: string }>('SELECT id FROM data_objects WHERE tenant_id = $1', [client.tenant]))[0]!.id;

describe('one PUT', () => {
  it('brings bytes to a staging key, and completing makes them an object', async () => {
    const { editor } = api.tenant();
    const bytes = bytesOf('The tide clock stands in the hall.');
    const created = await create(editor, { filename: 'folder/clock.txt', fileSize: bytes.length, contentHash: sha256(bytes).toUpperCase(), type: 'TEXT', metadata: { room: 'hall' } });
    expect(created).toMatchObject({ deduplicated: false, dataObject: null, upload: { status: 'PENDING', partCount: 0, partSize: null, parts: [], url: { method: 'PUT' } } });
    const hour = new Date(created.upload.expiresAt).getTime() - Date.now();
    expect(hour).toBeGreaterThan(3_500_000);
    expect(hour).toBeLessThanOrEqual(3_600_000);
    const signed = new URL(created.upload.url.url);
    expect(signed.origin).toBe(bytesAt().origin);
    expect(signed.pathname.startsWith(`${bytesAt().folder}temp/`), signed.pathname).toBe(true);

    await editor.refused('CONFLICT', COMPLETE_UPLOAD, { id: created.upload.id });
    expect(await session(editor, created.upload.id)).toMatchObject({ status: 'PENDING' });
    const stored = await put(created.upload.url, bytes);
    expect(stored.status).toBe(200);
    expect(stored.headers.get('etag')).toMatch(/^".+"$/);
    const done = await complete(editor, created.upload.id);
    expect(done).toMatchObject({
      deduplicated: false,
      dataObject: { type: 'TEXT', mimeType: 'text/plain', fileSize: bytes.length, contentHash: sha256(bytes), filename: 'clock.txt', metadata: { room: 'hall' }, version: 1 },
    });
    expect(await session(editor, created.upload.id)).toMatchObject({ status: 'COMPLETED', url: null, parts: [], error: null, dataObject: { id: done.dataObject.id } });
    expect(await complete(editor, created.upload.id)).toMatchObject({ dataObject: { id: done.dataObject.id }, ingestion: done.ingestion, deduplicated: false });
    await editor.ended([done.ingestion.id]);
    const { dataObject } = await editor.ask(DOWNLOAD, { id: done.dataObject.id });
    expect(dataObject.storageLocation).toMatch(new RegExp(`^${bytesAt().scheme}.*${editor.tenant}/TEXT/${sha256(bytes).slice(0, 8)}/${sha256(bytes)}$`, 'i'));
    expect(await (await fetch(dataObject.downloadUrl.url)).text()).toBe(bytes.toString());

    // A late PUT to the old address changes nothing.
    await put(created.upload.url, Buffer.alloc(bytes.length, 'x'));
    expect(await complete(editor, created.upload.id)).toMatchObject({ dataObject: { id: done.dataObject.id, contentHash: sha256(bytes) } });
    expect(await (await fetch((await link(editor, done.dataObject.id)).url)).text()).toBe(bytes.toString());
  });

  it('of other bytes than declared is refused by the route where the hash is known, and by completing where it is not', async () => {
    const { editor } = api.tenant();
    const bytes = bytesOf('these were declared');
    const strict = await create(editor, { filename: 'a.txt', fileSize: bytes.length, contentHash: sha256(bytes) });
    const wrong = await put(strict.upload.url, Buffer.alloc(bytes.length, 'x'));
    expect([wrong.status, await codeOf(wrong)]).toEqual([400, STACK === 'embedded' ? 'CONTENT_MISMATCH' : null]);
    for (const size of [bytes.length - 1, bytes.length + 1]) expect((await put(strict.upload.url, Buffer.alloc(size))).status).toBeGreaterThanOrEqual(400);
    const untyped = await fetch(strict.upload.url.url, { method: 'PUT', headers: { 'content-type': 'text/html' }, body: bytes });
    // To a bucket, a header that was to be sent and is not is no refusal but a mistake.
    expect([untyped.status, await codeOf(untyped)]).toEqual(STACK === 'embedded' ? [403, 'FORBIDDEN'] : [400, null]);
    expect((await put(strict.upload.url, bytes)).status).toBe(200);
    expect((await complete(editor, strict.upload.id)).dataObject.contentHash).toBe(sha256(bytes));
  });

  describe.skipIf(onlyEmbedded('a bucket tells nobody what it refused; to complete is CONFLICT there, as nothing has arrived'))('that the route refused,', () => {
    it.each([
      ['hash', { contentHash: sha256('these were declared') }, 'these were not decl'],
      ['size', {}, 'these were declared, and these were not'],
    ])('of another %s than declared is REJECTED where no others came before it was completed', async (_what, input, sent) => {
      const { editor } = api.tenant();
      const { upload } = await create(editor, { filename: 'a.txt', fileSize: 'these were declared'.length, ...input });
      const refused = await put(upload.url, Buffer.from(sent));
      expect([refused.status, (await refused.json()).error.code]).toEqual([400, 'CONTENT_MISMATCH']);
      await editor.refused('CONTENT_MISMATCH', COMPLETE_UPLOAD, { id: upload.id });
      expect(await session(editor, upload.id)).toMatchObject({ status: 'REJECTED', dataObject: null, error: { code: 'CONTENT_MISMATCH' } });
      expect(await staged(upload.id)).toBeNull();
    });
  });

  it.each([
    ['another type', { filename: 'a.txt', type: 'IMAGE' }, bytesOf('a text that says it is a picture'), 'CONTENT_MISMATCH', ['input', 'type']],
    ['an unknown type', { filename: 'a.bin' }, Buffer.from('7f454c46020101000000000000000000fffe00010203ff', 'hex'), 'UNSUPPORTED_MEDIA', ['input']],
  ])('of %s is REJECTED, its bytes gone, its error kept', async (_what, input, bytes, code, path) => {
    const { editor } = api.tenant();
    const { upload } = await create(editor, { ...input, fileSize: bytes.length });
    expect((await put(upload.url, bytes)).status).toBe(200);
    const error = await editor.refused(code as 'CONTENT_MISMATCH', COMPLETE_UPLOAD, { id: upload.id });
    expect(error.extensions.path).toEqual(path);
    const rejected = await session(editor, upload.id);
    expect(rejected).toMatchObject({ status: 'REJECTED', url: null, dataObject: null, error: { code, message: error.message, path } });
    expect(await staged(upload.id)).toBeNull();
    expect((await editor.refused(code as 'CONTENT_MISMATCH', COMPLETE_UPLOAD, { id: upload.id })).message).toBe(error.message);
    expect((await editor.ask('{ dataObjects { totalCount } }')).dataObjects.totalCount).toBe(0);
  });

  it('of bytes that became others behind the route’s back is refused: hash and size are read again', async () => {
    const { editor } = api.tenant();
    const bytes = bytesOf('honest bytes');
    for (const [swapped, path] of [['dishonest by', 'contentHash'], ['longer than was said', 'fileSize']] as const) {
      const { upload } = await create(editor, { filename: 'a.txt', fileSize: bytes.length, contentHash: sha256(bytes) });
      expect((await put(upload.url, bytes)).status).toBe(200);
      const [row] = await api.serving.app.engine.sql.query<{ staging_key: string }>('SELECT staging_key FROM upload_sessions WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT 1', [editor.tenant]);
      await api.serving.app.objectStore.put(row!.staging_key, (await import('node:stream')).Readable.from([Buffer.from(swapped)]));
      expect((await editor.refused('CONTENT_MISMATCH', COMPLETE_UPLOAD, { id: upload.id })).extensions.path).toEqual(['input', path]);
    }
  });

  it('beyond limits.max_upload is PAYLOAD_TOO_LARGE, of nothing BAD_USER_INPUT', async () => {
    const { editor } = api.tenant();
    expect((await editor.refused('PAYLOAD_TOO_LARGE', CREATE_UPLOAD, { input: { filename: 'a', fileSize: 5 * 1024 * MIB + 1 } })).message).toContain('max_upload');
    expect((await create(editor, { filename: 'a', fileSize: 5 * 1024 * MIB })).upload.partCount).toBe(320);
    await editor.refused('BAD_USER_INPUT', CREATE_UPLOAD, { input: { filename: 'a', fileSize: 0 } });
  });
});

describe('several parts', () => {
  it('carry 65 MiB in fresh URLs, are listed, joined and verified', async () => {
    const { editor } = api.tenant();
    const bytes = Buffer.alloc(65 * MIB, '0123456789abcdef\n');
    const { upload } = await create(editor, { filename: 'large.txt', fileSize: bytes.length, contentHash: sha256(bytes) });
    expect(upload).toMatchObject({ status: 'PENDING', url: null, partSize: 16 * MIB, partCount: 5 });
    expect(new Date(upload.expiresAt).getTime() - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    expect(upload.parts.map((part: { partNumber: number; size: number; uploaded: boolean }) => [part.partNumber, part.size, part.uploaded])).toEqual([
      [1, 16 * MIB, false], [2, 16 * MIB, false], [3, 16 * MIB, false], [4, 16 * MIB, false], [5, MIB, false],
    ]);
    const etags = new Map<number, string>();
    const send = async (part: { partNumber: number; url: Parameters<typeof put>[0] }) => {
      const from = (part.partNumber - 1) * 16 * MIB;
      const answer = await put(part.url, bytes.subarray(from, from + 16 * MIB));
      expect(answer.status, await answer.text()).toBe(200);
      etags.set(part.partNumber, answer.headers.get('etag')!);
    };
    await send(upload.parts[0]);
    await send(upload.parts[4]);
    const early = await editor.refused('CONFLICT', COMPLETE_UPLOAD, { id: upload.id });
    expect(early.message).toContain('2 of 5');
    const half = await session(editor, upload.id);
    expect(half.status).toBe('PENDING');
    expect(half.parts.map((part: { partNumber: number }) => part.partNumber)).toEqual([2, 3, 4]);
    const asked = (await session(editor, upload.id, [5, 2])).parts;
    expect(asked.map((part: { partNumber: number; uploaded: boolean; etag: string | null }) => [part.partNumber, part.uploaded, part.etag !== null])).toEqual([[5, true, true], [2, false, false]]);
    await editor.refused('BAD_USER_INPUT', SESSION, { id: upload.id, numbers: [6] });
    await editor.refused('BAD_USER_INPUT', SESSION, { id: upload.id, numbers: Array.from({ length: 101 }, (_, i) => i + 1) });
    const short = await put(half.parts[0].url, Buffer.alloc(7));
    expect(short.status).toBe(STACK === 'embedded' ? 400 : 403);
    for (const part of half.parts) await send(part);
    const named = [...etags].map(([partNumber, etag]) => ({ partNumber, etag }));
    const other = await editor.refused('CONFLICT', COMPLETE_UPLOAD, { id: upload.id, parts: named.map(({ partNumber }) => ({ partNumber, etag: '"0"' })) });
    expect(other.extensions.path).toEqual(['input', 'parts']);
    await editor.refused('BAD_USER_INPUT', COMPLETE_UPLOAD, { id: upload.id, parts: [...named.slice(1), named[1]] });
    const done = await complete(editor, upload.id, named);
    expect(done.dataObject).toMatchObject({ fileSize: bytes.length, contentHash: sha256(bytes), type: 'TEXT' });
    const tail = await fetch((await link(editor, done.dataObject.id)).url, { headers: { range: 'bytes=-17' } });
    expect(await tail.text()).toBe(bytes.subarray(-17).toString());
    await api.serving.app.services.objects.purge({ id: 'x', tenantId: editor.tenant, role: 'admin' }, await uuidOf(editor));
  });
});

describe('what the bytes are', () => {
  it.each([
    ['images/lighthouse-dusk.jpg', 'note.txt', 'IMAGE', 'image/jpeg'],
    ['documents/heron-point-handbook.pdf', 'a.png', 'DOCUMENT', 'application/pdf'],
    ['documents/boat-register.md', 'boat-register.md', 'DOCUMENT', 'text/markdown'],
    ['documents/tide-readings-march-2024.csv', 'tides.csv', 'DOCUMENT', 'text/csv'],
    ['documents/boat-register.md', 'boat-register', 'TEXT', 'text/plain'],
  ])('decides the type: %s as %s is %s', async (sample, filename, type, mimeType) => {
    const { editor } = api.tenant();
    const bytes = await readFile(resolve(SAMPLES, sample));
    const { upload } = await create(editor, { filename, fileSize: bytes.length });
    await put(upload.url, bytes);
    expect((await complete(editor, upload.id)).dataObject).toMatchObject({ type, mimeType, filename });
  });
});
