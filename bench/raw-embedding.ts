import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { BUNDLED_MODELS, findModel, MODEL_ROWS } from '../src/adapters/models/registry.js';
import { workerEntry } from '../src/adapters/worker-entry.js';
import type { RawWork } from './raw-embedding.worker.js';

export interface RawRateOptions {
  model?: string;
  /** Where its folder is; the bundled ones by default. */
  roots?: readonly string[];
  /** Threads in all. */
  threads: number;
  /** Texts a run; 1 is what the product does with weights that are quantised dynamically. */
  batchSize?: number;
  /** Sessions that share the threads; as many as threads is what the product does. */
  sessions?: number;
}

/**
 * Texts a second that onnxruntime embeds with nothing around it: same weights, session options and priority, texts tokenised
 * beforehand, sorted by length, divided evenly; no queue and no messages while the clock runs.
 */
export async function rawEmbeddingRate(
  texts: readonly string[],
  { model = 'all-MiniLM-L6-v2', roots = [BUNDLED_MODELS], threads, batchSize = 1, sessions = threads }: RawRateOptions,
): Promise<number> {
  const files = findModel(
    MODEL_ROWS.find(({ name }) => name === model)!,
    roots,
  )!;
  const { url, execArgv } = workerEntry('raw-embedding.worker', import.meta.url);
  const workers = Array.from({ length: sessions }, (_, share) => {
    const work: RawWork = {
      files,
      threads: Math.floor(threads / sessions),
      batchSize,
      texts: texts.filter((_, i) => i % sessions === share),
    };
    return new Worker(url, { execArgv, workerData: work });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const ended = workers.map((worker) => once(worker, 'exit'));
  const started = performance.now();
  const done = workers.map((worker) => once(worker, 'message'));
  for (const worker of workers) worker.postMessage('go');
  await Promise.all(done);
  const seconds = (performance.now() - started) / 1000;
  await Promise.all(ended);
  return texts.length / seconds;
}
