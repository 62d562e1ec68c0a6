import { beforeEach, describe, expect, it } from 'vitest';

import type { SearchPageArgs, SearchRequest } from '../../../../src/domain/operations.js';
import { idsOf, IMAGE_MODEL, SearchWorld, TEXT_MODEL } from './search-world.js';

const CLIP = { ...IMAGE_MODEL, readsWords: true };

let world: SearchWorld;
beforeEach(() => {
  world = new SearchWorld();
});

const run = (request: Partial<SearchRequest>, page: Partial<SearchPageArgs> = {}) => world.search(request, page);
const refused = (request: Partial<SearchRequest>) => expect(run(request)).rejects;

describe('terms', () => {
  it('are summed by weight, and those below 0 push away', async () => {
    const [plain, mixed, unlike] = [world.add({ vector: [1, 0.1, 0] }), world.add({ vector: [1, 1, 0] }), world.add({ vector: [0.2, 0, 1] })];
    const both = { terms: [{ vector: [1, 0, 0], weight: 1 }, { vector: [0, 1, 0], weight: 1 }] };
    expect(idsOf(await run(both))).toEqual([mixed, plain, unlike]);
    const without = { terms: [{ vector: [1, 0, 0], weight: 1 }, { vector: [0, 1, 0], weight: -0.5 }] };
    expect(idsOf(await run(without))).toEqual([plain, mixed, unlike]);
    const [x, y, z] = world.vectorQueries[1]!.vector;
    expect([x, y, z]).toEqual([expect.closeTo(2 / Math.sqrt(5), 6), expect.closeTo(-1 / Math.sqrt(5), 6), 0]);
  });

  it('beside a query weigh as it does', async () => {
    world.add({ vector: [1, 0, 0] });
    await run({ query: 'oak', mode: 'VECTOR', terms: [{ vector: [0, 1, 0], weight: 1 }] });
    expect([...world.vectorQueries[0]!.vector]).toEqual([Math.fround(Math.SQRT1_2), Math.fround(Math.SQRT1_2), 0]);
  });

  it('of one weight in words alone search as the words do', async () => {
    world.add({ text: 'oak elm', vector: [1, 0, 0] });
    world.add({ text: 'oak', vector: [0, 1, 0] });
    const plain = await run({ query: 'oak', alpha: 0.5 });
    const term = await run({ terms: [{ query: 'oak', weight: 3 }], alpha: 0.5 });
    expect(term.hits.map(({ object, score }) => [object.id, score])).toEqual(plain.hits.map(({ object, score }) => [object.id, score]));
    expect(world.keywordQueries.map(({ weights }) => weights)).toEqual([undefined, undefined]);
  });

  it('in words weigh in the keyword leg, too, where they lower what says them, and light up only where they draw near', async () => {
    const [oak, elm, both] = [world.add({ text: 'oak' }), world.add({ text: 'elm' }), world.add({ text: 'oak elm' })];
    const result = await run({ terms: [{ query: 'oak', weight: 2 }, { query: 'elm', weight: -1 }], mode: 'KEYWORD' });
    expect(result.hits.map(({ object, score }) => [object.id, score])).toEqual([[oak, 1], [both, 0.5]]);
    expect(idsOf(result)).not.toContain(elm);
    expect(world.keywordQueries[0]).toMatchObject({ terms: ['oak', 'elm'], weights: [2, -1] });
    expect(result.hits[1]!.matches[0]!.highlights).toEqual([{ start: 0, end: 3 }]);
  });

  it('are not found themselves, by words neither', async () => {
    const self = world.add({ text: 'oak', vector: [1, 0, 0] });
    const disliked = world.add({ text: 'oak', vector: [0, 1, 0] });
    const other = world.add({ text: 'oak', vector: [0.9, 0.1, 0] });
    world.storesShowTheAsked = true;
    const result = await run({ query: 'oak', terms: [{ objectId: self, weight: 1 }, { objectId: disliked, weight: -0.2 }], alpha: 0.5 });
    expect(idsOf(result)).toEqual([other]);
  });

  it('ask each space by those that it can hear', async () => {
    world.models = [TEXT_MODEL, CLIP];
    const picture = world.add({ vector: [0, 1, 0, 0], model: CLIP.name, type: 'IMAGE' });
    world.add({ vector: [1, 0, 0] });
    await run({ query: 'oak', mode: 'VECTOR', terms: [{ objectId: picture, weight: 1 }] });
    expect(world.vectorQueries.map(({ space, vector }) => [space.model, [...vector].map((x) => x.toFixed(3))])).toEqual([
      [TEXT_MODEL.name, ['1.000', '0.000', '0.000']],
      [CLIP.name, ['0.707', '0.707', '0.000', '0.000']],
    ]);
  });

  it('name the objects that no space knows', async () => {
    const [bare, near] = [world.add({ text: 'elm' }), world.add({ vector: [1, 0, 0] })];
    const result = await run({ query: 'oak', mode: 'VECTOR', terms: [{ objectId: bare, weight: 1 }] });
    expect([idsOf(result), result.warnings]).toEqual([[near], [expect.stringMatching(/^The object "obj_\w{26}" has no vectors/)]]);
  });

  it('take as many statements as an object alone', async () => {
    const ids = Array.from({ length: 5 }, (_, i) => world.add({ vector: [1, i, 0] }));
    world.add({ vector: [1, 0, 0] });
    await run({ terms: ids.map((objectId) => ({ objectId, weight: 1 })) }, { first: 2 });
    expect([...world.log].sort()).toEqual(['embeddings', 'embeddings', 'generation', 'objects', 'objects']);
  });

  it('of other weights are another search, for the cache as for cursors', async () => {
    for (let i = 0; i < 3; i++) world.add({ vector: [1, i, 0] });
    const asked = (weight: number) => ({ terms: [{ vector: [1, 0, 0], weight: 1 }, { vector: [0, 1, 0], weight }] });
    const page = await run(asked(0.5), { first: 1 });
    await run(asked(-0.5), { first: 1 });
    expect(world.vectorQueries).toHaveLength(2);
    const after = page.hits[0]!.cursor;
    expect((await run(asked(0.5), { first: 2, after })).hits).toHaveLength(2);
    await expect(run(asked(-0.5), { first: 2, after })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', path: ['after'] });
  });

  it.each<[string, Partial<SearchRequest>, string[]]>([
    ['none', { terms: [] }, ['input']],
    ['nothing but what pushes away', { terms: [{ query: 'a', weight: -1 }] }, ['input', 'terms']],
    ['a weight of 0', { terms: [{ query: 'a', weight: 0 }] }, ['input', 'terms', '0', 'weight']],
    ['a weight beyond 10', { terms: [{ query: 'a', weight: 10.1 }] }, ['input', 'terms', '0', 'weight']],
    ['two things in one', { terms: [{ query: 'a', vector: [1, 0, 0], weight: 1 }] }, ['input', 'terms', '0']],
    ['an empty one', { query: 'a', terms: [{ weight: 1 }] }, ['input', 'terms', '0']],
    ['empty words', { terms: [{ query: ' ', weight: 1 }] }, ['input', 'terms', '0', 'query']],
    ['a model without a vector', { terms: [{ query: 'a', model: TEXT_MODEL.name, weight: 1 }] }, ['input', 'terms', '0', 'model']],
    ['a vector of another model than the search’s', { model: TEXT_MODEL.name, terms: [{ vector: [1, 0, 0, 0], model: IMAGE_MODEL.name, weight: 1 }] }, ['input', 'terms', '0', 'model']],
    ['a vector of no model’s length', { terms: [{ vector: [1], weight: 1 }] }, ['input', 'terms', '0', 'vector']],
    ['21 of them', { terms: Array.from({ length: 21 }, () => ({ query: 'a', weight: 1 })) }, ['input', 'terms']],
    ['a vector by words alone', { query: 'a', mode: 'KEYWORD', terms: [{ vector: [1, 0, 0], weight: 1 }] }, ['input', 'terms', '0', 'vector']],
    ['no words for KEYWORD', { mode: 'KEYWORD', terms: [{ query: 'a', weight: -1 }, { vector: [1, 0, 0], weight: 1 }] }, ['input', 'query']],
    ['those that cancel each other out', { terms: [{ vector: [1, 0, 0], weight: 1 }, { vector: [2, 0, 0], weight: -1 }] }, ['input', 'terms']],
  ])('refuse %s', async (_, request, path) => {
    await refused(request).toMatchObject({ code: 'BAD_USER_INPUT', path });
  });

  it('refuse an object that is not there, with its place', async () => {
    const theirs = world.add({ vector: [1, 0, 0], tenantId: 'other' });
    await refused({ query: 'a', terms: [{ objectId: theirs, weight: 1 }] }).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'terms', '0', 'objectId'] });
  });
});

