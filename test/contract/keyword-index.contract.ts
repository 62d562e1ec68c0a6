import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextOrdinal, search, step, weighedSearch, World, type KeywordIndexFixture } from './keyword-index.world.js';

/** What every keyword index does. The scores are compared with the formula of the port, worked out over all passages. */
export function keywordIndexContract(name: string, fixture: () => KeywordIndexFixture): void {
  describe(`keyword index: ${name}`, () => {
    it('ranks as the formula says, whatever was written, removed, binned and merged', async () => {
      const { index } = fixture();
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 4, maxLength: 14 }),
          fc.array(search, { minLength: 4, maxLength: 6 }),
          async (steps, searches) => {
            const worlds = [await World.create(fixture()), await World.create(fixture())];
            for (const { tenant, ...action } of steps) await worlds[tenant]!.apply(action);
            for (const world of worlds) for (const query of searches) await world.expectSearch(query);
            await index().optimize();
            for (const world of worlds) await world.expectSearch(searches[0]!);
          },
        ),
        { numRuns: 12 },
      );
    });

    it('counts words times what they weigh, and those below 0 against what has them', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), fc.array(weighedSearch, { minLength: 3, maxLength: 5 }), async (steps, searches) => {
          const world = await World.create(fixture());
          for (const { tenant: _, ...action } of steps) await world.apply(action);
          for (const query of searches) await world.expectSearch(query);
        }),
        { numRuns: 8 },
      );
    });

    it('tells what groups of words come to, where it can, and finds the same', async () => {
      const world = await World.create(fixture());
      await world.index([{ object: 0, terms: ['sea', 'sun', 'sun'] }, { object: 1, terms: ['sea', 'sand'] }, { object: 2, terms: ['salt', 'sun'] }]);
      const asked = { terms: ['sea', 'sun', 'sea', 'sand'], weights: [2, 2, -0.5, -0.5], limit: 9 };
      const plain = await world.search(asked);
      const { hits, complete } = await world.search({ ...asked, groups: [0, 0, 1, 1] });
      expect([hits.map(({ parts: _, ...hit }) => hit), complete]).toEqual([plain.hits, true]);
      const parts = new Map(hits.flatMap((hit) => (hit.parts === undefined ? [] : [[hit.objectId, hit.parts] as const])));
      expect([0, hits.length]).toContain(parts.size);
      if (parts.size === 0) return;
      for (const { objectId, score } of hits) expect(parts.get(objectId)!.reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 6);
      expect([parts.get(world.objectIds[1]!)![1]! < 0, parts.get(world.objectIds[2]!)]).toEqual([true, [expect.any(Number), 0]]);
    });

    it('finds nothing by words that only push away', async () => {
      const world = await World.create(fixture());
      await world.index([{ object: 0, terms: ['sea', 'sun'] }, { object: 1, terms: ['sea', 'sand'] }, { object: 2, terms: ['salt'] }]);
      expect(await world.search({ terms: ['sea'], weights: [-1], limit: 9 })).toEqual({ hits: [], complete: true });
      const { hits } = await world.search({ terms: ['sea', 'sun'], weights: [1, -3], limit: 9 });
      expect(hits.map(({ objectId }) => objectId)).toEqual([world.objectIds[1]]);
    });

    it('counts an object by its best passage, and a limit by objects', async () => {
      const world = await World.create(fixture());
      await world.index([
        { object: 0, terms: ['sea'] },
        { object: 0, terms: ['sea', 'sea'] },
        { object: 0, terms: ['sea', 'sun'] },
        { object: 1, terms: ['sea', 'sun', 'sun', 'sun'] },
        { object: 2, terms: ['sun'] },
      ]);
      await world.expectSearch({ terms: ['sea'], limit: 2 });
      const { hits } = await world.search({ terms: ['sea'], limit: 5 });
      expect(hits.map((hit) => hit.objectId)).toEqual([world.objectIds[0], world.objectIds[1]]);
      expect(hits[0]!.passageId).toBe(world.passages[1]!.passageId);
      // Two of its others, the better first.
      expect(hits[0]!.others!.map(({ passageId }) => passageId)).toEqual([world.passages[0]!.passageId, world.passages[2]!.passageId]);
      expect(hits[1]!.others ?? []).toEqual([]);
    });

    it('counts nothing twice, however often a job indexes it', async () => {
      const world = await World.create(fixture());
      await world.index([
        { object: 0, terms: ['sea', 'sun'] },
        { object: 1, terms: ['sea'] },
      ]);
      const documents = world.passages.map(({ live: _, ...document }) => document);
      await fixture().index().index(world.tenant, documents, null);
      await fixture().index().index(world.tenant, [documents[0]!, documents[0]!], null);
      await world.expectSearch({ terms: ['sea', 'sun'], limit: 9 });
      // Nor what one call names twice.
      const [object] = world.objectIds;
      const fresh = { passageId: randomUUID(), ordinal: nextOrdinal(), objectId: object!, terms: ['sun', 'salt'] };
      await fixture().index().index(world.tenant, [fresh, fresh], null);
      world.passages.push({ ...fresh, live: true });
      await world.expectSearch({ terms: ['sea', 'sun'], limit: 9 });
    });

    it('takes removed passages out of its statistics at once', async ({ skip }) => {
      skip(fixture().statisticsSettle === true, 'it counts removed passages until it merges its files');
      const world = await World.create(fixture());
      await world.index([
        { object: 0, terms: ['sea', 'sun'] },
        { object: 1, terms: ['sea', 'sea', 'salt'] },
        { object: 2, terms: ['sea'] },
      ]);
      const score = async () => (await world.search({ terms: ['sea'], limit: 1, objects: [0] })).hits[0]!.score;
      const before = await score();
      await world.remove(world.passages.slice(1));
      expect(await score()).not.toBeCloseTo(before, 3);
      await world.expectSearch({ terms: ['sea'], limit: 9 });
    });

    it('takes a passage back that was removed and is indexed again, also after merging', async () => {
      const world = await World.create(fixture());
      const { index } = fixture();
      await world.index([
        { object: 0, terms: ['sea', 'sun'] },
        { object: 1, terms: ['sea'] },
        { object: 2, terms: ['sand'] },
      ]);
      const { live: _, ...first } = world.passages[0]!;
      for (const housekeeping of [false, true]) {
        await world.remove(world.passages.slice(0, 1));
        expect((await world.search({ terms: ['sun'], limit: 9 })).hits).toEqual([]);
        if (housekeeping) await index().optimize();
        await index().index(world.tenant, [first], null);
        world.passages[0]!.live = true;
        await world.expectSearch({ terms: ['sea', 'sun'], limit: 9 });
      }
      await index().remove(world.tenant, [{ passageId: randomUUID(), ordinal: 1e9 }], null);
      await world.expectSearch({ terms: ['sea', 'sun'], limit: 9 });
    });

    it('gives a filter that leaves n objects the first n of them, far down the ranking too', async () => {
      const world = await World.create(fixture(), 400, (i) => ({ rare: i % 100 === 99, half: i % 2 === 0 }));
      // The rare ones say it once among much else, the others often: they stand at the very end.
      await world.index(
        Array.from({ length: 400 }, (_, object) => ({
          object,
          terms: object % 100 === 99 ? ['sea', ...Array<string>(30).fill('sand')] : ['sea', 'sea', 'sun'],
        })),
      );
      for (const metadata of [
        { path: ['rare'], equals: true },
        { path: ['half'], equals: true },
        { path: ['nope'], equals: true },
      ]) {
        for (const limit of [3, 10, 300])
          await world.expectSearch({ terms: ['sea'], limit, filter: { metadata: [metadata] } });
      }
      await world.expectSearch({ terms: ['sea'], limit: 10, objects: [99, 199, 0] });
      expect(await world.search({ terms: ['sea'], limit: 10, objects: [] })).toEqual({ hits: [], complete: true });
    });

    it('hides what is in the bin until it comes back', async () => {
      const world = await World.create(fixture());
      await world.index([
        { object: 0, terms: ['sea'] },
        { object: 1, terms: ['sea', 'sun'] },
      ]);
      await world.setDeleted(0, true);
      await world.expectSearch({ terms: ['sea'], limit: 9 });
      expect((await world.search({ terms: ['sea'], limit: 9 })).hits).toHaveLength(1);
      await world.setDeleted(0, false);
      expect((await world.search({ terms: ['sea'], limit: 9 })).hits).toHaveLength(2);
    });

    it('writes with the transaction, or not at all', async ({ skip }) => {
      const { index, objects } = fixture();
      skip(!index().capabilities.transactional, 'it takes part in no transaction: it is told behind the commit (DeferredKeywords)');
      const world = await World.create(fixture());
      await world.index([{ object: 0, terms: ['sea'] }]);
      const { live: _, ...kept } = world.passages[0]!;
      const lost = { passageId: randomUUID(), ordinal: nextOrdinal(), objectId: world.objectIds[1]!, terms: ['sea'] };
      const failed = objects.transaction(async (tx) => {
        await index().index(world.tenant, [lost], tx);
        await index().remove(world.tenant, [kept], tx);
        throw new Error('changed its mind');
      });
      await expect(failed).rejects.toThrow('changed its mind');
      await world.expectSearch({ terms: ['sea'], limit: 9 });
    });

    it('takes any word', async () => {
      const world = await World.create(fixture());
      const odd = [
        "a'; drop table x",
        'x'.repeat(10_000),
        `${'x'.repeat(9_999)}y`,
        'nul\0',
        '\ud800',
        'é',
        'e\u0301',
        '',
        '\u{1f600}',
      ];
      await world.index(odd.map((term, i) => ({ object: i % 4, terms: [term, 'filler'] })));
      for (const term of odd) await world.expectSearch({ terms: [term], limit: 9 });
      expect((await world.search({ terms: ['never'], limit: 9 })).hits).toEqual([]);
      expect(await world.search({ terms: [], limit: 9 })).toEqual({ hits: [], complete: true });
    });

    it('stays right while writers, removers and housekeeping go on at once', async () => {
      const world = await World.create(fixture(), 8);
      const { index } = fixture();
      const batches = Array.from({ length: 30 }, (_, i) => [
        { object: i % 8, terms: ['sea', `word${i % 3}`] },
        { object: (i + 1) % 8, terms: ['sun'] },
      ]);
      await Promise.all([
        ...batches.map(async (batch, i) => {
          const added = await world.index(batch);
          if (i % 3 === 0) await world.remove(added.slice(0, 1));
        }),
        ...Array.from({ length: 4 }, () => index().optimize()),
        ...Array.from({ length: 5 }, () => world.search({ terms: ['sea', 'word1'], limit: 4 })),
      ]);
      await world.expectSearch({ terms: ['sea', 'word1'], limit: 9 });
      await Promise.all([index().optimize(), index().optimize()]);
      await world.expectSearch({ terms: ['sea', 'sun', 'word2'], limit: 9 });
    });

    it('stops when the caller has gone', async () => {
      const world = await World.create(fixture());
      await world.index([{ object: 0, terms: ['sea'] }]);
      const search = fixture()
        .index()
        .search({
          tenantId: world.tenant,
          terms: ['sea'],
          limit: 1,
          filter: null,
          objectIds: null,
          signal: AbortSignal.abort(),
        });
      await expect(search).rejects.toThrow(/abort/i);
    });
  });
}
