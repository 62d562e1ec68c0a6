/**
 * What the defaults of search rest on: nDCG@10 over several collections by the share of the vectors, fusion, depth and passages' length,
 * with no index that could miss anything. Writes docs/search-quality.md and its plot.
 *
 *   npm run search-quality -- [--collections FOLDER …] [--models FOLDER] [--vectors FOLDER]
 *
 * A collection is a folder like ../shared/fixtures/retrieval/cranfield; retrieval/debian_collections.py makes two more. Vectors are
 * kept, so that a run that was ended goes on where it was.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { OnnxTextEmbedder } from '../src/adapters/models/onnx-text.embedder.js';
import { collectionFolders, readCollection } from './retrieval/collection.js';
import { KeptVectors } from './retrieval/kept-vectors.js';
import type { PassageLength } from './retrieval/legs.js';
import { measureCollection, type CollectionFigures } from './retrieval/measure-collection.js';
import { page, plotOfShares } from './retrieval/page.js';

const inRepository = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { values: options } = parseArgs({
  options: {
    collections: { type: 'string', multiple: true, default: [inRepository('../shared/fixtures/retrieval'), inRepository('.cache/collections')] },
    models: { type: 'string', default: inRepository('../shared/models') },
    vectors: { type: 'string', default: inRepository('.cache/vectors') },
  },
});

const DEFAULT: PassageLength = { target: 200, overlap: 32 };
const LENGTHS: PassageLength[] = [DEFAULT, ...[100, 150, 256].map((target) => ({ target, overlap: 32 })), ...[0, 16, 64].map((overlap) => ({ target: 200, overlap }))];
/** Of a model that takes ten times as long, lengths are measured by one alone; and of short texts there is nothing to measure. */
const MODELS = [
  { name: 'all-MiniLM-L6-v2', lengthsOf: ['cranfield', 'faq'] },
  { name: 'all-mpnet-base-v2', lengthsOf: [] as string[] },
];
/** Where nobody has measured a better one. */
const EVEN_ALPHA = 0.5;

const embedder = new OnnxTextEmbedder({ roots: [options.models] });
const figures: CollectionFigures[] = [];
const collections = options.collections.flatMap(collectionFolders).map(readCollection);
try {
  for (const { name, lengthsOf } of MODELS) {
    const model = embedder.models().find((each) => each.name === name);
    if (!model?.available) {
      console.error(`${name} is not in ${options.models}; left out.`);
      continue;
    }
    const kept = new KeptVectors(options.vectors, embedder, model);
    for (const collection of collections) figures.push(await measureCollection(embedder, model, kept, collection, model.defaultAlpha ?? EVEN_ALPHA, lengthsOf.includes(collection.name) ? LENGTHS : [DEFAULT]));
  }
} finally {
  await embedder.close();
}
const path = inRepository('docs/search-quality.md');
writeFileSync(path, page(readFileSync(path, 'utf8'), collections, figures));
writeFileSync(inRepository('docs/search-quality.svg'), plotOfShares(figures));
console.error(`written: ${path}`);