describe('spaces', () => {
  it('are asked with words wherever a model reads them, or in that of `model`', async () => {
    world.models = [TEXT_MODEL, IMAGE_MODEL, CLIP, { ...TEXT_MODEL, name: 'idle', active: false }].map((model, i) => (i === 2 ? { ...model, name: 'clip' } : model));
    const asked = async (request: Partial<SearchRequest>) => {
      world.vectorQueries.length = 0;
      await run(request);
      return world.vectorQueries.map(({ space }) => space.model);
    };
    expect(await asked({ query: 'oak' })).toEqual([TEXT_MODEL.name, 'clip']);
    expect(await asked({ query: 'oak', model: 'idle' })).toEqual(['idle']);
    expect(await asked({ query: 'oak', filter: { types: ['TEXT'] } })).toEqual([TEXT_MODEL.name]);
    // What is said about a picture is a passage of it.
    expect(await asked({ query: 'oak', filter: { types: ['IMAGE'] } })).toEqual([TEXT_MODEL.name, 'clip']);
    expect(await asked({ query: 'oak', filter: { types: ['AUDIO'] } })).toEqual([TEXT_MODEL.name]);
  });

  it('with few objects and low cosines are not drowned, and each says what it saw', async () => {
    world.models = [TEXT_MODEL, CLIP];
    for (let i = 0; i < 60; i++) world.add({ vector: [1, i / 60, 0], text: 'elm' });
    const [fit, unfit] = [world.add({ vector: [0.3, 0.9, 0, 0], model: CLIP.name, type: 'IMAGE' }), world.add({ vector: [0.1, 0.9, 0, 0], model: CLIP.name, type: 'IMAGE' })];
    for (const mode of ['VECTOR', 'HYBRID'] as const) {
      const { hits } = await run({ query: 'oak', mode });
      expect(hits.slice(0, 2).map(({ object }) => object.id)).toContain(fit);
      expect(hits.map(({ object }) => object.id)).not.toContain(unfit);
      expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).sort((a, b) => b - a));
      const { explanation } = hits.find(({ object }) => object.id === fit)!;
      expect(explanation.spaces).toEqual([{ model: CLIP.name, score: expect.closeTo(0.316, 2) as number, rank: 0 }]);
    }
  });

  it('that found one object each say so, on later pages as well', async () => {
    world.models = [TEXT_MODEL, CLIP];
    const first = world.add({ vector: [1, 0, 0] });
    const both = world.add({ vector: [0.9, 0.5, 0] });
    world.addVector(both, [1, 0, 0, 0], { model: CLIP.name });
    world.add({ vector: [0, 1, 0] });
    const { hits } = await run({ query: 'oak', mode: 'VECTOR' }, { first: 1 });
    expect([first, both]).toContain(hits[0]!.object.id);
    const later = await run({ query: 'oak', mode: 'VECTOR' }, { first: 1, after: hits[0]!.cursor });
    const seen = [...hits, ...later.hits].find(({ object }) => object.id === both)!;
    expect(seen.explanation.spaces.map(({ model }) => model)).toEqual([CLIP.name, TEXT_MODEL.name]);
  });
});
