import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import sharp from 'sharp';
import { MediaPool } from '../src/adapters/media/media-pool.js';
import { PoolMediaTensors } from '../src/adapters/media/pool-media-tensors.js';
import type { OnnxMediaModel } from '../src/adapters/models/media-models.js';
import { ModelWorkers } from '../src/adapters/models/model-workers.js';
import { MediaEmbedder } from '../src/adapters/models/media.embedder.js';
import { workerEntry } from '../src/adapters/worker-entry.js';
import { median, rounded, type Figure } from './figures.js';
import { writeRandomClip } from './random-clip.js';
import type { RawClipWork } from './raw-clip.worker.js';
import { mediaModel } from '../test/support/media-model.js';

const SAMPLES = fileURLToPath(new URL('../samples/images', import.meta.url));
/** As ingestion has them under way at once. */
const AT_ONCE = 16;
/** What is best for the raw side on one thread: 1, 4 and 8 were tried. */
const RAW_BATCH = 8;

/**
 * Pictures a second through CLIP ViT-B/32 in its full size (random weights), from JPEG files to vectors, beside onnxruntime
 * with nothing around it over the same files, decoded in the same way, in as many threads; taking turns.
 */
export async function measureClip({ quick }: { quick: boolean }): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-clip-'));
  try {
    await writeRandomClip(join(folder, 'model'));
    const paths = await writePhotographs(folder, quick ? 24 : 96);
    const model = await mediaModel('clip-vit-base-patch32', join(folder, 'model'));
    const threads = Math.min(availableParallelism(), 4);
    const [ours, raw] = [await openOurs(model, threads), await openRaw(model, paths, threads)];
    const rates: { ours: number[]; raw: number[] } = { ours: [], raw: [] };
    try {
      await ours.run(paths.slice(0, 2 * AT_ONCE));
      for (let round = 0; round < (quick ? 2 : 4); round++) {
        rates.raw.push(await rateOf(paths.length, () => raw.run()));
        rates.ours.push(await rateOf(paths.length, () => ours.run(paths)));
      }
    } finally {
      await Promise.all([ours.close(), raw.close()]);
    }
    const [own, other] = [median(rates.ours), median(rates.raw)];
    return [
      {
        of: 'clip', what: 'CLIP ViT-B/32 over JPEG files, share of raw', measured: rounded(own / other), unit: '×', limit: { at: 'least', value: 0.8 },
        beside: `${rounded(own)} pictures/s; onnxruntime alone ${rounded(other)}, ${threads} threads, decoding in both`,
        details: { pictures: paths.length, threads, rates, rawBatch: RAW_BATCH },
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function rateOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return count / ((performance.now() - begun) / 1000);
}

/** The samples as photographs of 1,280 × 960, each a little different. */
async function writePhotographs(folder: string, count: number): Promise<string[]> {
  const names = (await readdir(SAMPLES)).filter((name) => /\.(jpg|png|webp)$/.test(name));
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const path = join(folder, `${i}.jpg`);
      await sharp(join(SAMPLES, names[i % names.length]!)).rotate(i % 7).resize(1_280, 960, { fit: 'cover' }).jpeg({ quality: 85 }).toFile(path);
      return path;
    }),
  );
}

async function openOurs(model: OnnxMediaModel, threads: number) {
  const [pool, workers] = [new MediaPool(), new ModelWorkers(threads)];
  const embedder = new MediaEmbedder([model], workers, new PoolMediaTensors(pool));
  await workers.warm([model.files], 'media');
  return {
    run: (paths: readonly string[]) => {
      const limit = pLimit(AT_ONCE);
      return Promise.all(paths.map((path) => limit(() => embedder.embedMedia(model.model.name, { path, type: 'IMAGE', mimeType: 'image/jpeg' }))));
    },
    close: () => Promise.all([pool.close(), workers.close()]),
  };
}

async function openRaw({ files, form }: OnnxMediaModel, paths: readonly string[], threads: number) {
  if (form.as !== 'pixels') throw new Error(`${files.name} reads no pictures.`);
  const { spec } = form;
  const { url, execArgv } = workerEntry('raw-clip.worker', import.meta.url);
  const workers = Array.from({ length: threads }, (_, share) => {
    const work: RawClipWork = { folder: files.folder, weights: files.weights, paths: paths.filter((_path, i) => i % threads === share), spec, batchSize: RAW_BATCH };
    return new Worker(url, { execArgv, workerData: work });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return {
    run: () => Promise.all(workers.map((worker) => (worker.postMessage('go'), once(worker, 'message')))),
    close: () => Promise.all(workers.map((worker) => (worker.postMessage('end'), once(worker, 'exit')))),
  };
}
