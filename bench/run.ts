/**
 * Measures the built program: `npm run bench [-- --only start,search] [--quick]`. Prints a table, and writes everything behind
 * it to bench/results/<date>.json; exits with 1 where one failed, or misses its limit. The measurements: start, ingestion,
 * throughput, requests, memory, search, objects, upload, annotations, quality, quality-mpnet, clip, recall, and over real servers,
 * which it starts, where they are installed: presign, cache, weaviate, weaviate-api, recall-weaviate, recall-chroma, workers.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { silenceNativeLibraries } from '../src/config/native-libraries.js';
import { startServices } from '../scripts/services/start.js';
import type { ServiceName } from '../test/support/services.js';
import { measureAnnotations } from './annotations.js';
import { measureCache } from './cache.js';
import { measureClip } from './clip.js';
import { holds, rounded, type Figure } from './figures.js';
import { measureIngestion } from './ingestion.js';
import { loadLibrary, type Library } from './library.js';
import { measureMemory } from './memory.js';
import { measureObjects } from './objects.js';
import { measurePresign } from './presign.js';
import { measureMpnetQuality, measureQuality } from './quality.js';
import { measureRecall, measureRecallInChroma, measureRecallInWeaviate } from './recall/recall.js';
import { measureRequests } from './requests.js';
import { measureSearch } from './search.js';
import { measureStart } from './start.js';
import { measureThroughput } from './throughput.js';
import { measureUpload } from './upload.js';
import { measureWeaviate } from './weaviate.js';
import { measureWeaviateApi } from './weaviate-api.js';
import { measureWorkers } from './workers.js';

silenceNativeLibraries();
const RESULTS = fileURLToPath(new URL('results', import.meta.url));
const PASSAGES = 20_000;
const QUICK_PASSAGES = 2_000;

interface Conditions {
  quick: boolean;
  /** Loaded once, by the first that needs it. */
  library(): Promise<Library>;
}

const MEASUREMENTS: Readonly<Record<string, (conditions: Conditions) => Promise<Figure[]>>> = {
  start: measureStart,
  upload: measureUpload,
  annotations: measureAnnotations,
  ingestion: measureIngestion,
  throughput: measureThroughput,
  requests: measureRequests,
  memory: measureMemory,
  quality: measureQuality,
  'quality-mpnet': measureMpnetQuality,
  clip: measureClip,
  objects: measureObjects,
  search: measureSearch,
  recall: measureRecall,
  presign: measurePresign,
  cache: over(['redis'], measureCache),
  weaviate: over(['weaviate'], measureWeaviate),
  'weaviate-api': over(['weaviate', 'postgres'], measureWeaviateApi),
  'recall-weaviate': over(['weaviate'], measureRecallInWeaviate),
  'recall-chroma': over(['chroma'], measureRecallInChroma),
  workers: over(['postgres', 'redis', 's3', 'toxiproxy'], measureWorkers),
};

/** With these servers up; they are started for it, and end with it. */
function over(only: readonly ServiceName[], measure: (conditions: Conditions) => Promise<Figure[]>): (conditions: Conditions) => Promise<Figure[]> {
  return async (conditions) => {
    const services = await startServices({ only });
    try {
      const missing = [...services.missing].map(([name, why]) => `${name}: ${why}`);
      if (missing.length > 0) throw new Error(`Not measured, since a server is missing. ${missing.join('; ')}`);
      Object.assign(process.env, services.environment());
      return await measure(conditions);
    } finally {
      await services.stop();
    }
  };
}

const { values: options } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } });
const wanted = options.only?.split(',') ?? Object.keys(MEASUREMENTS);
const unknown = wanted.filter((name) => !(name in MEASUREMENTS));
if (unknown.length > 0) {
  console.error(`There is no measurement ${unknown.join(', ')}; there are ${Object.keys(MEASUREMENTS).join(', ')}.`);
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
const startedAt = new Date();
let library: Promise<Library> | undefined;
const conditions: Conditions = {
  quick: options.quick,
  library: () => (library ??= loadLibrary(folder, options.quick ? QUICK_PASSAGES : PASSAGES)),
};
const figures: (Figure & { load: number[] })[] = [];
const failures: { of: string; error: string }[] = [];
try {
  for (const name of wanted) {
    console.error(`${name} …`);
    try {
      const measured = await MEASUREMENTS[name]!(conditions);
      figures.push(...measured.map((figure) => ({ ...figure, load: loadavg().map(rounded) })));
    } catch (error) {
      console.error(error);
      failures.push({ of: name, error: String(error) });
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(table(figures));
console.log(`written to ${await keep()}`);
const missed = figures.filter((figure) => !holds(figure));
if (missed.length > 0) console.error(`${missed.length} of ${figures.length} figures miss their limits.`);
process.exitCode = failures.length + missed.length > 0 ? 1 : 0;

function table(rows: readonly Figure[]): string {
  const drawn = new Table({ head: ['what', 'measured', 'limit', 'holds', 'beside'], colWidths: [44, 14, 14, 7, 62], wordWrap: true });
  for (const figure of rows) {
    const { what, measured, unit, limit, beside } = figure;
    drawn.push([what, `${measured} ${unit}`, `${limit.at === 'most' ? '≤' : '≥'} ${limit.value} ${unit}`, holds(figure) ? 'yes' : 'NO', beside]);
  }
  return drawn.toString();
}

async function keep(): Promise<string> {
  await mkdir(RESULTS, { recursive: true });
  const path = join(RESULTS, `${startedAt.toISOString().replaceAll(':', '-').slice(0, 19)}.json`);
  const machine = {
    cores: availableParallelism(), processor: cpus()[0]?.model, memoryGiB: rounded(totalmem() / 2 ** 30), node: process.version, load: loadavg().map(rounded),
  };
  const kept = figures.map((figure) => ({ ...figure, holds: holds(figure) }));
  await writeFile(path, `${JSON.stringify({ startedAt, quick: options.quick, machine, figures: kept, failures }, null, 2)}\n`);
  return path;
}
