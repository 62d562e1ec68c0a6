import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import weaviate, { type WeaviateClient } from 'weaviate-client';
import { addressOf } from './addresses.js';
import { percentile, rounded, summary, timeEach, type Figure } from './figures.js';
import { inFolder, ingestTexts, untilQuiet, withServer, type BenchServer } from './server.js';

const TEXTS = 2_000;
const QUICK_TEXTS = 400;
const TEXTS_A_CALL = 500;
const QUERIES = 100;
const ROUNDS = 5;
const FIRST = 10;
/** As deep as a page of ten goes. */
const DEPTH = 100;
const MODEL = 'all-MiniLM-L6-v2';

const SEARCH = /* GraphQL */ `
  query ($vector: [Float!]!, $filter: DataObjectFilter) {
    search(input: { vector: $vector, model: "${MODEL}", mode: VECTOR, filter: $filter }, first: ${FIRST}) {
      edges { score node { id filename } }
    }
  }
`;

/**
 * Searches through the API of a server over PostgreSQL and Weaviate, vector given, caches off, beside weaviate-client's own call with
 * the same filter and depth, in turns.
 */
export async function measureWeaviateApi({ quick }: { quick: boolean }): Promise<Figure[]> {
  const [server, database] = [addressOf('weaviate'), new URL(addressOf('postgres').url)];
  const prefix = `Bench${randomBytes(4).toString('hex')}`;
  const settings = [
    'cache: {local: {max_size_mb: 0}}',
    `database: {provider: postgres, host: ${database.hostname}, port: ${database.port}, database: ${database.pathname.slice(1)}, username: ${database.username}}`,
    `vector_database: {provider: weaviate, weaviate: {url: "${server.url}", grpc_port: ${server['grpcPort']}, collection_prefix: ${prefix}}}`,
    'embedding: {descriptors: false}',
    'limits: {max_query_cost: 100000000}',
  ].join('\n');
  const { hostname, port } = new URL(server.url);
  const client = await weaviate.connectToCustom({ httpHost: hostname, httpPort: Number(port), httpSecure: false, grpcHost: hostname, grpcPort: Number(server['grpcPort']), grpcSecure: false });
  try {
    return await inFolder((folder) => withServer(join(folder, 'data'), (strata) => compare(strata, client, `${prefix}Passage`, quick ? QUICK_TEXTS : TEXTS), settings));
  } finally {
    await client.collections.delete(`${prefix}Passage`).catch(() => undefined);
    await client.close();
  }
}

async function compare(strata: BenchServer, client: WeaviateClient, collection: string, count: number): Promise<Figure[]> {
  await takeIn(strata, count);
  const schema = await client.collections.exportToJson(collection);
  const targetVector = Object.keys(schema.vectorConfig!).find((name) => name.toLowerCase().includes('minilm'))!;
  const tenant = client.collections.use(collection).withTenant('default');
  const { objects } = await tenant.query.fetchObjects({ limit: QUERIES, includeVector: true });
  const queries = objects.flatMap(({ vectors }) => {
    const vector = (vectors as Record<string, number[]>)[targetVector];
    return vector === undefined ? [] : [vector];
  });
  const throughApi = async (vector: number[]) => {
    const answer = JSON.parse(await strata.post(JSON.stringify({ query: SEARCH, variables: { vector, filter: null } }))) as { data?: { search: { edges: unknown[] } } };
    if (answer.data?.search.edges.length !== FIRST) throw new Error(`not ${FIRST} hits: ${JSON.stringify(answer).slice(0, 300)}`);
  };
  const byClient = async (vector: number[]) => {
    const found = await tenant.query.nearVector(vector, { targetVector, limit: DEPTH, returnMetadata: ['distance'], returnProperties: ['objectId', 'passageId'] });
    if (found.objects.length !== DEPTH) throw new Error(`${found.objects.length} of ${DEPTH} records came`);
  };
  const times = { api: [] as number[], client: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const bare = await timeEach(queries, byClient);
    const ours = await timeEach(queries, throughApi);
    if (round === 0) continue; // the first warms both of them up
    times.client.push(...bare);
    times.api.push(...ours);
  }
  const [ours, theirs] = [percentile(times.api, 0.95), percentile(times.client, 0.95)];
  return [
    {
      of: 'weaviate-api', what: 'search through the API over Weaviate, vector given, p95', measured: rounded(ours), unit: 'ms',
      limit: { at: 'most', value: rounded(theirs * 1.3 + 5) },
      beside: `weaviate-client itself ${rounded(theirs)} ms; medians ${rounded(percentile(times.api, 0.5))} and ${rounded(percentile(times.client, 0.5))} ms; ${count} texts`,
      details: { api: summary(times.api), client: summary(times.client) },
    },
  ];
}

async function takeIn(strata: BenchServer, count: number): Promise<void> {
  const texts = Array.from({ length: count }, (_, i) => ({ text: `Entry ${i}: ${words(i)}.`, filename: `entry-${i}.txt` }));
  for (let from = 0; from < count; from += TEXTS_A_CALL) await ingestTexts(strata, texts.slice(from, from + TEXTS_A_CALL));
  // With what is done behind READY, too: searches alone are measured.
  await untilQuiet(strata);
}

const WORDS = 'harbour heron ledger salt rope tide lantern gull winter bridge orchard violin copper meadow thunder glass river engine'.split(' ');
const words = (seed: number) => Array.from({ length: 12 }, (_, place) => WORDS[(seed * 7 + place * place * (seed % 11 + 1)) % WORDS.length]).join(' ');
