import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { keyPattern } from '../../../../src/domain/key-patterns.js';
import type { SearchRequest, SearchResult } from '../../../../src/domain/operations.js';
import { hybrid, READER, SearchWorld } from './search-world.js';

afterEach(() => {
  vi.useRealTimers();
});

const OAK = hybrid({ query: 'oak' });
const ids = (result: SearchResult) => result.hits.map((hit) => hit.object.id);

function woodOf(size: number): SearchWorld {
  const world = new SearchWorld();
  for (let i = 0; i < size; i++) world.add({ text: 'oak '.repeat(1 + (i % 3)), vector: i % 4 === 0 ? undefined : [Math.cos(i), Math.sin(i), 0] });
  return world;
}

async function allPages(world: SearchWorld, firsts: readonly number[], between: (page: SearchResult) => void = () => {}, request: SearchRequest = OAK): Promise<SearchResult[]> {
  const pages: SearchResult[] = [];
  let after: string | undefined;
  for (let i = 0; i < 1_000; i++) {
    const page = await world.service().search(READER, request, { first: firsts[i % firsts.length]!, after });
    pages.push(page);
    if (!page.hasNextPage || page.hits.length === 0) return pages;
    after = page.hits.at(-1)!.cursor;
    between(page);
  }
  throw new Error('the pages never end');
}

describe('pages of a search', () => {
  it('joined are the whole ranking, without repeats, whatever is written between them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }), async (size, firsts) => {
        const world = woodOf(size);
        const whole = await world.service().search(READER, OAK, { first: 500 });
        const pages = await allPages(world, firsts, () => {
          world.add({ text: 'oak oak oak oak', vector: [1, 0, 0] });
          world.touch();
        });
        expect(pages.flatMap(ids)).toEqual(ids(whole));
        expect(new Set(pages.flatMap(ids)).size).toBe(size);
        for (const [i, page] of pages.entries()) {
          expect([page.hasPreviousPage, page.totalCount]).toEqual([i > 0, size]);
        }
        const scores = pages.flatMap((page) => page.hits.map((hit) => hit.score));
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
      }),
      { numRuns: 60 },
    );
  });

  it('leave out what went meanwhile, and fill up with what follows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 10 }), fc.array(fc.nat(), { maxLength: 40 }), async (size, first, gone) => {
        const world = woodOf(size);
        const whole = ids(await world.service().search(READER, OAK, { first: 500 }));
        const start = await world.service().search(READER, OAK, { first });
        const dead = new Set(gone.map((n) => whole[n % whole.length]!));
        [...dead].forEach((id, i) => {
          if (i % 2 === 0) world.objects.delete(id);
          else world.objects.get(id)!.isDeleted = true;
        });
        const seen: string[] = [];
        for (let page = start, after: string | undefined; page.hasNextPage; ) {
          after = page.hits.at(-1)?.cursor;
          expect(after).toBeDefined();
          page = await world.service().search(READER, OAK, { first, after });
          expect(page.hits.length).toBeLessThanOrEqual(first);
          if (page.hasNextPage) expect(page.hits).toHaveLength(first);
          seen.push(...ids(page));
        }
        expect(seen).toEqual(whole.slice(first).filter((id) => !dead.has(id)));
      }),
      { numRuns: 60 },
    );
  });

  it('go on behind any edge', async () => {
    const world = woodOf(12);
    const whole = await world.service().search(READER, OAK, { first: 12 });
    const rest = await world.service().search(READER, OAK, { first: 12, after: whole.hits[4]!.cursor });
    expect(ids(rest)).toEqual(ids(whole).slice(5));
    expect(rest.hits.map((hit) => hit.cursor)).toEqual(whole.hits.slice(5).map((hit) => hit.cursor));
    const none = await world.service().search(READER, OAK, { first: 12, after: whole.hits[11]!.cursor });
    expect([none.hits, none.hasNextPage, none.hasPreviousPage]).toEqual([[], false, true]);
  });

  it('end at the depth', async () => {
    const world = woodOf(140);
    const pages = await allPages(world, [10], undefined, hybrid({ query: 'oak', mode: 'KEYWORD' }));
    expect(pages.flatMap(ids)).toHaveLength(100);
    expect([pages.length, pages.at(-1)!.hasNextPage]).toEqual([10, false]);
  });

  it('may be empty', async () => {
    const world = woodOf(3);
    const page = await world.service().search(READER, OAK, { first: 0 });
    expect([page.hits, page.hasNextPage, page.totalCount]).toEqual([[], true, 3]);
  });

  it('expire after 300 s', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const world = woodOf(10);
    const { hits } = await world.service().search(READER, OAK, { first: 2 });
    const next = () => world.service().search(READER, OAK, { first: 2, after: hits[1]!.cursor });
    vi.setSystemTime(Date.now() + 299_000);
    expect((await next()).hits).toHaveLength(2);
    vi.setSystemTime(Date.now() + 2_000);
    await expect(next()).rejects.toMatchObject({ code: 'CURSOR_EXPIRED', path: ['after'] });
  });

  it('expire with the cache that held them', async () => {
    const world = woodOf(10);
    const { hits } = await world.service().search(READER, OAK, { first: 2 });
    await world.cache.invalidate(keyPattern`ranking:*`);
    await expect(world.service().search(READER, OAK, { first: 2, after: hits[1]!.cursor })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
  });

  it('are the tenant’s own', async () => {
    const world = woodOf(10);
    const { hits } = await world.service().search(READER, OAK, { first: 2 });
    await expect(world.service().search({ ...READER, tenantId: 'other' }, OAK, { first: 2, after: hits[1]!.cursor })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
  });

  it('refuse cursors of another search', async () => {
    const world = woodOf(10);
    const { hits } = await world.service().search(READER, OAK, { first: 2 });
    for (const other of [{ query: 'elm' }, { query: 'oak', alpha: 0.3 }, { query: 'oak', filter: { types: ['TEXT' as const] } }]) {
      const refused = world.service().search(READER, hybrid(other), { first: 2, after: hits[1]!.cursor });
      await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT', path: ['after'], message: expect.stringContaining('another search') });
    }
  });

  it('refuse what is no cursor', async () => {
    const world = woodOf(10);
    const { hits } = await world.service().search(READER, OAK, { first: 2 });
    const [ranking, , mark] = JSON.parse(Buffer.from(hits[0]!.cursor, 'base64url').toString()) as [string, number, string];
    const forged = [[ranking, 10, mark], [ranking, -1, mark], [ranking, 0.5, mark], [ranking, '0', mark], ['x', 0, mark], [ranking, 0], { 0: ranking }, null];
    const garbage = ['', 'abc', '%%%', ...forged.map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url'))];
    for (const after of garbage) {
      await expect(world.service().search(READER, OAK, { first: 2, after }), after).rejects.toMatchObject({ code: 'BAD_USER_INPUT', path: ['after'] });
    }
    await fc.assert(
      fc.asyncProperty(fc.string(), async (after) => {
        await expect(world.service().search(READER, OAK, { first: 2, after })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
      }),
    );
  });
});
