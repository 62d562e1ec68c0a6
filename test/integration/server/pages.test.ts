import { Kind, parse, print, separateOperations, validate } from 'graphql';
import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { forbidden } from '../../../src/domain/errors.js';
import { buildStrataSchema } from '../../../src/graphql/schema.js';
import { EXAMPLES, EXAMPLES_FOR_AN_ID } from '../../../src/server/graphiql-examples.js';
import type { ServerOptions } from '../../../src/server/options.js';
import { dataObject } from '../../support/fake-services.js';
import { startServer, type TestServer } from '../../support/graphql-server.js';

let server: TestServer;
const start = async (changes: Partial<ServerOptions> = {}) => (server = await startServer(changes));
afterEach(() => server.close(1_000));

const browse = (path = '/graphql', headers: Record<string, string> = {}) => fetch(server.url + path, { headers: { accept: 'text/html,*/*', ...headers }, redirect: 'manual' });

describe('GraphiQL', () => {
  it('is one page that asks no other host for anything', async () => {
    await start();
    const response = await browse();
    const html = await response.text();
    expect(response.headers.get('content-type')).toContain('text/html');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/https?:|\*/);
    const elements = html.slice(0, html.indexOf('prepareBlob'));
    expect(elements).not.toMatch(/(?:src|href)="https?:|@import|url\(["']?https?:/);
    expect(html).toContain('harbour');
  });

  it('is sent once and then only confirmed', async () => {
    await start();
    const etag = (await browse()).headers.get('etag')!;
    expect((await browse('/graphql', { 'if-none-match': etag })).status).toBe(304);
  });

  it('is where the root leads, and is not there when it is switched off', async () => {
    await start();
    expect((await browse('/')).headers.get('location')).toBe('/graphql');
    await server.close(1_000);
    await start({ landingPage: 'none' });
    expect((await browse('/')).status).toBe(404);
    expect((await browse()).headers.get('content-type')).not.toContain('text/html');
  });

  it('gives way to Apollo’s page where that is asked for', async () => {
    await start({ landingPage: 'sandbox' });
    expect(await (await browse()).text()).toContain('apollo');
  });

  it('is what a browser gets whatever the address says, and runs none of it', async () => {
    await start();
    const { status, headers } = await browse(`/graphql?query=${encodeURIComponent('{ dataObjects { totalCount } }')}`);
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    expect((await browse(`/graphql?query=${encodeURIComponent(EXAMPLES)}`)).status).toBe(200);
    expect(server.fake.calls).toEqual([]);
  });

  it('opens with examples that run as they are', async () => {
    await start();
    const examples = parse(EXAMPLES);
    expect(validate(buildStrataSchema().schema, examples).map(({ message }) => message)).toEqual([]);
    expect(examples.definitions.length).toBeGreaterThanOrEqual(12);
    for (const definition of examples.definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) throw new Error(`The menu cannot offer a ${definition.kind}.`);
      const name = definition.name!.value;
      if (definition.operation === 'subscription') continue;
      expect([name, (await server.ask(print(separateOperations(examples)[name]!))).errors ?? []]).toEqual([name, []]);
    }
  });

  it('says above each example what it shows, in lines that the editor shows whole', () => {
    expect(EXAMPLES.split('\n').filter((line) => line.length > 60)).toEqual([]);
    // Once edited it is in the address, and Node takes 16 KiB of headers.
    expect(new URLSearchParams({ query: EXAMPLES }).toString().length).toBeLessThan(10_000);
    expect(EXAMPLES.match(/^(query|mutation|subscription) /gm)).toHaveLength(parse(EXAMPLES).definitions.length);
    for (const [, line] of EXAMPLES.matchAll(/(.*)\n(?:query|mutation|subscription) /g)) expect(line).toMatch(/^# \S/);
  });

  it('has examples for an id in comments, which the schema takes once the marks are away', async () => {
    await start();
    const examples = parse(EXAMPLES_FOR_AN_ID);
    for (const line of EXAMPLES_FOR_AN_ID.split('\n').filter((line) => line !== '')) expect(EXAMPLES).toContain(`\n# ${line}\n`);
    expect(validate(buildStrataSchema().schema, examples).map(({ message }) => message)).toEqual([]);
    const { data, errors } = await server.ask(print(separateOperations(examples).Annotate!));
    expect([data, errors]).toEqual([{ createAnnotations: [expect.objectContaining({ code: 'NOT_FOUND' })] }, undefined]);
  });
});

