import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../support/app.js';
import { COMPLETE_UPLOAD, CREATE_UPLOAD, put, withApi, type ApiClient } from '../../support/api.js';
import { onlyEmbedded, STACK } from '../../support/stacks.js';

const api = withApi();
const MIB = 1024 * 1024;
const SAMPLES = resolve(import.meta.dirname, '../../../samples');

const SESSION = `query($id: ID!, $numbers: [Int!]) { uploadSession(id: $id) {
  id status partCount url { url method headers { name value } } dataObject { id } error { code message path }
  parts(partNumbers: $numbers) { partNumber size uploaded etag url { url method headers { name value } } }
} }`;
const DOWNLOAD = `query($id: ID!, $expires: Int, $disposition: Disposition) { dataObject(id: $id) {
  mimeType contentHash fileSize storageLocation downloadUrl(expiresIn: $expires, disposition: $disposition) { url method headers { name value } expiresAt }
} }`;
const ABORT = 'mutation($id: ID!) { abortUpload(id: $id) { id status url { url } } }';

const create = async (client: ApiClient, input: object) => (await client.ask(CREATE_UPLOAD, { input })).createUpload;
const complete = async (client: ApiClient, id: string, parts?: object[]) => (await client.ask(COMPLETE_UPLOAD, { id, parts })).completeUpload;
const session = async (client: ApiClient, id: string, numbers?: number[]) => (await client.ask(SESSION, { id, numbers })).uploadSession;
const link = async (client: ApiClient, id: string, options: object = {}) => (await client.ask(DOWNLOAD, { id, ...options })).dataObject.downloadUrl as { url: string };
const staged = async (id: string) => {
  const [row] = await api.serving.app.engine.sql.query<{ staging_key: string }>("SELECT staging_key FROM upload_sessions WHERE staging_key = 'temp/' || $1", [id]);
  return row === undefined ? null : api.serving.app.objectStore.head(row.staging_key);
};
/** Where the bytes go, and come from: this server's own routes, or a bucket. */
const bytesAt = () => {
  const { objectStorage } = api.serving.app.config;
  return objectStorage.provider === 'minio' ? { origin: objectStorage.minio.endpoint, folder: `/${objectStorage.minio.bucket}/`, scheme: 's3:' } : { origin: api.origin, folder: '/storage/', scheme: 'file:' };
};
/** A bucket says it in its own words. */
const codeOf = async (refusal: Response) => (STACK === 'embedded' ? (await refusal.json()).error.code : null);
const bytesOf = (text: string) => Buffer.from(text);

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

const uuidOf = async (client: ApiClient) => (await api.serving.app.engine.sql.query<{ id: string }>('SELECT id FROM data_objects WHERE tenant_id = $1', [client.tenant]))[0]!.id;

describe('known content', () => {
  it('needs no upload; the object keeps its first metadata and filename', async () => {
    const { editor, admin } = api.tenant();
    const bytes = bytesOf('known already');
    const first = await editor.upload(bytes, { filename: 'first.txt', metadata: { n: 1 } });
    const again = await create(editor, { filename: 'second.txt', fileSize: bytes.length, contentHash: sha256(bytes), metadata: { n: 2 } });
    expect(again).toEqual({ upload: null, deduplicated: true, dataObject: { id: first.id, filename: 'first.txt', metadata: { n: 1 } } });
    const unknown = await create(editor, { filename: 'third.txt', fileSize: bytes.length, metadata: { n: 3 } });
    await put(unknown.upload.url, bytes);
    expect(await complete(editor, unknown.upload.id)).toMatchObject({ deduplicated: true, dataObject: { id: first.id, filename: 'first.txt', metadata: { n: 1 } }, ingestion: { id: first.ingestionId } });
    expect(await complete(editor, unknown.upload.id)).toMatchObject({ deduplicated: true, dataObject: { id: first.id } });
    expect(await staged(unknown.upload.id)).toBeNull();
    const { ingestText } = await editor.ask('mutation { ingestText(input: { text: "known already", metadata: { n: 4 } }) { deduplicated dataObject { id metadata } } }');
    expect(ingestText).toEqual({ deduplicated: true, dataObject: { id: first.id, metadata: { n: 1 } } });
    const elsewhere = await create(api.tenant().editor, { filename: 'a.txt', fileSize: bytes.length, contentHash: sha256(bytes) });
    expect(elsewhere).toMatchObject({ deduplicated: false, dataObject: null });
    await admin.ask('mutation($id: ID!) { deleteDataObject(id: $id) { id } }', { id: first.id });
    expect(await create(editor, { filename: 'a.txt', fileSize: bytes.length, contentHash: sha256(bytes) })).toMatchObject({ deduplicated: false, dataObject: null });
  });

  it('in two uploads that race becomes one object, and both callers get it', async () => {
    const { editor } = api.tenant();
    const bytes = bytesOf('whoever comes first');
    const sessions = await Promise.all([1, 2, 3].map((n) => create(editor, { filename: `${n}.txt`, fileSize: bytes.length })));
    for (const { upload } of sessions) expect((await put(upload.url, bytes)).status).toBe(200);
    const done = await Promise.all(sessions.map(({ upload }) => complete(editor, upload.id)));
    expect(new Set(done.map((each) => each.dataObject.id)).size).toBe(1);
    expect(done.filter((each) => !each.deduplicated)).toHaveLength(1);
    expect(new Set(done.map((each) => each.ingestion.id)).size).toBe(1);
    expect((await editor.ask('{ dataObjects { totalCount } ingestions { totalCount } }'))).toEqual({ dataObjects: { totalCount: 1 }, ingestions: { totalCount: 1 } });
  });
});

