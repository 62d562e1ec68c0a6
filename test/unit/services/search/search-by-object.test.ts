import { beforeEach, describe, expect, it } from 'vitest';

import type { SearchPageArgs, SearchRequest, SearchResult } from '../../../../src/domain/operations.js';
import { idsOf, IMAGE_MODEL, READER, SearchWorld, TEXT_MODEL } from './search-world.js';

let world: SearchWorld;
beforeEach(() => {
  world = new SearchWorld();
});

const run = (request: Partial<SearchRequest>, page: Partial<SearchPageArgs> = {}) => world.search(request, page);

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
