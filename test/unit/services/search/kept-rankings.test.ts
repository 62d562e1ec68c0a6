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
