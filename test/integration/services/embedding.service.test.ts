import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import type { EmbeddingModel } from '../../../src/ports/embedder.port.js';
import { withDatabase } from '../../support/database.js';
import { benchOver } from './crud-services.js';

const model: EmbeddingModel = {
  name: 'm', revision: '1', modalities: ['TEXT'], dimensions: 3, active: true, available: false, readsWords: true, defaultAlpha: 0.5, duplicateCosine: null, setting: 'embedding.models', description: 'Meaning.',
};
const test = withDatabase({ models: [{ ...model, name: 'model-a', dimensions: 2, available: true }] });
const NOWHERE = '0190a000-0000-7000-8000-000000000000';

describe('EmbeddingService', () => {
  it('reads rows of many objects in one statement, by model and passage, and their vectors', async () => {
    const bench = benchOver(test);
    const other = benchOver(test);
    const reader = bench.viewer('reader');
    const [first, second] = await bench.have({}, {});
    const space = { model: 'model-a', dimensions: 2 };
    await bench.vectors.ensureSpace(space);
    const passages = [1, 0].map((position) => ({
      id: uuidv7(), tenantId: bench.tenantId, objectId: first!.id, kind: 'content' as const, position, text: 'x', start: 0, end: 1, page: null, startSeconds: null, context: null, annotationId: null,
    }));
    await bench.database.passages.insert(passages);
    const row = (objectId: string, modelName: string, passageId: string | null) => {
      const id = uuidv7();
      return { id, tenantId: bench.tenantId, objectId, passageId, modelName, dimensions: 2, vectorDbId: id, metadata: {} };
    };
    const later = row(first!.id, 'model-a', passages[0]!.id);
    const earlier = row(first!.id, 'model-a', passages[1]!.id);
    const whole = row(first!.id, 'model-b', null);
    await bench.database.embeddings.insert([whole, later, earlier]);
    await bench.vectors.upsert(bench.tenantId, space, [{ id: later.id, objectId: first!.id, passageId: later.passageId, vector: Float32Array.of(0, 1) }], null);

    const read = () => bench.embeddings.forObjects(reader, [second!.id, first!.id], null);
    expect((await read()).map((group) => group.map((each) => each.id))).toEqual([[], [earlier.id, later.id, whole.id]]);
    expect(await bench.statementsOf(read)).toBe(1);
    const [ofModel] = await bench.embeddings.forObjects(reader, [first!.id], 'model-b');
    expect(ofModel!.map((each) => each.id)).toEqual([whole.id]);

    const found = await bench.embeddings.byIds(reader, [NOWHERE, later.id, earlier.id]);
    expect(found.map((each) => each?.id ?? null)).toEqual([null, later.id, earlier.id]);
    expect(await other.embeddings.byIds(other.viewer('reader'), [later.id])).toEqual([null]);
    const vectors = await bench.embeddings.vectors(reader, [found[2]!, found[1]!]);
    expect(vectors[0]).toBeNull();
    expect([...(vectors[1] as Float32Array)]).toEqual([0, 1]);
  });

  it('lists the models with what brings them', async () => {
    const bench = benchOver(test, { models: () => [model] });
    expect(await bench.embeddings.models(bench.viewer('reader'))).toEqual([
      { name: 'm', modalities: ['TEXT'], dimensions: 3, active: true, searched: true, available: false, duplicateCosine: 0.98, likenessCosine: 0.85, wordsCosine: 0.85, setting: 'embedding.models', description: 'Meaning.' },
    ]);
  });
});
