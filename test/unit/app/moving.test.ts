import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { App } from '../../../src/app/compose.js';
import { adminTasks } from '../../../src/app/moving/admin.js';

const { handle } = adminTasks({ moving: { exports: {}, imports: {} } } as App);
const send = (method: string, path: string, text: string) => handle({ method, path, body: Readable.from([Buffer.from(text)]), signal: new AbortController().signal });

describe('a body that is no JSON', () => {
  it.each([
    ['POST', 'import/objects', '{"tenantId": "a", "models": []}\n{"object": \n', 'Line 2 of the body is no JSON: '],
    ['POST', 'import/aggregations', 'nothing', 'Line 1 of the body is no JSON: '],
    ['POST', 'export/objects', '{', 'The body is no JSON: '],
    ['POST', 'reindex', '', 'The body is no JSON: '],
  ])('is a mistake of whoever sent it: %s %s', async (method, path, text, message) => {
    await expect(send(method, path, text)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) as string });
  });
});

describe('lines of an import', () => {
  const ID = '01900000-0000-7000-8000-000000000001';
  const OTHER = '01900000-0000-7000-8000-000000000002';
  const time = '2026-01-31T12:00:00.000Z';
  const models = [{ name: 'words', revision: '1', dimensions: 2 }];
  const vector = Buffer.from(new Float32Array([0.6, 0.8]).buffer).toString('base64');
  const object = {
    id: ID, tenantId: 'a', type: 'TEXT', status: 'READY', contentHash: '0'.repeat(64), filename: 'a.txt', mimeType: 'text/plain', fileSize: 4, storageTier: 'STANDARD',
    metadata: {}, facts: {}, version: 1, isDeleted: false, createdAt: time, updatedAt: time, ingestion: { status: 'SUCCEEDED', stage: 'DONE', error: null, warnings: [] },
  };
  const annotation = { id: ID, objectId: ID, annotatorId: 'ada', type: 'SUMMARY', content: { text: 'Short.' }, confidence: null, version: 1, isDeleted: false, createdAt: time, updatedAt: time };
  const text = { objectId: ID, text: 'Once.', pages: [] };
  const passage = { id: ID, objectId: ID, position: 0, text: 'Once.', start: 0, end: 5, page: null, startSeconds: null, context: null };
  const embedding = { id: ID, objectId: ID, passageId: ID, model: 'words', dimensions: 2, metadata: {}, createdAt: time, vector };
  const parts = { object, annotations: [annotation], text, passages: [passage], embeddings: [embedding] };

  /** @returns what the service was given */
  async function sent(...lines: object[]): Promise<unknown[][]> {
    const given: unknown[][] = [];
    const counts = { objects: 1, there: 0, annotations: 0, queued: 0 };
    const imports = { objects: async (...all: unknown[]) => (given.push(all), counts), aggregations: async (all: unknown[]) => (given.push(all), 1) };
    const { handle: take } = adminTasks({ moving: { exports: {}, imports } } as unknown as App);
    const answer = (path: string, values: object[]) =>
      take({ method: 'POST', path, body: Readable.from([Buffer.from(values.map((value) => JSON.stringify(value)).join('\n'))]), signal: new AbortController().signal });
    await ('objectIds' in lines[0]! ? answer('import/aggregations', lines) : answer('import/objects', [{ tenantId: 'a', models }, ...lines]));
    return given;
  }

  it('are handed on as they are where nothing is wrong', async () => {
    expect(await sent(parts, { ...parts, object: { ...object, id: OTHER }, annotations: [], text: null, passages: [], embeddings: [] })).toEqual([
      ['a', [parts, { object: { ...object, id: OTHER }, annotations: [], text: null, passages: [], embeddings: [] }], models],
    ]);
  });

  const wrong: [string, object, string][] = [
    ['another tenant', { ...parts, object: { ...object, tenantId: 'b' } }, 'object.tenantId is "b"; it must be "a", which the first line names.'],
    ['no tenant at all', { ...parts, object: { ...object, tenantId: 'temp' } }, 'object.tenantId is "temp"; it must be a tenant\'s name: at most 63 small letters'],
    ['the same id again', parts, `object.id is "${ID}"; it must be one that no line before it has.`],
    ['no object', { annotations: [] }, 'object is missing; it must be an object.'],
    ['a type that is none', { ...parts, object: { ...object, type: 'SMELL' } }, 'object.type is "SMELL"; it must be one of TEXT, IMAGE, AUDIO, VIDEO, DOCUMENT.'],
    ['a hash that is none', { ...parts, object: { ...object, contentHash: 'abc' } }, 'object.contentHash is "abc"; it must be a SHA-256 in 64 small hexadecimal digits.'],
    ['a missing field', { ...parts, object: { ...object, createdAt: undefined } }, 'object.createdAt is missing; it must be a time such as 2026-01-31T12:00:00.000Z.'],
    ['a day that is none', { ...parts, object: { ...object, updatedAt: '2026-13-31T12:00:00.000Z' } }, 'object.updatedAt is "2026-13-31T12:00:00.000Z"; it must be a time'],
    ['no bytes', { ...parts, object: { ...object, fileSize: 0 } }, 'object.fileSize is 0; it must be a whole number from 1'],
    ['U+0000 in metadata', { ...parts, object: { ...object, metadata: { note: 'a\0b' } } }, 'object.metadata.note is refused: It holds the character U+0000. Take it out.'],
    ['metadata that is a list', { ...parts, object: { ...object, metadata: [] } }, 'object.metadata is refused: It must be a JSON object such as {"key": "value"}, not an array.'],
    ['a processing that is no object', { ...parts, object: { ...object, ingestion: 7 } }, 'object.ingestion is 7; it must be an object, or null.'],
    ['an annotation of another object', { ...parts, annotations: [{ ...annotation, objectId: OTHER }] }, `annotations[0].objectId is "${OTHER}"; it must be that of the object, ${ID}.`],
    ['a confidence beyond 1', { ...parts, annotations: [annotation, { ...annotation, id: OTHER, confidence: 7 }] }, 'annotations[1].confidence is 7; it must be a number from 0 to 1, or null.'],
    ['a content that its type does not have', { ...parts, annotations: [{ ...annotation, content: { text: '' } }] }, 'annotations[0].content.text is refused: "text" must not be empty.'],
    ['one annotation twice', { ...parts, annotations: [annotation, annotation] }, `annotations[1].id is "${ID}"; it must be an id that no other of the object has.`],
    ['a text of another object', { ...parts, text: { ...text, objectId: OTHER } }, 'text.objectId is'],
    ['two passages of one position', { ...parts, passages: [passage, { ...passage, id: OTHER }] }, 'passages[1].position is 0; it must be one that no other of the object has.'],
    ['a passage that is not there', { ...parts, passages: [] }, `embeddings[0].passageId is "${ID}"; it must be the id of a passage of the same object, or null.`],
    ['a model that the export does not name', { ...parts, embeddings: [{ ...embedding, model: 'images' }] }, 'embeddings[0].model is "images"; it must be one that the export names, with its dimensions: words (2).'],
    ['a vector that is too short', { ...parts, embeddings: [{ ...embedding, vector: vector.slice(0, 8) }] }, 'embeddings[0].vector is'],
    ['a vector that is no base 64', { ...parts, embeddings: [{ ...embedding, vector: `${vector.slice(0, -2)}!!` }] }, 'it must be as many 32-bit floats, little-endian and in base 64, as "dimensions" says, all of them finite.'],
    ['a vector that holds no number', { ...parts, embeddings: [{ ...embedding, vector: Buffer.from(new Float32Array([NaN, 1]).buffer).toString('base64') }] }, 'all of them finite'],
  ];
  it.each(wrong)('are refused at once, with the line, the field and what would be right: %s', async (_what, line, message) => {
    const first = { ...parts, object: { ...object, id: message.includes('before it') ? ID : OTHER }, annotations: [], text: null, passages: [], embeddings: [] };
    await expect(sent(first, line)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringMatching(/^Line 3 of the body is wrong: .+ Nothing of these lines was taken in\.$/) as string });
    await expect(sent(first, line)).rejects.toThrow(message);
  });

  const aggregation = { id: ID, tenantId: 'a', type: 'COUNT', sources: { filter: {} }, sourceCount: 1, parameters: {}, result: { count: 1 }, createdBy: 'ada', createdAt: time, computedAt: time, objectIds: [ID] };
  it('are looked at for aggregations, too', async () => {
    expect(await sent(aggregation)).toEqual([[aggregation]]);
    await expect(sent(aggregation, { ...aggregation, objectIds: ['x'] })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringMatching(/^Line 2 of the body is wrong: objectIds\[0\] is "x"; it must be a UUID/) as string });
  });

  it('begin with the tenant and the models', async () => {
    await expect(send('POST', 'import/objects', '{"tenantId": "Ä", "models": []}\n')).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('Line 1 of the body is wrong: tenantId is "Ä"; it must be a tenant') as string });
    await expect(send('POST', 'import/objects', '')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(send('PUT', `import/bytes/%2e%2e/${'0'.repeat(64)}`, '')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
