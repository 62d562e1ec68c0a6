import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ModelWorkers } from '../../../src/adapters/models/model-workers.js';
import { OnnxTextEmbedder } from '../../../src/adapters/models/onnx-text.embedder.js';
import { BULK_NICENESS } from '../../../src/adapters/models/thread-priority.js';
import { tinyTextModel } from '../../support/tiny-text-model.js';
import { watchedWorkers } from '../../support/watched-workers.js';

const MINILM = 'all-MiniLM-L6-v2';
const folder = mkdtempSync(join(tmpdir(), 'strata-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

let workers: ModelWorkers;
afterEach(() => workers.close());

/** Answers, for each row, the number of rows that ran with it and 1. @param operator a name that the graph has somewhere */
const counting = (name: string, operator = 'count') =>
  tinyTextModel(folder, name, {
    dimensions: 2,
    longs: { zero: { dims: [1], values: [0] }, two: { dims: [1], values: [2] }, [operator]: { dims: [1], values: [1] } },
    nodes: [
      { op: 'Shape', inputs: ['input_ids'], outputs: ['shape'] },
      { op: 'Gather', inputs: ['shape', 'zero'], outputs: ['rows'] },
      { op: 'Concat', inputs: ['rows', operator], outputs: ['pair'], attributes: { axis: 0 } },
      { op: 'Cast', inputs: ['pair'], outputs: ['values'], attributes: { to: 1 } },
      { op: 'Concat', inputs: ['shape', 'two'], outputs: ['wanted'], attributes: { axis: 0 } },
      { op: 'Expand', inputs: ['values', 'wanted'], outputs: ['last_hidden_state'] },
    ],
  });
/** Ones, under the name that sentence-transformers' own exports have. */
const pooledBesides = () =>
  tinyTextModel(folder, 'pooled-besides', {
    dimensions: 1,
    answers: 'token_embeddings',
    longs: { axis: { dims: [1], values: [2] } },
    nodes: [
      { op: 'Cast', inputs: ['attention_mask'], outputs: ['x'], attributes: { to: 1 } },
      { op: 'Unsqueeze', inputs: ['x', 'axis'], outputs: ['token_embeddings'] },
    ],
  });
const rowsOf = (vector: Float32Array) => Math.round(vector[0]! / vector[1]!);

describe('texts of several callers', () => {
  const ask = (model: ReturnType<typeof counting>, urgent: boolean) =>
    Promise.all(['a cat', 'a mat', 'a hat'].map((text) => workers.run({ op: 'embed', model, texts: [text] }, { urgent, cost: 5 })));

  it('run together where rows are independent of each other', async () => {
    workers = new ModelWorkers(1);
    const model = counting('independent');
    for (const urgent of [true, false]) expect((await ask(model, urgent)).map(rowsOf)).toEqual([3, 3, 3]);
  });

  it('are read from what sentence-transformers exports call their tokens’ vectors', async () => {
    workers = new ModelWorkers(1);
    expect(await workers.run({ op: 'embed', model: pooledBesides(), texts: ['a cat'] }, { urgent: true, cost: 5 })).toEqual(new Float32Array([1]));
  });

  it('run each alone where weights are quantised while they run', async () => {
    workers = new ModelWorkers(1);
    expect((await ask(counting('dependent', 'DynamicQuantizeLinear'), false)).map(rowsOf)).toEqual([1, 1, 1]);
  });
});

describe('an answer that is of no use', () => {
  // x / x with x = 0 for "cat", whose token is 4937.
  const noNumberForCats = () =>
    tinyTextModel(folder, 'no-number', {
      dimensions: 1,
      longs: { cat: { dims: [1], values: [4937] }, axis: { dims: [1], values: [2] } },
      nodes: [
        { op: 'Sub', inputs: ['input_ids', 'cat'], outputs: ['difference'] },
        { op: 'Cast', inputs: ['difference'], outputs: ['x'], attributes: { to: 1 } },
        { op: 'Div', inputs: ['x', 'x'], outputs: ['one'] },
        { op: 'Unsqueeze', inputs: ['one', 'axis'], outputs: ['last_hidden_state'] },
      ],
    });
  const zeros = (name: string, says: number) =>
    tinyTextModel(folder, name, {
      dimensions: 1,
      says,
      longs: { axis: { dims: [1], values: [2] } },
      nodes: [
        { op: 'Sub', inputs: ['input_ids', 'input_ids'], outputs: ['nothing'] },
        { op: 'Cast', inputs: ['nothing'], outputs: ['x'], attributes: { to: 1 } },
        { op: 'Unsqueeze', inputs: ['x', 'axis'], outputs: ['last_hidden_state'] },
      ],
    });

  it('fails whose text it is, and not those whose texts ran with it', async () => {
    workers = new ModelWorkers(1);
    const model = noNumberForCats();
    const [cat, mat] = await Promise.allSettled(
      ['cat', 'mat'].map((text) => workers.run({ op: 'embed', model, texts: [text] }, { urgent: false, cost: 5 })),
    );
    expect(mat).toMatchObject({ status: 'fulfilled', value: new Float32Array([1]) });
    expect(cat).toMatchObject({ status: 'rejected', reason: { code: 'NOT_CONFIGURED', extensions: { dependency: 'models' } } });
    expect(String((cat as PromiseRejectedResult).reason)).toContain('not a finite number');
  });

  it('is refused where it is zeros, or of other dimensions', async () => {
    workers = new ModelWorkers(1);
    for (const [model, words] of [[zeros('zeros', 1), 'a vector of zeros'], [zeros('other', 384), 'vectors of 1 dimensions']] as const) {
      const asked = workers.run({ op: 'embed', model, texts: ['mat'] }, { urgent: false, cost: 5 });
      await expect(asked).rejects.toThrow(words);
    }
  });
});

describe('ModelWorkers', () => {
  it('lets callers take turns', async () => {
    const { sent, spawn } = watchedWorkers();
    workers = new ModelWorkers(1, { spawn });
    const embedder = new OnnxTextEmbedder({ workers });
    const much = new AbortController();
    const texts = Array.from({ length: 300 }, (_, i) => `${i} ${'many words of a long text '.repeat(30)}`);
    const bulk = embedder.embedTexts(MINILM, texts, { signal: much.signal }).catch(() => 'given up');
    await embedder.embedTexts(MINILM, ['one small text']);
    // What the thread had been given ahead, and a turn or two.
    expect(sent.length).toBeLessThan(10);
    much.abort();
    expect(await bulk).toBe('given up');
  });

  it('hands a long text over in part, and never much at a time', async () => {
    const { sent, spawn } = watchedWorkers();
    workers = new ModelWorkers(2, { spawn });
    const embedder = new OnnxTextEmbedder({ workers });
    const text = 'a word or two of it, and then some more. '.repeat(130_000);
    const [vector] = await embedder.embedTexts(MINILM, [text]);
    expect(vector!.length).toBe(384);
    expect(sent.map(({ request }) => (request.op === 'embed' ? request.texts[0]!.length : 0))).toEqual([100_000]);

    const [spans] = await embedder.splitPassages(MINILM, [{ text }]);
    expect(spans!.length).toBeGreaterThan(5_000);
    expect(spans!.at(-1)!.end).toBe(text.length - 1);
    sent.length = 0;
    const given = new AbortController();
    const all = embedder.embedTexts(MINILM, spans!.map(({ start, end }) => text.slice(start, end)), { signal: given.signal });
    all.catch(() => 'given up');
    // Before anything was answered: two tasks for each of two threads.
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.reduce((sum, { request }) => sum + (request.op === 'embed' ? request.texts.join('').length : 0), 0)).toBeLessThan(10_000);
    given.abort(new Error('enough'));
    await expect(all).rejects.toThrow('enough');
  });

  it('ends threads for bulk work that rest, and starts others when there is work again', async () => {
    const { spawned, spawn } = watchedWorkers();
    workers = new ModelWorkers(1, { spawn, restMs: 20 });
    const model = counting('resting');
    const ask = () => workers.run({ op: 'embed', model, texts: ['a cat'] }, { urgent: false, cost: 5 });
    await ask();
    await once(spawned[0]!, 'exit');
    expect(rowsOf(await ask())).toBe(1);
    expect(spawned.length).toBe(2);
  });

  it('keeps a second urgent task from waiting where another thread has the model and nothing to do', async () => {
    const { sent, spawn } = watchedWorkers();
    workers = new ModelWorkers(1, { spawn });
    const model = counting('shared');
    const ask = (urgent: boolean) => workers.run({ op: 'embed', model, texts: ['a cat'] }, { urgent, cost: 5 });
    await ask(false);
    expect((await Promise.all([ask(true), ask(true)])).map(rowsOf)).toEqual([1, 1]);
    expect(sent.length).toBe(3);
  });

  it('runs what a query’s file comes to behind the words that others search with', async () => {
    workers = new ModelWorkers(1);
    const order: string[] = [];
    const ask = async (name: string, lengthy: boolean) => {
      await workers.run({ op: 'embed', model: counting(name), texts: ['a cat'] }, { urgent: true, lengthy, cost: 5 });
      order.push(name);
    };
    await Promise.all([ask('file 1', true), ask('file 2', true), ask('file 3', true), ask('words', false)]);
    // The first may be under way when the words come.
    expect(order.indexOf('words')).toBeLessThan(2);
    expect(order.filter((name) => name !== 'words')).toEqual(['file 1', 'file 2', 'file 3']);
  });

  it('asks a thread that rests to load a model where much is urgent', async () => {
    const { sent, spawned, spawn } = watchedWorkers();
    workers = new ModelWorkers(1, { spawn });
    await workers.run({ op: 'embed', model: counting('bulk'), texts: ['a cat'] }, { urgent: false, cost: 5 });
    const model = counting('urgent');
    const ask = (cost: number) => workers.run({ op: 'embed', model, texts: ['a cat'] }, { urgent: true, cost });
    await Promise.all([ask(1_000), ask(1_000), ask(1_000)]);
    // The second goes to the one that rests; then both have something to do.
    const [resting, forQueries] = spawned;
    expect(sent.map(({ to }) => to)).toEqual([resting, forQueries, resting, forQueries]);
  });

  it.runIf(process.platform === 'linux')('lets bulk work step back behind queries and everything else', async () => {
    workers = new ModelWorkers(2);
    const before = niceThreads();
    await workers.warm([counting('nice')]);
    expect(niceThreads() - before).toBe(2);
    expect(getPriority()).toBe(0);
  });
});

const niceThreads = () => readdirSync('/proc/self/task').filter((tid) => getPriority(Number(tid)) === BULK_NICENESS).length;
