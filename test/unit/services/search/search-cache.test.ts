import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { SearchPageArgs, SearchRequest } from '../../../../src/domain/operations.js';
import { hybrid, idsOf, IMAGE_MODEL, READER, SearchWorld, TEXT_MODEL } from './search-world.js';

let world: SearchWorld;
beforeEach(() => {
  world = new SearchWorld();
});
afterEach(() => {
  vi.useRealTimers();
});

const run = (request: Partial<SearchRequest>, page: Partial<SearchPageArgs> = {}) => world.search(request, page);

describe('what it costs', () => {
  it('is three statements and the legs, however many hits; one where it is cached', async () => {
    for (let i = 0; i < 60; i++) world.add({ text: 'oak', fields: 'oak', vector: [1, 0, 0] });
    await run({ query: 'oak' }, { first: 50 });
    expect(world.log.filter((line) => !line.startsWith('embed'))).toEqual(['generation', 'objects', 'passages']);
    world.log.length = 0;
    expect((await run({ query: 'oak' }, { first: 50 })).hits).toHaveLength(50);
    expect(world.log).toEqual(['generation']);
  });

  it('is one fewer where nobody wants the passages that matched, and neither answer is cached as the other', async () => {
    world.add({ text: 'oak', vector: [1, 0, 0] });
    const bare = await run({ query: 'oak' }, { matches: false });
    expect(world.log.filter((line) => !line.startsWith('embed'))).toEqual(['generation', 'objects']);
    expect(bare.hits.map(({ matches }) => matches)).toEqual([[]]);
    const whole = await run({ query: 'oak' });
    expect(whole.hits[0]!.matches).toMatchObject([{ text: 'oak' }]);
    expect((await run({ query: 'oak' }, { matches: false })).hits[0]!.matches).toEqual([]);
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
