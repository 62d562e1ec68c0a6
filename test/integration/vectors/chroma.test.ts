import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as requestTo } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChromaClient } from 'chromadb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ChromaOptions } from '../../../src/adapters/vectors/chroma/chroma.options.js';
import { openChroma } from '../../../src/adapters/vectors/chroma/chroma.store.js';
import type { VectorQuery, VectorRecord, VectorSpace } from '../../../src/ports/vector-store.port.js';
import { cosine } from '../../support/cosine.js';
import { randomNumbers } from '../../support/random-numbers.js';
import { serviceAddress } from '../../support/services.js';

const TENANT = 'acme';
const space = { model: 'small', dimensions: 3 };
const place = { tenant: 'default_tenant', database: 'default_database' };
const unavailable = { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'vectors' } };

describe('Chroma that is not there, or not as it should be', () => {
  const closing: (() => void)[] = [];
  afterEach(() => closing.splice(0).forEach((close) => close()));
  const open = (url: string, more: Partial<ChromaOptions> = {}) =>
    openChroma({ url, ...place, collectionPrefix: 'strata', ...more });
  const hasty = { timeouts: { check: 150, read: 150, write: 150 } };

  async function answering(status: number | null): Promise<string> {
    const server = createServer((_, response) => (status === null ? undefined : response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"no"}')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => (server.close(), server.closeAllConnections()));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('says within its time that nobody answers', async () => {
    for (const url of [`http://127.0.0.1:${await freePort()}`, await answering(null), await answering(503), await answering(429)]) {
      await expect(open(url, hasty).check()).rejects.toMatchObject(unavailable);
      await expect(open(url, hasty).ensureSpace(space)).rejects.toMatchObject(unavailable);
      await expect(open(url, hasty).search(query({}))).rejects.toMatchObject(unavailable);
    }
  });

  it('says what is wrong with the key and the path', async () => {
    for (const status of [401, 403]) {
      const setting = expect.stringContaining('vector_database.chroma.api_key') as string;
      await expect(open(await answering(status)).check()).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: setting });
      await expect(open(await answering(status)).ensureSpace(space)).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: setting });
    }
    expect(() => open('http://127.0.0.1:8000/chroma')).toThrow(/path "\/chroma"/);
  });

  it('sends the key', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers['x-chroma-token'], request.headers.authorization);
      response.writeHead(request.url!.includes('/collections') ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ name: place.database }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => server.close());
    await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { apiKey: 'secret' }).check();
    expect(seen).toEqual(['secret', 'Bearer secret', 'secret', 'Bearer secret']);
  });
});

const address = serviceAddress('chroma');

