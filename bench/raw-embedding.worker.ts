/**
 * One thread of `raw-embedding.ts`: loads, tokenises, says it is ready, and runs its batches as fast as it can when
 * told to.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { TextModelFiles } from '../src/adapters/models/text-model.js';
import { TextModel } from '../src/adapters/models/text-model.js';
import { BULK_NICENESS, lowerThreadPriority } from '../src/adapters/models/thread-priority.js';

export interface RawWork {
  files: TextModelFiles;
  texts: readonly string[];
  threads: number;
  batchSize: number;
}

const { files, texts, threads, batchSize } = workerData as RawWork;
// As the product's threads for bulk work: what else the machine does hits both alike.
lowerThreadPriority(BULK_NICENESS);
const port = parentPort!;
const model = await TextModel.load(files, threads);
const ids = texts.map((text) => model.encode(text)).sort((a, b) => a.length - b.length);
const batches = Array.from({ length: Math.ceil(ids.length / batchSize) }, (_, i) =>
  ids.slice(i * batchSize, (i + 1) * batchSize),
);
await model.run(batches.at(-1)!);

port.once('message', async () => {
  for (const batch of batches) await model.run(batch);
  port.postMessage('done');
  await model.dispose();
  port.close();
});
port.postMessage('ready');
