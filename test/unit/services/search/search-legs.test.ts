import { beforeEach, describe, expect, it } from 'vitest';

import { dependencyUnavailable, outOfTime } from '../../../../src/domain/errors.js';
import type { SearchPageArgs, SearchRequest } from '../../../../src/domain/operations.js';
import type { QueryUploads } from '../../../../src/services/search/query-uploads.js';
import { SearchService } from '../../../../src/services/search/search.service.js';
import { hybrid, IMAGE_MODEL, idsOf, READER, SearchWorld, TEXT_MODEL } from './search-world.js';

let world: SearchWorld;
beforeEach(() => {
  world = new SearchWorld();
});

const run = (request: Partial<SearchRequest>, page: Partial<SearchPageArgs> = {}) => world.search(request, page);

describe('a leg that fails', () => {
  const down = () => Promise.reject(dependencyUnavailable('vectors', new Error('refused')));

  it('leaves the other its whole weight, and is told of', async () => {
    const id = world.add({ text: 'oak', vector: [1, 0, 0] });
    world.vectorFault = down;
    const byWords = await run({ query: 'oak', alpha: 0.9 });
    expect([idsOf(byWords), byWords.hits[0]!.score, byWords.incomplete]).toEqual([[id], 1, true]);
    expect(byWords.warnings).toEqual([expect.stringContaining(`vector leg (${TEXT_MODEL.name}) failed`)]);
    world.vectorFault = null;
    world.keywordFault = () => Promise.reject(new Error('secret: /var/lib/postings is corrupt'));
    const byMeaning = await run({ query: 'oak', alpha: 0.1 });
    expect([idsOf(byMeaning), byMeaning.hits[0]!.score, byMeaning.incomplete]).toEqual([[id], 1, true]);
    expect(byMeaning.warnings).toEqual(['The keyword leg failed; its results are missing.']);
  });

  it('is not kept for the next search', async () => {
    world.add({ text: 'oak', vector: [1, 0, 0] });
    world.vectorFault = down;
    expect((await run({ query: 'oak' })).incomplete).toBe(true);
    world.vectorFault = null;
    expect((await run({ query: 'oak' })).incomplete).toBe(false);
  });

  it('alone, or with the other, is DEPENDENCY_UNAVAILABLE', async () => {
    world.vectorFault = down;
    const error = { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'vectors', retryable: true } };
    await expect(run({ query: 'oak', mode: 'VECTOR' })).rejects.toMatchObject(error);
    world.keywordFault = () => Promise.reject(new Error('no'));
    await expect(run({ query: 'oak' })).rejects.toMatchObject(error);
    await expect(run({ query: 'oak', mode: 'KEYWORD' })).rejects.toMatchObject({ ...error, extensions: { dependency: 'keywords', retryable: true } });
  });

  it('in one of several spaces leaves the others', async () => {
    world.models = [TEXT_MODEL, { ...TEXT_MODEL, name: 'second' }];
    const id = world.add({ vector: [1, 0, 0] });
    world.vectorFault = async (query) => (query.space.model === 'second' ? down() : undefined);
    const result = await run({ query: 'x', mode: 'VECTOR' });
    expect([idsOf(result), result.incomplete, result.warnings.length]).toEqual([[id], true, 1]);
  });

  it('stopped short, and is told of', async () => {
    world.add({ text: 'oak', vector: [1, 0, 0] });
    world.keywordsComplete = false;
    const result = await run({ query: 'oak' });
    expect([result.incomplete, result.hits.length]).toEqual([true, 1]);
    expect(result.warnings).toEqual([expect.stringContaining('keyword leg stopped before')]);
  });

  it('took too long', async () => {
    const id = world.add({ text: 'oak', vector: [1, 0, 0] });
    world.timeoutSeconds = 0.02;
    world.vectorFault = () => new Promise(() => {});
    const result = await run({ query: 'oak' });
    expect([idsOf(result), result.incomplete]).toEqual([[id], true]);
    expect(result.warnings).toEqual([expect.stringContaining('no answer within 0.02 s')]);
    expect(world.vectorQueries[0]!.signal!.aborted).toBe(true);
    await expect(run({ query: 'oak', mode: 'VECTOR' })).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
  });

  it('because the caller left is no failure of ours', async () => {
    const caller = new AbortController();
    world.vectorFault = async () => caller.abort(new Error('gone'));
    await expect(world.service().search(READER, hybrid({ query: 'oak' }), { first: 1 }, caller.signal)).rejects.toThrow('gone');
  });

  it('by the input’s fault is the input’s', async () => {
    const { badInput } = await import('../../../../src/domain/errors.js');
    world.vectorFault = () => Promise.reject(badInput('no such length', ['input', 'vector']));
    await expect(run({ query: 'oak' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('what the legs ask with', () => {
  const uploadId = '0198c0de-0000-7000-8000-000000000001';
  const ask = (parts: Partial<QueryUploads>, request: Partial<SearchRequest>) => {
    const uploads = { find: async () => new Map([[uploadId, { uploadId, etag: 'e' }]]), ...parts } as unknown as QueryUploads;
    return new SearchService(world.dependencies(), { uploads }).search(READER, hybrid(request), { first: 10 });
  };
  const never = () => new Promise<never>(() => {});

  it('is DEPENDENCY_UNAVAILABLE of where it lies, where that does not answer in time', async () => {
    world.timeoutSeconds = 0.02;
    await expect(ask({ contentOf: never }, { uploadId })).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'objects', retryable: true } });
    const id = world.add({ vector: [1, 0, 0] });
    const deps = world.dependencies();
    deps.database.embeddings = { ...deps.database.embeddings, findByObjects: never };
    const asked = new SearchService(deps).search(READER, hybrid({ objectId: id }), { first: 10 });
    await expect(asked).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'database', retryable: true } });
  });

  it('is a file that takes too long, of which a warning speaks, or the error where nothing else was asked', async () => {
    const film = { contentOf: async () => ({ type: 'VIDEO' }) as never, vectorsOf: () => Promise.reject(outOfTime('Reading and embedding "film.mp4"', 24, ['input', 'uploadId'], null)) };
    await expect(ask(film, { uploadId })).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', message: expect.stringContaining('"film.mp4" took longer than the 24 s') });
    const id = world.add({ text: 'oak', vector: [1, 0, 0] });
    const found = await ask(film, { query: 'oak', terms: [{ uploadId, weight: 1 }] });
    expect([idsOf(found), found.incomplete]).toEqual([[id], true]);
    expect(found.warnings).toEqual([expect.stringMatching(`vector leg \\(${IMAGE_MODEL.name}\\) failed; .* Search with a shorter file`)]);
  });
});