describe.skipIf(address === null)('a real Chroma (STRATA_TEST_CHROMA_URL)', () => {
  const prefix = () => `t${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const open = (more: Partial<ChromaOptions> = {}) => openChroma({ url: address!.url, ...place, collectionPrefix: prefix(), ...more });

  it('names a tenant or a database that is not there', async () => {
    for (const missing of [{ tenant: 'nobody' }, { database: 'nothing' }]) {
      const wrong = { code: 'NOT_CONFIGURED', message: expect.stringContaining(Object.values(missing)[0]!) as string };
      await expect(open(missing).check()).rejects.toMatchObject(wrong);
      await expect(open(missing).ensureSpace(space)).rejects.toMatchObject(wrong);
    }
    await open().check();
  });

  it('leaves a collection alone that somebody else made', async () => {
    const collectionPrefix = prefix();
    const { hostname, port } = new URL(address!.url);
    const theirs = new ChromaClient({ host: hostname, port: Number(port) });
    await theirs.createCollection({ name: `${collectionPrefix}-spaces`, embeddingFunction: null });
    const refusal = { code: 'CONFLICT', message: expect.stringContaining(`"${collectionPrefix}-spaces" that somebody else made`) as string };
    await expect(open({ collectionPrefix }).ensureSpace(space)).rejects.toMatchObject(refusal);
    await expect(open({ collectionPrefix }).check()).rejects.toMatchObject(refusal);
    await theirs.deleteCollection({ name: `${collectionPrefix}-spaces` });
  });

  it('says by check where a model that is here has vectors of other dimensions', async () => {
    const collectionPrefix = prefix();
    await open({ collectionPrefix }).ensureSpace(space);
    await open({ collectionPrefix, spaces: [space] }).check();
    await expect(open({ collectionPrefix, spaces: [{ ...space, dimensions: 4 }] }).check()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('3 dimensions') as string,
    });
  });

  it('goes on where its collections were removed and made again behind its back', async () => {
    const collectionPrefix = prefix();
    const store = open({ collectionPrefix });
    await store.ensureSpace(space);
    await store.upsert(TENANT, space, [record([1, 0, 0])], null);
    const { hostname, port } = new URL(address!.url);
    const theirs = new ChromaClient({ host: hostname, port: Number(port) });
    for (const { name } of await theirs.listCollections({ limit: 10_000 })) if (name.startsWith(collectionPrefix)) await theirs.deleteCollection({ name });
    expect(await store.search(query({}))).toEqual({ hits: [], complete: true });
    const other = open({ collectionPrefix });
    await other.ensureSpace(space);
    await other.upsert(TENANT, space, [record([1, 0, 0])], null);
    expect((await store.search(query({}))).hits).toHaveLength(1);
  });

  it('writes in batches, tries a failed one again, and answers again when the server is back', async () => {
    const proxy = await failingProxy(address!.url);
    const store = open({ url: proxy.url, timeouts: { read: 2_000 } });
    const wide = { model: 'wide', dimensions: 2_000 };
    await store.ensureSpace(wide);
    const records = Array.from({ length: 700 }, (_, i) => ({ ...record([1]), vector: Float32Array.from({ length: 2_000 }, (_, d) => Math.sin((i + 1) * (d + 1) ** 2)) }));
    proxy.fail('upsert', 1);
    await store.upsert(TENANT, wide, records, null);
    expect(proxy.seen.filter((path) => path.endsWith('/upsert'))).toHaveLength(3);
    expect(await store.count(TENANT, wide)).toBe(700);
    proxy.fail('query', 3);
    const asked = { ...query({ vector: records[7]!.vector, limit: 1 }), space: wide };
    await expect(store.search(asked)).rejects.toMatchObject(unavailable);
    expect((await store.search(asked)).hits.map(({ id }) => id)).toEqual([records[7]!.id]);
    await proxy.close();
  });

  describe('with thousands of vectors', () => {
    const many: VectorSpace = { model: 'many', dimensions: 32 };
    const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
    const random = randomNumbers(seed);
    const direction = () => Float32Array.from({ length: many.dimensions }, () => random() * 2 - 1);
    const store = address === null ? null! : open();
    const records = Array.from({ length: 4_000 }, () => ({ ...record([1]), vector: direction() }));
    beforeAll(async () => {
      console.log(`Chroma: seed ${seed} (FC_SEED repeats it)`);
      await store.ensureSpace(many);
      await store.upsert(TENANT, many, records, null);
    });
    const search = (more: Partial<VectorQuery>) => store.search({ ...query(more), space: many });

    it.each([
      ['all', null, 10], ['all', null, 100], ['all', null, 1_000],
      ['50 of them', 50, 100], ['1,000 of them', 1_000, 100], ['3,000 of them', 3_000, 100],
    ] as const)('finds nearly all of the true neighbours among %s (%s), %s of them', async (_, size, limit) => {
      const among = records.slice(0, size ?? records.length);
      let found = 0;
      for (let i = 0; i < 5; i++) {
        const vector = direction();
        const { hits, complete } = await search({ vector, limit, objectIds: size === null ? null : among.map(({ objectId }) => objectId) });
        expect([hits.length, complete]).toEqual([Math.min(limit, among.length), true]);
        const nearest = new Set([...among].sort((a, b) => cosine(b.vector, vector) - cosine(a.vector, vector)).slice(0, limit).map(({ id }) => id));
        found += hits.filter(({ id }) => nearest.has(id)).length / nearest.size;
      }
      expect(found / 5).toBeGreaterThanOrEqual(0.99);
    });

    it('gives all objects where all are asked for', async () => {
      const { hits } = await search({ vector: direction(), limit: 5_000 });
      expect(new Set(hits.map(({ objectId }) => objectId)).size).toBe(4_000);
    });

    it('finds enough objects where a few of them hold most vectors near by', async () => {
      const vector = direction();
      const crowd = Array.from({ length: 600 }, (_, i) => ({ ...record([1]), objectId: records[i % 2]!.objectId, vector: vector.map((value) => value + (random() - 0.5) * 0.01) }));
      await store.upsert(TENANT, many, crowd, null);
      const { hits } = await search({ vector, limit: 100 });
      expect(hits).toHaveLength(100);
      expect(new Set(hits.slice(0, 2).map(({ objectId }) => objectId))).toEqual(new Set(records.slice(0, 2).map(({ objectId }) => objectId)));
      await store.remove(TENANT, crowd.map(({ id }) => id), null);
    });

    it('gives back every vector as it was, of any length', async () => {
      const found = await store.fetch(TENANT, many, records.map(({ id }) => id));
      expect(records.filter(({ id, vector }) => Buffer.compare(Buffer.from(found.get(id)!.buffer), Buffer.from(vector.buffer)) !== 0)).toEqual([]);
    });
  });
});

const program = join(process.env.STRATA_SERVICES_DIR ?? join(homedir(), '.local/share/strata/services'), 'chroma/bin/chroma');

describe.skipIf(!existsSync(program))('a Chroma that is started again (chroma/bin/chroma)', () => {
  let folder: string;
  let child: ChildProcess | undefined;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'strata-chroma-'))));
  afterAll(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps what was written, for a client that knew it before and one that did not', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const open = () => openChroma({ url, ...place, collectionPrefix: 'strata' });
    await start(port);
    const store = open();
    await store.ensureSpace(space);
    const records = Array.from({ length: 1_500 }, (_, i) => record([1, i, i % 7]));
    await store.upsert(TENANT, space, records, null);
    const before = await store.search(query({ vector: [1, 3, 3], limit: 20 }));
    await stop();
    await expect(store.search(query({}))).rejects.toMatchObject(unavailable);
    await start(port);
    for (const client of [store, open()]) {
      expect(await client.count(TENANT, space)).toBe(1_500);
      const after = await client.search(query({ vector: [1, 3, 3], limit: 20 }));
      expect(after.hits.map(({ objectId }) => objectId)).toEqual(before.hits.map(({ objectId }) => objectId));
    }
    expect((await store.fetch(TENANT, space, [records[9]!.id])).get(records[9]!.id)).toEqual(records[9]!.vector);
  }, 60_000);

  async function start(port: number): Promise<void> {
    child = spawn(program, ['run', '--path', folder, '--host', '127.0.0.1', '--port', String(port)], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } });
    const { stdout } = child;
    await new Promise<void>((listening, failed) => {
      stdout!.on('data', (said) => String(said).includes('listening on address') && listening());
      child!.once('exit', (code) => failed(new Error(`chroma ended with ${code}`)));
    });
  }

  async function stop(): Promise<void> {
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    child = undefined;
  }
});

async function freePort(): Promise<number> {
  const server = createSocketServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Passes everything on to `target`, except what is to fail. */
async function failingProxy(target: string) {
  const seen: string[] = [];
  let failing = { path: '', times: 0 };
  const server = createServer((request, response) => {
    seen.push(request.url!);
    if (failing.times > 0 && request.url!.endsWith(failing.path)) {
      failing.times--;
      request.resume();
      return void response.writeHead(503).end();
    }
    const passed = requestTo(new URL(request.url!, target), { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    fail: (path: string, times: number) => void (failing = { path, times }),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function query(more: Partial<VectorQuery>): VectorQuery {
  return { tenantId: TENANT, space, vector: [1, 0, 0], limit: 10, filter: null, objectIds: null, ...more };
}

function record(vector: readonly number[]): VectorRecord {
  return { id: randomUUID(), objectId: randomUUID(), passageId: null, vector: Float32Array.from(vector) };
}
