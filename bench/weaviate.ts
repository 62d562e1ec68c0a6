import { randomBytes, randomUUID } from 'node:crypto';
import weaviate from 'weaviate-client';
import { openWeaviate } from '../src/adapters/vectors/weaviate/open-weaviate.js';
import { addressOf } from './addresses.js';
import { percentile, rounded, summary, timeEach, type Figure } from './figures.js';

const PASSAGES = 10_000;
const QUICK_PASSAGES = 2_000;
const DIMENSIONS = 384;
/** Topics that the vectors lie around, as texts do. */
const TOPICS = 200;
const QUERIES = 60;
const ROUNDS = 6;
/** As for a page of ten. */
const DEPTH = 100;
const FILTERED = 500;
const TENANT = 'bench';

/**
 * Searches by a vector through the adapter, and by the client's own call with the same filter and limit, in turns, so that both
 * meet the same moments; with all objects allowed, and with 500.
 */
export async function measureWeaviate({ quick }: { quick: boolean }): Promise<Figure[]> {
  const { url, grpcPort: givenPort } = addressOf('weaviate');
  const server = { url, grpcPort: Number(givenPort) };
  const collectionPrefix = `Bench${randomBytes(4).toString('hex')}`;
  const stores = openWeaviate({ ...server, collectionPrefix, spaces: [] });
  const { hostname, port, protocol } = new URL(server.url);
  const httpSecure = protocol === 'https:';
  const client = await weaviate.connectToCustom({
    httpHost: hostname, httpPort: Number(port || (httpSecure ? 443 : 80)), httpSecure, grpcHost: hostname, grpcPort: server.grpcPort, grpcSecure: httpSecure,
  });
  const collection = `${collectionPrefix}Passage`;
  try {
    const space = { model: 'bench', dimensions: DIMENSIONS };
    const topics = Array.from({ length: TOPICS }, () => gaussian());
    const passages = Array.from({ length: quick ? QUICK_PASSAGES : PASSAGES }, (_, i) => ({
      passageId: randomUUID(), objectId: '', terms: [`word${i % 100}`],
      vectors: [{ space, embeddingId: randomUUID(), vector: near(topics[i % TOPICS]!) }],
    }));
    // Five passages make four objects.
    const objectIds = Array.from({ length: Math.ceil(passages.length * 0.8) }, () => randomUUID());
    passages.forEach((passage, i) => (passage.objectId = objectIds[i % objectIds.length]!));
    await stores.hybrid.write(TENANT, passages);
    const schema = await client.collections.exportToJson(collection);
    const [targetVector] = Object.keys(schema.vectorConfig!);
    const tenant = client.collections.use(collection).withTenant(TENANT);
    const queries = Array.from({ length: QUERIES }, (_, i) => [...near(topics[(i * 7) % TOPICS]!)]);

    const figures: Figure[] = [];
    for (const allowed of [null, objectIds.slice(0, FILTERED)]) {
      const throughAdapter = async (vector: number[]) => {
        const { hits } = await stores.vectors.search({ tenantId: TENANT, space, vector, limit: DEPTH, filter: null, objectIds: allowed });
        if (hits.length !== DEPTH) throw new Error(`${hits.length} of ${DEPTH} objects came`);
      };
      const byClient = async (vector: number[]) => {
        const { objects } = await tenant.query.nearVector(vector, {
          targetVector: targetVector!, limit: DEPTH, returnMetadata: ['distance'], returnProperties: ['objectId', 'passageId', 'embeddings', 'spaces'],
          ...(allowed && { filters: tenant.filter.byProperty('objectId').containsAny(allowed) }),
        });
        if (objects.length !== DEPTH) throw new Error(`${objects.length} of ${DEPTH} records came`);
      };
      const times = { adapter: [] as number[], client: [] as number[] };
      for (let round = 0; round <= ROUNDS; round++) {
        const bare = await timeEach(queries, byClient);
        const ours = await timeEach(queries, throughAdapter);
        if (round === 0) continue; // the first warms both of them up
        times.client.push(...bare);
        times.adapter.push(...ours);
      }
      figures.push(beside(allowed === null ? 'no filter' : `${FILTERED} objects allowed`, times));
    }
    return figures;
  } finally {
    await client.collections.delete(collection);
    await client.close();
    await stores.close();
  }
}

function beside(what: string, times: { adapter: number[]; client: number[] }): Figure {
  const [ours, theirs] = [percentile(times.adapter, 0.95), percentile(times.client, 0.95)];
  return {
    of: 'weaviate', what: `search in Weaviate, ${what}, p95`, measured: rounded(ours), unit: 'ms', limit: { at: 'most', value: rounded(theirs * 1.3 + 5) },
    beside: `weaviate-client itself ${rounded(theirs)} ms; medians ${rounded(percentile(times.adapter, 0.5))} and ${rounded(percentile(times.client, 0.5))} ms`,
    details: { adapter: summary(times.adapter), client: summary(times.client) },
  };
}

/** Normally distributed numbers (Box and Muller, 1958): in all directions alike. */
function gaussian(): Float32Array {
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return Float32Array.from({ length: DIMENSIONS }, normal);
}

function near(topic: Float32Array): Float32Array {
  return gaussian().map((number, i) => topic[i]! + number * 0.7);
}
