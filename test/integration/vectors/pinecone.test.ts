import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { PineconeOptions } from '../../../src/adapters/vectors/pinecone/pinecone.options.js';
import { openPinecone } from '../../../src/adapters/vectors/pinecone/pinecone.store.js';
import { openOutside } from '../../../src/app/stores.js';
import type { EmbeddingModel } from '../../../src/ports/embedder.port.js';
import type { VectorQuery, VectorRecord } from '../../../src/ports/vector-store.port.js';
import { PineconeServer, type PineconeServerOptions } from '../../support/pinecone-server.js';

const TENANT = 'acme';
const space = { model: 'all-MiniLM-L6-v2', dimensions: 3 };

describe('Pinecone, by a stand-in', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function world(options: PineconeServerOptions = {}, more: Partial<PineconeOptions> = {}) {
    const server = await PineconeServer.start(options);
    closing.push(() => server.close());
    const open = (extra: Partial<PineconeOptions> = {}) =>
      openPinecone({ apiKey: 'key', url: server.url, index: 'strata', cloud: 'aws', region: 'us-east-1', ...more, ...extra, timeouts: { poll: 1, ...more.timeouts, ...extra.timeouts } });
    return { server, open, store: open() };
  }
  const paths = (server: PineconeServer, path: string) => server.requests.filter((request) => request.path === path);

  it('makes a serverless index of the model, named and marked as ours, and waits until it is ready', async () => {
    const { server, store } = await world({ readyAfter: 3 });
    await store.ensureSpace(space);
    const [made, ...others] = server.requests.filter(({ method, path }) => method === 'POST' && path === '/indexes');
    expect(others).toEqual([]);
    expect(made!.body).toMatchObject({
      name: expect.stringMatching(/^strata-all-minilm-l6-v2-[0-9a-f]{8}$/) as string,
      schema: { fields: { _values: { type: 'dense_vector', dimension: 3, metric: 'cosine' } } },
      deployment: { deployment_type: 'managed', cloud: 'aws', region: 'us-east-1' },
      tags: { strata: 'strata' },
    });
    await store.upsert(TENANT, space, [record([1, 0, 0])], null);
    expect(await store.count(TENANT, space)).toBe(1);
  });

  it('gives up on an index that never becomes ready', async () => {
    const { store } = await world({ readyAfter: Infinity }, { timeouts: { create: 20 } });
    await expect(store.ensureSpace(space)).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'vectors' } });
  });

  it('writes by hundreds, and fewer where two megabytes would be passed', async () => {
    const { server, store } = await world();
    await store.ensureSpace(space);
    await store.upsert(TENANT, space, Array.from({ length: 250 }, () => record([1, 2, 3])), null);
    expect(paths(server, '/vectors/upsert').map(({ body }) => (body.vectors as unknown[]).length)).toEqual([100, 100, 50]);
    const wide = { model: 'wide', dimensions: 3_072 };
    await store.ensureSpace(wide);
    server.requests.length = 0;
    const numbers = Float32Array.from({ length: 3_072 }, (_, i) => -Math.sin(i + 1) * 1e-9);
    await store.upsert(TENANT, wide, Array.from({ length: 100 }, () => ({ ...record([1]), vector: numbers })), null);
    const sent = paths(server, '/vectors/upsert');
    expect(sent.map(({ body }) => (body.vectors as unknown[]).length).reduce((sum, count) => sum + count, 0)).toBe(100);
    expect(Math.max(...sent.map(({ bytes }) => bytes))).toBeLessThan(2 * 2 ** 20);
    expect(sent.length).toBeLessThan(5);
  });

  it('sends a batch again that failed, and only it', async () => {
    const { server, store } = await world();
    await store.ensureSpace(space);
    const records = Array.from({ length: 200 }, () => record([1, 2, 3]));
    await store.upsert(TENANT, space, [records[0]!], null);
    for (const status of [503, 429, 0]) {
      server.fail({ path: '/vectors/upsert', status, times: 1 });
      server.requests.length = 0;
      await store.upsert(TENANT, space, records, null);
      expect(paths(server, '/vectors/upsert')).toHaveLength(3);
      expect(await store.count(TENANT, space)).toBe(200);
    }
  });

  it('says within its time that nobody answers, and answers again by itself afterwards', async () => {
    const { server, store } = await world({}, { timeouts: { read: 1_500 } });
    await store.ensureSpace(space);
    await store.upsert(TENANT, space, [record([1, 0, 0])], null);
    for (const [path, status, times] of [['/query', 503, 3], ['/query', 0, 3], ['/query', -1, 1]] as const) {
      server.fail({ path, status, times });
      await expect(store.search(query({}))).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'vectors' } });
      expect((await store.search(query({}))).hits).toHaveLength(1);
    }
  });

  it('says so where no server listens, and where one listens and never speaks', async () => {
    const silent = createServer(() => undefined);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const open = () => openPinecone({ apiKey: 'key', url, index: 'strata', cloud: 'aws', region: 'us-east-1', timeouts: { check: 100, read: 100, write: 100 } });
    const unavailable = { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'vectors' } };
    await expect(open().check()).rejects.toMatchObject(unavailable);
    silent.closeAllConnections();
    silent.close();
    await once(silent, 'close');
    await expect(open().check()).rejects.toMatchObject(unavailable);
    await expect(open().ensureSpace(space)).rejects.toMatchObject(unavailable);
  });

  it('says what is wrong with the key, the place, the name, and the environment', async () => {
    const { open } = await world();
    await expect(open({ apiKey: 'other' }).check()).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringContaining('vector_database.pinecone.api_key') as string });
    await expect(open({ region: 'nowhere-1' }).ensureSpace(space)).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringContaining('region: nowhere-1') as string });
    expect(() => open({ environment: 'us-west1-gcp' })).toThrow(/pods.*cloud: gcp, region: us-west1\./);
    expect(() => open({ environment: 'gcp-starter' })).toThrow(/cloud: aws, region: us-east-1\./);
    expect(() => open({ index: 'a'.repeat(37) })).toThrow(/36 are the most/);
  });

  it('leaves an index alone that somebody else made, and one of other dimensions', async () => {
    const { server, store, open } = await world();
    await store.ensureSpace(space);
    const { name } = paths(server, '/indexes').find(({ method }) => method === 'POST')!.body as { name: string };
    await expect(open().ensureSpace({ ...space, dimensions: 4 })).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('3 dimensions') as string });
    await expect(open().search({ ...query({ vector: [1, 0, 0, 0] }), space: { ...space, dimensions: 4 } })).rejects.toMatchObject({ code: 'CONFLICT' });
    await replace(server, name, { dimension: 3, metric: 'cosine' }, {});
    await expect(open().ensureSpace(space)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(`"${name}" that somebody else made`) as string });
  });

  it('says by check what of an index that a model would be written to is not as it must be', async () => {
    const { server, open } = await world();
    const check = (spaces = [space]) => open({ spaces }).check();
    await check();
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
    await open().ensureSpace(space);
    const { name, tags } = paths(server, '/indexes').find(({ method }) => method === 'POST')!.body as { name: string; tags: Record<string, string> };
    await check([{ model: 'not made yet', dimensions: 7 }, space]);
    const refusal = (words: string) => ({ code: 'CONFLICT', message: expect.stringContaining(words) as string });
    await expect(check([{ ...space, dimensions: 4 }])).rejects.toMatchObject(refusal('stored with 3 dimensions, and the model now gives 4'));
    await replace(server, name, { dimension: 3, metric: 'cosine' }, {});
    await expect(check()).rejects.toMatchObject(refusal(`"${name}" that somebody else made. Set "vector_database.pinecone.index"`));
    await replace(server, name, { dimension: 3, metric: 'euclidean' }, tags);
    await expect(check()).rejects.toMatchObject(refusal(`"${name}" compares vectors by euclidean and not by cosine. Set "vector_database.pinecone.index"`));
    await expect(open().ensureSpace(space)).rejects.toMatchObject(refusal('by euclidean'));
  });

  it('takes an index that is being made for none that is wrong', async () => {
    const { open } = await world({ readyAfter: Infinity }, { timeouts: { create: 20 } });
    await expect(open().ensureSpace(space)).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
    await open({ spaces: [{ ...space, dimensions: 4 }] }).check();
  });

  it('is told by the program which models there are', async () => {
    const { server, open } = await world();
    await open().ensureSpace(space);
    const pinecone = { apiKey: 'key', url: server.url, index: 'strata', cloud: 'aws', region: 'us-east-1' } as const;
    const check = async (dimensions: number, available: boolean) => {
      const models = () => [{ name: space.model, dimensions, available } as EmbeddingModel];
      const { vectors } = await openOutside({ provider: 'pinecone', pinecone }, { models });
      await vectors.check();
    };
    await check(3, true);
    await expect(check(4, true)).rejects.toMatchObject({ code: 'CONFLICT' });
    // Nothing is written for a model that is not here.
    await check(4, false);
  });

  describe('whose reads lag', () => {
    it('waits for its own writes, and for nothing once they are seen', async () => {
      const { server, store } = await world({ lag: 4 });
      await store.ensureSpace(space);
      await store.upsert(TENANT, space, [record([1, 0, 0])], null);
      const first = await store.search(query({}));
      expect([first.hits.length, first.complete]).toEqual([1, true]);
      server.requests.length = 0;
      await store.search(query({}));
      expect(server.requests.map(({ path }) => path)).toEqual(['/query']);
    });

    it('says that an answer may lack something, where they are not seen in time', async () => {
      const { server, store } = await world({}, { timeouts: { fresh: 500, settle: 500 } });
      await store.ensureSpace(space);
      await store.upsert(TENANT, space, [record([1, 0, 0])], null);
      server.hold();
      await store.upsert(TENANT, space, [record([0, 1, 0])], null);
      const { hits, complete } = await store.search(query({}));
      expect([hits.length, complete]).toEqual([1, false]);
      // What must not be wrong fails instead.
      for (const call of [() => store.count(TENANT, space), () => store.fetch(TENANT, space, [randomUUID()]), () => store.deleteObjects(TENANT, [randomUUID()], null)])
        await expect(call()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
      server.settle();
      expect([(await store.search(query({}))).complete, await store.count(TENANT, space)]).toEqual([true, 2]);
    });

    it('deletes what another process has only just written', async () => {
      const { store, open } = await world({ lag: 5 });
      await store.ensureSpace(space);
      const { objectId, ...rest } = record([1, 0, 0]);
      await open().upsert(TENANT, space, [{ objectId, ...rest }, { ...record([0, 1, 0]), objectId }, record([0, 0, 1])], null);
      expect(await store.deleteObjects(TENANT, [objectId], null)).toBe(2);
      expect(await store.count(TENANT, space)).toBe(1);
    });

    it('believes nothing for a while where writes have no numbers', async () => {
      const { store } = await world({ isUnnumbered: true }, { timeouts: { fresh: 10, settle: 20 } });
      await store.ensureSpace(space);
      expect((await store.search(query({}))).complete).toBe(true);
      await store.upsert(TENANT, space, [record([1, 0, 0])], null);
      const { hits, complete } = await store.search(query({}));
      expect([hits.length, complete]).toEqual([1, false]);
    });
  });

  it('finds enough objects where a few of them hold most vectors near by', async () => {
    const { server, store } = await world();
    await store.ensureSpace(space);
    const crowd = Array.from({ length: 3 }, () => randomUUID());
    const near = Array.from({ length: 300 }, (_, i) => ({ ...record([1, i * 1e-4, 0]), objectId: crowd[i % 3]! }));
    const far = Array.from({ length: 20 }, (_, i) => record([0.5, 0.5, i]));
    await store.upsert(TENANT, space, [...near, ...far], null);
    server.requests.length = 0;
    const { hits, complete } = await store.search(query({ limit: 10 }));
    expect([hits.length, complete]).toEqual([10, true]);
    expect(new Set(hits.slice(0, 3).map(({ objectId }) => objectId))).toEqual(new Set(crowd));
    expect(hits.slice(3).map(({ objectId }) => objectId)).toEqual(far.slice(0, 7).map(({ objectId }) => objectId));
    expect(paths(server, '/query').length).toBeLessThan(5);
    const among = await store.search(query({ limit: 10, objectIds: [crowd[1]!, far[4]!.objectId], exceptObjectId: crowd[1]! }));
    expect(among.hits.map(({ objectId }) => objectId)).toEqual([far[4]!.objectId]);
  });

  /** Somebody puts another index in the place of this one. */
  async function replace(server: PineconeServer, name: string, field: { dimension: number; metric: string }, tags: Record<string, string>): Promise<void> {
    const headers = { 'api-key': 'key', 'x-pinecone-api-version': '2026-07' };
    await fetch(`${server.url}/indexes/${name}`, { method: 'DELETE', headers });
    const made = await fetch(`${server.url}/indexes`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name, tags, schema: { fields: { _values: { type: 'dense_vector', ...field } } }, deployment: { deployment_type: 'managed', cloud: 'aws', region: 'us-east-1' } }),
    });
    expect(made.status).toBe(201);
  }

  const query = (more: Partial<VectorQuery>): VectorQuery => ({ tenantId: TENANT, space, vector: [1, 0, 0], limit: 10, filter: null, objectIds: null, ...more });
  const record = (vector: readonly number[]): VectorRecord => ({ id: randomUUID(), objectId: randomUUID(), passageId: null, vector: Float32Array.from(vector) });
});
