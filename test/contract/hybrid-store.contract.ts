import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUSIONS } from '../../src/domain/operations.js';
import type { HybridHit, HybridQuery, HybridStore, PassageRecord } from '../../src/ports/hybrid-store.port.js';
import type { KeywordIndex } from '../../src/ports/keyword-index.port.js';
import type { VectorSpace, VectorStore } from '../../src/ports/vector-store.port.js';

/** A place with words and vectors, by its three ports. */
export interface HybridStores {
  vectors: VectorStore;
  keywords: KeywordIndex;
  hybrid: HybridStore;
}

export interface HybridStoreFixture {
  /** Another client of the same place each time. */
  stores(): HybridStores;
}

/**
 * What every store does that ranks by words and vectors itself. How it fuses them is its own; what each leg says is compared with
 * what the two other ports say of the same records.
 */
export function hybridStoreContract(name: string, fixture: () => HybridStoreFixture): void {
  describe.each(FUSIONS)(`hybrid store: ${name}, %s`, (fusion) => {
    const world = () => new World(fixture().stores(), { fusion });

    it('ranks by the words at alpha 0, by the vectors at 1, and moves from the one to the other', async () => {
      const { ask, write, ids, legs } = world();
      const [worded, near, both, ...others] = ids(8);
      await write([
        passage(worded!, ['sea', 'sea', 'sea'], [-1, 0.2]),
        passage(near!, ['sun', 'sand'], [1, 0]),
        passage(both!, ['sea', 'sun'], [0.9, 0.3]),
        ...others.map((id, i) => passage(id, ['sand', 'salt'], [0.1, 1 + i])),
      ]);
      const { said, seen } = await legs({});
      expect((await ask({ alpha: 0 })).hits.filter(({ keyword }) => keyword !== null).map(objectOf)).toEqual(said.map(objectOf));
      expect((await ask({ alpha: 1 })).hits.map(objectOf)).toEqual(seen.map(objectOf));
      let difference = -Infinity;
      for (const alpha of [0.01, 0.2, 0.4, 0.6, 0.8, 0.99]) {
        const { hits, complete } = await ask({ alpha });
        const scores = new Map(hits.map(({ objectId, score }) => [objectId, score]));
        expect([complete, hits.length]).toEqual([true, 8]);
        const now = scores.get(near!)! - scores.get(worded!)!;
        expect(now).toBeGreaterThan(difference);
        difference = now;
        if (alpha === 0.01) expect(hits[0]!.objectId).toBe(worded);
        if (alpha === 0.99) expect(hits[0]!.objectId).toBe(near);
      }
      expect(difference).toBeGreaterThan(0);
    });

    it('finds what either leg finds, in order, and says of each what the legs do', async () => {
      const objects = fc.array(fc.record({ terms, vector: fc.option(direction) }), { minLength: 1, maxLength: 4 });
      const query = fc.record({ alpha: fc.double({ min: 0.05, max: 0.95, noNaN: true }), terms: terms.filter(({ length }) => length > 0), vector: direction });
      await fc.assert(
        fc.asyncProperty(fc.array(objects, { minLength: 1, maxLength: 8 }), fc.array(query, { minLength: 2, maxLength: 4 }), async (contents, queries) => {
          const { ask, write, ids, legs } = world();
          const objectIds = ids(contents.length);
          await write(contents.flatMap((passages, i) => passages.map((each) => passage(objectIds[i]!, each.terms, each.vector))));
          for (const asked of queries) {
            const [{ said, seen }, { hits, complete }] = await Promise.all([legs(asked), ask(asked)]);
            expectOrder(hits);
            expect(complete).toBe(true);
            expect(new Set(hits.map(objectOf))).toEqual(new Set([...said, ...seen].map(objectOf)));
            for (const { objectId, vector, keyword } of hits) {
              expectLike(vector, seen.find((hit) => hit.objectId === objectId));
              expectLike(keyword, said.find((hit) => hit.objectId === objectId));
            }
          }
        }),
        { numRuns: 8 },
      );
    });

    it('puts no object behind one that both legs put behind it', async () => {
      const { ask, write, ids, legs } = world();
      const objectIds = ids(24);
      await write(objectIds.map((id, i) => passage(id, [...Array<string>(1 + ((i * 7) % 5)).fill('sea'), ...Array<string>(i % 6).fill('sun')], [1, ((i * 11) % 24) / 6])));
      const { said, seen } = await legs({ limit: 24 });
      const scores = (hits: readonly { objectId: string; score: number }[]) => new Map(hits.map(({ objectId, score }) => [objectId, score]));
      const [words, nearness] = [scores(said), scores(seen)];
      for (const alpha of [0.1, 0.5, 0.9]) {
        const { hits } = await ask({ alpha, limit: 24 });
        expect(hits).toHaveLength(24);
        for (const [place, { objectId }] of hits.entries()) {
          for (const ahead of hits.slice(0, place).map(objectOf)) {
            const isWorseInBoth = words.get(ahead)! < words.get(objectId)! - 1e-4 && nearness.get(ahead)! < nearness.get(objectId)! - 1e-5;
            expect(isWorseInBoth, `${ahead} is ahead of ${objectId}`).toBe(false);
          }
        }
      }
    });

    it('counts an object once, by its best passage, and the limit by objects, however many passages one has', async () => {
      const { ask, write, ids } = world();
      const [long, ...short] = ids(6);
      const best = passage(long!, ['sea', 'sea'], [1, 0]);
      await write([
        ...Array.from({ length: 300 }, (_, i) => passage(long!, ['sea', 'sand'], [1, 0.01 + i / 10_000])),
        best,
        ...short.map((id, i) => passage(id, ['sea', 'sun', 'sun'], [1, 1 + i])),
      ]);
      const { hits, complete } = await ask({ limit: 4 });
      expect([complete, hits.length, new Set(hits.map(objectOf)).size]).toEqual([true, 4, 4]);
      expect(hits[0]).toMatchObject({ objectId: long, vector: { passageId: best.passageId, id: best.vectors[0]!.embeddingId }, keyword: { passageId: best.passageId } });
      expect((await ask({ limit: 100 })).hits).toHaveLength(6);
      expect(await ask({ limit: 0 })).toEqual({ hits: [], complete: true });
    });

    it('finds nothing but the ids it is given, however far down they stand, and never the object that is left out', async () => {
      const { ask, write, ids } = world();
      const objectIds = ids(60);
      await write(objectIds.map((id, i) => passage(id, ['sea', ...Array<string>(i).fill('sun')], [1, i])));
      const found = async (query: Partial<HybridQuery>) => (await ask({ limit: 100, ...query })).hits.map(objectOf);
      const last = objectIds.slice(-3);
      expect(await found({ objectIds: [last[2]!, last[0]!, last[1]!, randomUUID()] })).toEqual(last);
      expect(await found({ objectIds: last, limit: 2 })).toEqual(last.slice(0, 2));
      expect(await found({ exceptObjectId: objectIds[0]! })).toEqual(objectIds.slice(1));
      expect(await found({ exceptObjectId: objectIds[0]!, limit: 3 })).toEqual(objectIds.slice(1, 4));
      expect(await found({ objectIds: objectIds.slice(0, 3), exceptObjectId: objectIds[1]! })).toEqual([objectIds[0], objectIds[2]]);
      for (const nobody of [[], [randomUUID()]]) expect(await ask({ objectIds: nobody })).toEqual({ hits: [], complete: true });
      expect(await found({ objectIds: [objectIds[1]!], exceptObjectId: objectIds[1]! })).toEqual([]);
    });

    it('scales its scores by what the filter leaves', async () => {
      const { ask, write, ids } = world();
      const objectIds = ids(20);
      await write(objectIds.map((id, i) => passage(id, ['sea', ...Array<string>(i).fill('sun')], [1, i])));
      const among = await ask({ objectIds: objectIds.slice(10) });
      // The first of those that are left is the first of both legs: nothing that was left out stands above it.
      expect(among.hits[0]).toMatchObject({ objectId: objectIds[10], score: expect.closeTo(1, 4) as number });
    });

    it('shows no tenant what another has', async () => {
      const stores = fixture().stores();
      const [mine, theirs] = [new World(stores, { fusion }), new World(stores, { fusion })];
      const [id] = theirs.ids(1);
      await theirs.write([passage(id!, ['sea'], [1, 0])]);
      expect(await mine.ask({})).toEqual({ hits: [], complete: true });
      expect(await mine.ask({ objectIds: [id!] })).toEqual({ hits: [], complete: true });
      const [own] = mine.ids(1);
      await mine.write([passage(own!, ['sea'], [0, 1])]);
      expect((await mine.ask({})).hits.map(objectOf)).toEqual([own]);
      await stores.vectors.deleteObjects(mine.tenant, [id!], null);
      expect((await theirs.ask({})).hits).toMatchObject([{ objectId: id, vector: { objectId: id }, keyword: { objectId: id } }]);
    });

    it('sees what was taken out, of the vectors, of the words, and of both', async () => {
      const { ask, write, ids, tenant } = world();
      const { vectors, keywords } = fixture().stores();
      const [kept, changed] = ids(2);
      const record = passage(changed!, ['sea'], [1, 0]);
      const other = passage(changed!, ['sea', 'sun'], [1, 1]);
      await write([passage(kept!, ['sea'], [1, 0.1]), record, other]);
      const about = async () => (await ask({})).hits.find(({ objectId }) => objectId === changed);
      expect(await about()).toMatchObject({ vector: { id: record.vectors[0]!.embeddingId }, keyword: { passageId: record.passageId } });
      await vectors.remove(tenant, [record.vectors[0]!.embeddingId], null);
      expect(await about()).toMatchObject({ vector: { id: other.vectors[0]!.embeddingId }, keyword: { passageId: record.passageId } });
      await keywords.remove(tenant, [{ passageId: record.passageId!, ordinal: 1 }], null);
      expect(await about()).toMatchObject({ vector: { id: other.vectors[0]!.embeddingId }, keyword: { passageId: other.passageId } });
      expect(await vectors.deleteObjects(tenant, [changed!], null)).toBe(1);
      expect(await about()).toMatchObject({ vector: null, keyword: { passageId: other.passageId } });
      await keywords.remove(tenant, [{ passageId: other.passageId!, ordinal: 2 }], null);
      expect((await ask({})).hits.map(objectOf)).toEqual([kept]);
    });

    it('finds a moment of a medium, which has a vector and no words, and a passage that has words and no vector', async () => {
      const { ask, write, ids } = world();
      const [medium, text] = ids(2);
      const moment: PassageRecord = { ...passage(medium!, [], [1, 0]), passageId: null };
      const words = passage(text!, ['sea'], null);
      await write([moment, words]);
      const hits = new Map((await ask({})).hits.map((hit) => [hit.objectId, hit]));
      expect(hits.get(medium!)).toMatchObject({ vector: { objectId: medium, passageId: null, id: moment.vectors[0]!.embeddingId, score: expect.closeTo(1, 5) as number }, keyword: null });
      expect(hits.get(text!)).toMatchObject({ vector: null, keyword: { objectId: text, passageId: words.passageId } });
    });
  });

  describe(`hybrid store: ${name}`, () => {
    const world = () => new World(fixture().stores(), {});

    it('replaces a passage whole, words and vectors, whichever client writes it', async () => {
      const { ask, write, ids, tenant, legs } = world();
      const [id] = ids(1);
      const before = passage(id!, ['sea'], [1, 0]);
      await write([before]);
      const embeddingId = randomUUID();
      await fixture().stores().hybrid.write(tenant, [{ ...before, terms: ['moor'], vectors: [{ space: SPACE, embeddingId, vector: Float32Array.of(0, 1) }] }]);
      expect((await legs({})).said).toEqual([]);
      expect((await ask({ terms: ['moor'], vector: [0, 1] })).hits).toMatchObject([
        { objectId: id, vector: { id: embeddingId, score: expect.closeTo(1, 5) as number }, keyword: { passageId: before.passageId } },
      ]);
      // Nothing but words is left of it.
      await write([{ ...before, vectors: [] }]);
      expect((await ask({})).hits).toMatchObject([{ objectId: id, vector: null, keyword: { passageId: before.passageId } }]);
    });

    it('keeps the models of a passage apart', async () => {
      const { ask, write, ids } = world();
      const [id] = ids(1);
      const other = { model: `other ${randomUUID()}`, dimensions: 3 };
      const record = passage(id!, ['sea'], [1, 0]);
      const second = { space: other, embeddingId: randomUUID(), vector: Float32Array.of(0, 0, 1) };
      await write([{ ...record, vectors: [...record.vectors, second] }]);
      expect((await ask({})).hits).toMatchObject([{ vector: { id: record.vectors[0]!.embeddingId, score: expect.closeTo(1, 5) as number } }]);
      expect((await ask({ space: other, vector: [0, 0, 1] })).hits).toMatchObject([{ vector: { id: second.embeddingId, score: expect.closeTo(1, 5) as number } }]);
      // By the words alone, where the model has no vectors.
      expect((await ask({ space: { model: `never ${randomUUID()}`, dimensions: 2 } })).hits).toMatchObject([{ objectId: id, vector: null, keyword: { objectId: id } }]);
    });

    it('takes any word', async () => {
      const { ask, write, ids } = world();
      const words = ['ångström', '\u{1f30a}', '水', "o'clock", 'a"b', 'a+b -c*', 'and', 'x'.repeat(5_000)];
      const objectIds = ids(words.length);
      await write(words.map((word, i) => passage(objectIds[i]!, [word], null)));
      for (const [i, word] of words.entries()) expect((await ask({ terms: [word], space: { model: `none ${randomUUID()}`, dimensions: 2 } })).hits.map(objectOf), word).toEqual([objectIds[i]]);
    });

    it('loses nothing when two write at once', async () => {
      const { ask, ids, tenant } = world();
      const objectIds = ids(60);
      const halves = [objectIds.slice(0, 40), objectIds.slice(20)];
      const passageIds = new Map(objectIds.map((id) => [id, randomUUID()]));
      await Promise.all(
        halves.map((half) => fixture().stores().hybrid.write(tenant, half.map((id, i) => ({ ...passage(id, ['sea'], [1, i]), passageId: passageIds.get(id)! })))),
      );
      const { hits } = await ask({ limit: 100 });
      expect(new Set(hits.map(objectOf))).toEqual(new Set(objectIds));
      expect(hits.every(({ vector, keyword }) => vector !== null && keyword !== null)).toBe(true);
    });

    it('refuses vectors of another length, without a direction, or not finite, and writes nothing of what came with them', async () => {
      const { ask, write, ids, tenant } = world();
      const [fine, wrong] = ids(2);
      for (const vector of [[1], [1, 2, 3], [0, 0], [Number.NaN, 1], [Infinity, 1]]) {
        await expect(write([passage(fine!, ['sea'], [1, 0]), passage(wrong!, ['sea'], vector)])).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
        await expect(ask({ vector })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
      }
      expect(await ask({})).toEqual({ hits: [], complete: true });
      const longer = { ...SPACE, dimensions: 3 };
      const taken = { code: 'CONFLICT', extensions: { dependency: 'vectors' } };
      await write([passage(fine!, ['sea'], [1, 0])]);
      await expect(fixture().stores().hybrid.write(tenant, [{ ...passage(wrong!, ['sea'], null), vectors: [{ space: longer, embeddingId: randomUUID(), vector: Float32Array.of(1, 0, 0) }] }])).rejects.toMatchObject(taken);
      await expect(ask({ space: longer, vector: [1, 0, 0] })).rejects.toMatchObject(taken);
    });

    it('stops when the caller has gone', async () => {
      const { ask, write, ids } = world();
      await write([passage(ids(1)[0]!, ['sea'], [1, 0])]);
      await expect(ask({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    });
  });
}

const SPACE: VectorSpace = { model: 'two numbers', dimensions: 2 };
const objectOf = ({ objectId }: { objectId: string }): string => objectId;
const terms = fc.array(fc.constantFrom('sea', 'sun', 'sand', 'salt'), { maxLength: 5 });
// Coarse, so that ties come up.
const direction = fc.tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -2, max: 2 })).filter(([x, y]) => x !== 0 || y !== 0);

function passage(objectId: string, words: readonly string[], vector: readonly number[] | null): PassageRecord {
  const vectors = vector === null ? [] : [{ space: SPACE, embeddingId: randomUUID(), vector: Float32Array.from(vector) }];
  return { passageId: randomUUID(), objectId, terms: words, vectors };
}

/** Falling, ties by id, from 0 to 1, each object once. */
function expectOrder(hits: readonly HybridHit[]): void {
  expect(new Set(hits.map(objectOf)).size).toBe(hits.length);
  for (const [i, { objectId, score }] of hits.entries()) {
    expect(score).toBeGreaterThanOrEqual(0);
    expect(score).toBeLessThanOrEqual(1);
    const next = hits[i + 1];
    if (next !== undefined) expect(score > next.score || (score === next.score && objectId < next.objectId)).toBe(true);
  }
}

/** A store may say less of a leg than the leg itself, never other things. Of passages that are alike any may be the best. */
function expectLike(part: { objectId: string; score: number } | null, leg: { objectId: string; score: number } | undefined): void {
  expect(part === null).toBe(leg === undefined);
  if (part !== null) expect([part.objectId, part.score]).toEqual([leg!.objectId, expect.closeTo(leg!.score, 3) as number]);
}

/** A tenant of its own. */
class World {
  readonly tenant = `tenant_${randomUUID()}`;

  constructor(
    private readonly stores: HybridStores,
    private readonly defaults: Partial<HybridQuery>,
  ) {}

  readonly ids = (count: number): string[] => Array.from({ length: count }, () => randomUUID()).sort();

  readonly write = (records: readonly PassageRecord[]): Promise<void> => this.stores.hybrid.write(this.tenant, records);

  readonly ask = (query: Partial<HybridQuery>) =>
    this.stores.hybrid.hybrid({
      tenantId: this.tenant, space: SPACE, vector: [1, 0], terms: ['sea'], alpha: 0.5, fusion: 'RELATIVE_SCORE', limit: 10, objectIds: null,
      ...this.defaults, ...query,
    });

  /** What the other two ports say to the same question. */
  readonly legs = async ({ vector = [1, 0], terms: words = ['sea'], limit = 50 }: Partial<HybridQuery>) => {
    const common = { tenantId: this.tenant, limit, filter: null, objectIds: null };
    const [near, word] = await Promise.all([
      this.stores.vectors.search({ ...common, space: SPACE, vector }),
      this.stores.keywords.search({ ...common, terms: words }),
    ]);
    return { seen: near.hits, said: word.hits };
  };
}
