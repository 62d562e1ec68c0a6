import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
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

interface Indexed {
  passageId: string;
  ordinal: number;
  objectId: string;
  terms: string[];
  live: boolean;
}
interface Search {
  terms: readonly string[];
  /** In step with the terms. */
  weights?: readonly number[];
  groups?: readonly number[];
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
export const step: fc.Arbitrary<Action & { tenant: number }> = fc
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
export const search: fc.Arbitrary<Search> = fc.record({
  terms: fc.array(fc.constantFrom('sea', 'sun', 'sand', 'salt', 'the', 'never'), { minLength: 1, maxLength: 4 }),
  limit: fc.integer({ min: 1, max: 7 }),
  filter: fc.constantFrom<ObjectFilter | null>(
    null,
    { metadata: [{ path: ['n'], gte: 2 }] },
    { metadata: [{ path: ['n'], gt: 99 }] },
  ),
  objects: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.uniqueArray(fc.nat(5)) }),
});

/** As deep as there are objects: whoever asks once a weight finds no more than the best of each. */
export const weighedSearch: fc.Arbitrary<Search> = fc
  .tuple(search, fc.array(fc.constantFrom(-2, -0.5, 0.5, 1, 3), { minLength: 4, maxLength: 4 }))
  .map(([asked, weights]) => ({ ...asked, limit: 9, weights: weights.slice(0, asked.terms.length) }));

/** What weighs as much as it is weighed against is found or not, as its last bit falls. */
const NOTHING = 1e-9;

let ordinals = 0;
export const nextOrdinal = () => ++ordinals;

/** A tenant, and all that its index should know. */
export class World {
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

  search({ terms, weights, groups, limit, filter = null, objects = null }: Search) {
    const usesFilter = this.fixture.index().capabilities.filters === 'query';
    const allowed = usesFilter
      ? (objects?.map((place) => this.objectIds[place]!) ?? null)
      : [...this.eligible(filter, objects)];
    return this.fixture
      .index()
      .search({ tenantId: this.tenant, terms, ...(weights && { weights }), ...(groups && { groups }), limit, filter: usesFilter ? filter : null, objectIds: allowed });
  }

  /** The best scores are those of the formula; which of equal objects stands at the end is the index's own choice. */
  async expectSearch(query: Search): Promise<void> {
    const { hits: found, complete } = await this.search(query);
    const hits = found.filter(({ score }) => score >= NOTHING);
    const scores = this.scores(query.terms, query.weights);
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
  private scores(terms: readonly string[], weights?: readonly number[]): Map<Indexed, number> {
    const live = this.passages.filter((item) => item.live);
    const average = live.reduce((sum, item) => sum + item.terms.length, 0) / live.length;
    const scores = new Map<Indexed, number>();
    for (const [i, term] of terms.entries()) {
      const containing = live.filter((item) => item.terms.includes(term));
      const idf = Math.log(1 + (live.length - containing.length + 0.5) / (containing.length + 0.5));
      for (const item of containing) {
        const frequency = item.terms.filter((word) => word === term).length;
        const score = (idf * frequency * 2.2) / (frequency + 1.2 * (1 - 0.75 + (0.75 * item.terms.length) / average));
        scores.set(item, (scores.get(item) ?? 0) + (weights?.[i] ?? 1) * score);
      }
    }
    for (const [item, score] of scores) if (score < NOTHING) scores.delete(item);
    return scores;
  }
}
