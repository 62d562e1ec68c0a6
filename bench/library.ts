import { join } from 'node:path';
import type { Embedder } from '../src/ports/embedder.port.js';
import type { Viewer } from '../src/domain/model.js';
import { randomNumbers } from '../test/support/random-numbers.js';
import { recombined, sentences } from './corpus.js';
import { rounded } from './figures.js';
import { loadProgram } from './program.js';

/** Who comes without a key. */
export const VIEWER: Viewer = { id: 'anonymous', tenantId: 'default', role: 'admin' };
const MODEL = 'all-MiniLM-L6-v2';
/** About 120 tokens a passage. */
const SENTENCES_A_PASSAGE = 5;
const TEXTS_A_CALL = 500;

/** A data folder with many texts of one passage each, ready to be searched. */
export interface Library {
  dataDir: string;
  objectIds: readonly string[];
  details: Record<string, unknown>;
}

/**
 * Through the program's own intake and ingestion, but for two things that would take an hour: a passage's vector is made of its
 * sentences' vectors, each of which is computed once, and the system's annotators have nothing to do.
 */
export async function loadLibrary(folder: string, passages: number): Promise<Library> {
  const dataDir = join(folder, 'library');
  const { compose, createServices, loadConfig } = await loadProgram();
  const config = loadConfig({ overrides: { dataDir, port: 0 } });
  const jobs = { ...config.limits.jobs, kinds: [] };
  const app = await compose({ ...config, server: { ...config.server, logLevel: 'warn' }, limits: { ...config.limits, jobs } });
  try {
    const begun = performance.now();
    const known = new Map((await app.deps.embedder.embedTexts(MODEL, sentences)).map((vector, i) => [sentences[i]!, vector]));
    const embedded = performance.now();

    const random = randomNumbers(23);
    const texts = new Map<string, Float32Array>();
    while (texts.size < passages) {
      const parts = recombined(random, SENTENCES_A_PASSAGE);
      texts.set(parts.join(' '), meanOf(parts.map((part) => known.get(part)!)));
    }
    const embedder: Embedder = {
      models: () => app.deps.embedder.models(),
      embedMedia: (...args) => app.deps.embedder.embedMedia(...args),
      embedMediaForAll: (...args) => app.deps.embedder.embedMediaForAll(...args),
      splitPassages: (_model, wanted) => Promise.resolve(wanted.map(({ text }) => [{ start: 0, end: text.length, tokens: 0 }])),
      embedTexts: (_model, wanted) => Promise.resolve(wanted.map((text) => texts.get(text)!)),
      close: () => Promise.resolve(),
    };
    const { services, handlers } = createServices({ ...app.deps, embedder, modelsInUse: app.modelsInUse }, {});
    const objectIds: string[] = [];
    const inputs = [...texts.keys()].map((text, index) => ({ text, filename: `passage-${index}.txt`, metadata: { shelf: index % 20, part: { of: 'library' } } }));
    for (let from = 0; from < inputs.length; from += TEXTS_A_CALL) {
      const results = await services.ingestions.ingestTexts(VIEWER, inputs.slice(from, from + TEXTS_A_CALL));
      const ingested = results.map((result) => {
        if (result instanceof Error) throw result;
        return result;
      });
      await handlers.ingest(ingested.map(({ ingestion }) => ingestion.id), new AbortController().signal);
      objectIds.push(...ingested.map(({ object }) => object.id));
    }
    const written = performance.now();
    // The jobs' work is done or not wanted.
    await app.engine.sql.query('DELETE FROM pgboss.job');
    await app.engine.sql.query(`UPDATE ingestions SET status = 'SUCCEEDED', stage = 'DONE', progress = 1, finished_at = now()`);
    await app.deps.vectors.optimize?.();
    const indexed = performance.now();
    await app.deps.keywords.optimize();
    await app.engine.sql.query('VACUUM (ANALYZE)');
    const settled = performance.now();
    const seconds = (from: number, to: number) => rounded((to - from) / 1_000);
    return {
      dataDir,
      objectIds,
      details: {
        passages, embeddingSeconds: seconds(begun, embedded), writingSeconds: seconds(embedded, written), vectorIndexSeconds: seconds(written, indexed),
        keywordIndexSeconds: seconds(indexed, settled),
      },
    };
  } finally {
    await app.stop();
  }
}

function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]!.length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}
