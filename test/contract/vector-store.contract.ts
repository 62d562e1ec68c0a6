import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VectorQuery, VectorRecord, VectorSpace, VectorStore } from '../../src/ports/vector-store.port.js';
import type { SearchObjects } from '../support/search-objects.js';

export interface VectorStoreFixture {
  /** Another client of the same store each time. @param spaces of the models that it takes to be here */
  store(spaces?: readonly VectorSpace[]): VectorStore;
  objects: SearchObjects;
  /** Where reads lag behind the writes of other clients: makes them all seen. */
  settle?(): void | Promise<void>;
}

/** What every vector store does. */
export function vectorStoreContract(name: string, fixture: () => VectorStoreFixture): void {
  describe(`vector store: ${name}`, () => {
    it('makes a space once, whoever asks, and refuses other dimensions', async () => {
      const space = freshSpace(4);
      await Promise.all([
        fixture().store().ensureSpace(space),
        fixture().store().ensureSpace(space),
        fixture().store().ensureSpace(space),
      ]);
      await fixture().store().ensureSpace(space);
      await expect(
        fixture()
          .store()
          .ensureSpace({ ...space, dimensions: 5 }),
      ).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('4 dimensions') as string,
        extensions: { dependency: 'vectors' },
      });
    });

    it('says by check, before anything is written, where a model that is here has other dimensions there', async () => {
      const [space, unused] = [freshSpace(4), freshSpace(3)];
      await fixture().store([space, unused]).check();
      await fixture().store().ensureSpace(space);
      await fixture().store([unused, space]).check();
      await expect(fixture().store([unused, { ...space, dimensions: 5 }]).check()).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('4 dimensions, and the model now gives 5') as string,
        extensions: { dependency: 'vectors' },
      });
      // Nobody asks for what nobody has here.
      await fixture().store([unused]).check();
    });

    it('keeps models apart whose names look alike', async () => {
      const spaces = ['a-b', 'a_b', 'A b', "a'; drop table data_objects; --"].map((model) => ({
        model: `${model}${randomUUID()}`,
        dimensions: 2,
      }));
      const world = await World.create(fixture(), 1, spaces[0]!);
      for (const [i, space] of spaces.entries()) {
        await world.store.ensureSpace(space);
        await world.store.upsert(world.tenant, space, [world.record(0, [1, i + 1])], null);
      }
      for (const space of spaces) expect(await world.store.count(world.tenant, space)).toBe(1);
    });

    it('gives back what was written, to the last bit', async () => {
      const world = await World.create(fixture(), 1);
      const record = world.record(0, [0.1, -1e-30, 12345.678]);
      await world.store.upsert(world.tenant, world.space, [record], null);
      const found = await world.store.fetch(world.tenant, world.space, [record.id, randomUUID()]);
      expect([...found]).toEqual([[record.id, record.vector]]);
    });

    it('replaces a vector that is written again', async () => {
      const world = await World.create(fixture(), 2);
      const record = world.record(0, [1, 0, 0]);
      await world.store.upsert(world.tenant, world.space, [record, world.record(1, [0.9, 0.1, 0])], null);
      await world.store.upsert(world.tenant, world.space, [{ ...record, vector: Float32Array.of(0, 0, 1) }], null);
      expect(await world.store.count(world.tenant, world.space)).toBe(2);
      const { hits } = await world.search({ vector: [1, 0, 0] });
      expect(hits.map((hit) => hit.objectId)).toEqual([world.objectIds[1], world.objectIds[0]]);
      // Twice in one call: the last counts.
      await world.store.upsert(
        world.tenant,
        world.space,
        [record, { ...record, vector: Float32Array.of(0, 1, 0) }],
        null,
      );
      expect((await world.store.fetch(world.tenant, world.space, [record.id])).get(record.id)).toEqual(
        Float32Array.of(0, 1, 0),
      );
    });

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

    it('deletes objects from every space', async () => {
      const world = await World.create(fixture(), 2);
      const other = freshSpace(2);
      await world.store.ensureSpace(other);
      await world.store.upsert(
        world.tenant,
        world.space,
        [world.record(0, [1, 0, 0]), world.record(0, [0, 1, 0]), world.record(1, [1, 0, 0])],
        null,
      );
      await world.store.upsert(world.tenant, other, [world.record(0, [1, 0])], null);
      const gone = world.record(1, [0, 0, 1]);
      await world.store.upsert(world.tenant, world.space, [gone], null);
      await fixture().store().remove(world.tenant, [gone.id, randomUUID()], null);
      await fixture().store().remove(world.tenant, [], null);
      await fixture().settle?.();
      expect(await world.store.fetch(world.tenant, world.space, [gone.id])).toEqual(new Map());
      // A client that has not heard of the other space.
      expect(await fixture().store().deleteObjects(world.tenant, [world.objectIds[0]!], null)).toBe(3);
      expect(await fixture().store().deleteObjects(world.tenant, [world.objectIds[0]!], null)).toBe(0);
      expect(await fixture().store().deleteObjects(world.tenant, [], null)).toBe(0);
      expect([
        await world.store.count(world.tenant, world.space),
        await world.store.count(world.tenant, other),
      ]).toEqual([1, 0]);
    });

    it('refuses vectors without the right length, without a direction, or not finite', async () => {
      const world = await World.create(fixture(), 1);
      for (const vector of [
        [1, 2],
        [1, 2, 3, 4],
        [0, 0, 0],
        [Number.NaN, 1, 1],
        [Infinity, 1, 1],
        [1e39, 1, 1],
      ]) {
        await expect(
          world.store.upsert(world.tenant, world.space, [world.record(0, vector)], null),
        ).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
        await expect(world.search({ vector })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
      }
      expect(await world.store.count(world.tenant, world.space)).toBe(0);
    });

    it('writes with the transaction, or not at all', async ({ skip }) => {
      const world = await World.create(fixture(), 2);
      skip(!world.store.capabilities.transactional, 'it takes part in no transaction: it is told behind the commit (DeferredVectors)');
      await world.store.upsert(world.tenant, world.space, [world.record(0, [1, 0, 0])], null);
      const failed = fixture().objects.transaction(async (tx) => {
        await world.store.upsert(world.tenant, world.space, [world.record(1, [1, 0, 0])], tx);
        await world.store.deleteObjects(world.tenant, [world.objectIds[0]!], tx);
        throw new Error('changed its mind');
      });
      await expect(failed).rejects.toThrow('changed its mind');
      expect((await world.search({})).hits.map((hit) => hit.objectId)).toEqual([world.objectIds[0]]);
      await fixture().objects.transaction((tx) =>
        world.store.upsert(world.tenant, world.space, [world.record(1, [1, 0, 0])], tx),
      );
      expect(await world.store.count(world.tenant, world.space)).toBe(2);
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
  });
}

