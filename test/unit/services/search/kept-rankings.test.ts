import { expect, it } from 'vitest';
import { LruCache } from '../../../../src/adapters/cache/lru.cache.js';
import { SearchService } from '../../../../src/services/search/search.service.js';
import { hybrid, READER, SearchWorld } from './search-world.js';

it('leads into later pages where the cache is switched off, as long as rankings have a place of their own', async () => {
  const world = new SearchWorld();
  for (let i = 0; i < 4; i++) world.add({ text: 'oak', vector: [1, 0, 0] });
  const off = { ...world.dependencies(), cache: new LruCache({ maxSizeMb: 0, ttlSeconds: 60 }) };
  const search = new SearchService(off, { rankings: new LruCache({ maxSizeMb: 1, ttlSeconds: 60 }) });
  const first = await search.search(READER, hybrid({ query: 'oak' }), { first: 3 });
  const second = await search.search(READER, hybrid({ query: 'oak' }), { first: 3, after: first.hits[2]!.cursor });
  expect(new Set([...first.hits, ...second.hits].map(({ object }) => object.id)).size).toBe(4);
  expect([first.hasNextPage, second.hasNextPage]).toEqual([true, false]);
});

it('does not say that a cursor has expired where the cache that has its ranking is away', async () => {
  const world = new SearchWorld();
  for (let i = 0; i < 4; i++) world.add({ text: 'oak', vector: [1, 0, 0] });
  const first = await new SearchService(world.dependencies()).search(READER, hybrid({ query: 'oak' }), { first: 3 });
  const own = new LruCache({ maxSizeMb: 1, ttlSeconds: 60 });
  const page = (available: boolean) => {
    const stats = () => ({ ...own.stats(), shared: { available, hits: 0, misses: 1, failures: 1, timesAway: 1 } });
    const rankings = { get: own.get.bind(own), set: own.set.bind(own), stats };
    const other = new SearchService({ ...world.dependencies(), cache: own }, { rankings });
    return other.search(READER, hybrid({ query: 'oak' }), { first: 3, after: first.hits[2]!.cursor });
  };
  await expect(page(false)).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'cache', retryable: true } });
  await expect(page(true)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
});
