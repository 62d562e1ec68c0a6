/**
 * Prints, for each model, the cosines of near duplicates that were made and of pairs that have nothing to do with each other:
 * `node --import ./src/adapters/worker-typescript.ts bench/duplicate-thresholds.ts`, from the repository's root. docs/duplicates.md shows
 * the table. Needs ../shared for texts and photographs.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import sharp from 'sharp';
import { MediaPool } from '../src/adapters/media/media-pool.js';
import { Fingerprints } from '../src/adapters/models/fingerprints.js';
import { openCatalogue, textModelsOf } from '../src/adapters/models/model-catalogue.js';
import { ModelWorkers } from '../src/adapters/models/model-workers.js';
import { OnnxTextEmbedder } from '../src/adapters/models/onnx-text.embedder.js';
import { descriptorModels, openMediaEmbedder } from '../test/support/media-model.js';
import { CODEC_VARIANTS, cosine, IMAGE_VARIANTS, listImages, listSounds } from './descriptor-hits.js';

/** Vectors of originals, and of each original's copies by what was done to them. */
interface Measured {
  originals: { content: string; vector: Float32Array }[];
  copies: { original: number; change: string; vector: Float32Array }[];
}

const TEXTS = 100;
const CRANFIELD = '../shared/fixtures/retrieval/cranfield/documents.jsonl';

/** Of a text as its words. */
const TEXT_CHANGES: Readonly<Record<string, (words: readonly string[]) => string[]>> = {
  'a word replaced': (words) => words.with(Math.floor(words.length / 2), 'elsewhere'),
  'a sentence’s length left out': (words) => words.toSpliced(Math.floor(words.length / 3), Math.floor(words.length / 8)),
  'capitals': (words) => words.map((word) => word.toUpperCase()),
};

async function measureTexts(embedder: OnnxTextEmbedder, model: string): Promise<Measured> {
  const lines = (await readFile(CRANFIELD, 'utf8')).split('\n').slice(0, TEXTS);
  const texts = lines.map((line) => JSON.parse(line) as { title: string; text: string }).map(({ title, text }) => `${title}. ${text}`.split(/\s+/).slice(0, 120)).filter(({ length }) => length > 20);
  const vectors = await embedder.embedTexts(model, texts.map((words) => words.join(' ')));
  const copies: Measured['copies'] = [];
  for (const [change, make] of Object.entries(TEXT_CHANGES)) {
    const made = await embedder.embedTexts(model, texts.map((words) => make(words).join(' ')));
    copies.push(...made.map((vector, original) => ({ original, change, vector })));
  }
  return { originals: vectors.map((vector, i) => ({ content: texts[i]!.slice(0, 8).join(' '), vector })), copies };
}

type Embed = (path: string) => Promise<Float32Array>;

async function measurePictures(embed: Embed, folder: string): Promise<Measured> {
  const paths = (await Promise.all(['samples/images', '../shared/fixtures/photos'].map(listImages))).flat();
  const measured: Measured = { originals: [], copies: [] };
  for (const [original, path] of paths.entries()) {
    measured.originals.push({ content: path, vector: await embed(path) });
    const { data, info } = await sharp(await readFile(path)).autoOrient().raw().toBuffer({ resolveWithObject: true });
    for (const [change, make] of Object.entries(IMAGE_VARIANTS)) {
      const copy = join(folder, 'copy');
      await writeFile(copy, await make(sharp(data, { raw: info }), info.width, info.height).toBuffer());
      measured.copies.push({ original, change, vector: await embed(copy) });
    }
  }
  return measured;
}

async function measureSounds(embed: Embed, folder: string): Promise<Measured> {
  const files = (await Promise.all(['samples/audio', '../shared/fixtures/media'].map(listSounds))).flat();
  // One of each content.
  const sounds = [...new Map(files.map((file) => [file.content, file])).values()];
  const measured: Measured = { originals: [], copies: [] };
  for (const [original, { path, content }] of sounds.entries()) {
    measured.originals.push({ content, vector: await embed(path) });
    for (const [change, { ending, args }] of Object.entries(CODEC_VARIANTS)) {
      const copy = join(folder, `copy${ending}`);
      if (spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', path, ...args, copy]).status !== 0) throw new Error(`ffmpeg cannot code ${path} as ${change}.`);
      measured.copies.push({ original, change, vector: await embed(copy) });
    }
  }
  return measured;
}

function show(model: string, { originals, copies }: Measured): void {
  const others = originals.flatMap((one, i) => originals.slice(i + 1).map((other) => ({ value: cosine(one.vector, other.vector), names: `${one.content} | ${other.content}` })));
  others.sort((a, b) => b.value - a.value);
  console.log(`\n${model}: ${originals.length} originals`);
  for (const [change, made] of Map.groupBy(copies, (copy) => copy.change)) {
    const values = made.map(({ original, vector }) => cosine(originals[original]!.vector, vector)).sort((a, b) => a - b);
    console.log(`  ${change.padEnd(30)} least ${values[0]!.toFixed(3)}   5 % below ${values[Math.floor(values.length / 20)]!.toFixed(3)}   median ${values[Math.floor(values.length / 2)]!.toFixed(3)}`);
  }
  for (const { value, names } of others.slice(0, 4)) console.log(`  unrelated                      ${value.toFixed(3)}   ${names}`);
  const all = copies.map(({ original, vector }) => cosine(originals[original]!.vector, vector));
  for (const bound of [0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98]) {
    const share = all.filter((value) => value >= bound).length / all.length;
    console.log(`  from ${bound.toFixed(2)}: ${(100 * share).toFixed(0)} % of the copies, ${others.filter(({ value }) => value >= bound).length} of ${others.length} unrelated pairs`);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'strata-thresholds-'));
const workers = new ModelWorkers(1);
const media = openMediaEmbedder(descriptorModels, new MediaPool({ processes: 1 }));
try {
  const one = (model: string, type: 'IMAGE' | 'AUDIO'): Embed => async (path) => (await media.embedMedia(model, { path, type, mimeType: MIME[extname(path)] ?? 'image/*' }))[0]!.vector;
  const MIME: Record<string, string> = { '.wav': 'audio/wav', '.mp3': 'audio/mpeg', '.ogg': 'audio/ogg', '.flac': 'audio/flac', '.m4a': 'audio/mp4' };
  show('audio-descriptor', await measureSounds(one('audio-descriptor', 'AUDIO'), folder));
  show('image-descriptor', await measurePictures(one('image-descriptor', 'IMAGE'), folder));
  const names = ['all-MiniLM-L6-v2', 'all-mpnet-base-v2'];
  const catalogue = await openCatalogue({ textModel: names[0]!, models: [{ name: names[1]!, path: join('../shared/models', names[1]!) }], modelsFolder: folder }, new Fingerprints(null));
  const texts = new OnnxTextEmbedder({ workers, models: textModelsOf(catalogue) });
  for (const name of names) show(name, await measureTexts(texts, name));
} finally {
  await Promise.all([media.close(), workers.close()]);
  await rm(folder, { recursive: true });
}