describe('completing', () => {
  it('at once from many sides waits for the first and answers the same', async () => {
    const { editor } = api.tenant();
    const bytes = bytesOf('completed by everyone');
    const { upload } = await create(editor, { filename: 'a.txt', fileSize: bytes.length });
    await put(upload.url, bytes);
    const done = await Promise.all([1, 2, 3, 4].map(() => complete(editor, upload.id)));
    for (const each of done) expect({ ...each, dataObject: { ...each.dataObject, status: 0 } }).toEqual({ ...done[0], dataObject: { ...done[0].dataObject, status: 0 } });
  });

  it('is another tenant’s to do for nobody', async () => {
    const bytes = bytesOf('mine');
    const { upload } = await create(api.tenant().editor, { filename: 'a.txt', fileSize: bytes.length });
    await put(upload.url, bytes);
    const stranger = api.tenant().editor;
    await stranger.refused('NOT_FOUND', COMPLETE_UPLOAD, { id: upload.id });
    await stranger.refused('NOT_FOUND', ABORT, { id: upload.id });
    expect(await session(stranger, upload.id)).toBeNull();
  });
});

describe('a session', () => {
  it('is aborted once, frees its bytes, and is of no use afterwards', async () => {
    const { editor } = api.tenant();
    const bytes = bytesOf('given up');
    const { upload } = await create(editor, { filename: 'a.txt', fileSize: bytes.length });
    await put(upload.url, bytes);
    const first = (await editor.ask(ABORT, { id: upload.id })).abortUpload;
    expect(first).toEqual({ id: upload.id, status: 'ABORTED', url: null });
    expect((await editor.ask(ABORT, { id: upload.id })).abortUpload).toEqual(first);
    expect(await staged(upload.id)).toBeNull();
    await editor.refused('CONFLICT', COMPLETE_UPLOAD, { id: upload.id });
    const done = await editor.upload(bytesOf('not given up'), { filename: 'b.txt' });
    const { dataObject } = await editor.ask('query($id: ID!) { dataObject(id: $id) { id } }', { id: done.id });
    expect(dataObject).not.toBeNull();
  });

  it('that was completed cannot be aborted', async () => {
    const { editor } = api.tenant();
    const bytes = bytesOf('kept');
    const { upload } = await create(editor, { filename: 'a.txt', fileSize: bytes.length });
    await put(upload.url, bytes);
    await complete(editor, upload.id);
    await editor.refused('CONFLICT', ABORT, { id: upload.id });
  });

  it('past its time is UPLOAD_EXPIRED, and its bytes go', async () => {
    const { editor } = api.tenant();
    const bytes = bytesOf('too late');
    const { upload } = await create(editor, { filename: 'a.txt', fileSize: bytes.length });
    await put(upload.url, bytes);
    await api.serving.app.engine.sql.query("UPDATE upload_sessions SET expires_at = now() - interval '1 second' WHERE tenant_id = $1", [editor.tenant]);
    expect((await editor.refused('UPLOAD_EXPIRED', COMPLETE_UPLOAD, { id: upload.id })).message).toContain(upload.id);
    await api.serving.app.maintenance.housekeeping();
    expect(await session(editor, upload.id)).toMatchObject({ status: 'EXPIRED', url: null });
    expect(await staged(upload.id)).toBeNull();
    await editor.refused('UPLOAD_EXPIRED', COMPLETE_UPLOAD, { id: upload.id });
  });
});

