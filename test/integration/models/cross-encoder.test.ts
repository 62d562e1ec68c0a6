import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fingerprints } from '../../../src/adapters/models/fingerprints.js';
import { ModelWorkers } from '../../../src/adapters/models/model-workers.js';
import { OnnxCrossEncoderReranker, readRerankerFolder } from '../../../src/adapters/models/onnx-cross-encoder.reranker.js';
import { BUNDLED_MODELS } from '../../../src/adapters/models/registry.js';
import { writeClassifier, writeOverlapEncoder } from '../../support/tiny-cross-encoder.js';

let workers: ModelWorkers;
let folder: string;
beforeAll(() => {
  workers = new ModelWorkers(2);
  folder = mkdtempSync(join(tmpdir(), 'strata-cross-'));
  writeOverlapEncoder(join(folder, 'overlap'));
  writeClassifier(join(folder, 'classifier'));
});
afterAll(async () => {
  await workers.close();
  rmSync(folder, { recursive: true });
});

const read = (name: string) => readRerankerFolder(join(folder, name), new Fingerprints(null));
const open = async (name: string) => OnnxCrossEncoderReranker.over(await read(name), workers);
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

describe('a cross-encoder as a reranker', () => {
  it('scores each text by the sigmoid of its logit, in order, however many there are', async () => {
    const reranker = await open('overlap');
    await reranker.check();
    const texts = Array.from({ length: 11 }, (_, i) => 'cat '.repeat(i) + 'mat');
    const scores = await reranker.score('cat', texts, { priority: 'query' });
    scores.forEach((score, i) => expect(score).toBeCloseTo(sigmoid(i + 1), 5));
    expect(await reranker.score('cat', [])).toEqual([]);
  });

  it('stops where the caller has gone', async () => {
    const reranker = await open('overlap');
    await expect(reranker.score('cat', ['mat'], { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });

  it('is refused in one sentence where it is missing, damaged, or a model of another kind', async () => {
    const refusal = (name: string) => read(name).then(() => 'it can run', (error: Error) => error.message);
    expect(await refusal('nowhere')).toBe('The model "nowhere" cannot run: its folder is not there.');
    const broken = join(folder, 'broken');
    const weights = join(broken, 'model.onnx');
    writeOverlapEncoder(broken);
    truncateSync(weights, readFileSync(weights).length - 1);
    expect(await refusal('broken')).toMatch(/^The model "broken" cannot run: its model\.onnx was cut off: it has \d+ bytes and should have more; load it again\.$/);
    writeFileSync(weights, 'version https://git-lfs.github.com/spec/v1\n');
    expect(await refusal('broken')).toMatch(/is a pointer of Git LFS/);
    rmSync(join(broken, 'tokenizer_config.json'));
    expect(await refusal('broken')).toBe('The model "broken" cannot run: its folder has no tokenizer_config.json.');
    await expect(readRerankerFolder(join(BUNDLED_MODELS, 'all-MiniLM-L6-v2'), new Fingerprints(null))).rejects.toMatchObject({
      code: 'NOT_CONFIGURED', extensions: { setting: 'embedding.reranker.path' },
      message: 'The model "all-MiniLM-L6-v2" cannot run: embedding.reranker.path names it, and it is no cross-encoder (sentence-transformers: texts).',
    });
  });

  it('is refused when it is run where it answers several values', async () => {
    await expect((await open('classifier')).check()).rejects.toThrow(/The model "classifier" of embedding\.reranker\.path cannot be run as a cross-encoder.*answered 2 values a pair/);
  });
});
