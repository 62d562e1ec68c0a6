import { beforeEach, describe, expect, it } from 'vitest';

import { dependencyUnavailable } from '../../../../src/domain/errors.js';
import type { SearchRequest } from '../../../../src/domain/operations.js';
import type { HybridQuery } from '../../../../src/ports/hybrid-store.port.js';
import { SearchService } from '../../../../src/services/search/search.service.js';
import { hybrid, READER, SearchWorld, TEXT_MODEL } from './search-world.js';

let world: SearchWorld;
let asked: HybridQuery[];
let answer: (query: HybridQuery) => Promise<string[]>;
let complete: boolean;
beforeEach(() => {
  world = new SearchWorld();
  world.models = [TEXT_MODEL];
  asked = [];
  complete = true;
  answer = () => Promise.resolve([...world.objects.keys()]);
  world.hybrid = {
    write: () => Promise.resolve(),
    hybrid: async (query) => {
      asked.push(query);
      const ids = await answer(query);
      return { hits: ids.map((objectId, rank) => ({ objectId, score: 1 / (rank + 1), vector: null, keyword: null })), complete };
    },
  };
});

const find = ({ embedTexts, filter }: { embedTexts?: () => Promise<never>; filter?: SearchRequest['filter'] } = {}) => {
  const deps = world.dependencies();
  return new SearchService({ ...deps, embedder: { ...deps.embedder, ...(embedTexts && { embedTexts }) } }).search(READER, hybrid({ query: 'oak', alpha: 0.5, ...(filter && { filter }) }), { first: 10 });
};

describe('a store that ranks by words and vectors itself', () => {
  it('is asked instead of the legs', async () => {
    const ids = [world.add({ text: 'oak', vector: [1, 0, 0] }), world.add({ text: 'oak', vector: [0, 1, 0] })];
    const result = await find();
    expect([result.hits.map(({ object, score }) => [object.id, score]), result.incomplete]).toEqual([[[ids[0], 1], [ids[1], 0.5]], false]);
    expect(asked).toMatchObject([{ terms: ['oak'], alpha: 0.5, fusion: 'RELATIVE_SCORE' }]);
    expect([world.vectorQueries, world.keywordQueries]).toEqual([[], []]);
  });

  it('is not, where there is no vector to ask with: the words still answer', async () => {
    const id = world.add({ text: 'oak', vector: [1, 0, 0] });
    const result = await find({ embedTexts: () => Promise.reject(dependencyUnavailable('models', new Error('down'))) });
    expect([result.hits.map(({ object }) => object.id), result.incomplete, asked]).toEqual([[id], true, []]);
    expect(result.warnings).toEqual([expect.stringContaining(`vector leg (${TEXT_MODEL.name}) failed`)]);
  });

  it.each([
    ['all', undefined],
    ['what a filter leaves', { types: ['TEXT' as const] }],
  ])('is not relied on where it lacks some of %s: the legs answer, which complete it', async (_, filter) => {
    const ids = [world.add({ text: 'oak', vector: [1, 0, 0] }), world.add({ text: 'oak', vector: [0, 1, 0] })];
    complete = false;
    answer = () => Promise.resolve([ids[1]!]);
    const { hits, incomplete, mayFindMore, warnings } = await find({ filter });
    expect([new Set(hits.map(({ object }) => object.id)), incomplete, mayFindMore, warnings]).toEqual([new Set(ids), false, false, []]);
    expect([asked.length, world.vectorQueries.length, world.keywordQueries.length]).toEqual([1, 1, 1]);
  });

  it('away, or silent for too long, is DEPENDENCY_UNAVAILABLE', async () => {
    world.add({ text: 'oak', vector: [1, 0, 0] });
    const error = { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'vectors', retryable: true } };
    answer = () => Promise.reject(dependencyUnavailable('vectors', new Error('down')));
    await expect(find()).rejects.toMatchObject(error);
    world.timeoutSeconds = 0.02;
    answer = () => new Promise(() => {});
    await expect(find()).rejects.toMatchObject(error);
  });
});
