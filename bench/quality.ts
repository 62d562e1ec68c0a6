import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CRANFIELD, hasCranfield } from './corpus.js';
import { rounded, type Figure } from './figures.js';
import { ndcg, TOP } from './ndcg.js';
import { readCollection, type Collection } from './retrieval/collection.js';
import { ingestTexts, inFolder, untilReady, withServer, type BenchServer } from './server.js';

/** A model's limits: of hybrid search, and of what it gains over the better of its legs. */
interface Measured {
  of: string;
  model: string;
  /** Of the folder that holds one folder a model; null for a model that the program brings. */
  models: string | null;
  least: { KEYWORD: number; VECTOR: number; HYBRID: number };
}

const LEAST_GAIN = 0.02;
const MODES = ['KEYWORD', 'VECTOR', 'HYBRID'] as const;
const SEARCH = `query ($query: String!, $mode: SearchMode!) {
  search(input: { query: $query, mode: $mode }, first: ${TOP}) { nodes { metadata } incomplete warnings }
}`;
const TEXTS_A_CALL = 500;
const MODELS = fileURLToPath(new URL('../../shared/models', import.meta.url));

interface Answer {
  search: { nodes: { metadata: { id: string } }[]; incomplete: boolean; warnings: string[] };
}

/** Cranfield through the API, at the defaults, with the model that the program brings. */
export const measureQuality = () =>
  measureModel({ of: 'quality', model: 'all-MiniLM-L6-v2', models: null, least: { KEYWORD: 0.36, VECTOR: 0.365, HYBRID: 0.41 } });

/** The same with the finer model, which takes minutes to embed the texts. */
export const measureMpnetQuality = () =>
  measureModel({ of: 'quality-mpnet', model: 'all-mpnet-base-v2', models: MODELS, least: { KEYWORD: 0.36, VECTOR: 0.365, HYBRID: 0.42 } });

async function measureModel({ of, model, models, least }: Measured): Promise<Figure[]> {
  const missing = [...(hasCranfield ? [] : [CRANFIELD]), ...(models === null || existsSync(join(models, model)) ? [] : [join(models, model)])];
  if (missing.length > 0) {
    console.error(`${of}: ${missing.join(' and ')} is not there; left out.`);
    return [];
  }
  const collection = readCollection(CRANFIELD);
  const settings = models === null ? '' : `embedding: { text_model: ${model}, models_path: ${JSON.stringify(resolve(models))} }`;
  const measured = await inFolder((folder) => withServer(join(folder, 'data'), (server) => askAll(server, collection), settings));
  const better = Math.max(measured.KEYWORD, measured.VECTOR);
  const figure = (what: string, value: number, limit: number, beside: string): Figure => ({
    of, what: `Cranfield, ${model}, ${what}`, measured: rounded(value), unit: '', limit: { at: 'least', value: limit }, beside, details: { value },
  });
  const count = `${collection.queries.length} queries over ${collection.documents.length.toLocaleString('en')} texts`;
  return [
    ...MODES.map((mode) => figure(`nDCG@${TOP}, ${mode.toLowerCase()}`, measured[mode], least[mode], count)),
    figure('hybrid above its better leg', measured.HYBRID - better, LEAST_GAIN, `the better leg ${rounded(better)}`),
  ];
}

/** The mean nDCG of each mode. */
export async function askAll(server: BenchServer, { documents, queries, judgements }: Collection): Promise<Record<(typeof MODES)[number], number>> {
  const texts = documents.map(({ id, text }) => ({ text, metadata: { id } }));
  for (let from = 0; from < texts.length; from += TEXTS_A_CALL) await ingestTexts(server, texts.slice(from, from + TEXTS_A_CALL));
  await untilReady(server);
  const sums = { KEYWORD: 0, VECTOR: 0, HYBRID: 0 };
  for (const mode of MODES) {
    for (const { id, text } of queries) {
      const { search } = await server.query<Answer>(SEARCH, { query: text, mode });
      if (search.incomplete) throw new Error(`a search was incomplete: ${search.warnings.join(' ')}`);
      sums[mode] += ndcg(judgements.get(id)!, search.nodes.map(({ metadata }) => metadata.id)) / queries.length;
    }
  }
  return sums;
}
