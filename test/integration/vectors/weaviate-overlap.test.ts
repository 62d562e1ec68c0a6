import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { overlaps, prepared } from '../../../bench/overlap.js';
import { OnnxTextEmbedder } from '../../../src/adapters/models/onnx-text.embedder.js';
import { FUSIONS } from '../../../src/domain/operations.js';
import { serviceAddress } from '../../support/services.js';
import { withWeaviate } from '../../support/weaviate.js';

const address = serviceAddress('weaviate');
const folder = '../shared/fixtures/retrieval/cranfield';
const DOCUMENTS = 200;
const QUERIES = 40;

describe.skipIf(address === null || !existsSync(folder))('Weaviate beside the built-in search over Cranfield', () => {
  const weaviate = withWeaviate(address);
  let data: Awaited<ReturnType<typeof prepared>>;
  beforeAll(async () => {
    const lines = <T>(name: string, count: number) =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n', count)
        .map((line) => JSON.parse(line) as T);
    const texts = lines<{ title: string; text: string }>('documents.jsonl', DOCUMENTS);
    const questions = lines<{ text: string }>('queries.jsonl', QUERIES);
    const embedder = new OnnxTextEmbedder();
    try {
      data = await prepared(
        embedder,
        texts.map(({ title, text }) => `${title}. ${text}`),
        questions.map(({ text }) => text),
      );
    } finally {
      await embedder.close();
    }
  });

  it('has nine of ten first hits in common at the ends, eight between', async () => {
    const measured = await overlaps(weaviate.open(), data, { alphas: [0, 0.25, 0.5, 0.75, 1], fusions: FUSIONS });
    expect(measured).toHaveLength(10);
    for (const { alpha, fusion, overlap } of measured)
      expect(overlap, `${fusion} at ${alpha}`).toBeGreaterThanOrEqual(alpha === 0 || alpha === 1 ? 0.9 : 0.8);
  });
});
