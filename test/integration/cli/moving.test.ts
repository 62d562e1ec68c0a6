import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../src/cli/context.js';
import { KINDS, type Kind } from '../../../src/cli/moving/export-folder.js';
import { run } from '../../../src/cli/program.js';

/** What a server answers below `/admin/`; an error with a code where it has none. */
type Answers = Record<string, string | Buffer | { status: number; code: string; message: string } | { end: true }>;

let folder = '';
let server: Server;
let printed = '';
let asked: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-cli-'));
  printed = '';
  asked = [];
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation((text) => ((printed += String(text)), true));
});
afterEach(async () => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** The command against a server that answers so. @returns its exit code */
async function against(answers: Answers, ...args: string[]): Promise<number> {
  server = createServer((request, response) => {
    asked.push(request.url!);
    const answer = answers[request.url!.replace('/admin/', '')] ?? { status: 404, code: 'NOT_FOUND', message: 'There is no such thing.' };
    if (typeof answer === 'object' && 'end' in answer) return request.socket.destroy();
    if (typeof answer === 'string' || Buffer.isBuffer(answer)) return response.setHeader('Content-Type', 'application/x-ndjson').end(answer);
    response.writeHead(answer.status).end(JSON.stringify({ error: { message: answer.message, code: answer.code } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return run(args, { version: '0', client: () => ({}), findServer: async () => ({ url }), settings: () => ({}), vectorStore: () => ({}) } as unknown as CommandContext);
}

describe('an export', () => {
  it('goes on past an object that is purged between its page and its bytes', async () => {
    const content = Buffer.from('kept');
    const hash = createHash('sha256').update(content).digest('hex');
    const line = (id: string, contentHash: string) => JSON.stringify({ object: { id, tenantId: 'default', contentHash, fileSize: 4 }, annotations: [{ objectId: id }], text: null, passages: [], embeddings: [] });
    const answers = {
      'export/about': JSON.stringify({ format: 1, version: '0', models: [] }),
      'export/objects': [line('gone', '0'.repeat(64)), line('there', hash), '{"next":null}', ''].join('\n'),
      'export/aggregations': '{"next":null}\n',
      [`export/bytes/default/${hash}`]: content,
    };
    const to = join(folder, 'exported');
    expect(await against(answers, 'export', to), printed).toBe(0);
    const idsIn = async (file: string, name: string) => [...(await readFile(join(to, file), 'utf8')).matchAll(new RegExp(`"${name}":"(\\w+)"`, 'g'))].map(([, id]) => id);
    expect(await idsIn('objects.jsonl', 'id')).toEqual(['there']);
    expect(await idsIn('annotations.jsonl', 'objectId')).toEqual(['there']);
    expect(printed).toContain('1 objects were left out');
  });

  it('ends where bytes cannot be had for another reason', async () => {
    const answers = {
      'export/about': '{"version":"0","models":[]}',
      'export/objects': `${JSON.stringify({ object: { id: 'a', tenantId: 'default', contentHash: '0'.repeat(64), fileSize: 4 }, annotations: [], text: null, passages: [], embeddings: [] })}\n`,
      [`export/bytes/default/${'0'.repeat(64)}`]: { status: 503, code: 'DEPENDENCY_UNAVAILABLE', message: 'The store does not answer.' },
    };
    expect(await against(answers, 'export', join(folder, 'exported'))).toBe(1);
    expect(printed).toContain('The store does not answer.');
    expect(await readdir(join(folder, 'exported'))).not.toContain('manifest.json');
  });
});

describe('a backup', () => {
  it('that is refused leaves the file of the one that is under way', async () => {
    const file = join(folder, 'monday.tar');
    await writeFile(`${file}.partial`, 'so far');
    expect(await against({ backup: { status: 409, code: 'CONFLICT', message: 'Another backup is under way.' } }, 'backup', file)).toBe(1);
    expect(printed).toContain('Another backup is under way.');
    expect(await readFile(`${file}.partial`, 'utf8')).toBe('so far');
  });
});

describe('an import', () => {
  const ID = '01900000-0000-7000-8000-000000000001';
  const time = '2026-01-31T12:00:00.000Z';
  const object = (id: string, more: object = {}) => ({
    id, tenantId: 'default', type: 'TEXT', status: 'FAILED', contentHash: '0'.repeat(64), filename: null, mimeType: 'text/plain', fileSize: 4, storageTier: 'STANDARD', metadata: {}, facts: {},
    version: 1, isDeleted: false, createdAt: time, updatedAt: time, ingestion: null, ...more,
  });
  const annotation = (objectId: string, more: object = {}) => ({
    id: objectId, objectId, annotatorId: 'ada', type: 'OTHER', content: {}, confidence: null, version: 1, isDeleted: false, createdAt: time, updatedAt: time, ...more,
  });
  const other = ID.replace(/1$/, '2');

  /** An export, as whole as its manifest says, of these lines. */
  async function exported(lines: Partial<Record<Kind, (object | string)[]>>, more: object = {}): Promise<string> {
    const files: Record<string, object> = {};
    for (const kind of KINDS) {
      const text = (lines[kind] ?? []).map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
      await writeFile(join(folder, `${kind}.jsonl`), text);
      files[kind] = { lines: lines[kind]?.length ?? 0, bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') };
    }
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ format: 1, version: '0', createdAt: time, models: [], hasBytes: false, files, ...more }));
    return folder;
  }

  it.each<[string, Parameters<typeof exported>, string]>([
    ['a field that is wrong', [{ objects: [object(ID), object(other, { type: 'SMELL' })] }], 'Line 2 of objects.jsonl is wrong: type is "SMELL"; it must be one of TEXT, IMAGE, AUDIO, VIDEO, DOCUMENT. Nothing was taken in.'],
    ['a part that is wrong', [{ objects: [object(ID), object(other)], annotations: [annotation(ID), annotation(other, { confidence: 2 })] }], 'Line 2 of annotations.jsonl is wrong: confidence is 2; it must be a number from 0 to 1, or null. Nothing was taken in.'],
    ['a line that is no JSON', [{ objects: [object(ID), '{"id": '] }], 'Line 2 of objects.jsonl is no JSON: '],
    ['parts that belong to nothing', [{ objects: [object(ID)], annotations: [annotation(other), annotation(ID)] }], `Line 1 of annotations.jsonl is wrong: objectId is "${other}"; it must be that of an object of objects.jsonl, in the order of that file. Nothing was taken in.`],
    ['a content without a name', [{ objects: [object(ID, { contentHash: undefined })] }, { hasBytes: true }], 'Line 1 of objects.jsonl is wrong: contentHash is missing; it must be a SHA-256'],
    ['bytes that are not there', [{ objects: [object(ID)] }, { hasBytes: true }], 'The export is damaged: bytes/00/0000'],
    ['two texts of one object', [{ objects: [object(ID)], texts: [{ objectId: ID, text: 'a', pages: [] }, { objectId: ID, text: 'b', pages: [] }] }], 'Line 2 of texts.jsonl is wrong: objectId is that of the line before'],
    ['an aggregation that is wrong', [{ aggregations: [{}] }], 'Line 1 of aggregations.jsonl is wrong: id is missing; it must be a UUID'],
    ['a manifest that is none', [{}, { files: {} }], 'manifest.json is wrong: files.objects is missing; it must be lines, bytes and sha256 of the file. Nothing was taken in.'],
    ['a newer manifest', [{}, { format: 2, version: '7.0.0', files: 'elsewhere' }], 'was written by a newer version of Strata (7.0.0)'],
  ])('names the file, the line and the field before it sends anything: %s', async (_what, given, message) => {
    expect(await against({}, 'import', await exported(...given))).toBe(1);
    expect(printed).toContain(message);
    expect(asked).toEqual([]);
  });

  it('names the tenant that was asked for wrongly', async () => {
    expect(await against({}, 'import', await exported({ objects: [object(ID)] }), '--tenant', 'Ours')).toBe(2);
    expect(printed).toContain('--tenant is "Ours"; it must be a tenant\'s name');
    expect(asked).toEqual([]);
  });
});

describe('a move', () => {
  const lines = (...values: object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const report = { counts: [], samples: 0, searches: 0, overlap: null };

  it('tells how far it is, each number once, and never more than there is', async () => {
    const copied = [0, 4, 12, 12].map((count) => ({ event: { kind: 'copied', copied: count } }));
    const reindex = lines({ event: { kind: 'begun', resumed: true, total: 8, copied: 0 } }, ...copied, { event: { kind: 'catchingUp' } }, { event: { kind: 'verifying' } }, { report });
    expect(await against({ reindex }, 'reindex', '--to', 'chroma'), printed).toBe(0);
    expect(printed.split('\n').filter((line) => line.startsWith('going on'))).toEqual(['going on     4 of 8', 'going on     12 of 12']);
  });
});

describe('a server that is gone in the midst of it', () => {
  it('is said to be, and that the command may be repeated', async () => {
    const about = '{"version":"0","models":[]}';
    const code = against({ 'export/about': about, 'export/objects': { end: true } }, 'export', join(folder, 'exported'));
    expect(await code).toBe(1);
    expect(printed).toMatch(/The server at http:\/\/127\.0\.0\.1:\d+\/graphql does not answer any more: .+\. What was done there stays; repeat the command\.\n$/);
  });
});
