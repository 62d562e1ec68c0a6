import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../src/cli/context.js';
import { run } from '../../../src/cli/program.js';

/** What a server answers below `/admin/`; an error with a code where it has none. */
type Answers = Record<string, string | Buffer | { status: number; code: string; message: string }>;

let folder = '';
let server: Server;
let printed = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-cli-'));
  printed = '';
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
    const answer = answers[request.url!.replace('/admin/', '')] ?? { status: 404, code: 'NOT_FOUND', message: 'There is no such thing.' };
    if (typeof answer === 'string' || Buffer.isBuffer(answer)) return response.end(answer);
    response.writeHead(answer.status).end(JSON.stringify({ error: { message: answer.message, code: answer.code } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return run(args, { version: '0', findServer: async () => ({ url }), settings: () => ({}) } as unknown as CommandContext);
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
