import { spawn as spawnProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { SpawnWorker } from '../../../src/adapters/models/model-workers.js';
import { NativeGate } from '../../../src/adapters/models/native-gate.js';
import { OnnxTextEmbedder } from '../../../src/adapters/models/onnx-text.embedder.js';
import { workerEntry } from '../../../src/adapters/worker-entry.js';

const MODEL = 'all-MiniLM-L6-v2';
const UNAVAILABLE = { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'models', retryable: true } };
const long = 'Supersonic flow past a slender wing gives rise to shocks that stand off its leading edge. '.repeat(12);

const embedders: OnnxTextEmbedder[] = [];
afterEach(async () => {
  await Promise.all(embedders.splice(0).map((embedder) => embedder.close()));
});

function start(threads: number, roots?: string[]) {
  /** Those for bulk work. */
  const workers: Worker[] = [];
  const gates: NativeGate[] = [];
  /** Of each thread, whether it could be ended in the moment in which it was started. */
  const free: boolean[] = [];
  const forQueries: Worker[] = [];
  const spawn: SpawnWorker = (setup) => {
    const { url, execArgv } = workerEntry(
      'model.worker',
      new URL('../../../src/adapters/models/x.ts', import.meta.url).href,
    );
    free.push(Atomics.load(new Int32Array(setup.gate), 1) === 0);
    const worker = new Worker(url, { workerData: setup, execArgv });
    if (setup.niceness === 0) forQueries.push(worker);
    else {
      workers.push(worker);
      gates.push(new NativeGate(setup.gate));
    }
    return worker;
  };
  const embedder = new OnnxTextEmbedder({ threads, spawn, ...(roots && { roots }) });
  embedders.push(embedder);
  /** As a thread dies in JavaScript: one that dies inside onnxruntime takes the process with it. */
  const kill = (i: number) => (gates[i]!.close(10_000), workers[i]!.terminate());
  return { embedder, workers, forQueries, free, kill };
}

