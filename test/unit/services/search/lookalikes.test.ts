import { describe, expect, it } from 'vitest';
import { badInput, dependencyUnavailable } from '../../../../src/domain/errors.js';
import type { Embedding } from '../../../../src/domain/model.js';
import type { EmbeddingModel } from '../../../../src/ports/embedder.port.js';
import { Deadline } from '../../../../src/services/search/deadline.js';
import { captionsOfLookalikes } from '../../../../src/services/search/lookalikes.js';

const LOOKS: EmbeddingModel = {
  name: 'looks', revision: '1', modalities: ['IMAGE'], dimensions: 2, active: true, available: true, readsWords: false, defaultAlpha: null, duplicateCosine: 0.9, setting: '', description: '',
};
const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const embedding = (id: string, objectId: string, metadata: Embedding['metadata']) => ({ id, objectId, modelName: 'words', metadata }) as Embedding;
const EMBEDDINGS = [
  embedding('own', 'same', {}),
  embedding('caption', 'same', { annotationId: 'a' }),
  embedding('said', 'same', { annotationId: 'b', startSeconds: 3 }),
  embedding('of another', 'alike', { annotationId: 'c' }),
];

/** A store whose hits these are, or that fails so. */
async function ask(hits: { objectId: string; score: number }[] | Error) {
  const asked: string[][] = [];
  const deps = {
    logger: silent, keywords: { capabilities: { filters: 'query' } },
    vectors: { capabilities: { filters: 'query' }, search: async () => (hits instanceof Error ? Promise.reject(hits) : { hits: hits.map((hit) => ({ ...hit, id: hit.objectId, passageId: null })), complete: true }) },
    database: { objects: {}, embeddings: { findByObjects: async (_: string, ids: string[]) => (asked.push(ids), EMBEDDINGS.filter(({ objectId }) => ids.includes(objectId))) } },
  };
  const deadline = new Deadline(30);
  try {
    const found = await captionsOfLookalikes(deps as never, 't', [LOOKS], async () => Float32Array.of(1, 0), deadline);
    return { found: found?.map(({ id }) => id) ?? null, asked };
  } finally {
    deadline.end();
  }
}

describe('captionsOfLookalikes', () => {
  it('are those of near duplicates alone, not what is said in them nor their own words', async () => {
    expect(await ask([{ objectId: 'same', score: 0.9 }, { objectId: 'alike', score: 0.89 }])).toEqual({ found: ['caption'], asked: [['same']] });
  });

  it('are none, without a statement, where nothing is near enough', async () => {
    expect(await ask([{ objectId: 'alike', score: 0.89 }])).toEqual({ found: [], asked: [] });
  });

  it('are unknown where the store does not answer, and whatever else is wrong is told', async () => {
    expect((await ask(dependencyUnavailable('vectors', new Error('away')))).found).toBeNull();
    expect((await ask(dependencyUnavailable('models', new Error('away')))).found).toBeNull();
    await expect(ask(badInput('That is wrong.'))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
