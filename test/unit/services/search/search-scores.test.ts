import { beforeEach, describe, expect, it } from 'vitest';

import type { SearchPageArgs, SearchRequest } from '../../../../src/domain/operations.js';
import { idsOf, SearchWorld, TEXT_MODEL } from './search-world.js';

let world: SearchWorld;
beforeEach(() => {
  world = new SearchWorld();
});

const run = (request: Partial<SearchRequest>, page: Partial<SearchPageArgs> = {}) => world.search(request, page);

describe('scores', () => {
  it('are (1 + cosine)/2 by vectors', async () => {
    const [same, across, against] = [world.add({ vector: [1, 0, 0] }), world.add({ vector: [0, 1, 0] }), world.add({ vector: [-1, 0, 0] })];
    const result = await run({ query: 'x', mode: 'VECTOR' });
    expect(result.hits.map((hit) => [hit.object.id, hit.score])).toEqual([[same, 1], [across, 0.5], [against, 0]]);
    expect(result.hits[1]!.explanation).toEqual({ vectorScore: 0, vectorRank: 1, keywordScore: null, keywordRank: null, model: TEXT_MODEL.name, spaces: [{ model: TEXT_MODEL.name, score: 0, rank: 1 }], fusedScore: null, rerankScore: null, contributions: [] });
    expect(world.keywordQueries).toEqual([]);
  });

  it('are s/max by words', async () => {
    const [twice, once] = [world.add({ text: 'oak oak', vector: [1, 0, 0] }), world.add({ text: 'oak' })];
    const result = await run({ query: 'oak', mode: 'KEYWORD' });
    expect(result.hits.map((hit) => [hit.object.id, hit.score])).toEqual([[twice, 1], [once, 0.5]]);
    expect(result.hits[1]!.explanation).toEqual({ vectorScore: null, vectorRank: null, keywordScore: 1, keywordRank: 1, model: null, spaces: [], fusedScore: null, rerankScore: null, contributions: [] });
    expect([world.vectorQueries, world.log.filter((line) => line.startsWith('embed'))]).toEqual([[], []]);
  });

  it('are fused in HYBRID, with the model’s own alpha where none is given', async () => {
    world.models = [{ ...TEXT_MODEL, defaultAlpha: 0.75 }];
    const byMeaning = world.add({ text: 'elm', vector: [1, 0, 0] });
    const byWords = world.add({ text: 'oak', vector: [0, 1, 0] });
    const scores = async (alpha?: number) => Object.fromEntries((await run({ query: 'oak', alpha })).hits.map((hit) => [hit.object.id, hit.score]));
    expect(await scores()).toEqual({ [byMeaning]: 0.75, [byWords]: 0.25 });
    expect(await scores(0.4)).toEqual({ [byMeaning]: 0.4, [byWords]: 0.6 });
  });

  it('at alpha 0 come from words alone and at alpha 1 from vectors alone', async () => {
    const byMeaning = world.add({ text: 'elm', vector: [1, 0, 0] });
    const byWords = world.add({ text: 'oak' });
    expect(idsOf(await run({ query: 'oak', alpha: 0 }))).toEqual([byWords]);
    expect(idsOf(await run({ query: 'oak', alpha: 1 }))).toEqual([byMeaning]);
    expect([world.vectorQueries.length, world.keywordQueries.length]).toEqual([1, 1]);
  });

  it('ignore alpha and fusion outside HYBRID', async () => {
    world.add({ text: 'oak', vector: [0.6, 0.8, 0] });
    for (const mode of ['VECTOR', 'KEYWORD'] as const) {
      const scores = await Promise.all(
        [undefined, 0, 1].map(async (alpha) => (await run({ query: 'oak', mode, alpha, fusion: alpha === 1 ? 'RANKED' : 'RELATIVE_SCORE' })).hits[0]!.score),
      );
      expect(new Set(scores).size).toBe(1);
    }
  });

  it('can be RANKED', async () => {
    const both = world.add({ text: 'oak oak', vector: [1, 0, 0] });
    const words = world.add({ text: 'oak' });
    const result = await run({ query: 'oak', fusion: 'RANKED', alpha: 0.5 });
    expect(result.hits.map((hit) => [hit.object.id, hit.score])).toEqual([[both, 1], [words, 0.5 * (60 / 61)]]);
  });

  it('break ties by vector score, then by id', async () => {
    const ids = [world.add({ vector: [0, 1, 0] }), world.add({ vector: [0, 0, 1] }), world.add({ vector: [0, -1, 0] })].sort();
    expect(idsOf(await run({ query: 'x', mode: 'VECTOR' }))).toEqual(ids);
  });

  it('have a least one', async () => {
    const near = world.add({ text: 'oak oak', vector: [1, 0, 0] });
    world.add({ text: 'oak', vector: [-1, 0, 0] });
    const result = await run({ query: 'oak', minScore: 0.5 });
    expect([idsOf(result), result.totalCount]).toEqual([[near], 1]);
  });

  it('have a least cosine, which leaves words their own', async () => {
    const far = world.add({ vector: [0, 1, 0] });
    const near = world.add({ vector: [1, 0, 0] });
    const named = world.add({ text: 'oak', vector: [0, 0, 1] });
    const result = await run({ query: 'oak', minVectorScore: 0.5 });
    expect(idsOf(result).sort()).toEqual([near, named].sort());
    expect(idsOf(result)).not.toContain(far);
    expect(result.hits.find((hit) => hit.object.id === named)!.explanation.vectorScore).toBeNull();
  });
});
