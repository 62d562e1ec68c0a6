import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClipModel } from '../../../src/adapters/models/clip-model.js';
import { ModelWorkers } from '../../../src/adapters/models/model-workers.js';
import type { ModelFiles } from '../../../src/adapters/models/model.messages.js';
import { BUNDLED_MODELS } from '../../../src/adapters/models/registry.js';
import { cosine } from '../../support/cosine.js';
import { tinyOnnx, type TinyValue } from '../../support/tiny-onnx.js';

const SHARED = '../shared/models';
const CLIP: ModelFiles = { name: 'clip', kind: 'onnx-clip', folder: join(SHARED, 'clip-tiny-random'), weights: 'onnx/vision_model.onnx' };
const WAV2VEC2: ModelFiles = { name: 'wav2vec2', kind: 'onnx-wav2vec2', folder: join(SHARED, 'wav2vec2-tiny-random'), weights: 'onnx/model.onnx' };
const MINILM = join(BUNDLED_MODELS, 'all-MiniLM-L6-v2');
const UNAVAILABLE = { code: 'DEPENDENCY_UNAVAILABLE' };
const work = { urgent: false, cost: 1 };

const length = (vector: Float32Array) => Math.hypot(...vector);

let workers: ModelWorkers;
let folder: string;
beforeAll(() => {
  workers = new ModelWorkers(1);
  folder = mkdtempSync(join(tmpdir(), 'strata-models-'));
});
afterAll(async () => {
  await workers.close();
  rmSync(folder, { recursive: true });
});

const tokens = (name: string): Record<string, TinyValue> => ({ [name]: { type: 'int64', dims: ['batch', 'seq'] } });

/** Answers the sum of a pair's ids and a thousand times the number of its second text's tokens. */
function crossEncoder(name: string, limit: number): ModelFiles {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) copyFileSync(join(MINILM, file), join(home, file));
  writeFileSync(join(home, 'config.json'), JSON.stringify({ max_position_embeddings: limit }));
  const graph = tinyOnnx({
    inputs: { ...tokens('input_ids'), ...tokens('attention_mask'), ...tokens('token_type_ids') },
    outputs: { logits: { type: 'float', dims: ['batch', 1] } },
    longs: { axis: { dims: [1], values: [1] }, thousand: { dims: [1], values: [1000] } },
    nodes: [
      { op: 'Mul', inputs: ['token_type_ids', 'thousand'], outputs: ['types'] },
      { op: 'Mul', inputs: ['input_ids', 'attention_mask'], outputs: ['ids'] },
      { op: 'Add', inputs: ['ids', 'types'], outputs: ['both'] },
      { op: 'ReduceSum', inputs: ['both', 'axis'], outputs: ['sum'], attributes: { keepdims: 1 } },
      { op: 'Cast', inputs: ['sum'], outputs: ['logits'], attributes: { to: 1 } },
    ],
  });
  writeFileSync(join(home, 'model.onnx'), graph);
  return { name, kind: 'onnx-cross-encoder', folder: home, weights: 'model.onnx' };
}

describe('a cross-encoder in a worker', () => {
  // In this vocabulary: [CLS] 101, [SEP] 102, cat 4937, mat 13523.
  it('reads both texts in one row, the second one marked', async () => {
    const request = { op: 'score' as const, model: crossEncoder('cross', 512), pairs: [['cat', 'mat mat'], ['cat', '']] as [string, string][] };
    const logits = await workers.run(request, work);
    expect([...logits]).toEqual([101 + 4937 + 102 + 2 * 13523 + 102 + 3 * 1000, 101 + 4937 + 102 + 102 + 1000]);
  });

  it('cuts the longer text until both fit', async () => {
    const model = crossEncoder('short', 8);
    const score = async (first: string, second: string) => {
      const [logit] = await workers.run({ op: 'score', model, pairs: [[first, second]] }, work);
      return { second: Math.floor(logit! / 1000) * 1000, logit: logit! };
    };
    const specials = 101 + 102 + 102;
    expect((await score('cat', 'mat '.repeat(9))).logit).toBe(specials + 4937 + 4 * 13523 + 5 * 1000);
    expect((await score('cat '.repeat(9), 'mat')).logit).toBe(specials + 4 * 4937 + 13523 + 2 * 1000);
    expect((await score('cat '.repeat(9), 'mat '.repeat(9))).logit).toBe(specials + 3 * 4937 + 2 * 13523 + 3 * 1000);
  });

  it('says so where a model is asked for what its kind cannot do', async () => {
    const request = { op: 'embed' as const, model: crossEncoder('cross', 512), texts: ['cat'] };
    const failure: unknown = await workers.run(request, work).catch((error: unknown) => error);
    expect(failure).toMatchObject(UNAVAILABLE);
    expect(String((failure as Error).cause)).toContain('has no way to "embed"');
  });
});