describe('OnnxTextEmbedder', () => {
  it('starts no thread before there is work, and as many as are worth it then', async () => {
    const { embedder, workers, forQueries } = start(2);
    expect([workers.length, forQueries.length]).toEqual([0, 0]);
    await embedder.embedTexts(MODEL, ['one'], { priority: 'query' });
    expect([workers.length, forQueries.length]).toEqual([0, 1]);
    await embedder.embedTexts(MODEL, ['one']);
    expect(workers.length).toBe(1);
    await embedder.embedTexts(
      MODEL,
      Array.from({ length: 8 }, () => long),
    );
    expect(workers.length).toBe(2);
  });

  it('lets a query overtake an ingestion that was there before', async () => {
    const { embedder } = start(1);
    await embedder.warm();
    const order: string[] = [];
    const ingestion = embedder
      .embedTexts(
        MODEL,
        Array.from({ length: 12 }, () => long),
      )
      .then(() => order.push('ingest'));
    const query = embedder
      .embedTexts(MODEL, ['what is a shock'], { priority: 'query' })
      .then(() => order.push('query'));
    await Promise.all([ingestion, query]);
    expect(order).toEqual(['query', 'ingest']);
  });

  it('lets a query overtake a text that is being cut', async () => {
    const { embedder } = start(1);
    await embedder.warm();
    const order: string[] = [];
    const split = embedder.splitPassages(MODEL, [{ text: long.repeat(2000) }]).then(() => order.push('split'));
    const query = embedder
      .embedTexts(MODEL, ['what is a shock'], { priority: 'query' })
      .then(() => order.push('query'));
    await Promise.all([split, query]);
    expect(order).toEqual(['query', 'split']);
  });

  it('leaves this thread free while it cuts and embeds', async () => {
    const { embedder } = start(1);
    await embedder.warm();
    let turns = 0;
    let working = true;
    const work = Promise.all([
      embedder.splitPassages(MODEL, [{ text: long.repeat(1000) }]),
      embedder.embedTexts(
        MODEL,
        Array.from({ length: 10 }, () => long),
      ),
    ]).finally(() => (working = false));
    while (working) {
      await setImmediate();
      turns++;
    }
    const [[passages]] = await work;
    expect(passages!.length).toBeGreaterThan(500);
    // Done on this thread it would be some ten turns of the event loop.
    expect(turns).toBeGreaterThan(500);
  });

  it('gives up what was aborted and goes on with the rest', async () => {
    const { embedder } = start(1);
    const controller = new AbortController();
    const given = embedder.embedTexts(
      MODEL,
      Array.from({ length: 200 }, () => long),
      { signal: controller.signal },
    );
    const kept = embedder.embedTexts(MODEL, ['kept']);
    controller.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect((await kept).length).toBe(1);
  });

  it('fails what a dead worker had, and answers the next call with a new one', async () => {
    const { embedder, workers, kill } = start(1);
    await embedder.warm();
    const pending = embedder.embedTexts(
      MODEL,
      Array.from({ length: 50 }, () => long),
    );
    const failure = expect(pending).rejects.toMatchObject(UNAVAILABLE);
    await kill(0);
    await failure;
    expect((await embedder.embedTexts(MODEL, ['again'])).length).toBe(1);
    expect(workers.length).toBe(2);
  });

  // Loading the runtime is a call of it, too: whoever ends the thread then takes the process down.
  it('is inside the runtime from its start on, and free to end once it has answered', async () => {
    const { embedder, free, kill } = start(1);
    await embedder.embedTexts(MODEL, ['one']);
    expect(free).toEqual([false]);
    await kill(0);
  });

  it('lets the process end in the middle of a run', async () => {
    const script = fileURLToPath(new URL('../../fixtures/workers/exit-midway.ts', import.meta.url));
    const hooks = new URL('../../../src/adapters/worker-typescript.ts', import.meta.url).href;
    const child = spawnProcess(process.execPath, ['--import', hooks, script], { stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(complaint).not.toContain('Napi::Error');
    expect(code).toBe(7);
  });

  it('keeps the other workers’ answers when one dies', async () => {
    const { embedder, kill } = start(2);
    await embedder.warm();
    const calls = Array.from({ length: 12 }, () => embedder.embedTexts(MODEL, [long]));
    void kill(0);
    const results = await Promise.allSettled(calls);
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(UNAVAILABLE);
  });

  it('fails, rather than hangs, where weights cannot be read, and tries again with the next call', async () => {
    const root = mkdtempSync(join(tmpdir(), 'strata-models-'));
    const folder = join(root, MODEL, 'onnx');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'model_quantized.onnx'), 'no weights');
    const { embedder } = start(2, [root]);
    const calls = Array.from({ length: 5 }, () => embedder.embedTexts(MODEL, ['a']));
    for (const result of await Promise.allSettled(calls))
      expect(result).toMatchObject({ status: 'rejected', reason: UNAVAILABLE });
    await expect(embedder.embedTexts(MODEL, ['a'])).rejects.toMatchObject(UNAVAILABLE);
    rmSync(root, { recursive: true });
  });

  it('has the model NOT_CONFIGURED where its folder is missing', async () => {
    const { embedder } = start(1, [join(tmpdir(), 'no-models-here')]);
    expect(embedder.models().every(({ available, active }) => !available && !active)).toBe(true);
    await expect(embedder.embedTexts(MODEL, ['a'])).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      extensions: { setting: 'embedding.models' },
    });
  });

  it('refuses media', async () => {
    const { embedder } = start(1);
    await expect(
      embedder.embedMedia(MODEL, { path: 'x.png', type: 'IMAGE', mimeType: 'image/png' }),
    ).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('ends its threads when it is closed, failing what waits', async () => {
    const { embedder, workers } = start(2);
    const pending = embedder.embedTexts(
      MODEL,
      Array.from({ length: 100 }, () => long),
    );
    const failure = expect(pending).rejects.toMatchObject(UNAVAILABLE);
    const exits = workers.map((worker) => once(worker, 'exit'));
    expect(exits.length).toBe(2);
    await embedder.close();
    await failure;
    await Promise.all(exits);
  });
});
