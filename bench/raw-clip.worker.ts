/** One thread of the raw side of `clip.ts`: decodes its share of the files and runs them in batches, one after the other. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { preparePixels } from '../src/adapters/media/images/clip-pixels.js';
import { decodeRgb } from '../src/adapters/media/images/decode-rgb.js';
import { DEFAULT_LIMITS } from '../src/adapters/media/limits.js';
import { sessionOptions } from '../src/adapters/models/session.js';
import type { PixelSpec } from '../src/ports/media-tensors.port.js';

export interface RawClipWork {
  folder: string;
  weights: string;
  paths: readonly string[];
  spec: PixelSpec;
  batchSize: number;
}

const { folder, weights, paths, spec, batchSize } = workerData as RawClipWork;
const port = parentPort!;
const session = await InferenceSession.create(join(folder, weights), sessionOptions(1));
const area = 3 * spec.crop * spec.crop;

async function run(batch: readonly string[]): Promise<void> {
  const pixels = new Float32Array(batch.length * area);
  for (const [i, path] of batch.entries()) {
    const picture = await decodeRgb(path, 'image/jpeg', (await stat(path)).size, DEFAULT_LIMITS, 2 * spec.side);
    pixels.set(preparePixels(picture, spec), i * area);
  }
  await session.run({ pixel_values: new Tensor('float32', pixels, [batch.length, 3, spec.crop, spec.crop]) });
}

await run(paths.slice(0, batchSize));
port.on('message', async (message) => {
  if (message === 'end') {
    await session.release();
    port.close();
    return;
  }
  for (let from = 0; from < paths.length; from += batchSize) await run(paths.slice(from, from + batchSize));
  port.postMessage('done');
});
port.postMessage('ready');
