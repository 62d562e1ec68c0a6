import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMPLETE_UPLOAD, CREATE_UPLOAD, put, withApi, type ApiClient } from '../../support/api.js';
import { makeOle, makePngBomb } from '../../support/hostile-files.js';

const api = withApi();
const HOSTILE = resolve(import.meta.dirname, '../../fixtures/hostile');
const SAMPLES = resolve(import.meta.dirname, '../../../samples');

async function takenIn(client: ApiClient, filename: string, bytes: Buffer) {
  const { createUpload } = await client.ask(CREATE_UPLOAD, { input: { filename, fileSize: bytes.length, metadata: { from: 'elsewhere' } } });
  expect((await put(createUpload.upload.url, bytes)).status).toBe(200);
  const { completeUpload } = await client.ask(COMPLETE_UPLOAD, { id: createUpload.upload.id });
  const [end] = await client.ended([completeUpload.ingestion.id]);
  const { dataObject } = await client.ask('query($id: ID!) { dataObject(id: $id) { id type status text metadata downloadUrl { url } ingestion { status error { code message retryable } warnings } } }', { id: completeUpload.dataObject.id });
  return { ...dataObject, end: end! };
}

const cut = async (sample: string, part: number) => {
  const bytes = await readFile(resolve(SAMPLES, sample));
  return bytes.subarray(0, Math.floor(bytes.length * part));
};

describe('what cannot be read', () => {
  it.each<[string, string, string, () => Promise<Buffer>]>([
    ['a truncated JPEG', 'cut.jpg', 'DAMAGED', () => cut('images/lighthouse-dusk.jpg', 0.3)],
    ['a PDF with a password', 'locked.pdf', 'ENCRYPTED', () => readFile(resolve(HOSTILE, 'protected.pdf'))],
    ['a document with a password', 'locked.docx', 'ENCRYPTED', async () => makeOle('EncryptedPackage')],
    ['a PDF that ends too early', 'cut.pdf', 'DAMAGED', () => cut('documents/heron-point-handbook.pdf', 0.1)],
    ['a picture of too many pixels', 'bomb.png', 'TOO_LARGE', async () => makePngBomb(60_000, 60_000)],
  ])('(%s) is kept as bytes, FAILED with a code, and takes nobody down', async (_what, filename, code, make) => {
    const { editor } = api.tenant();
    const bytes = await make();
    const object = await takenIn(editor, filename, bytes);
    expect(object).toMatchObject({ status: 'FAILED', text: null, metadata: { from: 'elsewhere' }, ingestion: { status: 'FAILED', error: { code, retryable: false } } });
    expect(object.ingestion.error.message).not.toMatch(/\/tmp|\/work|node_modules|\.ts/);
    expect(Buffer.from(await (await fetch(object.downloadUrl.url)).arrayBuffer()).equals(bytes)).toBe(true);
    const { dataObjects } = await editor.ask('{ dataObjects(filter: { status: [FAILED] }) { nodes { id } } }');
    expect(dataObjects.nodes).toEqual([{ id: object.id }]);
    await editor.texts([{ text: 'The next one is taken in as if nothing had been.' }]);
  });

  it('but text of any encoding is, with a warning where the encoding was guessed', async () => {
    const { editor } = api.tenant();
    const words = 'Die Fähre fährt über den Fluß, früh am Morgen, und kommt spät zurück.';
    const marked = await takenIn(editor, 'utf16.txt', Buffer.from(`\ufeff${words}`, 'utf16le'));
    expect(marked).toMatchObject({ status: 'READY', text: words, ingestion: { warnings: [] } });
    const guessed = await takenIn(editor, 'latin1.txt', Buffer.from(words, 'latin1'));
    expect(guessed).toMatchObject({ status: 'READY', type: 'TEXT', text: words });
    expect(guessed.ingestion.warnings.join()).toMatch(/encoding/i);
    const { search } = await editor.ask('{ search(input: { query: "Fähre", mode: KEYWORD }) { totalCount } }');
    expect(search.totalCount).toBe(2);
  });
});