describe('filters', () => {
  it('and tenancy hold inside both legs', async () => {
    const mine = world.add({ text: 'oak', vector: [0, 1, 0], metadata: { kind: 'tree' } });
    for (let i = 0; i < 150; i++) world.add({ text: 'oak oak oak', vector: [1, 0, 0] });
    world.add({ text: 'oak', vector: [1, 0, 0], metadata: { kind: 'tree' }, tenantId: 'other' });
    const filter = { metadata: [{ path: ['kind'], equals: 'tree' }] };
    for (const mode of ['HYBRID', 'VECTOR', 'KEYWORD'] as const) expect(idsOf(await run({ query: 'oak', mode, filter }))).toEqual([mine]);
    expect(world.log).not.toContain('ids');
  });

  it('become ids, once, for stores that cannot filter', async () => {
    world.vectorFilters = world.keywordFilters = 'ids';
    const mine = world.add({ text: 'oak', vector: [0, 1, 0], type: 'DOCUMENT' });
    world.add({ text: 'oak oak', vector: [1, 0, 0] });
    const result = await run({ query: 'oak', filter: { types: ['DOCUMENT'] } });
    expect([idsOf(result), world.vectorQueries[0]!.objectIds, world.keywordQueries[0]!.objectIds]).toEqual([[mine], [mine], [mine]]);
    expect(world.log.filter((line) => line === 'ids')).toHaveLength(1);
  });

  it('do not become ids where only the other store needs them, or nothing is filtered', async () => {
    world.vectorFilters = 'ids';
    world.add({ text: 'oak', vector: [0, 1, 0] });
    await run({ query: 'oak', filter: { types: ['TEXT'] } });
    expect(world.keywordQueries[0]!.objectIds).toBeNull();
    await run({ query: 'oak' });
    await run({ query: 'oak', mode: 'KEYWORD', filter: { types: ['TEXT'] } });
    expect(world.log.filter((line) => line === 'ids')).toHaveLength(1);
  });

  it('that leave too many ids to hand over make the leg go deeper until enough of what it finds matches', async () => {
    world.vectorFilters = 'ids';
    const found = world.add({ text: 'oak', vector: [0.1, 1, 0] });
    // All of them nearer, and of another type.
    for (let other = 0; other < 400; other += 1) world.add({ type: 'DOCUMENT', text: 'elm', vector: [0, 1, 0] });
    const dependencies = world.dependencies();
    dependencies.database.objects.matchingIds = async (_tenant, _filter, limit) => Array.from({ length: limit }, (_, i) => `id-${i}`);
    const { SearchService } = await import('../../../../src/services/search/search.service.js');
    const result = await new SearchService(dependencies).search(READER, hybrid({ query: 'oak', mode: 'VECTOR', filter: { types: ['TEXT'] } }), { first: 1 });
    expect(world.vectorQueries.map(({ limit, objectIds }) => [limit, objectIds])).toEqual([[110, null], [440, null]]);
    expect([result.hits.map(({ object }) => object.id), result.incomplete]).toEqual([[found], false]);
  });

  it('that leave many, all of them too far away to be reached by depth, become ids in portions', async () => {
    world.vectorFilters = 'ids';
    const near = Array.from({ length: 600 }, () => world.add({ type: 'DOCUMENT', vector: [1, 0, 0] }));
    const far = Array.from({ length: 12_000 }, (_, i) => world.add({ vector: [i / 12_000, 1, 0] }));
    const result = await run({ query: 'oak', mode: 'VECTOR', filter: { types: ['TEXT'] } }, { first: 5 });
    expect([idsOf(result), result.incomplete]).toEqual([far.slice(-5).reverse(), false]);
    // Two are enough to see that depth leads nowhere: the first hundred that match would lie behind all that do not.
    expect(world.vectorQueries.map(({ limit, objectIds }) => [limit, objectIds?.length ?? null])).toEqual([[110, null], [440, null], [100, 10_000], [100, 2_000]]);
    expect(near.some((id) => world.vectorQueries[2]!.objectIds!.includes(id))).toBe(false);
  });

  it('are checked, where a store has none, together with reading the page; what moves up for the bin is read behind it', async () => {
    world.vectorFilters = 'ids';
    world.storesShowTheBin = true;
    const [first, second, third] = [0, 0.1, 0.2].map((away) => world.add({ vector: [1, away, 0] }));
    const page = async () => {
      world.log.length = 0;
      world.generation += 1;
      const result = await run({ query: 'oak', mode: 'VECTOR' }, { first: 2 });
      return [idsOf(result), world.log.filter((line) => line === 'sift' || line === 'objects')];
    };
    expect(await page()).toEqual([[first, second], ['sift']]);
    world.objects.get(first!)!.isDeleted = true;
    expect(await page()).toEqual([[second, third], ['sift', 'objects']]);
  });

  it('that leave nothing ask no store', async () => {
    world.vectorFilters = world.keywordFilters = 'ids';
    world.add({ text: 'oak', vector: [0, 1, 0] });
    const result = await run({ query: 'oak', filter: { or: [] } });
    expect([result.hits, result.totalCount, result.incomplete]).toEqual([[], 0, false]);
    expect([world.vectorQueries, world.keywordQueries]).toEqual([[], []]);
  });

  it('never bring back the bin', async () => {
    const id = world.add({ text: 'oak', vector: [0, 1, 0] });
    world.objects.get(id)!.isDeleted = true;
    expect(idsOf(await run({ query: 'oak', filter: { includeDeleted: true } }))).toEqual([]);
    world.storesShowTheBin = true;
    const result = await run({ query: 'oak', filter: { types: ['TEXT'] } });
    expect([result.hits, result.hasNextPage]).toEqual([[], false]);
  });
});
