import { createClient as createSseClient } from 'graphql-sse';
import { createClient, type Client } from 'graphql-ws';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { dependencyUnavailable } from '../../../src/domain/errors.js';
import { encodeId } from '../../../src/graphql/ids.js';
import { dataObject, ingestion, secretFailure, uuid } from '../../support/fake-services.js';
import { startServer, type TestServer } from '../../support/graphql-server.js';

let server: TestServer;
let endings: (() => unknown)[];
beforeEach(async () => {
  endings = [];
  server = await startServer();
  server.fake.add(dataObject(1), ingestion(201, uuid(1)));
});
afterEach(async () => {
  for (const end of endings) await end();
  await server.close(1_000);
});

const ing = encodeId('ing', uuid(201));
const PROGRESS = 'subscription($id: ID!) { ingestionProgress(ingestionId: $id) { id stage progress object { id filename } } }';
const CHANGES = 'subscription { dataObjectChanged { cursor kind id version dataObject { filename } } }';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Result = { data?: any; errors?: readonly { message: string; extensions?: Record<string, unknown> }[] };
type Subscribe = (query: string, variables?: Record<string, unknown>) => AsyncIterableIterator<Result>;

function overWebSocket(connectionParams?: Record<string, unknown>): { subscribe: Subscribe; client: Client; closed: Promise<CloseEvent> } {
  const { promise: closed, resolve } = Promise.withResolvers<CloseEvent>();
  const client = createClient({
    url: server.endpoint.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams, retryAttempts: 0,
    on: { closed: (event) => resolve(event as CloseEvent) },
  });
  endings.push(() => client.dispose());
  return { client, closed, subscribe: (query, variables) => client.iterate({ query, variables }) as AsyncIterableIterator<Result> };
}

function overEvents(headers?: Record<string, string>): { subscribe: Subscribe } {
  const client = createSseClient({ url: server.endpoint, headers, retryAttempts: 0 });
  endings.push(() => client.dispose());
  return { subscribe: (query, variables) => client.iterate({ query, variables }) as AsyncIterableIterator<Result> };
}

