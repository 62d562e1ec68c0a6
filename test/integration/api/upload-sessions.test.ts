import { describe, expect, it } from 'vitest';
import { sha256 } from '../../support/app.js';
import { COMPLETE_UPLOAD, put, withApi } from '../../support/api.js';
import { ABORT, bytesOf, complete, create, session, stagedOf } from './uploading.js';

const api = withApi();
const staged = (id: string) => stagedOf(api, id);

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