// Coarse, so that ties come up.
const direction = fc
  .tuple(...([0, 1, 2] as const).map(() => fc.integer({ min: -2, max: 2 })))
  .filter((vector) => vector.some((value) => value !== 0));
const freshSpace = (dimensions: number): VectorSpace => ({ model: `model/${randomUUID()}`, dimensions });
const sharedSpace = freshSpace(3);
const ONLY_IDS = 'it takes ids alone: filters and the bin are looked up in the database (services/search/restriction.ts)';

class World {
  private constructor(
    readonly store: VectorStore,
    readonly tenant: string,
    readonly space: VectorSpace,
    readonly objectIds: string[],
  ) {}

  static async create({ store, objects }: VectorStoreFixture, count: number, space = freshSpace(3)): Promise<World> {
    const tenant = objects.freshTenant();
    const ids = await objects.add(
      tenant,
      Array.from({ length: count }, (_, i) => ({ metadata: { even: i % 2 === 0 } })),
    );
    const client = store();
    await client.ensureSpace(space);
    return new World(client, tenant, space, ids);
  }
  /** With a vector each, ever farther from the one that is asked for. */
  static async ofThirty(fixture: VectorStoreFixture) {
    const world = await World.create(fixture, 30);
    await world.store.upsert(
      world.tenant,
      world.space,
      world.objectIds.map((_, i) => world.record(i, [1, i / 30, 0])),
      null,
    );
    return { world, even: world.objectIds.filter((_, i) => i % 2 === 0) };
  }

  record(object: number, vector: readonly number[]): VectorRecord {
    return {
      id: randomUUID(),
      objectId: this.objectIds[object]!,
      passageId: object % 2 === 0 ? randomUUID() : null,
      vector: Float32Array.from(vector),
    };
  }

  search(query: Partial<VectorQuery>) {
    return this.store.search({
      tenantId: this.tenant,
      space: this.space,
      vector: [1, 0, 0],
      limit: 10,
      filter: null,
      objectIds: null,
      ...query,
    });
  }
}

function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let product = 0;
  let l = 0;
  let r = 0;
  for (let i = 0; i < left.length; i++) {
    product += left[i]! * right[i]!;
    l += left[i]! ** 2;
    r += right[i]! ** 2;
  }
  return product / Math.sqrt(l * r);
}