describe.each([
  ['WebSocket', () => overWebSocket().subscribe],
  ['Server-Sent Events', () => overEvents().subscribe],
])('a subscription over %s', (_transport, open) => {
  it('gives each event with fresh reads, and ends when its source does', async () => {
    const results = open()(PROGRESS, { id: ing });
    server.fake.progress.push(ingestion(201, uuid(1), { stage: 'EMBED', progress: 0.5 }));
    const first = await results.next();
    expect(first.value).toEqual({ data: { ingestionProgress: { id: ing, stage: 'EMBED', progress: 0.5, object: { id: encodeId('obj', uuid(1)), filename: 'file-1.txt' } } } });
    server.fake.add(dataObject(1, { filename: 'renamed.txt' }));
    server.fake.progress.push(ingestion(201, uuid(1), { status: 'SUCCEEDED', stage: 'DONE', progress: 1 }));
    server.fake.progress.end();
    expect((await results.next()).value.data.ingestionProgress).toMatchObject({ stage: 'DONE', object: { filename: 'renamed.txt' } });
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  it('lets go of its source when the client has enough', async () => {
    const results = open()(CHANGES);
    const first = results.next();
    await server.fake.changes.subscribed();
    server.fake.changes.push({ cursor: 'c1', kind: 'PURGED', id: uuid(9), version: null, occurredAt: new Date(0) });
    expect((await first).value.data.dataObjectChanged).toEqual({ cursor: 'c1', kind: 'PURGED', id: encodeId('obj', uuid(9)), version: null, dataObject: null });
    const [signal] = server.fake.changes.signals;
    const aborted = signal!.aborted ? Promise.resolve() : once(signal!, 'abort');
    await results.return?.();
    await aborted;
  });

  it('that breaks says so with a code, then ends', async () => {
    const results = open()(CHANGES);
    server.fake.changes.fail(dependencyUnavailable('events', new Error('queue of 10.0.0.7 is full')));
    const broken = await results.next();
    expect(broken.value.errors).toMatchObject([{ extensions: { code: 'DEPENDENCY_UNAVAILABLE', dependency: 'events' } }]);
    expect(JSON.stringify(broken)).not.toContain('10.0.0.7');
    expect((await results.next()).done).toBe(true);
  });

  it('that breaks unexpectedly is masked', async () => {
    const results = open()(CHANGES);
    server.fake.changes.fail(secretFailure());
    const [error] = (await results.next()).value.errors;
    expect(error.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(error.message).toContain(error.extensions.requestId);
    expect(server.lines.find((line) => line.level === 'error')?.fields.requestId).toBe(error.extensions.requestId);
  });

  it.each([
    ['an unknown thing', PROGRESS, { id: encodeId('ing', uuid(999)) }, 'NOT_FOUND'],
    ['a malformed id', PROGRESS, { id: 'x' }, 'BAD_USER_INPUT'],
    ['an unknown field', 'subscription { dataObjectChangd { id } }', {}, 'BAD_USER_INPUT'],
    ['a document that does not parse', 'subscription {', {}, 'BAD_USER_INPUT'],
    ['an unknown enum value', 'subscription($f: DataObjectFilter) { dataObjectChanged(filter: $f) { id } }', { f: { types: ['SMELL'] } }, 'BAD_USER_INPUT'],
  ])('to %s is refused', async (_what, query, variables, code) => {
    expect(await codeOf(open()(query, variables))).toBe(code);
  });

  it('is held to the same limits', async () => {
    expect(await codeOf(open()(`subscription { dataObjectChanged { ${Array.from({ length: 101 }, (_, i) => `a${i}: id`).join(' ')} } }`))).toBe('TOO_COMPLEX');
  });

  it('ends when the server closes', async () => {
    const results = open()(CHANGES);
    const next = results.next().then(() => 'ended', () => 'ended');
    await server.fake.changes.subscribed();
    const begun = performance.now();
    await server.close(10_000);
    expect(await next).toBe('ended');
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(server.fake.changes.signals[0]!.aborted).toBe(true);
  });

  it('answers a query that is under way when the server closes, and then ends', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<AbortSignal | undefined>();
    const { promise: gate, resolve: go } = Promise.withResolvers<void>();
    server.fake.services.search.search = async (_viewer, _request, _page, signal) => {
      begin(signal);
      await gate;
      throw dependencyUnavailable('vectors', new Error('to have something to answer'));
    };
    const results = open()('{ search(input: { query: "x" }) { totalCount } }');
    const next = results.next();
    const signal = await begun;
    const closing = server.close(20_000);
    // Refused from when the server has begun to leave.
    await expect.poll(() => fetch(server.url).then(() => 'answered', () => 'refused')).toBe('refused');
    expect(signal?.aborted).toBe(false);
    go();
    expect((await next).value.errors).toMatchObject([{ extensions: { code: 'DEPENDENCY_UNAVAILABLE' } }]);
    expect(await results.next()).toEqual({ done: true, value: undefined });
    await closing;
  });

  it('carries queries and mutations too', async () => {
    const results = open()('{ dataObjects { nodes { filename } } }');
    expect((await results.next()).value).toEqual({ data: { dataObjects: { nodes: [{ filename: 'file-1.txt' }] } } });
    expect((await results.next()).done).toBe(true);
  });
});

/** Errors before the first event come as a result, or make the iterator throw, as the protocols have it. */
async function codeOf(results: AsyncIterableIterator<Result>): Promise<unknown> {
  try {
    return (await results.next()).value.errors[0].extensions.code;
  } catch (error) {
    return (error as { extensions?: { code?: unknown } }[])[0]?.extensions?.code;
  }
}

describe('WebSocket connections', () => {
  it('take the key from connection_init, or from the headers of the upgrade', async () => {
    for (const params of [{ authorization: 'Bearer eve' }, { Authorization: 'eve' }, { apiKey: 'eve' }, { headers: { Authorization: 'Bearer eve' } }]) {
      const { subscribe } = overWebSocket(params);
      await subscribe('{ dataObjects { nodes { id } } }').next();
    }
    const { closed, subscribe } = overWebSocket({ authorization: 'Bearer wrong' });
    await expect(subscribe(CHANGES).next()).rejects.toMatchObject({ code: 4_401 });
    expect((await closed).code).toBe(4_401);
  });

  it('say 1001 when the server goes', async () => {
    const { closed, subscribe } = overWebSocket();
    void subscribe(CHANGES).next().catch(() => undefined);
    await server.fake.changes.subscribed();
    await server.close(5_000);
    expect((await closed).code).toBe(1_001);
  });

  it('are refused where they come with the server about to go, and hold nothing up', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET /graphql HTTP/1.1\r\nHost: localhost\r\n');
    const answer = text(socket);
    const { promise: gate, resolve: go } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    server.fake.services.search.search = async () => {
      begin();
      await gate;
      throw dependencyUnavailable('vectors', new Error('to have something to answer'));
    };
    const asked = server.ask('{ search(input: { query: "x" }) { totalCount } }');
    await begun;
    const closing = server.close(120_000);
    await expect.poll(() => fetch(server.url).then(() => 'answered', () => 'refused')).toBe('refused');
    socket.write('Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 503 /);
    go();
    await asked;
    await closing;
  });

  it('run so many operations at once and no more', async () => {
    const { client } = overWebSocket();
    const running = Array.from({ length: 10 }, () => client.iterate({ query: CHANGES }));
    running.forEach((one) => void one.next().catch(() => undefined));
    expect(await codeOf(client.iterate({ query: CHANGES }) as AsyncIterableIterator<Result>)).toBe('RATE_LIMITED');
  });

  it('are cut at a message that is too large', async () => {
    const socket = new WebSocket(server.endpoint.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('x'.repeat(2 ** 20 + 1));
    const [code] = await once(socket, 'close');
    expect(code).toBe(1_009);
  });

  it.each([
    ['of a foreign page', '/graphql', 'https://evil.example', 403],
    ['of nonsense', '/graphql', 'null', 403],
    ['at another path', '/elsewhere', undefined, 404],
  ])('%s are refused', async (_what, path, origin, status) => {
    const socket = new WebSocket(server.url.replace('http', 'ws') + path, 'graphql-transport-ws', { headers: origin ? { origin } : {} });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain(String(status));
  });

  it('of the server’s own page are let in', async () => {
    const socket = new WebSocket(server.endpoint.replace('http', 'ws'), 'graphql-transport-ws', { headers: { origin: server.url } });
    await once(socket, 'open');
    socket.close();
    await once(socket, 'close');
  });
});

describe('Server-Sent Events', () => {
  const stream = (init: RequestInit & { search?: string }) =>
    fetch(server.endpoint + (init.search ?? ''), { ...init, headers: { accept: 'text/event-stream', ...(init.headers as Record<string, string>) } });

  it('answer a GET, and never a mutation by GET', async () => {
    const query = await stream({ search: `?query=${encodeURIComponent('query($n: Int) { dataObjects(first: $n) { nodes { filename } } }')}&variables=${encodeURIComponent('{"n":1}')}` });
    expect(query.headers.get('content-type')).toContain('text/event-stream');
    expect(await query.text()).toBe('event: next\ndata: {"data":{"dataObjects":{"nodes":[{"filename":"file-1.txt"}]}}}\n\nevent: complete\ndata: \n\n');
    const mutation = await stream({ search: `?query=${encodeURIComponent('mutation { deleteAggregation(id: "x") }')}` });
    expect(await mutation.text()).toContain('Send mutations with POST');
    expect(server.fake.called('aggregations.delete')).toEqual([]);
  });

  it('are 401 for a wrong key', async () => {
    const response = await stream({ method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer wrong' }, body: JSON.stringify({ query: '{ __typename }' }) });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('UNAUTHENTICATED');
  });

  it('hold events back while the client does not read, and lose none', async () => {
    server.fake.add(...Array.from({ length: 3 }, (_, i) => dataObject(i + 1, { filename: 'x'.repeat(200_000) })));
    const response = await stream({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: CHANGES }) });
    await server.fake.changes.subscribed();
    for (let i = 0; i < 300; i++) server.fake.changes.push({ cursor: `c${i}`, kind: 'UPDATED', id: uuid(1), version: i, occurredAt: new Date(0) });
    server.fake.changes.end();
    // 60 MB are pending; once the buffers on the way are full, the server reads no further.
    let seen = -1;
    await expect.poll(() => seen === (seen = server.fake.called('objects.byIds').length), { interval: 100 }).toBe(true);
    expect(seen).toBeLessThan(300);
    const cursors = [...(await response.text()).matchAll(/"cursor":"(c\d+)"/g)].map((match) => match[1]);
    expect(cursors).toEqual(Array.from({ length: 300 }, (_, i) => `c${i}`));
  });
});