describe('other origins', () => {
  const preflight = (origin: string) =>
    fetch(server.endpoint, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,authorization' } });

  it('are let in where the configuration names them', async () => {
    await start({ corsOrigins: ['https://app.example'] });
    const named = await preflight('https://app.example');
    expect(named.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(named.headers.get('access-control-allow-headers')).toContain('authorization');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('are all let in by *, and none by default', async () => {
    await start({ corsOrigins: ['*'] });
    expect((await preflight('https://any.example')).headers.get('access-control-allow-origin')).toBe('*');
    await server.close(1_000);
    await start();
    expect((await preflight('https://any.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('cannot make a browser change anything by a form or an image', async () => {
    await start();
    const form = await fetch(server.endpoint, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"mutation { deleteAggregation(id: \\"x\\") }"}' });
    expect(form.status).toBeGreaterThanOrEqual(400);
    const image = await fetch(`${server.endpoint}?query=${encodeURIComponent('{ dataObjects { nodes { id } } }')}`);
    expect(image.status).toBe(400);
    expect(server.fake.calls).toEqual([]);
  });

  it('cannot reach a trusting server by a name of their own', async () => {
    await start({ allowedHosts: ['localhost', '127.0.0.1'] });
    const response = await new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      httpRequest({ hostname, port, path: '/healthz', headers: { host: 'evil.example' } }, (answer) => resolve(answer.resume().statusCode)).on('error', reject).end();
    });
    expect(response).toBe(421);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});

describe('health', () => {
  it('tells life from readiness, and names the part but not its reason', async () => {
    let broken = true;
    await start({
      readiness: {
        database: async () => {
          if (broken) throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
        },
        objects: async () => undefined,
      },
    });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const down = await fetch(`${server.url}/readyz`);
    expect([down.status, await down.json()]).toEqual([503, { status: 'not ready', parts: { database: 'unavailable', objects: 'ok' } }]);
    broken = false;
    const up = await fetch(`${server.url}/readyz`);
    expect([up.status, await up.json()]).toEqual([200, { status: 'ready', parts: { database: 'ok', objects: 'ok' } }]);
  });

  it('serves metrics where there are any', async () => {
    await start({ metrics: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }) });
    expect(await (await fetch(`${server.url}/metrics`)).text()).toBe('up 1\n');
    await server.close(1_000);
    await start();
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  });

  it('tells when a query is executed, and when it has been, whatever became of it; and nothing of mutations', async () => {
    const seen: string[] = [];
    await start({
      onQuery: () => {
        seen.push('begun');
        return () => seen.push('ended');
      },
    });
    await server.ask('{ search(input: { query: "x" }) { totalCount } }');
    expect(seen).toEqual(['begun', 'ended']);
    await server.ask('{ dataObject(id: "not an id") { id } }');
    expect(seen).toEqual(['begun', 'ended', 'begun', 'ended']);
    await server.ask('mutation { deleteAggregation(id: "x") }');
    expect(seen).toHaveLength(4);
  });

  it('reports each operation by type and field', async () => {
    const seen: unknown[] = [];
    await start({ onOperation: (facts) => seen.push(facts) });
    await server.ask('{ search(input: { query: "x" }) { totalCount } }');
    await server.ask('mutation { deleteAggregation(id: "x") }');
    expect(seen).toEqual([
      { type: 'query', field: 'search', failed: false, seconds: expect.any(Number) as number },
      { type: 'mutation', field: 'deleteAggregation', failed: true, seconds: expect.any(Number) as number },
    ]);
  });
});

describe('storage routes', () => {
  const transfer: ServerOptions['transfer'] = {
    receive: async ({ key, query, body }) => {
      if (query.get('signature') !== 'good') throw forbidden('The address has expired.');
      return { status: 200, headers: { ETag: `"${key}:${(await text(body)).length}"` } };
    },
    serve: async ({ key, headers, method }) => ({
      status: headers.range ? 206 : 200,
      headers: { 'Content-Type': 'text/plain', 'Content-Length': 5 },
      ...(method === 'GET' && { stream: Readable.from([key.slice(0, 5)]) }),
    }),
    statusOf: (code) => (code === 'FORBIDDEN' ? 403 : 500),
  };

  it('stream up and down', async () => {
    await start({ transfer });
    const put = await fetch(`${server.url}/storage/temp/a%20b?signature=good`, { method: 'PUT', body: 'x'.repeat(3_000_000) });
    expect([put.status, put.headers.get('etag')]).toEqual([200, '"temp/a b:3000000"']);
    const get = await fetch(`${server.url}/storage/hello`, { headers: { range: 'bytes=0-4' } });
    expect([get.status, await get.text()]).toEqual([206, 'hello']);
    const head = await fetch(`${server.url}/storage/hello`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '5']);
  });

  it('answer errors with their status, and log no signature', async () => {
    await start({ transfer });
    const put = await fetch(`${server.url}/storage/temp/a?signature=stolen`, { method: 'PUT', body: 'x' });
    expect([put.status, await put.json()]).toEqual([403, { error: { message: 'The address has expired.', code: 'FORBIDDEN' } }]);
    await server.close(1_000);
    expect(JSON.stringify(server.lines)).not.toContain('stolen');
  });
});

describe('closing', () => {
  it('lets requests under way finish, takes no more, and is the same the second time', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    await start({
      authenticate: async () => {
        begin();
        await gate;
        return { id: 'ada', tenantId: 'tenant', role: 'admin' };
      },
    });
    server.fake.add(dataObject(1));
    const answer = server.ask('{ dataObjects { nodes { filename } } }');
    await begun;
    const closing = server.close(5_000);
    expect(server.close(1)).toBe(closing);
    await expect.poll(() => fetch(`${server.url}/healthz`).then(({ status }) => status, () => 'refused')).toBe('refused');
    open();
    expect((await answer).data.dataObjects.nodes).toHaveLength(1);
    await closing;
  });

  it('answers requests whose connections it has not taken yet when it is told to end', async () => {
    await start();
    const { hostname, port } = new URL(server.url);
    const sockets = Array.from({ length: 20 }, () => connect(Number(port), hostname));
    const answers = sockets.map(async (socket) => {
      socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
      return text(socket);
    });
    // They are made by now, and nobody has looked for them: that takes a turn of the loop.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    await server.close(20_000);
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('cuts what does not end in time, and tells the services', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    await start({
      authenticate: () => {
        begin();
        return new Promise(() => undefined);
      },
    });
    const answer = server.ask('{ __typename }');
    const failed = expect(answer).rejects.toThrow();
    await begun;
    await server.close(600);
    await failed;
  });

  it('aborts the work of a client that went away', async () => {
    await start();
    const { promise: signal, resolve } = Promise.withResolvers<AbortSignal>();
    server.fake.services.search.search = (_viewer, _request, _page, given) => {
      resolve(given!);
      return new Promise(() => undefined);
    };
    const leaving = new AbortController();
    const gone = expect(fetch(server.endpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ search(input: { query: "x" }) { totalCount } }' }), signal: leaving.signal })).rejects.toThrow();
    const given = await signal;
    const aborted = given.aborted ? Promise.resolve() : once(given, 'abort');
    leaving.abort();
    await Promise.all([gone, aborted]);
  });
});
