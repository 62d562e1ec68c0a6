import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../src/cli/context.js';
import { run } from '../../../src/cli/program.js';

let server: Server | null = null;
let printed = '';
beforeEach(() => {
  printed = '';
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation((text) => ((printed += String(text)), true));
});
afterEach(async () => {
  vi.restoreAllMocks();
  server?.closeAllConnections();
  if (server?.listening) await new Promise((resolve) => server!.close(resolve));
  server = null;
});

async function listening(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A client with nothing but its environment: whatever it asks of an installation fails. */
const inEnvironment = (environment: { server?: string; apiKey?: string }) => ({ version: '0', client: () => environment }) as unknown as CommandContext;
const elsewhere = join(tmpdir(), `strata-never-made-${process.pid}`);

describe('a command that is told where the server is', () => {
  it('asks it alone, with the key of the environment', async () => {
    const seen: IncomingMessage[] = [];
    const url = await listening((request, response) => {
      seen.push(request);
      response.end('{"data": {"dataObject": {"text": "What it says."}}}');
    });
    expect(await run(['get', 'obj_1', '--text', '--server', `${url}/behind/this/`], inEnvironment({ apiKey: 'the key', server: 'http://other.invalid' }))).toBe(0);
    expect(await run(['get', 'obj_1', '--text'], inEnvironment({ server: url }))).toBe(0);
    expect(printed).toBe('What it says.\nWhat it says.\n');
    expect(seen.map(({ url: path, headers }) => [path, headers.authorization])).toEqual([['/behind/this/graphql', 'Bearer the key'], ['/graphql', undefined]]);
  });

  const answers: [string, RequestListener, string][] = [
    ['a page', (_request, response) => response.setHeader('Content-Type', 'text/html').end('<p>Welcome.'), 'is no Strata server (HTTP 200). Look at the address that --server or STRATA_SERVER names.'],
    ['something else’s JSON', (_request, response) => response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"detail": "Not Found"}'), 'is no Strata server (HTTP 404).'],
    ['another kind of JSON', (_request, response) => response.end('{"data": null}'), 'is no Strata server (HTTP 200).'],
    ['a balancer that has nobody', (_request, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'), 'is not ready (HTTP 502). Try again in a moment.'],
    ['another address', (_request, response) => response.writeHead(301, { Location: 'https://strata.invalid/graphql' }).end(), 'has moved: it points to https://strata.invalid/graphql. Look at the address'],
  ];
  it.each(answers)('says what is wrong where %s answers', async (_what, listener, says) => {
    const url = await listening(listener);
    expect(await run(['search', 'owls', '--server', url], inEnvironment({ apiKey: 'the key' }))).toBe(1);
    expect(await run(['export', elsewhere, '--server', url], inEnvironment({ apiKey: 'the key' }))).toBe(1);
    expect(printed.split('\n').filter((line) => line.includes(says))).toHaveLength(2);
    expect(printed).not.toContain('the key');
    expect(existsSync(elsewhere)).toBe(false);
  });

  it('says so where another GraphQL server answers, or one of another version', async () => {
    const url = await listening((_request, response) => response.writeHead(400).end('{"errors": [{"message": "Cannot query field \\"search\\" on type \\"Query\\".", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]}'));
    expect(await run(['search', 'owls', '--server', url], inEnvironment({}))).toBe(1);
    expect(printed).toContain(`The server at ${url}/graphql does not know what this command asks for: Cannot query field "search" on type "Query". It is of another version than this program, or no Strata server.`);
  });

  it('says how a key is given where one is asked for', async () => {
    const url = await listening((_request, response) => response.writeHead(401).end('{"errors": [{"message": "This server needs an API key.", "extensions": {"code": "UNAUTHENTICATED"}}]}'));
    expect(await run(['search', 'owls', '--server', url], inEnvironment({}))).toBe(1);
    expect(printed).toBe('strata: This server needs an API key. Commands take it from STRATA_API_KEY, which is not set.\n');
  });

  it('says so where nobody answers', async () => {
    const url = await listening(() => undefined);
    await new Promise((resolve) => server!.close(resolve));
    expect(await run(['search', 'owls'], inEnvironment({ server: url }))).toBe(1);
    expect(printed).toMatch(/^strata: No server answers at http:\/\/127\.0\.0\.1:\d+\/graphql: connect ECONNREFUSED 127\.0\.0\.1:\d+\. Look at the address that --server or STRATA_SERVER names\.\n$/);
  });

  it('says that the bytes’ address is another than the server’s where that cannot be reached', async () => {
    const link = { url: 'http://127.0.0.1:1/storage/x', method: 'GET', headers: [] };
    const url = await listening((_request, response) => response.end(JSON.stringify({ data: { dataObject: { id: 'obj_1', downloadUrl: link } } })));
    expect(await run(['get', 'obj_1', '--output', elsewhere, '--server', url], inEnvironment({}))).toBe(1);
    expect(printed).toContain('The bytes could not be fetched: http://127.0.0.1:1 does not answer (');
    expect(printed).toContain('The server hands out that address: its server.public_url, or the public_endpoint of its bucket, must be one that can be reached from here.');
  });

  it('is refused before anything is asked where it is told two things', async () => {
    expect(await run(['search', 'owls', '--server', 'http://a.example', '--data-dir', 'here'], inEnvironment({}))).toBe(2);
    expect(await run(['search', 'owls', '--server', 'a.example'], inEnvironment({}))).toBe(2);
    expect(await run(['serve', '--server', 'http://a.example'], inEnvironment({}))).toBe(2);
  });
});
