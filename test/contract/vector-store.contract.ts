import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { vectorSearchContract } from './vector-search.contract.js';
import { freshSpace, World, type VectorStoreFixture } from './vector-store.world.js';

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

    vectorSearchContract(fixture);
  });
}
