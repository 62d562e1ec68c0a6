import { beforeEach, describe, expect, it } from 'vitest';

import { dependencyUnavailable, isStrataError } from '../../../../src/domain/errors.js';
import type { SearchResult } from '../../../../src/domain/operations.js';
import type { VectorQuery, VectorStore } from '../../../../src/ports/vector-store.port.js';
import { SearchService } from '../../../../src/services/search/search.service.js';
import { hybrid, IMAGE_MODEL, READER, SearchWorld, TEXT_MODEL } from './search-world.js';

let world: SearchWorld;
let ids: string[];
let pictures: string[];
beforeEach(() => {
  world = new SearchWorld();
  ids = Array.from({ length: 12 }, (_, i) => world.add({ text: `oak ${i}`, vector: [Math.cos(i), Math.sin(i), i % 3] }));
  world.addVector(ids[0]!, [0, 0, 1], { passageId: [...world.passages.keys()][0] });
  pictures = Array.from({ length: 3 }, (_, i) => world.add({ vector: [1, i, 0, 1], model: IMAGE_MODEL.name, type: 'IMAGE' }));
});

const THREE = { first: 3, model: null };
const shown = ({ hits, ...rest }: SearchResult) => ({ ...rest, hits: hits.map(({ cursor: _, ...hit }) => hit) });
const alone = async (objectId: string, model: string) => shown(await world.service({ caches: false }).search(READER, hybrid({ objectId, model, mode: 'VECTOR' }), { first: 3 }));

/** The same world, whose vector store takes many questions at once. */
function togetherService(asked: (readonly VectorQuery[])[]): SearchService {
  const deps = world.dependencies();
  const vectors: VectorStore = {
    ...deps.vectors,
    search: () => Promise.reject(new Error('asked one by one')),
    searchMany: async (queries) => {
      asked.push(queries);
      return Promise.all(queries.map((query) => deps.vectors.search(query)));
    },
  };
  return new SearchService({ ...deps, vectors });
}

describe('the like of many objects', () => {
  it.each(['query', 'ids'] as const)('is that of each by a search of its own, in the order asked, where stores filter by %s', async (filters) => {
    world.vectorFilters = filters;
    const bare = world.add({ text: 'no vector' });
    const all = [pictures[1]!, bare, ...ids, pictures[0]!];
    const found = await world.service().similarTo(READER, all, THREE);
    const expected = await Promise.all(all.map((id) => (id === bare ? null : alone(id, pictures.includes(id) ? IMAGE_MODEL.name : TEXT_MODEL.name))));
    expect(found.map((each) => each && shown(each as SearchResult))).toEqual(expected);
  });

  it('is read together: as often for many as for one', async () => {
    world.vectorFilters = 'ids';
    const reads = async (objectIds: readonly string[]) => {
      world.touch();
      world.log.length = 0;
      await world.service().similarTo(READER, objectIds, THREE);
      return [...world.log].sort();
    };
    const one = await reads(ids.slice(0, 1));
    expect(one).toEqual(['embeddings', 'generation', 'objects', 'passages', 'sift']);
    expect(await reads(ids)).toEqual(one);
  });

  it('asks a store for all of a space at once where it can, for four at a time where it cannot', async () => {
    const asked: (readonly VectorQuery[])[] = [];
    await togetherService(asked).similarTo(READER, [...ids, ...pictures], THREE);
    expect(asked.map((queries) => [queries[0]!.space.model, queries.length])).toEqual([[TEXT_MODEL.name, 12], [IMAGE_MODEL.name, 3]]);
    world.touch();
    let [running, most] = [0, 0];
    world.vectorFault = async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
    };
    await world.service().similarTo(READER, ids, THREE);
    expect(most).toBe(4);
  });

  it('of one fails alone', async () => {
    world.vectorFault = ({ exceptObjectId }) => (exceptObjectId === ids[2] ? Promise.reject(dependencyUnavailable('vectors', new Error('refused'))) : Promise.resolve());
    const found = await world.service().similarTo(READER, ids.slice(0, 4), THREE);
    expect(found.map((each) => (isStrataError(each) ? each.code : each?.hits.length))).toEqual([3, 3, 'DEPENDENCY_UNAVAILABLE', 3]);
  });

  it('is kept and given again, each by itself, until something is written', async () => {
    const service = world.service();
    const [first] = await service.similarTo(READER, ids.slice(0, 1), THREE);
    world.vectorQueries.length = 0;
    const again = await service.similarTo(READER, ids.slice(0, 3), THREE);
    expect(again[0]).toEqual(first);
    expect(world.vectorQueries.map(({ exceptObjectId }) => exceptObjectId)).toEqual(ids.slice(1, 3));
    world.touch();
    await service.similarTo(READER, ids.slice(0, 3), THREE);
    expect(world.vectorQueries).toHaveLength(5);
  });

  it('moves up where what was found has gone, for each page by itself', async () => {
    world.storesShowTheBin = true;
    const before = (await world.service().similarTo(READER, ids, THREE)) as SearchResult[];
    const gone = before[0]!.hits[0]!.object.id;
    world.objects.get(gone)!.isDeleted = true;
    world.touch();
    const after = (await world.service().similarTo(READER, ids, THREE)) as SearchResult[];
    for (const [i, page] of after.entries()) {
      expect(page.hits).toHaveLength(3);
      expect(page.hits.map(({ object }) => object.id).slice(0, 2)).toEqual(before[i]!.hits.map(({ object }) => object.id).filter((id) => id !== gone).slice(0, 2));
    }
  });

  it('says what is missing where an object’s vectors are not in the store', async () => {
    const id = world.add({ text: 'elm', vector: [1, 0, 0] });
    const deps = world.dependencies();
    const own = [...world.embeddings.values()].find(({ objectId }) => objectId === id)!.id;
    const vectors: VectorStore = { ...deps.vectors, fetch: async (tenant, space, wanted) => deps.vectors.fetch(tenant, space, wanted.filter((each) => each !== own)) };
    const [missing, there] = (await new SearchService({ ...deps, vectors }).similarTo(READER, [id, ids[0]!], THREE)) as SearchResult[];
    expect([missing!.hits, missing!.incomplete, missing!.warnings]).toEqual([[], true, [expect.stringContaining('stopped before')]]);
    expect([there!.hits.length, there!.incomplete]).toEqual([3, false]);
  });

  it('is asked of one store from beginning to end, though a move be switched to in between', async () => {
    const deps = world.dependencies();
    const here = { vectors: deps.vectors, keywords: deps.keywords, hybrid: null, indexSync: null };
    const elsewhere = { ...here, vectors: { ...deps.vectors, search: () => Promise.reject(new Error('asked the new one')) } as VectorStore };
    let now = here;
    const leaving: VectorStore = { ...deps.vectors, fetch: async (...asked) => deps.vectors.fetch(...asked).finally(() => (now = elsewhere)) };
    now = { ...here, vectors: leaving };
    const live = { ...deps, indexesNow: () => now, get vectors() { return now.vectors; } };
    const [found] = (await new SearchService(live).similarTo(READER, ids.slice(0, 1), THREE)) as SearchResult[];
    expect(now).toBe(elsewhere);
    expect([found!.hits.length, found!.incomplete]).toEqual([3, false]);
  });

  it('stops for all when the caller has gone', async () => {
    await expect(world.service().similarTo(READER, ids, THREE, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });
});
