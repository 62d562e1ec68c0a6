import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { dependencyUnavailable } from '../../../../src/domain/errors.js';
import type { SearchRequest, SearchResult } from '../../../../src/domain/operations.js';
import type { Services } from '../../../../src/graphql/services.js';
import { hybrid, IMAGE_MODEL, READER, SearchWorld, TEXT_MODEL } from './search-world.js';

let world: SearchWorld;
beforeEach(() => {
  world = new SearchWorld();
});
afterEach(() => {
  vi.useRealTimers();
});

const run = (request: Partial<SearchRequest>, page: { first?: number; after?: string } = {}) =>
  world.service().search(READER, hybrid(request), { first: 10, ...page });
const idsOf = (result: { hits: { object: { id: string } }[] }) => result.hits.map((hit) => hit.object.id);

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

describe('scores', () => {
  it('are (1 + cosine)/2 by vectors', async () => {
    const [same, across, against] = [world.add({ vector: [1, 0, 0] }), world.add({ vector: [0, 1, 0] }), world.add({ vector: [-1, 0, 0] })];
    const result = await run({ query: 'x', mode: 'VECTOR' });
    expect(result.hits.map((hit) => [hit.object.id, hit.score])).toEqual([[same, 1], [across, 0.5], [against, 0]]);
    expect(result.hits[1]!.explanation).toEqual({ vectorScore: 0, vectorRank: 1, keywordScore: null, keywordRank: null, model: TEXT_MODEL.name });
    expect(world.keywordQueries).toEqual([]);
  });

  it('are s/max by words', async () => {
    const [twice, once] = [world.add({ text: 'oak oak', vector: [1, 0, 0] }), world.add({ text: 'oak' })];
    const result = await run({ query: 'oak', mode: 'KEYWORD' });
    expect(result.hits.map((hit) => [hit.object.id, hit.score])).toEqual([[twice, 1], [once, 0.5]]);
    expect(result.hits[1]!.explanation).toEqual({ vectorScore: null, vectorRank: null, keywordScore: 1, keywordRank: 1, model: null });
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

describe('the like of an object', () => {
  it('leaves out the object itself, even where the store does not', async () => {
    const [self, other] = [world.add({ vector: [1, 0, 0] }), world.add({ vector: [0.8, 0.6, 0] })];
    const result = await run({ objectId: self });
    expect(idsOf(result)).toEqual([other]);
    expect(world.vectorQueries[0]!.exceptObjectId).toBe(self);
    expect(result.hits[0]!.score).toBeCloseTo(0.9, 6);
    world.storesShowTheAsked = true;
    world.touch();
    expect(idsOf(await run({ objectId: self }))).toEqual([other]);
  });

  it('is asked with the normalised centroid of its vectors', async () => {
    const self = world.add({ vector: [1, 0, 0] });
    world.addVector(self, [0, 1, 0]);
    world.add({ vector: [0, 0, 1] });
    await run({ objectId: self });
    expect([...world.vectorQueries[0]!.vector]).toEqual([Math.fround(Math.SQRT1_2), Math.fround(Math.SQRT1_2), 0]);
  });

  it('is looked for in every active space that it is in, or in that of `model`', async () => {
    const self = world.add({ vector: [1, 0, 0] });
    world.addVector(self, [1, 0, 0, 0], { model: IMAGE_MODEL.name });
    await run({ objectId: self });
    expect(world.vectorQueries.map((query) => query.space)).toEqual([{ model: 'words-3', dimensions: 3 }, { model: 'looks-4', dimensions: 4 }]);
    await run({ objectId: self, model: IMAGE_MODEL.name });
    expect(world.vectorQueries.slice(2).map((query) => query.space.model)).toEqual(['looks-4']);
    world.models = [TEXT_MODEL, { ...IMAGE_MODEL, active: false }];
    await run({ objectId: self });
    expect(world.vectorQueries.slice(3).map((query) => query.space.model)).toEqual(['words-3']);
  });

  it('is NOT_FOUND where the object is not there or another’s', async () => {
    const theirs = world.add({ vector: [1, 0, 0], tenantId: 'other' });
    await expect(run({ objectId: theirs })).rejects.toMatchObject({ code: 'NOT_FOUND', path: ['input', 'objectId'] });
  });

  it('takes vectors', async () => {
    const bare = world.add({ text: 'oak' });
    await expect(run({ objectId: bare })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', path: ['input', 'objectId'] });
    expect(await world.service().similarTo(READER, [bare], { first: 10, model: null })).toEqual([null]);
  });

  it('as a field takes the first active model that the object has', async () => {
    const self = world.add({ vector: [1, 0, 0, 0], model: IMAGE_MODEL.name });
    world.addVector(self, [1, 0, 0]);
    const [seen, read] = [world.add({ vector: [1, 0, 0, 0], model: IMAGE_MODEL.name }), world.add({ vector: [1, 0, 0] })];
    const similar = async (model: string | null) => idsOf((await world.service().similarTo(READER, [self], { first: 10, model }))[0] as SearchResult);
    expect(await similar(null)).toEqual([read]);
    expect(await similar(IMAGE_MODEL.name)).toEqual([seen]);
  });

  it('as a field refuses with the field’s own paths', async () => {
    const id = world.add({ vector: [1, 0, 0] });
    const similar = (first: number, model: string | null) => world.service().similarTo(READER, [id], { first, model });
    await expect(similar(501, null)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', path: ['first'] });
    await expect(similar(1, 'nope')).rejects.toMatchObject({ code: 'BAD_USER_INPUT', path: ['model'] });
    await expect(similar(1, 'absent')).rejects.toMatchObject({ code: 'NOT_CONFIGURED', path: ['model'] });
  });
});

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
    expect(world.vectorQueries.map(({ limit, objectIds }) => [limit, objectIds])).toEqual([[120, null], [480, null]]);
    expect([result.hits.map(({ object }) => object.id), result.incomplete]).toEqual([[found], false]);
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

describe('what it costs', () => {
  it('is three statements and the legs, however many hits; one where it is cached', async () => {
    for (let i = 0; i < 60; i++) world.add({ text: 'oak', fields: 'oak', vector: [1, 0, 0] });
    await run({ query: 'oak' }, { first: 50 });
    expect(world.log.filter((line) => !line.startsWith('embed'))).toEqual(['generation', 'objects', 'passages']);
    world.log.length = 0;
    expect((await run({ query: 'oak' }, { first: 50 })).hits).toHaveLength(50);
    expect(world.log).toEqual(['generation']);
  });

  it('is one more for moments, one more for facets, and none for the generation without caches', async () => {
    world.add({ vector: [1, 0, 0, 0], model: IMAGE_MODEL.name });
    await world.service({ caches: false }).search(READER, hybrid({ vector: [1, 0, 0, 0], facets: [{ field: 'type', limit: 1 }] }), { first: 50 });
    expect([...world.log].sort()).toEqual(['embeddings', 'facets', 'objects']);
  });

  it('lets the keyword leg run while the query is embedded', async () => {
    world.add({ text: 'oak', vector: [1, 0, 0] });
    const order: string[] = [];
    const dependencies = world.dependencies();
    const { embedTexts } = dependencies.embedder;
    let keywordsAsked = () => {};
    const asked = new Promise<void>((resolve) => (keywordsAsked = resolve));
    dependencies.embedder.embedTexts = async (...args) => {
      await asked; // never comes where the legs wait for the embedding
      order.push('embedded');
      return embedTexts(...args);
    };
    world.keywordFault = async () => keywordsAsked();
    const { SearchService } = await import('../../../../src/services/search/search.service.js');
    await new SearchService(dependencies).search(READER, hybrid({ query: 'oak' }), { first: 1 });
    expect(order).toEqual(['embedded']);
  });
});

describe('the result cache', () => {
  it('answers for 300 s, with rows of the caller’s own', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    world.add({ text: 'oak', vector: [1, 0, 0] });
    const first = await run({ query: 'oak' });
    vi.setSystemTime(Date.now() + 299_000);
    const again = await run({ query: 'oak' });
    expect(again).toEqual(first);
    expect(again.hits[0]!.object).not.toBe((await run({ query: 'oak' })).hits[0]!.object);
    expect(again.hits[0]!.object.createdAt).toBeInstanceOf(Date);
    expect(world.vectorQueries).toHaveLength(1);
    vi.setSystemTime(Date.now() + 2_000);
    await run({ query: 'oak' });
    expect(world.vectorQueries).toHaveLength(2);
  });

  it('shows a write to the next search', async () => {
    const id = world.add({ text: 'oak', vector: [1, 0, 0] });
    expect(idsOf(await run({ query: 'oak' }))).toEqual([id]);
    world.objects.get(id)!.isDeleted = true;
    world.touch();
    expect(idsOf(await run({ query: 'oak' }))).toEqual([]);
  });

  it('tells inputs, pages, tenants and models apart', async () => {
    world.add({ text: 'oak', vector: [1, 0, 0] });
    const service = world.service();
    await run({ query: 'oak' });
    await run({ query: 'oak', minScore: 0.01 });
    await run({ query: 'oak' }, { first: 11 });
    await service.search({ ...READER, tenantId: 'other' }, hybrid({ query: 'oak' }), { first: 10 });
    world.models = [{ ...TEXT_MODEL, revision: '2' }];
    await run({ query: 'oak' });
    expect(world.vectorQueries).toHaveLength(5);
    await run({ query: 'oak' });
    expect(world.vectorQueries).toHaveLength(5);
  });

  it('renews the cursors that it hands out', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    for (let i = 0; i < 4; i++) world.add({ text: 'oak', vector: [1, 0, 0] });
    await run({ query: 'oak' }, { first: 2 });
    vi.setSystemTime(Date.now() + 290_000);
    const cached = await run({ query: 'oak' }, { first: 2 });
    expect(world.vectorQueries).toHaveLength(1);
    vi.setSystemTime(Date.now() + 290_000);
    expect((await run({ query: 'oak' }, { first: 2, after: cached.hits[1]!.cursor })).hits).toHaveLength(2);
  });

  it('keeps nothing that a lagging store may not have settled, and says so', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    world.lagSeconds = 5;
    world.add({ text: 'oak', vector: [1, 0, 0] });
    const service = world.service();
    const search = () => service.search(READER, hybrid({ query: 'oak' }), { first: 1 });
    expect((await search()).warnings).toEqual([expect.stringContaining('up to 5 s')]);
    await search();
    expect(world.vectorQueries).toHaveLength(2);
    vi.setSystemTime(Date.now() + 5_000);
    await search();
    await search();
    expect(world.vectorQueries).toHaveLength(3);
    world.touch();
    await search();
    await search();
    expect(world.vectorQueries).toHaveLength(5);
  });

  it('can be switched off', async () => {
    world.add({ text: 'oak', vector: [1, 0, 0] });
    const service = world.service({ caches: false });
    for (let i = 0; i < 2; i++) await service.search(READER, hybrid({ query: 'oak' }), { first: 1 });
    expect(world.vectorQueries).toHaveLength(2);
    expect(world.log.filter((line) => line.startsWith('embed'))).toHaveLength(2);
    expect(world.log).not.toContain('generation');
  });
});