describe.skipIf(!existsSync(CLIP.folder))('CLIP in a worker', () => {
  const golden = () =>
    JSON.parse(readFileSync(join(CLIP.folder, 'golden.json'), 'utf8')) as {
      texts: { text: string; tokenIds: number[]; embedding: number[] }[];
    };

  it('gives the same token ids, at most 77', async () => {
    const model = await ClipModel.load(CLIP);
    for (const { text, tokenIds } of golden().texts) expect(model.encode(text)).toEqual(tokenIds);
    expect(model.encode('a photo of a cat '.repeat(50)).length).toBe(77);
    await model.dispose();
  });

  it('embeds words as the reference does', async () => {
    const { texts } = golden();
    const vectors = await workers.run({ op: 'embed', model: CLIP, texts: texts.map(({ text }) => text) }, work);
    texts.forEach(({ embedding }, i) => {
      const vector = vectors.subarray(i * 64, (i + 1) * 64);
      expect(cosine(vector, embedding)).toBeGreaterThanOrEqual(0.9999);
      expect(length(vector)).toBeCloseTo(1, 5);
    });
  });

  it('embeds pixels, whose memory it takes over', async () => {
    const data = Float32Array.from({ length: 2 * 3 * 224 * 224 }, (_, i) => Math.sin(i));
    const vectors = await workers.run({ op: 'tensor', model: CLIP, data, shape: [2, 3, 224, 224] }, work);
    expect(vectors.length).toBe(2 * 64);
    expect(length(vectors.subarray(64))).toBeCloseTo(1, 5);
    expect(data.length).toBe(0);
  });

  it('copies pixels that are a part of something larger', async () => {
    const both = new Float32Array(2 * 3 * 224 * 224).fill(0.5);
    await workers.run({ op: 'tensor', model: CLIP, data: both.subarray(3 * 224 * 224), shape: [1, 3, 224, 224] }, work);
    expect(both.length).toBe(2 * 3 * 224 * 224);
  });

  it('loads a tower by itself', async () => {
    const words = { ...CLIP, name: 'words alone', weights: 'onnx/no-such-file.onnx' };
    expect(await workers.run({ op: 'load', model: words, part: 'texts' }, work)).toBeNull();
    await expect(workers.run({ op: 'load', model: words, part: 'media' }, work)).rejects.toMatchObject(UNAVAILABLE);
    expect((await workers.run({ op: 'embed', model: words, texts: ['a cat'] }, work)).length).toBe(64);
  });
});

it.skipIf(!existsSync(WAV2VEC2.folder))('wav2vec2 in a worker embeds samples, each row by itself', async () => {
  const sound = Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i / 7));
  const other = sound.map((value, i) => value * Math.sin(i / 1000));
  const run = (data: Float32Array, rows: number) => workers.run({ op: 'tensor', model: WAV2VEC2, data, shape: [rows, 16_000] }, work);
  const both = await run(Float32Array.from([...sound, ...other]), 2);
  expect(both.length).toBe(2 * 48);
  expect(cosine(await run(other, 1), both.subarray(48))).toBeGreaterThan(0.99999);
  expect(length(both.subarray(0, 48))).toBeCloseTo(1, 5);
});
