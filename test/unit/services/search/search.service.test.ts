import { beforeEach, describe, expect, it } from 'vitest';

import type { SearchPageArgs, SearchRequest } from '../../../../src/domain/operations.js';
import type { Services } from '../../../../src/graphql/services.js';
import { hybrid, idsOf, IMAGE_MODEL, READER, SearchWorld, TEXT_MODEL } from './search-world.js';

let world: SearchWorld;
beforeEach(() => {
  world = new SearchWorld();
});

const run = (request: Partial<SearchRequest>, page: Partial<SearchPageArgs> = {}) => world.search(request, page);

describe('the service', () => {
  it('is what the resolvers ask for', () => {
    const service: Services['search'] = world.service();
    expect(service).toBeDefined();
  });

  it('asks who it is first', async () => {
    const nobody = { ...READER, role: 'none' as never };
    await expect(world.service().search(nobody, hybrid({}), { first: 1 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('counts what was asked, by what truly ran', async () => {
    const id = world.add({ text: 'oak', vector: [1, 0, 0] });
    await run({ query: 'oak' });
    await run({ query: 'oak', mode: 'KEYWORD' });
    await run({ objectId: id });
    await world.service().similarTo(READER, [id], { first: 1, model: null });
    expect(world.observed).toEqual(['hybrid', 'keyword', 'vector', 'similar']);
  });
});

describe('what is asked', () => {
  it('can be words for one leg and a vector for the other', async () => {
    world.add({ text: 'elm', vector: [0, 1, 0] });
    await run({ query: 'Oaks of old', vector: [0, 2, 0] });
    expect([...world.vectorQueries[0]!.vector]).toEqual([0, 1, 0]);
    expect(world.keywordQueries[0]!.terms).toEqual(['oak', 'old']);
    expect(world.log.filter((line) => line.startsWith('embed'))).toEqual([]);
  });

  it('are words before whatever is being ingested, once a text and model', async () => {
    await run({ query: 'oak' });
    await run({ query: 'oak', minScore: 0 });
    expect(world.log.filter((line) => line.startsWith('embed'))).toEqual([`embed:${TEXT_MODEL.name}:query`]);
  });

  it('goes into every space that reads words, each scaled by itself', async () => {
    const second = { ...TEXT_MODEL, name: 'second', dimensions: 2 };
    world.models = [TEXT_MODEL, second];
    const first = world.add({ vector: [0.6, 0.8, 0] });
    const other = world.add({ vector: [0.1, 1], model: 'second' });
    const result = await run({ query: 'x', alpha: 1 });
    expect(result.hits.map((hit) => [hit.object.id, hit.score, hit.explanation.model])).toEqual([[first, 1, TEXT_MODEL.name], [other, 1, 'second']]);
  });

  it('goes to max(100, 10 × first) objects a leg', async () => {
    for (const [first, depth] of [[0, 100], [10, 100], [11, 110], [500, 5000]] as const) {
      await run({ query: 'oak' }, { first });
      expect([world.vectorQueries.at(-1)!.limit, world.keywordQueries.at(-1)!.limit]).toEqual([depth, depth]);
    }
  });

  it('may be nothing but stop words', async () => {
    const id = world.add({ text: 'the and', vector: [1, 0, 0] });
    const result = await run({ query: 'the and' });
    expect([idsOf(result), result.incomplete, world.keywordQueries.length]).toEqual([[id], false, 0]);
    expect(result.warnings).toEqual([expect.stringContaining('stop words')]);
  });

  it('does without vectors where no model reads words, and says so', async () => {
    world.models = [IMAGE_MODEL];
    const id = world.add({ text: 'oak' });
    const result = await run({ query: 'oak' });
    expect([idsOf(result), result.hits[0]!.score, result.incomplete]).toEqual([[id], 1, true]);
    expect(result.warnings).toEqual([expect.stringContaining('No active embedding model')]);
  });
});

describe('facets', () => {
  it('are counted over all candidates, once a search', async () => {
    const ids = Array.from({ length: 30 }, () => world.add({ text: 'oak', vector: [1, 0, 0] }));
    const input = { query: 'oak', facets: [{ field: 'type', limit: 3 }, { field: 'metadata.a', limit: 50 }] };
    const first = await run(input, { first: 5 });
    expect([...world.facetCalls[0]!.objectIds].sort()).toEqual(ids.sort());
    expect(first.facets).toEqual([{ field: 'type', buckets: [{ value: 'seen', count: 3 }] }, { field: 'metadata.a', buckets: [{ value: 'seen', count: 30 }] }]);
    const second = await run(input, { first: 5, after: first.hits.at(-1)!.cursor });
    expect([second.facets, world.facetCalls.length]).toEqual([first.facets, 1]);
  });
});
