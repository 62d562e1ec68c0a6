import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectFilter } from '../../src/domain/filters.js';
import { matchesCondition } from '../../src/domain/match-filter.js';
import type { JsonObject } from '../../src/domain/model.js';
import type { KeywordIndex } from '../../src/ports/keyword-index.port.js';
import type { SearchObjects } from '../support/search-objects.js';

export interface KeywordIndexFixture {
  /** The same index each time. */
  index(): KeywordIndex;
  objects: SearchObjects;
  /** Removed passages count in N, n and the average for a while, as the port allows: scores behind a removal are not compared. */
  statisticsSettle?: boolean;
}

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

interface Indexed {
  passageId: string;
  ordinal: number;
  objectId: string;
  terms: string[];
  live: boolean;
}
interface Search {
  terms: readonly string[];
  limit: number;
  filter?: ObjectFilter | null;
  /** By place. */
  objects?: readonly number[] | null;
}
type Action =
  | { kind: 'index'; calls: { object: number; terms: string[] }[][] }
  | { kind: 'remove'; places: number[] }
  | { kind: 'bin'; object: number; deleted: boolean }
  | { kind: 'optimize' };

const words = fc.array(fc.constantFrom('sea', 'sun', 'sand', 'salt', 'the'), { minLength: 1, maxLength: 12 });
const passage = fc.record({ object: fc.nat(5), terms: words });
const step: fc.Arbitrary<Action & { tenant: number }> = fc
  .tuple(
    fc.nat(1),
    fc.oneof(
      // Many small writes, as single texts make them: these are what merging is for.
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('index' as const),
          calls: fc.array(fc.array(passage, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('remove' as const), places: fc.array(fc.nat(40), { maxLength: 5 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('bin' as const), object: fc.nat(5), deleted: fc.boolean() }),
      },
      { weight: 2, arbitrary: fc.constant({ kind: 'optimize' as const }) },
    ),
  )
  .map(([tenant, action]) => ({ ...action, tenant }));
const search: fc.Arbitrary<Search> = fc.record({
  terms: fc.array(fc.constantFrom('sea', 'sun', 'sand', 'salt', 'the', 'never'), { minLength: 1, maxLength: 4 }),
  limit: fc.integer({ min: 1, max: 7 }),
  filter: fc.constantFrom<ObjectFilter | null>(
    null,
    { metadata: [{ path: ['n'], gte: 2 }] },
    { metadata: [{ path: ['n'], gt: 99 }] },
  ),
  objects: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.uniqueArray(fc.nat(5)) }),
});

let ordinals = 0;
const nextOrdinal = () => ++ordinals;

/** A tenant, and all that its index should know. */
class World {
  readonly passages: Indexed[] = [];
  private hasRemoved = false;
  private readonly binned = new Set<string>();

  private constructor(
    private readonly fixture: KeywordIndexFixture,
    readonly tenant: string,
    readonly objectIds: string[],
    private readonly metadata: JsonObject[],
  ) {}

  static async create(
    fixture: KeywordIndexFixture,
    count = 6,
    metadataOf: (i: number) => JsonObject = (n) => ({ n }),
  ): Promise<World> {
    const tenant = fixture.objects.freshTenant();
    const metadata = Array.from({ length: count }, (_, i) => metadataOf(i));
    const ids = await fixture.objects.add(
      tenant,
      metadata.map((item) => ({ metadata: item })),
    );
    return new World(fixture, tenant, ids, metadata);
  }

  async apply(action: Action): Promise<void> {
    if (action.kind === 'index') for (const call of action.calls) await this.index(call);
    if (action.kind === 'remove') await this.remove(action.places.flatMap((place) => this.passages[place] ?? []));
    if (action.kind === 'bin') await this.setDeleted(action.object, action.deleted);
    if (action.kind === 'optimize') await this.fixture.index().optimize();
  }

  async index(list: readonly { object: number; terms: string[] }[]): Promise<Indexed[]> {
    const added = list.map(({ object, terms }): Indexed => ({
      passageId: randomUUID(),
      ordinal: nextOrdinal(),
      objectId: this.objectIds[object]!,
      terms,
      live: true,
    }));
    this.passages.push(...added);
    await this.fixture.index().index(
      this.tenant,
      added.map(({ live: _, ...document }) => document),
      null,
    );
    return added;
  }

