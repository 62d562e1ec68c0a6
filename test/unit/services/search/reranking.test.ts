import { beforeEach, describe, expect, it } from 'vitest';

import { dependencyUnavailable } from '../../../../src/domain/errors.js';
import type { SearchPageArgs, SearchRequest } from '../../../../src/domain/operations.js';
import type { Reranker } from '../../../../src/ports/reranker.port.js';
import type { Reranking } from '../../../../src/services/search/reranking.js';
import { SearchService } from '../../../../src/services/search/search.service.js';
import { hybrid, idsOf, IMAGE_MODEL, READER, SearchWorld, TEXT_MODEL } from './search-world.js';

let world: SearchWorld;
let asked: { query: string; texts: readonly string[] }[];
let score: Reranker['score'];
let reranking: Reranking;
beforeEach(() => {
  world = new SearchWorld();
  asked = [];
  // The longer, the better.
  score = (_, texts) => Promise.resolve(texts.map((text) => text.length / 100));
  const reranker: Reranker = {
    name: 'longest', revision: '1', check: () => Promise.resolve(), close: () => Promise.resolve(),
    score: (query, texts, options) => {
      asked.push({ query, texts });
      return score(query, texts, options);
    },
  };
  reranking = { reranker, depth: 3, byDefault: false, timeoutSeconds: 5 };
});

const run = (request: Partial<SearchRequest>, page: Partial<SearchPageArgs> = {}) =>
  new SearchService(world.dependencies(), { reranking }).search(READER, hybrid(request), { first: 10, ...page });

/** The shorter, the better, by words. */
const four = () => ['oak oak oak oak', 'oak oak oak and', 'oak oak and much else', 'oak and very much else'].map((text, i) => world.add({ text, vector: [1, i, 0] }));

describe('re-ranking', () => {
  it('orders the first results by the cross-encoder, scores staying with their places', async () => {
    const [a, b, c, d] = four();
    const plain = await run({ query: 'oak', mode: 'KEYWORD' });
    const result = await run({ query: 'oak', mode: 'KEYWORD', rerank: true });
    expect([idsOf(plain), idsOf(result)]).toEqual([[a, b, c, d], [c, a, b, d]]);
    expect(result.hits.map(({ score }) => score)).toEqual(plain.hits.map(({ score }) => score));
    expect(result.hits.map(({ explanation }) => explanation.rerankScore)).toEqual([0.21, 0.15, 0.15, null]);
    expect(result.hits[0]!.explanation.fusedScore).toBe(plain.hits[2]!.score);
    expect(asked).toEqual([{ query: 'oak', texts: ['oak oak oak oak', 'oak oak oak and', 'oak oak and much else'] }]);
    expect(world.log.filter((line) => line === 'passages')).toHaveLength(3);
  });

  it('holds for later pages', async () => {
    const [a, b, c, d] = four();
    const page = await run({ query: 'oak', mode: 'KEYWORD', rerank: true }, { first: 1 });
    const rest = await run({ query: 'oak', mode: 'KEYWORD', rerank: true }, { first: 9, after: page.hits[0]!.cursor });
    expect([...idsOf(page), ...idsOf(rest)]).toEqual([c, a, b, d]);
    expect(rest.hits[0]!.explanation.rerankScore).toBe(0.15);
    expect(asked).toHaveLength(1);
  });

  it('leaves what it cannot read in its place', async () => {
    world.models = [TEXT_MODEL, { ...IMAGE_MODEL, readsWords: true }];
    const picture = world.add({ vector: [1, 0, 0, 0], model: IMAGE_MODEL.name, type: 'IMAGE' });
    const [short, long] = [world.add({ text: 'oak', vector: [1, 0, 0] }), world.add({ text: 'oak and more', vector: [0.9, 0.1, 0] })];
    const plain = await run({ query: 'elm', mode: 'VECTOR' });
    const place = idsOf(plain).indexOf(picture);
    const result = await run({ query: 'elm', mode: 'VECTOR', rerank: true });
    expect(idsOf(result)[place]).toBe(picture);
    expect(idsOf(result).filter((id) => id !== picture)).toEqual([long, short]);
    expect(result.hits[place]!.explanation.rerankScore).toBeNull();
  });

  it('comes before diversity', async () => {
    const [first, twin, other] = [
      world.add({ text: 'oak oak oak', vector: [0, 1, 0] }), world.add({ text: 'oak oak and', vector: [1, 0.01, 0] }), world.add({ text: 'oak and more of it', vector: [1, 0, 0] }),
    ];
    expect(idsOf(await run({ query: 'oak', mode: 'KEYWORD', rerank: true, diversity: 0.6 }))).toEqual([other, first, twin]);
  });

  it('runs by default where it is so configured, and not where a search says no or has no words', async () => {
    const ids = four();
    reranking = { ...reranking, byDefault: true };
    await run({ query: 'oak' });
    expect(asked).toHaveLength(1);
    await run({ query: 'oak', rerank: false });
    await run({ objectId: ids[0]! });
    expect(asked).toHaveLength(1);
  });

  it('whose time runs out, or that fails, leaves the order as it was, with a warning, and is not kept', async () => {
    const ids = four();
    reranking = { ...reranking, timeoutSeconds: 0.02 };
    let stopped = false;
    score = (_, __, options) => new Promise(() => options!.signal!.addEventListener('abort', () => (stopped = true)));
    const late = await run({ query: 'oak', mode: 'KEYWORD', rerank: true });
    expect([idsOf(late), late.incomplete, stopped]).toEqual([ids, true, true]);
    expect(late.warnings).toEqual([expect.stringContaining('order by re-ranking is missing, and the results stand as they were fused: it gave no answer within 0.02 s')]);
    score = () => Promise.reject(dependencyUnavailable('models', new Error('died')));
    expect((await run({ query: 'oak', mode: 'KEYWORD', rerank: true })).warnings).toEqual([expect.stringContaining('The models did not answer')]);
    score = (_, texts) => Promise.resolve(texts.map(() => 0.5));
    expect((await run({ query: 'oak', mode: 'KEYWORD', rerank: true })).warnings).toEqual([]);
  });

  it('is another search than without, for the cache', async () => {
    four();
    await run({ query: 'oak', mode: 'KEYWORD' });
    reranking = { ...reranking, byDefault: true };
    const result = await run({ query: 'oak', mode: 'KEYWORD' });
    expect(result.hits[0]!.explanation.rerankScore).not.toBeNull();
  });

  it('is NOT_CONFIGURED where there is none, and BAD_USER_INPUT without words', async () => {
    const bare = () => world.search({ query: 'oak', rerank: true });
    await expect(bare()).rejects.toMatchObject({ code: 'NOT_CONFIGURED', path: ['input', 'rerank'], extensions: { setting: 'embedding.reranker' } });
    await expect(run({ vector: [1, 0, 0], rerank: true })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', path: ['input', 'rerank'] });
  });

  it('reads the words that draw near alone', async () => {
    four();
    await run({ terms: [{ query: 'oak', weight: 1 }, { query: 'elm', weight: -1 }, { query: 'ash', weight: 2 }], rerank: true });
    expect(asked[0]!.query).toBe('oak ash');
  });
});