describe('a replacement', () => {
  it('gives an object other bytes under the same id, metadata and annotations', async () => {
    const { admin } = api.tenant();
    const first = await admin.upload(bytesOf('The first edition of the guide.'), { filename: 'guide.txt', metadata: { shelf: 3 } });
    await admin.ask('mutation($id: ID!) { createAnnotations(input: [{ objectId: $id, type: CAPTION, content: { text: "kept" } }]) { __typename } }', { id: first.id });
    const second = bytesOf('The second edition, on paper kites.');
    const { upload } = await create(admin, { filename: 'guide-2.txt', fileSize: second.length, replaces: first.id });
    await put(upload.url, second);
    const done = await complete(admin, upload.id);
    expect(done.dataObject).toMatchObject({ id: first.id, version: 2, contentHash: sha256(second), metadata: { shelf: 3 }, filename: 'guide-2.txt' });
    await admin.ended([done.ingestion.id]);
    const { dataObject, search } = await admin.ask(
      'query($id: ID!) { dataObject(id: $id) { text annotations(filter: { types: [CAPTION] }) { totalCount } downloadUrl { url } } search(input: { query: "paper kites" }) { nodes { id } } }', { id: first.id },
    );
    expect(dataObject).toMatchObject({ text: second.toString(), annotations: { totalCount: 1 } });
    expect(search.nodes).toEqual([{ id: first.id }]);
    expect(await (await fetch(dataObject.downloadUrl.url)).text()).toBe(second.toString());
    const old = await admin.ask('{ search(input: { query: "first", mode: KEYWORD }) { nodes { id } } }');
    expect(old.search.nodes).toEqual([]);
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

describe('a download', () => {
  it('is whole or in part, with an ETag and its name, and nothing that a browser would run', async () => {
    const { editor } = api.tenant();
    const { id } = await editor.upload(bytesOf('0123456789, and nothing that others have'), { filename: 'Gezeiten – Übersicht.txt' });
    const { url } = await link(editor, id);
    const whole = await fetch(url);
    expect([whole.status, await whole.text()]).toEqual([200, '0123456789, and nothing that others have']);
    const headers = Object.fromEntries(whole.headers);
    // A bucket can be told no header that would keep a browser from running what it shows; so it names no type that one could run.
    const guarded = STACK === 'embedded' ? { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff', 'content-security-policy': 'sandbox' } : { 'content-type': 'application/octet-stream' };
    expect(headers).toMatchObject({ ...guarded, 'content-length': '40', 'accept-ranges': 'bytes' });
    expect(headers['content-disposition']).toMatch(/^attachment; .*filename\*=UTF-8''Gezeiten%20%E2%80%93%20%C3%9Cbersicht\.txt/);
    const part = await fetch(url, { headers: { range: 'bytes=2-4' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/40', '234']);
    expect((await fetch(url, { headers: { 'if-none-match': headers.etag! } })).status).toBe(304);
  });

  it.skipIf(onlyEmbedded('a bucket answers ranges and conditions in its own way'))('by our own route serves Range and ETag to the letter', async () => {
    const { editor } = api.tenant();
    const { id } = await editor.upload(bytesOf('0123456789'), { filename: 'digits.txt' });
    const { url } = await link(editor, id);
    const etag = (await fetch(url)).headers.get('etag')!;
    const ranges: [string, number, string | null, string][] = [
      ['bytes=2-4', 206, 'bytes 2-4/10', '234'], ['bytes=8-', 206, 'bytes 8-9/10', '89'], ['bytes=-3', 206, 'bytes 7-9/10', '789'], ['bytes=0-99', 206, 'bytes 0-9/10', '0123456789'],
      ['bytes=10-', 416, 'bytes */10', ''], ['bytes=5-2', 200, null, '0123456789'],
    ];
    for (const [range, status, contentRange, text] of ranges) {
      const part = await fetch(url, { headers: { range } });
      expect([part.status, part.headers.get('content-range'), await part.text()], range).toEqual([status, contentRange, text]);
    }
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await fetch(url, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    expect(await (await fetch(url, { headers: { range: 'bytes=0-1', 'if-range': '"other"' } })).text()).toBe('0123456789');
    expect(await (await fetch(url, { headers: { range: 'bytes=0-1', 'if-range': etag } })).text()).toBe('01');
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  });

  it('is shown where that is harmless and asked for; HTML and SVG never are', async () => {
    const { editor } = api.tenant();
    const png = await editor.upload(await readFile(resolve(SAMPLES, 'images/chart-depths.png')), { filename: 'chart.png' });
    const html = await editor.upload(bytesOf('<!doctype html><html><body><p>Hello</p><script>alert(1)</script></body></html>'), { filename: 'page.html' });
    const svg = await create(editor, { filename: 'drawing.svg', fileSize: 71 });
    const drawing = bytesOf('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>\n'.padEnd(71).slice(0, 71));
    await put(svg.upload.url, drawing);
    const drawn = await editor.post(COMPLETE_UPLOAD, { id: svg.upload.id });
    const disposition = async (id: string, asked: string | null) => (await fetch((await link(editor, id, { disposition: asked })).url)).headers.get('content-disposition')?.split(';')[0];
    expect(await disposition(png.id, 'INLINE')).toBe('inline');
    expect(await disposition(png.id, 'ATTACHMENT')).toBe('attachment');
    expect(await disposition(png.id, null)).toBe('attachment');
    expect(await disposition(html.id, 'INLINE')).toBe('attachment');
    if (drawn.errors) expect(drawn.errors[0]!.extensions.code).toBe('UNSUPPORTED_MEDIA');
    else expect(await disposition(drawn.data.completeUpload.dataObject.id, 'INLINE')).toBe('attachment');
  });

  it.skipIf(onlyEmbedded('the signatures are our own; the suite of the object stores changes those of a bucket'))('by an address that was changed, has expired or is for something else is refused', async () => {
    const { editor } = api.tenant();
    const { id } = await editor.upload(bytesOf('for those who were given it'), { filename: 'a.txt' });
    const { url } = await link(editor, id, { expires: 60 });
    const change = (edit: (to: URL) => void) => {
      const to = new URL(url);
      edit(to);
      return fetch(to);
    };
    const refusals = [
      await change((to) => to.searchParams.set('expires', '99999999999')),
      await change((to) => to.searchParams.set('disposition', 'INLINE')),
      await change((to) => to.searchParams.set('contentType', 'text/html')),
      await change((to) => to.searchParams.delete('signature')),
      await change((to) => to.searchParams.set('signature', 'AAAA')),
      await change((to) => (to.pathname = to.pathname.replace(/.$/, '0'))),
      await change((to) => (to.pathname = '/storage/../strata.json')),
      await fetch(url, { method: 'PUT', body: 'overwritten' }),
    ];
    for (const answer of refusals) expect([403, 404]).toContain(answer.status);
    expect((await fetch(url)).status).toBe(200);
    const later = await api.serving.app.objectStore.signDownload('nowhere', { expiresIn: 1, disposition: 'ATTACHMENT', filename: null, contentType: 'text/plain' });
    const expired = new URL(later.url);
    const { sign } = await import('../../../src/adapters/objects/signing.js');
    const query = sign({ method: 'GET', key: decodeURIComponent(new URL(url).pathname.slice('/storage/'.length)), expires: Math.floor(Date.now() / 1000) - 1, contentType: 'text/plain' }, api.serving.app.signingSecret!);
    expired.pathname = new URL(url).pathname;
    expired.search = query.toString();
    const answer = await fetch(expired);
    expect([answer.status, (await answer.json()).error.message]).toEqual([403, 'The address has expired. Ask for a new one.']);
    const upload = await create(editor, { filename: 'b.txt', fileSize: 3 });
    expect((await fetch(upload.upload.url.url)).status).toBe(403);
    const { expiresAt } = (await editor.ask(DOWNLOAD, { id, expires: 604_800 })).dataObject.downloadUrl;
    expect(new Date(expiresAt).getTime() - Date.now()).toBeGreaterThan(604_700_000);
  });
});
