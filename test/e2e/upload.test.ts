import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answer, ask, cleanUp, overEvents, overWebSocket, SAMPLES, serve, temporaryFolder, type Server } from './support/strata.js';

let server: Server;
beforeAll(async () => {
  server = await serve(join(temporaryFolder(), 'data'));
});
// Whole processes, which start slowly where much else is going on.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
afterAll(cleanUp);

const LINK = 'url method headers { name value }';
const CREATE = `mutation ($input: CreateUploadInput!) {
  createUpload(input: $input) { deduplicated dataObject { id } upload { id partCount partSize url { ${LINK} } parts { partNumber size uploaded url { ${LINK} } } } }
}`;
const COMPLETE = `mutation ($input: CompleteUploadInput!) {
  completeUpload(input: $input) { deduplicated dataObject { id type mimeType contentHash fileSize downloadUrl { url } } ingestion { id } }
}`;
const SESSION = 'query ($id: ID!) { uploadSession(id: $id) { status error { code } } }';
const CHANGES = 'subscription { dataObjectChanged { kind dataObject { id filename status } } }';
const PROGRESS = 'subscription ($id: ID!) { ingestionProgress(ingestionId: $id) { status stage progress error { code message } } }';

interface Link {
  url: string;
  method: string;
  headers: { name: string; value: string }[];
}

const put = (link: Link, body: BodyInit) => fetch(link.url, { method: link.method, headers: link.headers.map(({ name, value }): [string, string] => [name, value]), body });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function upload(filename: string, bytes: Buffer<ArrayBuffer>) {
  const { createUpload } = await ask(server.url, CREATE, { input: { filename, fileSize: bytes.length, contentHash: sha256(bytes) } });
  expect((await put(createUpload.upload.url, bytes)).status).toBe(200);
  return (await ask(server.url, COMPLETE, { input: { id: createUpload.upload.id } })).completeUpload;
}

/** A subscription says nothing until something happens: so something is made to happen until it is heard. */
async function listening(changes: AsyncIterator<unknown>): Promise<void> {
  const { ingestText } = await ask(server.url, 'mutation { ingestText(input: { text: "A knock at the door." }) { dataObject { id } } }');
  let isHeard = false;
  const first = changes.next().then(() => {
    isHeard = true;
  });
  for (let knock = 1; !isHeard; knock += 1) {
    await ask(server.url, 'mutation ($input: UpdateDataObjectInput!) { updateDataObject(input: $input) { id } }', { input: { id: ingestText.dataObject.id, metadata: { knock } } });
  }
  await first;
}

