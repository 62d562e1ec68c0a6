import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import weaviate, { type WeaviateClient } from 'weaviate-client';
import { firstSize } from '../src/adapters/vectors/weaviate/ranking.js';
import { decodeTypeId } from '../src/domain/type-id.js';
import { firstLimit } from '../src/services/search/restriction.js';
import { depthOf } from '../src/services/search/search-depth.js';
import { addressOf } from './addresses.js';
import { percentile, rounded, summary, timeEach, type Figure } from './figures.js';
import { inFolder, ingestTexts, untilQuiet, withServer, type BenchServer } from './server.js';

const TEXTS = 2_000;
const QUICK_TEXTS = 400;
const TEXTS_A_CALL = 500;
const QUERIES = 100;
const ROUNDS = 5;
/** Both ways get faster over the first hundreds of calls, as their code is compiled; a server is past that for all its life but a minute. */
const WARMING_ROUNDS = 4;
const FIRST = 10;
/** One text of so many is on the shelf that is searched: the program selects them in PostgreSQL, and hands their ids to Weaviate. */
const SHELVES = 5;
const SHELF = { metadata: [{ path: 'shelf', equals: 0 }] };
/** Records that the program asks for, once it knows that these texts have one each: more, where it looks up afterwards whether they may be shown. */
const RECORDS = { all: firstSize(firstLimit(depthOf(FIRST)), 1), filtered: firstSize(depthOf(FIRST), 1) };
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
 * the same filter and limit, in turns; among all texts, and among those of one shelf.
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
  const onShelf = await takeIn(strata, count);
  const schema = await client.collections.exportToJson(collection);
  const targetVector = Object.keys(schema.vectorConfig!).find((name) => name.toLowerCase().includes('minilm'))!;
  const tenant = client.collections.use(collection).withTenant('default');
  const { objects } = await tenant.query.fetchObjects({ limit: QUERIES, includeVector: true });
  const queries = objects.flatMap(({ vectors }) => {
    const vector = (vectors as Record<string, number[]>)[targetVector];
    return vector === undefined ? [] : [vector];
  });
  const throughApi = (filter: typeof SHELF | null) => async (vector: number[]) => {
    const answer = JSON.parse(await strata.post(JSON.stringify({ query: SEARCH, variables: { vector, filter } }))) as { data?: { search: { edges: unknown[] } } };
    if (answer.data?.search.edges.length !== FIRST) throw new Error(`not ${FIRST} hits: ${JSON.stringify(answer).slice(0, 300)}`);
  };
  const byClient = (ids: string[] | null, limit: number) => async (vector: number[]) => {
    const found = await tenant.query.nearVector(vector, {
      targetVector, limit, returnMetadata: ['distance'], returnProperties: ['objectId', 'passageId', 'embeddings'],
      ...(ids && { filters: tenant.filter.byProperty('objectId').containsAny(ids) }),
    });
    const wanted = Math.min(limit, ids?.length ?? count);
    if (found.objects.length !== wanted) throw new Error(`${found.objects.length} of ${wanted} records came`);
  };

  const figures: Figure[] = [];
  for (const [what, filter, ids, limit] of [
    ['vector given', null, null, RECORDS.all],
    [`vector given, ${onShelf.length} of ${count} texts allowed`, SHELF, onShelf, RECORDS.filtered],
  ] as const) {
    const times = await inTurns(queries, { client: byClient(ids, limit), api: throughApi(filter), page: byClient(ids, FIRST) });
    figures.push(beside(`search through the API over Weaviate, ${what}, p95`, `limit ${limit}`, count, times));
  }
  return figures;
}

/** Each in its turn, round by round, so that all meet the same moments. */
async function inTurns<Name extends string>(queries: readonly number[][], ways: Record<Name, (vector: number[]) => Promise<void>>): Promise<Record<Name, number[]>> {
  const names = Object.keys(ways) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = -WARMING_ROUNDS; round < ROUNDS; round += 1) {
    for (const name of names) {
      const taken = await timeEach(queries, ways[name]);
      if (round >= 0) times[name].push(...taken);
    }
  }
  return times;
}

function beside(what: string, limit: string, count: number, { api, client, page }: Record<'api' | 'client' | 'page', number[]>): Figure {
  const [ours, theirs, ofPage] = [api, client, page].map((times) => percentile(times, 0.95)) as [number, number, number];
  const [ourMedian, theirMedian] = [percentile(api, 0.5), percentile(client, 0.5)];
  return {
    of: 'weaviate-api', what, measured: rounded(ours), unit: 'ms',
    limit: { at: 'most', value: rounded(theirs * 1.3 + 5) },
    beside: `weaviate-client itself, ${limit}, ${rounded(theirs)} ms, and limit ${FIRST}, ${rounded(ofPage)} ms; medians ${rounded(ourMedian)} and ${rounded(theirMedian)} ms; ${count} texts`,
    details: { api: summary(api), client: summary(client), page: summary(page) },
  };
}

/** @returns the ids in Weaviate of those on the shelf */
async function takeIn(strata: BenchServer, count: number): Promise<string[]> {
  const texts = Array.from({ length: count }, (_, i) => ({ text: `Entry ${i}: ${words(i)}.`, filename: `entry-${i}.txt`, metadata: { shelf: i % SHELVES } }));
  const ids: string[] = [];
  for (let from = 0; from < count; from += TEXTS_A_CALL) ids.push(...(await ingestTexts(strata, texts.slice(from, from + TEXTS_A_CALL))));
  // With what is done behind READY, too: searches alone are measured.
  await untilQuiet(strata);
  return ids.filter((_, i) => i % SHELVES === 0).map((id) => decodeTypeId('obj', id)!);
}

const WORDS = 'harbour heron ledger salt rope tide lantern gull winter bridge orchard violin copper meadow thunder glass river engine'.split(' ');
const words = (seed: number) => Array.from({ length: 12 }, (_, place) => WORDS[(seed * 7 + place * place * (seed % 11 + 1)) % WORDS.length]).join(' ');
