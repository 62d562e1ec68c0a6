import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BUNDLED_MODELS, findModel, MODEL_ROWS } from '../src/adapters/models/registry.js';
import { TextModel } from '../src/adapters/models/text-model.js';
import { randomNumbers } from '../test/support/random-numbers.js';
import { recombined } from './corpus.js';
import { median, rounded, type Figure } from './figures.js';
import { rawEmbeddingRate } from './raw-embedding.js';
import { inFolder, ingestTexts, untilQuiet, untilReady, withServer, type BenchServer } from './server.js';

const MODEL = 'all-MiniLM-L6-v2';
const THREADS = 2;
const TOKENS = 64;
const SHARE = 0.6;

/**
 * Texts through `ingestTexts` until the last is READY, beside onnxruntime alone on as many threads, in turns; the work behind
 * READY is waited for before the other has its turn.
 */
export async function measureIngestion({ quick }: { quick: boolean }): Promise<Figure[]> {
  const count = quick ? 300 : 1_000;
  const rounds = quick ? 2 : 5;
  const random = randomNumbers(11);
  const batches = await textsOfTokens(random, rounds + 1, count);
  const rates: { raw: number; product: number; quietAfter: number }[] = [];
  await inFolder((folder) =>
    withServer(
      join(folder, 'data'),
      async (server) => {
        await productRate(server, batches[rounds]!.slice(0, 100), Infinity);
        for (let round = 0; round < rounds; round++) {
          const raw = await bestRaw(batches[round]!);
          const { rate, quietAfter } = await productRate(server, batches[round]!, raw);
          rates.push({ raw: rounded((raw + (await bestRaw(batches[round]!))) / 2), product: rounded(rate), quietAfter: rounded(quietAfter) });
        }
      },
      `embedding: { threads: ${THREADS} }`,
    ),
  );
  const ratios = rates.map(({ raw, product }) => product / raw);
  return [
    {
      of: 'ingestion', what: `${count.toLocaleString('en')} texts of ${TOKENS} tokens to READY, beside onnxruntime alone`, measured: rounded(median(ratios)), unit: '×',
      limit: { at: 'least', value: SHARE },
      beside: `${rounded(median(rates.map(({ product }) => product)))} of ${rounded(median(rates.map(({ raw }) => raw)))} texts/s; ratios ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`,
      details: { rates, ratios: ratios.map(rounded), threads: THREADS },
    },
  ];
}

async function bestRaw(texts: readonly string[]): Promise<number> {
  const single = await rawEmbeddingRate(texts, { threads: THREADS });
  const batched = await rawEmbeddingRate(texts, { threads: THREADS, batchSize: 8 });
  return Math.max(single, batched);
}

/** @param fastest texts a second; nobody asks whether they are READY before they can be: who reads all the time is another figure */
async function productRate(server: BenchServer, texts: readonly string[], fastest: number): Promise<{ rate: number; quietAfter: number }> {
  const begun = performance.now();
  await ingestTexts(server, texts.map((text) => ({ text })));
  await pause(Math.max(0, (texts.length / fastest) * 1_000 - (performance.now() - begun)));
  await untilReady(server);
  const ready = performance.now();
  await untilQuiet(server);
  return { rate: texts.length / ((ready - begun) / 1_000), quietAfter: (performance.now() - ready) / 1_000 };
}

/** Distinct texts that the model reads as exactly so many tokens, its start and end included. */
async function textsOfTokens(random: () => number, batches: number, count: number): Promise<string[][]> {
  const model = await TextModel.load(findModel(MODEL_ROWS.find(({ name }) => name === MODEL)!, [BUNDLED_MODELS])!);
  const text = () => {
    const words = recombined(random, 5).join(' ').split(' ');
    for (let length = 30; length < words.length; length++) {
      const cut = words.slice(0, length).join(' ');
      const tokens = model.encode(cut).length;
      if (tokens === TOKENS) return cut;
      if (tokens > TOKENS) return null;
    }
    return null;
  };
  const result = Array.from({ length: batches }, () => {
    const texts = new Set<string>();
    while (texts.size < count) {
      const made = text();
      if (made !== null) texts.add(made);
    }
    return [...texts];
  });
  await model.dispose();
  return result;
}
