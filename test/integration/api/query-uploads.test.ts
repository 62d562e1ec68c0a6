import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../support/app.js';
import { put, withApi, type ApiClient } from '../../support/api.js';
import { captionsIndexed } from '../../support/invariants.js';
import { ABORT, bytesOf, create, SAMPLES, stagedOf } from './uploading.js';

const api = withApi();

const FIND = `query($input: SearchInput!, $first: Int, $after: String) { search(input: $input, first: $first, after: $after) {
  incomplete warnings pageInfo { endCursor } edges { node { filename } explanation { model } } } }`;
const sample = (name: string) => readFile(resolve(SAMPLES, name));

let admin: ApiClient;
let reader: ApiClient;
beforeAll(async () => {
  ({ admin, reader } = api.tenant());
  for (const name of ['images/lighthouse-dusk.jpg', 'images/lighthouse-fog.jpg', 'images/chart-depths.png', 'audio/bell-buoy.mp3', 'audio/birdsong-wren.wav']) {
    await admin.upload(await sample(name), { filename: name.split('/')[1]! });
  }
  await admin.texts([
    { text: 'The grey heron stands in the shallows and waits for eels.', filename: 'heron.txt' },
    { text: 'Chop the leeks, warm the butter, and let the potatoes simmer until they are soft.', filename: 'soup.txt' },
  ]);
});

/** A session with its bytes in it. */
async function sent(client: ApiClient, bytes: Uint8Array, filename = 'query.bin', input: object = {}): Promise<string> {
  const { upload } = await create(client, { filename, fileSize: bytes.length, purpose: 'QUERY', ...input });
  expect((await put(upload.url, bytes)).status).toBe(200);
  return upload.id;
}
const find = async (client: ApiClient, input: object, first = 3, after?: string) => (await client.ask(FIND, { input, first, after })).search;
const names = (found: { edges: { node: { filename: string } }[] }) => found.edges.map(({ node }) => node.filename);
const everything = () => admin.ask('{ dataObjects { totalCount } ingestions { totalCount } }');

describe('a picture uploaded for a query', () => {
  const TOLD = `query($input: SearchInput!) { search(input: $input, first: 9) { incomplete warnings edges { node { id filename }
    explanation { model vectorScore contributions { term vector through } } matches { text } } } }`;
  interface Told {
    node: { id: string; filename: string };
    explanation: { model: string; vectorScore: number; contributions: { term: string; vector: number; through: string[] }[] };
    matches: { text: string | null }[];
  }
  let client: ReturnType<typeof api.tenant>;
  let duskId: string;
  beforeAll(async () => {
    client = api.tenant();
    duskId = (await client.admin.upload(await sample('images/lighthouse-dusk.jpg'), { filename: 'dusk.jpg' })).id;
    await client.admin.upload(await sample('images/chart-depths.png'), { filename: 'chart.png' });
    await client.admin.texts([
      { text: 'The keeper climbs the lighthouse and lights its lamp.', filename: 'keeper.txt' },
      { text: 'Chop the leeks, warm the butter, and let the potatoes simmer.', filename: 'soup.txt' },
    ]);
    await client.admin.ask('mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { ... on UserError { message } } }', {
      input: [{ objectId: duskId, type: 'CAPTION', content: { text: 'A lighthouse with its lamp lit.' } }],
    });
    await captionsIndexed(api.serving.app);
  });
  const told = async (input: object): Promise<Told[]> => {
    const { search } = await client.reader.ask(TOLD, { input });
    expect([search.incomplete, search.warnings]).toEqual([false, []]);
    return search.edges;
  };
  const copy = async () => sent(client.reader, await sharp(await sample('images/lighthouse-dusk.jpg')).resize(400).jpeg({ quality: 60 }).toBuffer());
  const filenames = (edges: Told[]) => edges.map(({ node }) => node.filename);

  it('finds passages by the captions of what it is a near duplicate of, and says by whose', async () => {
    const edges = await told({ uploadId: await copy() });
    expect(filenames(edges)[0]).toBe('dusk.jpg');
    expect(filenames(edges).indexOf('keeper.txt')).toBeLessThan(filenames(edges).indexOf('soup.txt'));
    const keeper = edges.find(({ node }) => node.filename === 'keeper.txt')!;
    expect(keeper.matches[0]!.text).toContain('lights its lamp');
    const [part] = keeper.explanation.contributions;
    expect([keeper.explanation.contributions.length, part!.term, part!.through]).toEqual([1, 'uploadId', [duskId]]);
    expect(part!.vector).toBeCloseTo(keeper.explanation.vectorScore, 4);
    const chart = edges.find(({ node }) => node.filename === 'chart.png')!;
    expect([chart.explanation.model, chart.explanation.contributions[0]!.through]).toEqual(['image-descriptor', []]);
    expect(filenames(await told({ uploadId: await copy(), filter: { types: ['TEXT'] } }))[0]).toBe('keeper.txt');
    expect(filenames(await told({ uploadId: await copy(), model: 'all-MiniLM-L6-v2' }))).toContain('keeper.txt');
  });

  it('finds pictures alone where nothing is near enough, has no caption, or is in the bin', async () => {
    const chart = await sent(client.reader, await sample('images/chart-depths.png'));
    expect(filenames(await told({ uploadId: chart })).sort()).toEqual(['chart.png', 'dusk.jpg']);
    const fog = await sent(client.reader, await sample('images/lighthouse-fog.jpg'));
    expect(filenames(await told({ uploadId: fog })).sort()).toEqual(['chart.png', 'dusk.jpg']);
    await client.reader.refused('BAD_USER_INPUT', TOLD, { input: { uploadId: fog, model: 'all-MiniLM-L6-v2' } });
    await client.admin.ask('mutation($id: ID!) { deleteDataObject(id: $id) { id } }', { id: duskId });
    expect(filenames(await told({ uploadId: await copy() }))).toEqual(['chart.png']);
  });
});

