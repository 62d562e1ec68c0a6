/**
 * Prints, for the text models, how many judged answers and how many others lie within a cosine of a query, and how many pairs of texts
 * lie within it of each other: `node --import ./src/adapters/worker-typescript.ts bench/match-cosines.ts`, from the repository's root.
 * docs/search.md shows the table. Needs ../shared for Cranfield's texts and a model.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fingerprints } from '../src/adapters/models/fingerprints.js';
import { openCatalogue, textModelsOf } from '../src/adapters/models/model-catalogue.js';
import { ModelWorkers } from '../src/adapters/models/model-workers.js';
import { OnnxTextEmbedder } from '../src/adapters/models/onnx-text.embedder.js';
import { cosine } from './descriptor-hits.js';

const CRANFIELD = '../shared/fixtures/retrieval/cranfield';
const NAMES = ['all-MiniLM-L6-v2', 'all-mpnet-base-v2'];
/** Half of the collection says the same, and takes half as long. */
const EVERY = 2;
/** About what a passage has. */
const WORDS = 120;
/** Of 1 to 4, 1 being of minimal interest. */
const LEAST_GAIN = 2;
const BOUNDS = [0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8];

const linesOf = async (file: string) => (await readFile(join(CRANFIELD, file), 'utf8')).trim().split('\n');
const percent = (values: readonly number[], bound: number) => `${((100 * values.filter((value) => value >= bound).length) / values.length).toFixed(1)} %`;

const texts = (await linesOf('documents.jsonl')).filter((_, i) => i % EVERY === 0).map((line) => JSON.parse(line) as { id: string; title: string; text: string });
const queries = (await linesOf('queries.jsonl')).map((line) => JSON.parse(line) as { id: string; text: string });
const gains = new Map((await linesOf('relevance.tsv')).slice(1).map((line) => line.split('\t')).map(([query, text, gain]) => [`${query} ${text}`, Number(gain)]));

async function measure(embedder: OnnxTextEmbedder, model: string): Promise<void> {
  const ofTexts = await embedder.embedTexts(model, texts.map(({ title, text }) => `${title} ${text}`.split(/\s+/).slice(0, WORDS).join(' ')));
  const ofQueries = await embedder.embedTexts(model, queries.map(({ text }) => text));
  const answers: number[] = [];
  const others: number[] = [];
  queries.forEach((query, i) =>
    texts.forEach((text, j) => {
      const gain = gains.get(`${query.id} ${text.id}`);
      if (gain === undefined) others.push(cosine(ofQueries[i]!, ofTexts[j]!));
      else if (gain >= LEAST_GAIN) answers.push(cosine(ofQueries[i]!, ofTexts[j]!));
    }),
  );
  const pairs = ofTexts.flatMap((one, i) => ofTexts.slice(i + 1).map((other) => cosine(one, other)));
  console.log(`\n${model}: ${answers.length} answers, ${others.length} others, ${pairs.length} pairs of texts`);
  for (const bound of BOUNDS) console.log(`  from ${bound.toFixed(2)}: ${percent(answers, bound)} of the answers, ${percent(others, bound)} of the others, ${percent(pairs, bound)} of the pairs`);
}

const folder = await mkdtemp(join(tmpdir(), 'strata-cosines-'));
const workers = new ModelWorkers(1);
try {
  const catalogue = await openCatalogue({ textModel: NAMES[0]!, models: [{ name: NAMES[1]!, path: join('../shared/models', NAMES[1]!) }], modelsFolder: folder }, new Fingerprints(null));
  const embedder = new OnnxTextEmbedder({ workers, models: textModelsOf(catalogue) });
  for (const name of NAMES) await measure(embedder, name);
} finally {
  await workers.close();
  await rm(folder, { recursive: true });
}
