import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWeaviate, type WeaviateStores } from '../../../src/adapters/vectors/weaviate/open-weaviate.js';
import { WeaviateCollection } from '../../../src/adapters/vectors/weaviate/weaviate.collection.js';
import { WeaviateConnection } from '../../../src/adapters/vectors/weaviate/weaviate.connection.js';
import { WeaviateRecords } from '../../../src/adapters/vectors/weaviate/weaviate.records.js';
import { WeaviateRepair } from '../../../src/adapters/vectors/weaviate/weaviate.repair.js';
import { hasWeaviateServer, WeaviateServer } from '../../support/weaviate-server.js';

const space = { model: 'away', dimensions: 2 };
const away = { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'vectors', retryable: true } };
const search = ({ vectors }: WeaviateStores) =>
  vectors.search({ tenantId: 'here', space, vector: [1, 0], limit: 5, filter: null, objectIds: null });
const fused = ({ hybrid }: WeaviateStores) =>
  hybrid.hybrid({ tenantId: 'here', space, vector: [1, 0], terms: ['sea'], alpha: 0.5, fusion: 'RELATIVE_SCORE', limit: 100, objectIds: null });
const write = ({ hybrid }: WeaviateStores) =>
  hybrid.write('here', [
    {
      passageId: randomUUID(),
      objectId: randomUUID(),
      terms: ['sea'],
      vectors: [{ space, embeddingId: randomUUID(), vector: Float32Array.of(1, 0) }],
    },
  ]);

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const begun = performance.now();
  try {
    return await work;
  } finally {
    expect(performance.now() - begun).toBeLessThan(ms);
  }
}

class RecordsLookedAt extends WeaviateRecords {
  looks = 0;

  override tenants(): Promise<string[]> {
    this.looks += 1;
    return super.tenants();
  }
}

describe('Weaviate that is not there', () => {
  it('is told within seconds, whether nobody answers or nobody says a word', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    // Port 1 is nobody's.
    for (const url of ['http://127.0.0.1:1', `http://127.0.0.1:${port}`]) {
      const stores = openWeaviate({ url, grpcPort: 1, collectionPrefix: 'Nobody', spaces: [] });
      for (const call of [search, write, ({ check }: WeaviateStores) => check()])
        await within(15_000, expect(call(stores)).rejects.toMatchObject(away));
      await stores.close();
    }
    silent.close();
  });
});

describe.skipIf(!hasWeaviateServer)('a Weaviate server of its own', () => {
  let server: WeaviateServer;
  let stores: WeaviateStores;
  const open = (apiKey?: string) =>
    openWeaviate({ ...server.address, ...(apiKey && { apiKey }), collectionPrefix: 'Own', spaces: [] });
  beforeAll(async () => {
    server = await WeaviateServer.start('right-key');
    stores = open('right-key');
  });
  afterAll(async () => {
    await stores.close();
    await server.remove();
  });

  it('takes the right API key, and says what to do about a wrong one or none', async () => {
    await stores.check();
    await write(stores);
    for (const key of ['wrong-key', undefined]) {
      const refused = open(key);
      for (const call of [search, write, ({ check }: WeaviateStores) => check()]) {
        await expect(call(refused)).rejects.toMatchObject({
          code: 'NOT_CONFIGURED',
          message: expect.stringMatching(
            /^[^.]*API key[^.]*\. Set "vector_database\.weaviate\.api_key" to [^.]*\.$/,
          ) as string,
        });
      }
      await refused.close();
    }
    const before = (await search(stores)).hits.length;
    expect(before).toBeGreaterThan(0);
  });

  it('may end, and come back with all it had: the same client goes on', async () => {
    await write(stores);
    const { hits } = await search(stores);
    await server.stop();
    for (const call of [search, write, ({ check }: WeaviateStores) => check()])
      await within(15_000, expect(call(stores)).rejects.toMatchObject(away));
    await server.start();
    // A Weaviate that is killed may have lost vectors from its index: housekeeping enters them again.
    await stores.vectors.optimize!();
    expect(new Set((await search(stores)).hits)).toEqual(new Set(hits));
    expect((await search(stores)).complete).toBe(true);
    await write(stores);
    expect((await search(stores)).hits.length).toBeGreaterThan(0);
    await stores.check();
  });

  it('may be killed just after a write: a fused search says so where it misses a vector, and misses none after housekeeping', async () => {
    for (let i = 0; i < 10; i++) await write(stores);
    const near = async () => {
      const { hits, complete } = await fused(stores);
      return { complete, near: hits.filter(({ vector }) => vector !== null).length };
    };
    const before = await near();
    expect(before).toMatchObject({ complete: true });
    await server.stop();
    await server.start();
    // The first call finds that the old way has ended.
    await stores.check().catch(() => stores.check());
    const after = await near();
    expect(after.complete).toBe(after.near === before.near);
    await stores.vectors.optimize!();
    expect(await near()).toEqual(before);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('may be started anew after a %s while nobody asks it: housekeeping looks at every tenant once more, and no oftener', async (signal) => {
    await write(stores);
    const connection = new WeaviateConnection({ ...server.address, apiKey: 'right-key' });
    const records = new RecordsLookedAt(connection, new WeaviateCollection(connection, 'Own', []));
    const repair = new WeaviateRepair(records);
    try {
      for (const looks of [1, 1]) expect(await repair.all().then(() => records.looks)).toBe(looks);
      for (const looks of [2, 3]) {
        await server.stop(signal);
        await server.start();
        for (let again = 0; again < 2; again++) expect(await repair.all().then(() => records.looks)).toBe(looks);
      }
      expect(connection.timesOpened).toBe(1);
    } finally {
      await connection.close();
    }
  });

  it('may fall silent: a search ends soon, and goes on with it', async () => {
    const before = (await search(stores)).hits.length;
    server.hang();
    try {
      await within(15_000, expect(search(stores)).rejects.toMatchObject(away));
      await within(15_000, expect(write(stores)).rejects.toMatchObject(away));
    } finally {
      server.goOn();
    }
    await stores.check();
    expect((await search(stores)).hits.length).toBeGreaterThanOrEqual(Math.min(5, before));
  });
});