describe('bytes uploaded for a query', () => {
  it('find what is like them, sent by a reader; nothing of them becomes an object', async () => {
    const before = await everything();
    const picture = await sent(reader, await sample('images/lighthouse-dusk.jpg'));
    const found = await find(reader, { uploadId: picture });
    expect(names(found)[0]).toBe('lighthouse-dusk.jpg');
    expect(names(found).every((name: string) => /jpg|png/.test(name))).toBe(true);
    expect([found.incomplete, found.warnings]).toEqual([false, []]);
    expect(names(await find(reader, { uploadId: await sent(reader, await sample('audio/bell-buoy.mp3')) }))[0]).toBe('bell-buoy.mp3');
    const words = await sent(reader, bytesOf('A heron is a bird that waits in shallow water for fish and eels.'), 'bird.txt');
    expect(names(await find(reader, { uploadId: words }))[0]).toBe('heron.txt');
    expect(await everything()).toEqual(before);
  });

  it('weigh among other terms, and hold for later pages', async () => {
    const picture = await sent(reader, await sample('images/lighthouse-dusk.jpg'));
    const input = { query: 'soup of leeks', terms: [{ uploadId: picture, weight: 2 }], mode: 'VECTOR' };
    const first = await find(reader, input, 2);
    expect(names(first).sort()).toEqual(['lighthouse-dusk.jpg', 'soup.txt']);
    const rest = await find(reader, input, 9, first.pageInfo.endCursor);
    expect(names(rest)).not.toContain('soup.txt');
  });

  it('are read once, whatever is asked of them; other bytes at the same address are another question', async () => {
    const bytes = bytesOf('potatoes and leeks');
    const { upload } = await create(reader, { filename: 'a.txt', fileSize: bytes.length, purpose: 'QUERY' });
    await put(upload.url, bytes);
    expect(names(await find(reader, { uploadId: upload.id }, 1))).toEqual(['soup.txt']);
    const statements = await api.statementsOf(() => find(reader, { uploadId: upload.id }, 1));
    expect(statements).toHaveLength(2);
    await put(upload.url, bytesOf('herons, eels, reed'));
    expect(names(await find(reader, { uploadId: upload.id }, 1))).toEqual(['heron.txt']);
  });

  it('become no object by completeUpload, and can be given up by whoever sent them', async () => {
    const id = await sent(admin, bytesOf('not to be kept'), 'a.txt');
    const refused = await admin.refused('BAD_USER_INPUT', 'mutation($id: ID!) { completeUpload(input: { id: $id }) { deduplicated } }', { id });
    expect(refused.message).toContain('uploadId');
    const own = await sent(reader, bytesOf('not to be kept either'), 'a.txt');
    expect((await reader.ask(ABORT, { id: own })).abortUpload.status).toBe('ABORTED');
    expect(await stagedOf(api, own)).toBeNull();
    await reader.refused('UPLOAD_EXPIRED', FIND, { input: { uploadId: own } });
  });

  it('are whoever’s who sent them, alone', async () => {
    const id = await sent(reader, bytesOf('mine'), 'a.txt');
    await admin.refused('NOT_FOUND', FIND, { input: { uploadId: id } });
    await api.tenant().reader.refused('NOT_FOUND', FIND, { input: { uploadId: id } });
    const theirs = await sent(admin, bytesOf('an admin’s'), 'a.txt');
    await reader.refused('FORBIDDEN', ABORT, { id: theirs });
    await reader.refused('FORBIDDEN', 'query($id: ID!) { uploadSession(id: $id) { url { url } } }', { id: theirs });
    await reader.refused('FORBIDDEN', 'mutation { createUpload(input: { filename: "a", fileSize: 1 }) { deduplicated } }');
  });

  it('are held to what was declared, and refused where they are not to be read', async () => {
    const mark = { path: ['input', 'uploadId'] };
    const { upload } = await create(reader, { filename: 'a.txt', fileSize: 4, purpose: 'QUERY' });
    expect((await reader.refused('BAD_USER_INPUT', FIND, { input: { uploadId: upload.id } })).extensions).toMatchObject(mark);
    const object = await create(admin, { filename: 'a.txt', fileSize: 4 });
    expect((await admin.refused('BAD_USER_INPUT', FIND, { input: { uploadId: object.upload.id } })).message).toContain('purpose: QUERY');
    const odd = await sent(reader, bytesOf('plain text'), 'a.txt', { type: 'IMAGE' });
    expect((await reader.refused('CONTENT_MISMATCH', FIND, { input: { uploadId: odd } })).extensions).toMatchObject(mark);
    const broken = await sent(reader, Buffer.concat([(await sample('images/lighthouse-dusk.jpg')).subarray(0, 900), Buffer.alloc(50)]), 'a.jpg');
    expect((await reader.refused('UNSUPPORTED_MEDIA', FIND, { input: { uploadId: broken } })).extensions).toMatchObject(mark);
    const unknown = await sent(reader, Buffer.from([0, 1, 2, 3, 250, 251, 0, 0]), 'a.bin');
    expect((await reader.refused('UNSUPPORTED_MEDIA', FIND, { input: { uploadId: unknown } })).extensions).toMatchObject(mark);
    const CREATE = 'mutation($input: CreateUploadInput!) { createUpload(input: $input) { deduplicated } }';
    await reader.refused('PAYLOAD_TOO_LARGE', CREATE, { input: { filename: 'a', fileSize: 64 * 2 ** 20 + 1, purpose: 'QUERY' } });
  });

  it('need not be new', async () => {
    const bytes = bytesOf('The grey heron stands in the shallows and waits for eels.');
    const id = await sent(reader, bytes, 'a.txt', { contentHash: sha256(bytes) });
    expect(names(await find(reader, { uploadId: id }, 1))).toEqual(['heron.txt']);
  });

  it('are gone after an hour', async () => {
    const id = await sent(reader, bytesOf('for an hour'), 'a.txt');
    expect(await stagedOf(api, id)).not.toBeNull();
    await api.serving.app.engine.sql.query("UPDATE upload_sessions SET expires_at = now() - interval '1 second' WHERE purpose = 'QUERY'", []);
    await reader.refused('UPLOAD_EXPIRED', FIND, { input: { uploadId: id } });
    await api.serving.app.maintenance.housekeeping();
    expect(await stagedOf(api, id)).toBeNull();
  });

  it('lie about in a number that is bounded', async () => {
    const { reader: eager } = api.tenant();
    for (let i = 0; i < 100; i++) await create(eager, { filename: 'a.txt', fileSize: 1, purpose: 'QUERY' });
    const CREATE = 'mutation { createUpload(input: { filename: "a", fileSize: 1, purpose: QUERY }) { deduplicated } }';
    expect((await eager.refused('RATE_LIMITED', CREATE)).message).toContain('at most 100');
  });
});