describe('an upload', () => {
  it('is watched from both sides while it is processed, and handed out again in whole and in parts', async () => {
    const bytes = await readFile(join(SAMPLES, 'documents/heron-point-handbook.pdf'));
    // Held open before anything happens: over WebSocket the changes of all objects.
    const changes = overWebSocket(server.url, CHANGES);
    await listening(changes);

    const { dataObject, ingestion } = await upload('handbook.pdf', bytes);
    expect(dataObject).toMatchObject({ type: 'DOCUMENT', mimeType: 'application/pdf', contentHash: sha256(bytes), fileSize: bytes.length });

    const stages: string[] = [];
    let progress = 0;
    for await (const { ingestionProgress } of overEvents(server.url, PROGRESS, { id: ingestion.id })) {
      expect(ingestionProgress.error).toBeNull();
      expect(ingestionProgress.progress).toBeGreaterThanOrEqual(progress);
      progress = ingestionProgress.progress;
      stages.push(`${ingestionProgress.status} ${ingestionProgress.stage}`);
    }
    expect(stages.at(-1)).toBe('SUCCEEDED DONE');

    const seen: string[] = [];
    for await (const { dataObjectChanged } of changes) {
      if (dataObjectChanged.dataObject.id !== dataObject.id) continue;
      seen.push(dataObjectChanged.kind);
      if (dataObjectChanged.dataObject.status === 'READY') break;
    }
    expect([seen[0], seen.at(-1)]).toEqual(['CREATED', 'UPDATED']);

    const download = await fetch(dataObject.downloadUrl.url);
    expect(sha256(new Uint8Array(await download.arrayBuffer()))).toBe(sha256(bytes));
    expect(download.headers.get('x-content-type-options')).toBe('nosniff');
    const part = await fetch(dataObject.downloadUrl.url, { headers: { range: 'bytes=1000-1999' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1000-1999/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(1000, 2000))).toBe(true);

    const { createUpload: again } = await ask(server.url, CREATE, { input: { filename: 'copy.pdf', fileSize: bytes.length, contentHash: sha256(bytes) } });
    expect(again).toMatchObject({ deduplicated: true, dataObject: { id: dataObject.id }, upload: null });
  });

  it('of 70 MB goes in parts, each by its own signed PUT', async () => {
    const path = join(temporaryFolder(), 'silence.wav');
    const size = 70_000_044;
    const file = await open(path, 'w');
    await file.write(wavHeader(size - 44));
    await file.truncate(size); // sparse: silence takes no room
    await file.close();

    const { createUpload } = await ask(server.url, CREATE, { input: { filename: 'silence.wav', fileSize: size } });
    const { id, partCount, partSize, parts, url } = createUpload.upload;
    expect(url).toBeNull();
    expect(partCount).toBe(Math.ceil(size / partSize));
    expect(parts).toHaveLength(partCount);
    const content = await openAsBlob(path);
    for (const part of [...parts].reverse()) {
      const start = (part.partNumber - 1) * partSize;
      expect((await put(part.url, content.slice(start, start + part.size))).status).toBe(200);
    }
    const { dataObject } = (await ask(server.url, COMPLETE, { input: { id } })).completeUpload;
    expect(dataObject).toMatchObject({ type: 'AUDIO', mimeType: expect.stringMatching(/wav/), fileSize: size });
    const tail = await fetch(dataObject.downloadUrl.url, { headers: { range: 'bytes=-100' } });
    expect([tail.status, Buffer.from(await tail.arrayBuffer()).equals(Buffer.alloc(100))]).toEqual([206, true]);
    await ask(server.url, 'mutation ($id: ID!) { purgeDataObject(id: $id) { id } }', { id: dataObject.id });
  });

  it('whose bytes are not those of the declared hash is refused at the door', async () => {
    const declared = Buffer.from('what was promised');
    const lies = Buffer.from('what was PROMISED');
    const { createUpload } = await ask(server.url, CREATE, { input: { filename: 'note.txt', fileSize: declared.length, contentHash: sha256(declared) } });
    const sent = await put(createUpload.upload.url, lies);
    expect([sent.status, ((await sent.json()) as { error: { code: string } }).error.code]).toEqual([400, 'CONTENT_MISMATCH']);
    expect(await byHash(lies)).toBeNull();
    // The same address still takes the right ones.
    expect((await put(createUpload.upload.url, declared)).status).toBe(200);
    expect((await ask(server.url, COMPLETE, { input: { id: createUpload.upload.id } })).completeUpload.dataObject.contentHash).toBe(sha256(declared));
  });

  it('whose bytes were refused at the door, and no others came, is rejected when it is completed', async () => {
    const declared = Buffer.from('what was promised in vain');
    const { createUpload } = await ask(server.url, CREATE, { input: { filename: 'vain.txt', fileSize: declared.length, contentHash: sha256(declared) } });
    expect((await put(createUpload.upload.url, Buffer.alloc(declared.length, 'x'))).status).toBe(400);
    expect((await answer(server.url, COMPLETE, { input: { id: createUpload.upload.id } })).errors?.[0]?.extensions.code).toBe('CONTENT_MISMATCH');
    const { uploadSession } = await ask(server.url, SESSION, { id: createUpload.upload.id });
    expect(uploadSession).toMatchObject({ status: 'REJECTED', error: { code: 'CONTENT_MISMATCH' } });
  });

  it('whose bytes are not of the declared type is rejected, and leaves nothing', async () => {
    const text = Buffer.from('This is no picture.');
    const { createUpload } = await ask(server.url, CREATE, { input: { filename: 'picture.png', fileSize: text.length, type: 'IMAGE' } });
    expect((await put(createUpload.upload.url, text)).status).toBe(200);
    expect((await answer(server.url, COMPLETE, { input: { id: createUpload.upload.id } })).errors?.[0]?.extensions.code).toBe('CONTENT_MISMATCH');
    const { uploadSession } = await ask(server.url, SESSION, { id: createUpload.upload.id });
    expect(uploadSession).toMatchObject({ status: 'REJECTED', error: { code: 'CONTENT_MISMATCH' } });
    expect(await byHash(text)).toBeNull();
  });
});

const byHash = async (bytes: Uint8Array) =>
  (await ask(server.url, 'query ($hash: SHA256!) { dataObjectByHash(contentHash: $hash) { id } }', { hash: sha256(bytes) })).dataObjectByHash;

/** A RIFF header for 16-bit stereo at 192 kHz. @param bytes of sound that follow */
function wavHeader(bytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(192_000, 24);
  header.writeUInt32LE(192_000 * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  return header;
}