  async remove(chosen: readonly Indexed[]): Promise<void> {
    for (const item of chosen) item.live = false;
    this.hasRemoved ||= chosen.length > 0;
    await this.fixture.index().remove(
      this.tenant,
      chosen.map(({ passageId, ordinal }) => ({ passageId, ordinal })),
      null,
    );
  }

  async setDeleted(object: number, isDeleted: boolean): Promise<void> {
    const id = this.objectIds[object]!;
    if (isDeleted) this.binned.add(id);
    else this.binned.delete(id);
    await this.fixture.objects.setDeleted(id, isDeleted);
  }

  search({ terms, limit, filter = null, objects = null }: Search) {
    const usesFilter = this.fixture.index().capabilities.filters === 'query';
    const allowed = usesFilter
      ? (objects?.map((place) => this.objectIds[place]!) ?? null)
      : [...this.eligible(filter, objects)];
    return this.fixture
      .index()
      .search({ tenantId: this.tenant, terms, limit, filter: usesFilter ? filter : null, objectIds: allowed });
  }

  /** The best scores are those of the formula; which of equal objects stands at the end is the index's own choice. */
  async expectSearch(query: Search): Promise<void> {
    const { hits, complete } = await this.search(query);
    const scores = this.scores(query.terms);
    const best = new Map<string, number>();
    const eligible = this.eligible(query.filter ?? null, query.objects ?? null);
    for (const [item, score] of scores)
      if (eligible.has(item.objectId)) best.set(item.objectId, Math.max(score, best.get(item.objectId) ?? 0));
    const expected = [...best.values()].sort((a, b) => b - a).slice(0, query.limit);
    const settling = this.fixture.statisticsSettle === true && this.hasRemoved;
    expect(complete).toBe(true);
    expect(new Set(hits.map((hit) => hit.objectId)).size).toBe(hits.length);
    expect(hits).toHaveLength(expected.length);
    if (!settling)
      expect(hits.map((hit) => hit.score)).toEqual(expected.map((score) => expect.closeTo(score, 6) as number));
    for (const [i, hit] of hits.entries()) {
      const passage = this.passages.find((item) => item.passageId === hit.passageId)!;
      if (settling) {
        expect([passage.objectId, best.has(hit.objectId), scores.has(passage)]).toEqual([hit.objectId, true, true]);
        expect(hit.score).toBeGreaterThan(0);
        if (i > 0) expect(hits[i - 1]!.score).toBeGreaterThanOrEqual(hit.score);
      } else {
        expect(hit.score).toBeCloseTo(best.get(hit.objectId) ?? Number.NaN, 6);
        expect(scores.get(passage)).toBeCloseTo(hit.score, 6);
      }
      if (i > 0 && hits[i - 1]!.score === hit.score) expect(hits[i - 1]!.objectId < hit.objectId).toBe(true);
    }
  }

  private eligible(filter: ObjectFilter | null, objects: readonly number[] | null): Set<string> {
    const chosen = this.objectIds.filter(
      (id, i) =>
        !this.binned.has(id) &&
        (objects === null || objects.includes(i)) &&
        (filter?.metadata ?? []).every((condition) => matchesCondition(this.metadata[i]!, condition)),
    );
    return new Set(chosen);
  }

  /** BM25 as the port defines it, the slow way. */
  private scores(terms: readonly string[]): Map<Indexed, number> {
    const live = this.passages.filter((item) => item.live);
    const average = live.reduce((sum, item) => sum + item.terms.length, 0) / live.length;
    const scores = new Map<Indexed, number>();
    for (const term of terms) {
      const containing = live.filter((item) => item.terms.includes(term));
      const idf = Math.log(1 + (live.length - containing.length + 0.5) / (containing.length + 0.5));
      for (const item of containing) {
        const frequency = item.terms.filter((word) => word === term).length;
        const score = (idf * frequency * 2.2) / (frequency + 1.2 * (1 - 0.75 + (0.75 * item.terms.length) / average));
        scores.set(item, (scores.get(item) ?? 0) + score);
      }
    }
    return scores;
  }
}
