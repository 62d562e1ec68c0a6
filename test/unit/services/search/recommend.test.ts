import { beforeEach, describe, expect, it } from 'vitest';

import { dependencyUnavailable } from '../../../../src/domain/errors.js';
import type { RecommendRequest, SearchPageArgs } from '../../../../src/domain/operations.js';
import { idsOf, IMAGE_MODEL, READER, SearchWorld, TEXT_MODEL } from './search-world.js';

let world: SearchWorld;
beforeEach(() => {
  world = new SearchWorld();
});

const recommend = (request: Partial<RecommendRequest>, page: Partial<SearchPageArgs> = {}) =>
  world.service().recommend(READER, { liked: [], disliked: [], ...request }, { first: 10, ...page });

describe('recommending', () => {
  it('asks by the mean of the liked less half the mean of the disliked, and gives none of them back', async () => {
    const liked = [world.add({ vector: [1, 0, 0] }), world.add({ vector: [0, 1, 0] })];
    const disliked = [world.add({ vector: [0, 0, 1] })];
    const [amid, away] = [world.add({ vector: [1, 1, 0] }), world.add({ vector: [1, 1, 3] })];
    world.storesShowTheAsked = true;
    const result = await recommend({ liked, disliked });
    expect(idsOf(result)).toEqual([amid, away]);
    expect([...world.vectorQueries[0]!.vector]).toEqual([0.5, 0.5, -0.5].map((value) => expect.closeTo(value / Math.hypot(0.5, 0.5, 0.5), 6) as number));
    expect(world.observed).toEqual(['recommend']);
  });

  it('goes into every space that the liked are in, each by those that are there', async () => {
    const [text, picture] = [world.add({ vector: [1, 0, 0] }), world.add({ vector: [0, 1, 0, 0], model: IMAGE_MODEL.name })];
    const [read, seen] = [world.add({ vector: [1, 0.1, 0] }), world.add({ vector: [0, 1, 0.1, 0], model: IMAGE_MODEL.name })];
    const result = await recommend({ liked: [text, picture] });
    expect(world.vectorQueries.map(({ space, vector }) => [space.model, [...vector]])).toEqual([[TEXT_MODEL.name, [1, 0, 0]], [IMAGE_MODEL.name, [0, 1, 0, 0]]]);
    expect(idsOf(result).sort()).toEqual([read, seen].sort());
    expect(idsOf(await recommend({ liked: [text, picture], model: IMAGE_MODEL.name }))).toEqual([seen]);
  });

  it('names what has no vectors, and needs one of the liked to have some', async () => {
    const [bare, liked, other] = [world.add({ text: 'oak' }), world.add({ vector: [1, 0, 0] }), world.add({ vector: [1, 1, 0] })];
    const result = await recommend({ liked: [liked], disliked: [bare] });
    expect([idsOf(result), result.warnings]).toEqual([[other], [expect.stringMatching(/obj_\w+" has no vectors/)]]);
    await expect(recommend({ liked: [bare], disliked: [liked] })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', path: ['input', 'liked', '0'].slice(0, 2) });
  });

  it('goes on where its first page ended', async () => {
    const liked = [world.add({ vector: [1, 0, 0] })];
    const ids = [1, 2, 3, 4].map((i) => world.add({ vector: [1, i / 10, 0] }));
    const first = await recommend({ liked }, { first: 2 });
    const second = await recommend({ liked }, { first: 2, after: first.hits[1]!.cursor });
    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids);
  });

  it.each<[string, (id: string) => Partial<RecommendRequest>, string[]]>([
    ['nobody liked', (id) => ({ disliked: [id] }), ['input', 'liked']],
    ['one who is both', (id) => ({ liked: [id], disliked: [id] }), ['input', 'disliked', '0']],
    ['too many', (id) => ({ liked: Array.from({ length: 101 }, () => id) }), ['input', 'liked']],
    ['an unknown model', (id) => ({ liked: [id], model: 'nope' }), ['input', 'model']],
    ['too much diversity', (id) => ({ liked: [id], diversity: 1.1 }), ['input', 'diversity']],
  ])('refuses %s', async (_, request, path) => {
    await expect(recommend(request(world.add({ vector: [1, 0, 0] })))).rejects.toMatchObject({ code: 'BAD_USER_INPUT', path });
  });

  it('refuses another’s object', async () => {
    const theirs = world.add({ vector: [1, 0, 0], tenantId: 'other' });
    await expect(recommend({ liked: [theirs] })).rejects.toMatchObject({ code: 'NOT_FOUND', path: ['input', 'liked', '0'] });
  });
});

describe('diversity', () => {
  const alike = () => [world.add({ vector: [1, 0.01, 0] }), world.add({ vector: [1, 0.02, 0] }), world.add({ vector: [0.9, 0, 0.43] })];

  it('puts what is unlike before what is almost the same, scores still falling with their places', async () => {
    const [first, twin, other] = alike();
    const plain = await world.search({ query: 'x', mode: 'VECTOR' });
    const diverse = await world.search({ query: 'x', mode: 'VECTOR', diversity: 0.5 });
    expect([idsOf(plain), idsOf(diverse)]).toEqual([[first, twin, other], [first, other, twin]]);
    expect(diverse.hits.map(({ score }) => score)).toEqual(plain.hits.map(({ score }) => score));
    expect(diverse.hits[1]!.explanation.fusedScore).toBe(plain.hits[2]!.score);
    expect(idsOf(await world.search({ query: 'x', mode: 'VECTOR', diversity: 0 }))).toEqual(idsOf(plain));
  });

  it('holds for later pages', async () => {
    const [first, twin, other] = alike();
    const page = await world.search({ query: 'x', mode: 'VECTOR', diversity: 0.5 }, { first: 1 });
    const rest = await world.search({ query: 'x', mode: 'VECTOR', diversity: 0.5 }, { first: 5, after: page.hits[0]!.cursor });
    expect([...idsOf(page), ...idsOf(rest)]).toEqual([first, other, twin]);
    expect(rest.hits[0]!.explanation.fusedScore).toBeLessThan(rest.hits[0]!.score);
  });

  it('knows what words alone have found by its vectors, in one more statement', async () => {
    const [first, twin, other] = [
      world.add({ text: 'oak oak oak', vector: [1, 0, 0] }), world.add({ text: 'oak oak', vector: [1, 0.01, 0] }), world.add({ text: 'oak', vector: [0, 1, 0] }),
    ];
    const plain = await world.search({ query: 'oak', mode: 'KEYWORD' });
    const before = world.log.length;
    const diverse = await world.search({ query: 'oak', mode: 'KEYWORD', diversity: 0.7 });
    expect([idsOf(plain), idsOf(diverse)]).toEqual([[first, twin, other], [first, other, twin]]);
    expect(world.log.slice(before).filter((line) => line === 'embeddings')).toHaveLength(1);
  });

  it('that cannot be had leaves the order as it was, with a warning', async () => {
    const ids = alike();
    const deps = world.dependencies();
    const { SearchService } = await import('../../../../src/services/search/search.service.js');
    const fetch = () => Promise.reject(dependencyUnavailable('vectors', new Error('down')));
    const service = new SearchService({ ...deps, vectors: { ...deps.vectors, fetch } });
    const result = await service.search(READER, { query: 'x', mode: 'VECTOR', fusion: 'RELATIVE_SCORE', diversity: 0.5 }, { first: 10 });
    expect([idsOf(result), result.incomplete, result.warnings]).toEqual([ids, true, [expect.stringContaining('order by diversity is missing')]]);
  });
});
