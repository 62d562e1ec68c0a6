/** A process of `memory.ts`: embeds in bulk, through the program or by sessions alone, and says what it held. */
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { findModel, MODEL_ROWS } from '../src/adapters/models/registry.js';
import { workerEntry } from '../src/adapters/worker-entry.js';
import { randomNumbers } from '../test/support/random-numbers.js';
import { mixedTexts } from './corpus.js';
import type { RawWork } from './raw-embedding.worker.js';

export interface MemoryWork {
  as: 'program' | 'raw';
  model: string;
  root: string;
  texts: number;
  threads: number;
}

/** Resident memory in MB. */
export interface MemoryReport {
  /** Before any session was opened. */
  beforeMb: number;
  tenthMb: number;
  endMb: number;
  peakMb: number;
  /** Sessions that were open at once. */
  sessions: number;
}

const TENTHS = 10;
const residentMb = () => Math.round(process.memoryUsage.rss() / 1e6);

async function throughProgram({ model, root, texts, threads }: MemoryWork): Promise<MemoryReport> {
  // As built: what it holds is what a server holds.
  const { OnnxTextEmbedder } = (await import(new URL('../dist/adapters/models/onnx-text.embedder.js', import.meta.url).href)) as typeof import('../src/adapters/models/onnx-text.embedder.js');
  const random = randomNumbers(43);
  const embedder = new OnnxTextEmbedder({ threads, roots: [root] });
  const beforeMb = residentMb();
  await embedder.embedTexts(model, ['a query'], { priority: 'query' });
  const after: number[] = [];
  for (let tenth = 0; tenth < TENTHS; tenth++) {
    await embedder.embedTexts(model, mixedTexts(random, Math.ceil(texts / TENTHS)));
    await turn();
    after.push(residentMb());
  }
  await embedder.close();
  // The thread for queries has a session, too.
  return { beforeMb, tenthMb: after[0]!, endMb: after.at(-1)!, peakMb: peakMb(), sessions: threads + 1 };
}

async function bySessions({ model, root, texts, threads }: MemoryWork): Promise<MemoryReport> {
  const files = findModel(MODEL_ROWS.find(({ name }) => name === model)!, [root])!;
  const all = mixedTexts(randomNumbers(43), texts);
  const beforeMb = residentMb();
  const { url, execArgv } = workerEntry('raw-embedding.worker', import.meta.url);
  const workers = Array.from({ length: threads }, (_, share) => {
    const workerData: RawWork = { files, threads: 1, batchSize: 1, texts: all.filter((_, i) => i % threads === share) };
    return new Worker(url, { execArgv, workerData });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const tenthMb = residentMb();
  const ended = workers.map((worker) => once(worker, 'exit'));
  const done = workers.map((worker) => once(worker, 'message'));
  for (const worker of workers) worker.postMessage('go');
  await Promise.all(done);
  const endMb = residentMb();
  await Promise.all(ended);
  return { beforeMb, tenthMb, endMb, peakMb: peakMb(), sessions: threads };
}

const peakMb = () => Math.round((process.resourceUsage().maxRSS * 1_024) / 1e6);

const work = JSON.parse(process.argv[2]!) as MemoryWork;
process.send!(await (work.as === 'program' ? throughProgram(work) : bySessions(work)));
process.disconnect();
