import { describe, expect, it } from 'vitest';
import type { ModelFiles } from '../../../../src/adapters/models/model.messages.js';
import type { ModelWorkers, RunOptions } from '../../../../src/adapters/models/model-workers.js';
import { TensorBatches } from '../../../../src/adapters/models/tensor-batches.js';
import { dependencyUnavailable, unusableModel } from '../../../../src/domain/errors.js';

const MODEL: ModelFiles = { name: 'waves', kind: 'onnx-wav2vec2', folder: '', weights: '' };
/** Half of what may wait, and a little more. */
const LARGE = 9 * 1024 * 1024;

/** Threads that answer when they are told to. */
function opened() {
  const asked: { options: RunOptions; answer(): void }[] = [];
  const run = (_request: unknown, options: RunOptions) => new Promise<Float32Array>((resolve) => asked.push({ options, answer: () => resolve(Float32Array.of(1)) }));
  const batches = new TensorBatches({ run } as unknown as ModelWorkers, MODEL, 1, { most: 1, runs: 1, costOf: (values) => values, shapeOf: (rows, values) => [rows, values] });
  return { asked, batches };
}
const settled = async (work: Promise<unknown>) => Promise.race([work.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);

describe('TensorBatches', () => {
  it('hands a query’s file over at once, behind words and before what is ingested', async () => {
    const { asked, batches } = opened();
    const both = [batches.embed(new Float32Array(4), { priority: 'query-file' }), batches.embed(new Float32Array(4), { priority: 'query-file' })];
    expect(asked.map(({ options }) => [options.urgent, options.lengthy])).toEqual([[true, true], [true, true]]);
    for (const { answer } of asked) answer();
    expect(await Promise.all(both)).toEqual([Float32Array.of(1), Float32Array.of(1)]);
  });

  it('has room for queries by what waits of queries alone, and for what is ingested by that', async () => {
    const { asked, batches } = opened();
    const files = [batches.embed(new Float32Array(LARGE), { priority: 'query-file' }), batches.embed(new Float32Array(LARGE), { priority: 'query-file' })];
    const room = batches.room(true);
    expect([await settled(room), await settled(batches.room(false))]).toEqual([false, true]);
    asked[0]!.answer();
    await files[0];
    await room;
    asked[1]!.answer();
    await files[1];
    const bulk = [batches.embed(new Float32Array(LARGE), {}), batches.embed(new Float32Array(LARGE), {})];
    const bulkRoom = batches.room(false);
    expect([await settled(bulkRoom), await settled(batches.room(true))]).toEqual([false, true]);
    asked[2]!.answer();
    await bulk[0];
    await bulkRoom;
    asked[3]!.answer();
    await bulk[1];
  });

  it('takes a run apart whose answer is no use: whoever brought what spoils it hears of it, and nobody else', async () => {
    const runs: number[] = [];
    /** Answers each row's value, and cannot do with a negative one. */
    const run = async ({ data }: { data: Float32Array }) => {
      runs.push(data.length);
      if (data.some((value) => value < 0)) throw unusableModel('waves', 'answered a vector of zeros');
      return data.slice();
    };
    const batches = new TensorBatches({ run } as unknown as ModelWorkers, MODEL, 1, { most: 4, runs: 1, costOf: (values) => values, shapeOf: (rows, values) => [rows, values] });
    // The first goes alone, since it finds no run under way; the others wait together.
    const made = await Promise.allSettled([1, 2, -3, 4].map((value) => batches.embed(Float32Array.of(value), {})));
    expect(made.map((each) => (each.status === 'fulfilled' ? each.value[0] : each.reason.code))).toEqual([1, 2, 'NOT_CONFIGURED', 4]);
    expect(runs).toEqual([1, 3, 1, 1, 1]);
  });

  it('fails a run as a whole where the threads fail it', async () => {
    const runs: number[] = [];
    const run = async ({ data }: { data: Float32Array }) => {
      runs.push(data.length);
      throw dependencyUnavailable('models', new Error('gone'));
    };
    const batches = new TensorBatches({ run } as unknown as ModelWorkers, MODEL, 1, { most: 4, runs: 1, costOf: (values) => values, shapeOf: (rows, values) => [rows, values] });
    const made = await Promise.allSettled([1, 2, 3].map((value) => batches.embed(Float32Array.of(value), {})));
    expect(made.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(runs).toEqual([1, 2]);
  });
});
