import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import type { OnnxTextEmbedder } from '../src/adapters/models/onnx-text.embedder.js';
import { BUNDLED_MODELS } from '../src/adapters/models/registry.js';
import { randomNumbers } from '../test/support/random-numbers.js';
import { mixedTexts, recombined } from './corpus.js';
import { median, percentile, rounded, summary, type Figure } from './figures.js';
import { loadProgram } from './program.js';
import { rawEmbeddingRate } from './raw-embedding.js';
import { untilAborted } from './until-aborted.js';

const THREADS = 2;
const SHARE = 0.85;
const SHARED_MODELS = fileURLToPath(new URL('../../shared/models', import.meta.url));
/** Texts a run that the raw measurement tries; it is then repeated with its best. */
const BATCH_SIZES = [1, 4, 16];
/** As the ingestion hands them over. */
const TEXTS_AT_ONCE = 512;
/** Between two queries: long enough for bulk work to have the core again. */
const GAP_MS = 15;
const TURNS = 6;

interface Subject {
  model: string;
  root: string;
  texts: number;
  queries: number;
  /** Of a query's embedding beside bulk work. */
  limit: { at: 'most'; value: number; of: 'ms' | '× idle' };
}

const SUBJECTS: readonly Subject[] = [
  { model: 'all-MiniLM-L6-v2', root: BUNDLED_MODELS, texts: 1_000, queries: 300, limit: { at: 'most', value: 15, of: 'ms' } },
  { model: 'all-mpnet-base-v2', root: SHARED_MODELS, texts: 96, queries: 120, limit: { at: 'most', value: 1.5, of: '× idle' } },
];

/**
 * What of onnxruntime's own speed is left where texts of mixed lengths are embedded through the program, and how long a query's words take
 * while that goes on.
 */
export async function measureThroughput({ quick }: { quick: boolean }): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const subject of SUBJECTS) {
    // Only where somebody put it: it is not part of the program.
    if (!existsSync(join(subject.root, subject.model))) continue;
    const scaled = quick ? { ...subject, texts: subject.texts / 4, queries: subject.queries / 4 } : subject;
    figures.push(await bulkFigure(scaled, quick ? 1 : 3), await queryFigure(scaled));
  }
  return figures;
}

async function bulkFigure({ model, root, texts: count }: Subject, rounds: number): Promise<Figure> {
  const random = randomNumbers(31);
  const batches = Array.from({ length: rounds + 1 }, () => mixedTexts(random, count));
  const raw = (texts: readonly string[], batchSize: number) => rawEmbeddingRate(texts, { model, roots: [root], threads: THREADS, batchSize });
  const tried: { batchSize: number; rate: number }[] = [];
  for (const batchSize of BATCH_SIZES) tried.push({ batchSize, rate: rounded(await raw(batches[rounds]!, batchSize)) });
  const best = tried.reduce((a, b) => (b.rate > a.rate ? b : a)).batchSize;

  const rates: { raw: number; program: number }[] = [];
  await withEmbedder(root, async (embedder) => {
    await embedAll(embedder, model, batches[rounds]!);
    for (let round = 0; round < rounds; round++) {
      const texts = batches[round]!;
      const before = await raw(texts, best);
      const begun = performance.now();
      await embedAll(embedder, model, texts);
      const program = texts.length / ((performance.now() - begun) / 1_000);
      rates.push({ raw: rounded((before + (await raw(texts, best))) / 2), program: rounded(program) });
    }
  });
  const ratios = rates.map(({ raw: alone, program }) => program / alone);
  return {
    of: 'throughput', what: `${model}: ${count} texts of mixed lengths, beside onnxruntime alone`, measured: rounded(median(ratios)), unit: '×',
    limit: { at: 'least', value: SHARE },
    beside: `${median(rates.map(({ program }) => program))} of ${median(rates.map((rate) => rate.raw))} texts/s; raw at its best, ${best} a run; ratios ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`,
    details: { rates, tried, threads: THREADS, residentMb: Math.round(process.memoryUsage.rss() / 2 ** 20) },
  };
}

async function queryFigure({ model, root, texts: count, queries, limit }: Subject): Promise<Figure> {
  const random = randomNumbers(37);
  const words = Array.from({ length: queries }, () => recombined(random, 1)[0]!.split(' ').slice(0, 8).join(' '));
  const bulk = mixedTexts(random, count);
  return withEmbedder(root, async (embedder) => {
    await embedder.embedTexts(model, [words[0]!], { priority: 'query' });
    await embedAll(embedder, model, bulk.slice(0, 8));
    const idle: number[] = [];
    const busy: number[] = [];
    // In turns, so that what else the machine does hits both alike.
    for (let turn = 0; turn < TURNS; turn++) {
      const some = words.filter((_, i) => i % TURNS === turn);
      idle.push(...(await queryTimes(embedder, model, some)));
      const ending = new AbortController();
      const working = untilAborted(ending.signal, () => embedAll(embedder, model, bulk, ending.signal));
      busy.push(...(await queryTimes(embedder, model, some)));
      ending.abort();
      await working;
    }
    const inMs = limit.of === 'ms';
    const p95 = percentile(busy, 0.95);
    return {
      of: 'throughput', what: `${model}: a query's words beside bulk work, p95`, measured: rounded(inMs ? p95 : p95 / percentile(idle, 0.95)), unit: limit.of, limit,
      beside: `${rounded(median(busy))} ms median, ${rounded(p95)} ms p95; idle ${rounded(median(idle))} and ${rounded(percentile(idle, 0.95))} ms`,
      details: { idle: summary(idle), busy: summary(busy), threads: THREADS },
    };
  });
}

async function queryTimes(embedder: OnnxTextEmbedder, model: string, words: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const text of words) {
    const begun = performance.now();
    await embedder.embedTexts(model, [text], { priority: 'query' });
    times.push(performance.now() - begun);
    await pause(GAP_MS);
  }
  return times;
}

async function embedAll(embedder: OnnxTextEmbedder, model: string, texts: readonly string[], signal?: AbortSignal): Promise<void> {
  for (let from = 0; from < texts.length; from += TEXTS_AT_ONCE) await embedder.embedTexts(model, texts.slice(from, from + TEXTS_AT_ONCE), { priority: 'ingest', ...(signal && { signal }) });
}

async function withEmbedder<T>(root: string, work: (embedder: OnnxTextEmbedder) => Promise<T>): Promise<T> {
  const { OnnxTextEmbedder: Embedder } = await loadProgram();
  const embedder = new Embedder({ threads: THREADS, roots: [root] });
  try {
    return await work(embedder);
  } finally {
    await embedder.close();
  }
}
