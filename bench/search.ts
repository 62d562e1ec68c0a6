import { randomNumbers } from '../test/support/random-numbers.js';
import { cranfieldQueries, hasCranfield, sentences } from './corpus.js';
import { percentile, rounded, summary, timeEach, type Figure } from './figures.js';
import { VIEWER, type Library } from './library.js';
import { loadProgram } from './program.js';
import { withServer } from './server.js';

const QUERIES = 200;
const MODEL = 'all-MiniLM-L6-v2';
const SEARCH = `query ($query: String!) {
  search(input: { query: $query }) { edges { score node { id filename metadata } matches { text highlights { start end } } } }
}`;

/** Hybrid search through the API, one after another, beside its parts within one process. */
export async function measureSearch({ library }: { library(): Promise<Library> }): Promise<Figure[]> {
  const { dataDir, details } = await library();
  const queries = distinctQueries();
  const api = await withServer(
    dataDir,
    async (server) => {
      await timeEach(warmUps(), (query) => server.query(SEARCH, { query }));
      const rounds = [];
      for (let round = 0; round < 2; round++) rounds.push(await timeEach(queries, (query) => server.query(SEARCH, { query })));
      return rounds;
    },
    'cache: { local: { max_size_mb: 0 } }',
  );
  const parts = await measureParts(dataDir, queries);
  const times = api[0]!;
  return [
    {
      of: 'search', what: `hybrid search over ${Number(details.passages).toLocaleString('en')} passages, p95`, measured: rounded(percentile(times, 0.95)), unit: 'ms',
      limit: { at: 'most', value: 50 },
      beside: `median ${rounded(percentile(times, 0.5))} ms; p95 again ${rounded(percentile(api[1]!, 0.95))} ms; p95 in the service ${parts.service.p95} ms, of that the embedding ${parts.embedding.p95} ms`,
      details: { library: details, queries: queries.length, api: api.map(summary), parts },
    },
  ];
}

/** What each part takes by itself, one after another. */
async function measureParts(dataDir: string, queries: readonly string[]) {
  const { compose, loadConfig } = await loadProgram();
  const built = <Module>(path: string) => import(new URL(`../dist/${path}`, import.meta.url).href) as Promise<Module>;
  const { SearchService } = await built<typeof import('../src/services/search/search.service.js')>('services/search/search.service.js');
  const { analyzeTerms } = await built<typeof import('../src/services/search/analysis.js')>('services/search/analysis.js');
  const config = loadConfig({ overrides: { dataDir, port: 0 } });
  const app = await compose({ ...config, server: { ...config.server, logLevel: 'warn' } });
  try {
    const service = new SearchService(app.deps, { caches: false });
    const { embedder, vectors, keywords } = app.deps;
    const space = { model: MODEL, dimensions: embedder.models().find(({ name }) => name === MODEL)!.dimensions };
    const embed = async (query: string) => (await embedder.embedTexts(MODEL, [query], { priority: 'query' }))[0]!;
    const search = (query: string) => service.search(VIEWER, { query, mode: 'HYBRID', fusion: 'RELATIVE_SCORE' }, { first: 10 });
    await timeEach(warmUps(), search);
    const whole = await timeEach(queries, search);
    const embedding = await timeEach(queries, embed);
    const known = await Promise.all(queries.map(embed));
    const scope = { tenantId: VIEWER.tenantId, limit: 100, filter: null, objectIds: null };
    const vectorLeg = await timeEach(known, (vector) => vectors.search({ ...scope, space, vector, exceptObjectId: null }));
    const keywordLeg = await timeEach(queries, (query) => keywords.search({ ...scope, terms: analyzeTerms(query) }));
    return { service: summary(whole), embedding: summary(embedding), vectorLeg: summary(vectorLeg), keywordLeg: summary(keywordLeg) };
  } finally {
    await app.stop();
  }
}

function distinctQueries(): string[] {
  if (hasCranfield) return cranfieldQueries().slice(0, QUERIES).map(({ text }) => text);
  const random = randomNumbers(31);
  const start = () => sentences[Math.floor(random() * sentences.length)]!.split(' ').slice(0, 9).join(' ');
  return Array.from(new Set(Array.from({ length: QUERIES * 2 }, start))).slice(0, QUERIES);
}

/** Of other words than those that count. */
const warmUps = () => sentences.slice(0, 30).map((sentence) => sentence.split(' ').slice(0, 8).join(' '));
