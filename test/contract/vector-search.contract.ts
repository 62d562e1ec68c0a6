import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ObjectFilter } from '../../src/domain/filters.js';
import type { VectorQuery, VectorStore } from '../../src/ports/vector-store.port.js';
import { cosine } from '../support/cosine.js';
import { FilteredVectors, type FilteredObject } from './filtered-vectors.js';
import { freshSpace, World, type VectorStoreFixture } from './vector-store.world.js';

/** What every vector store finds, and what it hides. */
export function vectorSearchContract(fixture: () => VectorStoreFixture): void {
  it('ranks objects by their best vector, by cosine, ties by id', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(5), direction), { minLength: 1, maxLength: 20 }),
        direction,
        fc.integer({ min: 1, max: 7 }),
        fc.option(fc.nat(5)),
        async (vectors, query, limit, except) => {
          const world = await World.create(fixture(), 6, sharedSpace);
          const records = vectors.map(([object, vector]) => world.record(object, vector));
          await world.store.upsert(world.tenant, world.space, records, null);
          const exceptObjectId = except === null ? null : world.objectIds[except]!;
          const { hits, complete } = await world.search({ vector: query, limit, exceptObjectId });
          const best = new Map<string, number>();
          for (const record of records) {
            if (record.objectId !== exceptObjectId)
              best.set(record.objectId, Math.max(cosine(record.vector, query), best.get(record.objectId) ?? -1));
          }
          const expected = [...best.values()].sort((a, b) => b - a).slice(0, limit);
          expect(complete).toBe(true);
          expect(hits.map((hit) => hit.score)).toEqual(expected.map((score) => expect.closeTo(score, 5) as number));
          expect(new Set(hits.map((hit) => hit.objectId)).size).toBe(hits.length);
          for (const [i, hit] of hits.entries()) {
            const record = records.find(({ id }) => id === hit.id)!;
            expect([record.objectId, record.passageId]).toEqual([hit.objectId, hit.passageId]);
            expect(cosine(record.vector, query)).toBeCloseTo(hit.score, 5);
            if (i > 0 && hits[i - 1]!.score === hit.score) expect(hits[i - 1]!.objectId < hit.objectId).toBe(true);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('tells the next best of each object where that is asked, best first, without the one that it counts by', async () => {
    const world = await World.create(fixture(), 2);
    const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180), 0];
    const near = [40, 10, 30, 20].map((degrees) => world.record(0, at(degrees)));
    const single = world.record(1, at(15));
    await world.store.upsert(world.tenant, world.space, [...near, single], null);
    const { hits } = await world.search({ vector: at(0), limit: 2, perObject: 3 });
    expect(hits.map(({ id }) => id)).toEqual([near[1]!.id, single.id]);
    expect(hits[0]!.others!.map(({ id, passageId }) => [id, passageId])).toEqual([near[3]!, near[2]!].map(({ id, passageId }) => [id, passageId]));
    for (const { id, score } of hits[0]!.others!) expect(score).toBeCloseTo(cosine(near.find((record) => record.id === id)!.vector, at(0)), 5);
    expect(hits[1]!.others ?? []).toEqual([]);
    const { hits: alone } = await world.search({ vector: at(0), limit: 2 });
    expect(alone.map(({ others }) => others ?? [])).toEqual([[], []]);
  });

  it('answers many at once as it does one by one', async ({ skip }) => {
    const world = await World.create(fixture(), 8);
    const { store, tenant, space, objectIds } = world;
    if (store.searchMany === undefined) return skip('it has no searchMany: it is asked one by one');
    await store.upsert(tenant, space, objectIds.flatMap((_, i) => [world.record(i, [i % 3, 1, i % 2]), world.record(i, [1, -i, 2])]), null);
    const other = freshSpace(2);
    await store.ensureSpace(other);
    await store.upsert(tenant, other, [world.record(1, [1, 0]), world.record(2, [1, 1])], null);
    const spaces = [space, other, { model: randomUUID(), dimensions: 3 }];
    const query = fc
      .record({
        where: fc.constantFrom(...spaces),
        direction,
        limit: fc.integer({ min: 0, max: 9 }),
        except: fc.option(fc.nat(7)),
        filter: fc.constantFrom(null, { metadata: [{ path: ['even'], equals: true }] }, { types: [] }),
        among: fc.option(fc.subarray(objectIds)),
        tenantId: fc.constantFrom(tenant, tenant, 'another'),
      })
      .filter(({ where, direction: [x, y] }) => where.dimensions === 3 || x !== 0 || y !== 0)
      .map(({ where, direction: numbers, except, filter, among, ...rest }): VectorQuery => ({
        ...rest,
        space: where,
        vector: numbers.slice(0, where.dimensions),
        filter: store.capabilities.filters === 'query' ? filter : null,
        objectIds: among,
        exceptObjectId: except === null ? null : objectIds[except]!,
      }));
    await fc.assert(
      fc.asyncProperty(fc.array(query, { maxLength: 8 }), async (queries) => {
        const one: Awaited<ReturnType<VectorStore['search']>>[] = [];
        for (const each of queries) one.push(await store.search(each));
        expect(await store.searchMany!(queries)).toEqual(one);
      }),
      { numRuns: 40 },
    );
    const [fine] = fc.sample(query, 1);
    await expect(store.searchMany([fine!, { ...fine!, space, vector: [0, 0, 0] }])).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(store.searchMany([{ ...fine!, space, vector: [1, 0, 0], limit: 5, objectIds: null, signal: AbortSignal.abort() }])).rejects.toThrow(/abort/i);
  });

  it('finds among ids, and nothing among none', async () => {
    const { world, even } = await World.ofThirty(fixture());
    expect(
      (await world.search({ objectIds: [even[3]!, even[1]!, randomUUID()] })).hits.map((hit) => hit.objectId),
    ).toEqual([even[1], even[3]]);
    expect(await world.search({ objectIds: [] })).toEqual({ hits: [], complete: true });
  });

  it('finds among a filter, alone and with ids', async ({ skip }) => {
    const { world, even } = await World.ofThirty(fixture());
    skip(world.store.capabilities.filters === 'ids', ONLY_IDS);
    const { hits, complete } = await world.search({
      filter: { metadata: [{ path: ['even'], equals: true }] },
      limit: 100,
    });
    expect([hits.map((hit) => hit.objectId), complete]).toEqual([even, true]);
    expect((await world.search({ filter: { types: [] } })).hits).toEqual([]);
    expect(
      (await world.search({ filter: { metadata: [{ path: ['even'], equals: false }] }, objectIds: even })).hits,
    ).toEqual([]);
  });

  it('loses nothing to a filter, whatever share it leaves, near to what is asked for or far from it', { timeout: 120_000 }, async () => {
    const many = new FilteredVectors();
    const { store, objects } = { ...fixture(), store: fixture().store() };
    const space = freshSpace(many.dimensions);
    await store.ensureSpace(space);
    const [tenant, neighbour] = [objects.freshTenant(), objects.freshTenant()];
    const ids = await objects.add(tenant, many.objects.map((object) => ({ metadata: { ...object } })));
    const records = many.records(ids);
    const fresh = 400;
    await store.upsert(tenant, space, records.slice(fresh), null);
    await store.upsert(neighbour, space, many.records(await objects.add(neighbour, many.objects.map(() => ({})))).slice(0, 1_000), null);
    await store.optimize?.();
    // These are not in the index yet, where a store has one that it feeds later.
    await store.upsert(tenant, space, records.slice(0, fresh), null);
    await fixture().settle?.();
    const gone = new Set<number>();
    for (let place = 0; store.capabilities.filters === 'query' && place < ids.length; place += 40) {
      gone.add(place);
      await objects.setDeleted(ids[place]!, true);
    }

    for (const share of [0.5, 0.1, 0.01, 0.001]) {
      for (const relation of ['unrelated', 'near', 'far'] as const) {
        let [found, wanted] = [0, 0];
        for (let topic = 0; topic < 100; topic += 10) {
          const query = many.near(topic);
          const ranked = many.byLikeness(query);
          const count = Math.max(1, Math.round(ranked.length * share));
          const chosen = relation === 'near' ? ranked.slice(0, count) : ranked.slice(-count);
          const filter: ObjectFilter = { metadata: [relation === 'unrelated' ? { path: ['lot'], lt: share * 1_000 } : { path: ['topic'], in: chosen }] };
          const matches = (object: FilteredObject) => (relation === 'unrelated' ? object.lot < share * 1_000 : chosen.includes(object.topic));
          const exact = many.nearest(query, (object, place) => matches(object) && !gone.has(place)).map((place) => ids[place]!);
          const within = store.capabilities.filters === 'query' ? { filter, objectIds: null } : { filter: null, objectIds: ids.filter((_, place) => matches(many.objects[place]!)) };
          for (const limit of [10, 100]) {
            const { hits, complete } = await store.search({ tenantId: tenant, space, vector: query, limit, ...within });
            expect([share, relation, hits.length, complete]).toEqual([share, relation, Math.min(limit, exact.length), true]);
            const first = new Set(hits.slice(0, 10).map(({ objectId }) => objectId));
            wanted += Math.min(10, exact.length);
            found += exact.slice(0, 10).filter((id) => first.has(id)).length;
          }
        }
        expect({ share, relation, recall: found / wanted }).toMatchObject({ share, relation, recall: expect.toSatisfy((recall: number) => recall >= 0.95, 'at least 0.95') as number });
      }
    }
  });

  it('shows no tenant what another has', async () => {
    const mine = await World.create(fixture(), 1);
    const theirs = await World.create(fixture(), 1, mine.space);
    const record = theirs.record(0, [1, 0, 0]);
    await theirs.store.upsert(theirs.tenant, theirs.space, [record], null);
    expect((await mine.search({})).hits).toEqual([]);
    expect((await mine.search({ objectIds: theirs.objectIds })).hits).toEqual([]);
    expect(await mine.store.fetch(mine.tenant, mine.space, [record.id])).toEqual(new Map());
    expect(await mine.store.count(mine.tenant, mine.space)).toBe(0);
    expect(await mine.store.deleteObjects(mine.tenant, theirs.objectIds, null)).toBe(0);
    expect((await theirs.search({})).hits).toHaveLength(1);
  });

  it('hides what is in the bin until it comes back', async ({ skip }) => {
    const world = await World.create(fixture(), 2);
    skip(world.store.capabilities.filters === 'ids', ONLY_IDS);
    await world.store.upsert(
      world.tenant,
      world.space,
      [world.record(0, [1, 0, 0]), world.record(1, [0, 1, 0])],
      null,
    );
    await fixture().objects.setDeleted(world.objectIds[0]!, true);
    expect((await world.search({})).hits.map((hit) => hit.objectId)).toEqual([world.objectIds[1]]);
    expect((await world.search({ objectIds: world.objectIds })).hits).toHaveLength(1);
    await fixture().objects.setDeleted(world.objectIds[0]!, false);
    expect((await world.search({})).hits).toHaveLength(2);
  });

  it('finds nothing in a space that was never made', async () => {
    const world = await World.create(fixture(), 1);
    const space = { model: randomUUID(), dimensions: 3 };
    expect(
      await world.store.search({
        tenantId: world.tenant,
        space,
        vector: [1, 0, 0],
        limit: 3,
        filter: null,
        objectIds: null,
      }),
    ).toEqual({ hits: [], complete: true });
    expect(await world.store.count(world.tenant, space)).toBe(0);
    expect(await world.store.fetch(world.tenant, space, [randomUUID()])).toEqual(new Map());
  });

  it('stops when the caller has gone', async () => {
    const world = await World.create(fixture(), 1);
    await expect(world.search({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
}

// Coarse, so that ties come up.
const direction = fc
  .tuple(...([0, 1, 2] as const).map(() => fc.integer({ min: -2, max: 2 })))
  .filter((vector) => vector.some((value) => value !== 0));
const sharedSpace = freshSpace(3);
const ONLY_IDS = 'it takes ids alone: filters and the bin are looked up in the database (services/search/restriction.ts)';
