import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FUSIONS } from '../../../src/domain/operations.js';
import type { HybridQuery, PassageRecord } from '../../../src/ports/hybrid-store.port.js';
import { WeaviateCollection } from '../../../src/adapters/vectors/weaviate/weaviate.collection.js';
import { WeaviateConnection } from '../../../src/adapters/vectors/weaviate/weaviate.connection.js';
import { WeaviateHybridStore } from '../../../src/adapters/vectors/weaviate/weaviate.hybrid-store.js';
import { WeaviateRecords } from '../../../src/adapters/vectors/weaviate/weaviate.records.js';
import type { WeaviateRepair } from '../../../src/adapters/vectors/weaviate/weaviate.repair.js';
import { WeaviateVectorStore } from '../../../src/adapters/vectors/weaviate/weaviate.vector-store.js';
import { serviceAddress } from '../../support/services.js';
import { withWeaviate } from '../../support/weaviate.js';

const address = serviceAddress('weaviate');
const space = { model: 'two numbers', dimensions: 2 };
let tenants = 0;
const freshTenant = () => `tenant_${++tenants}`;

function record(objectId: string, terms: string[], vector: readonly number[] | null): PassageRecord {
  const vectors = vector === null ? [] : [{ space, embeddingId: randomUUID(), vector: Float32Array.from(vector) }];
  return { passageId: randomUUID(), objectId, terms, vectors };
}

const alike = <Match extends { score: number }>(match: Match, digits: number): Match => ({ ...match, score: expect.closeTo(match.score, digits) as number });

interface Shown {
  uuid: string;
  metadata?: { distance?: number; explainScore?: string };
}

/** As those of a server that was killed and has lost some of its index: found by id and by words, and never by nearness. */
class ForgetfulRecords extends WeaviateRecords {
  readonly lost = new Set<string>();
  /** Questions so far. */
  asked = 0;

  override async ask<T>(...asked: Parameters<typeof WeaviateRecords.prototype.ask<T>>): Promise<T | null> {
    this.asked += 1;
    const answer = await super.ask<T>(...asked);
    const found = answer as { objects?: Shown[] } | null;
    if (!found?.objects) return answer;
    return { ...answer, objects: found.objects.flatMap((each) => this.asAfterTheLoss(each)) } as T;
  }

  private asAfterTheLoss(shown: Shown): Shown[] {
    const { distance, explainScore } = shown.metadata ?? {};
    if (!this.lost.has(shown.uuid)) return [shown];
    if (explainScore === undefined) return distance === undefined ? [shown] : [];
    const byWords = explainScore.replaceAll(/Hybrid \(Result Set vector[^\n]*/g, '');
    return byWords.includes('Result Set keyword') ? [{ ...shown, metadata: { ...shown.metadata, explainScore: byWords } }] : [];
  }
}

/** Another process comes in behind the first of its writes. */
class RecordsInterrupted extends WeaviateRecords {
  written = 0;
  behindTheFirst: () => Promise<unknown> = async () => undefined;

  override async put(...written: Parameters<WeaviateRecords['put']>): Promise<void> {
    await super.put(...written);
    if (written[1].length > 0 && this.written++ === 0) await this.behindTheFirst();
  }
}

describe.skipIf(address === null)('Weaviate', () => {
  const weaviate = withWeaviate(address);
  const stores = weaviate.open({ spaces: [space] });
  const { vectors, keywords, hybrid } = stores;
  const forgetful = () => {
    const connection = new WeaviateConnection({ url: address!.url, grpcPort: Number(address!.grpcPort) });
    const records = new ForgetfulRecords(connection, new WeaviateCollection(connection, weaviate.collectionPrefix, [space]));
    const begun: string[] = [];
    const repair = { begin: (tenant: string) => void begun.push(tenant) } as unknown as WeaviateRepair;
    return { records, repair, begun, connection };
  };
  const ask = (tenantId: string, query: Partial<HybridQuery>) =>
    hybrid.hybrid({
      tenantId,
      space,
      vector: [1, 0],
      terms: ['sea'],
      alpha: 0.5,
      fusion: 'RELATIVE_SCORE',
      limit: 10,
      objectIds: null,
      ...query,
    });

  describe.each(FUSIONS)('its own hybrid search, %s', (fusion) => {
    it('tells what each leg said, as the leg itself does', async () => {
      const tenant = freshTenant();
      const ids = Array.from({ length: 12 }, () => randomUUID());
      const records = ids.flatMap((id, i) => [
        record(id, i % 3 === 0 ? ['sea', 'sun'] : ['sand'], [1, i / 12]),
        record(id, i % 2 === 0 ? ['sea'] : ['salt'], i % 4 === 0 ? null : [i / 12, 1]),
      ]);
      await hybrid.write(tenant, records);
      const common = { tenantId: tenant, limit: 20, filter: null, objectIds: null };
      const near = await vectors.search({ ...common, space, vector: [1, 0], perObject: 3 });
      const said = await keywords.search({ ...common, terms: ['sea'] });
      const { hits } = await ask(tenant, { fusion, limit: 20 });
      expect(hits).toHaveLength(12);
      for (const { objectId, vector, keyword } of hits) {
        const nearest = near.hits.find((hit) => hit.objectId === objectId)!;
        expect(vector).toEqual({ ...alike(nearest, 5), others: (nearest.others ?? []).map((other) => alike(other, 5)) });
        const word = said.hits.find((hit) => hit.objectId === objectId);
        expect(keyword).toEqual(word === undefined ? null : { ...alike(word, 4), others: (word.others ?? []).map((other) => alike(other, 4)) });
      }
    });

    it('goes by the words alone where the model has no vectors yet, at their weight, whatever others have some', async () => {
      const tenant = freshTenant();
      await vectors.ensureSpace({ model: 'three other numbers', dimensions: 3 });
      const id = randomUUID();
      await hybrid.write(tenant, [record(id, ['sea'], [1, 0]), record(randomUUID(), ['sun'], [1, 0])]);
      const { hits } = await ask(tenant, { fusion, space: { model: 'never', dimensions: 2 }, alpha: 0.25 });
      expect(hits).toMatchObject([{ objectId: id, score: expect.closeTo(0.75, 5) as number, vector: null }]);
    });
  });

  it('finds what stands behind more passages of another object than Weaviate gives at once', async () => {
    const tenant = freshTenant();
    const [long, ...short] = Array.from({ length: 4 }, () => randomUUID());
    await hybrid.write(tenant, [
      ...Array.from({ length: 10_100 }, (_, i) => record(long!, ['sea'], i < 600 ? [1, i / 100_000] : null)),
      ...short.map((id, i) => record(id, ['sea', 'sun', 'sand'], [1, 1 + i])),
    ]);
    const common = { tenantId: tenant, limit: 4, filter: null };
    for (const objectIds of [null, [long!, ...short]]) {
      const near = await vectors.search({ ...common, objectIds, space, vector: [1, 0] });
      expect([near.complete, near.hits.map(({ objectId }) => objectId)]).toEqual([true, [long, ...short]]);
      const said = await keywords.search({ ...common, objectIds, terms: ['sea'] });
      expect([said.complete, said.hits.length, said.hits[0]!.objectId]).toEqual([true, 4, long]);
    }
    // The fusion of scores cannot leave out what it has shown: it says that there is more.
    const fused = await ask(tenant, { limit: 4 });
    expect([fused.complete, fused.hits.length]).toEqual([fused.hits.length === 4, fused.hits.length]);
    expect(await vectors.deleteObjects(tenant, [long!], null)).toBe(600);
    expect(await vectors.count(tenant, space)).toBe(3);
    expect((await keywords.search({ ...common, objectIds: null, terms: ['sea'] })).hits[0]!.objectId).toBe(long);
  });

  it('finds what the index has lost, where that is little, and has it entered anew', async () => {
    const { records, repair, begun, connection } = forgetful();
    const store = new WeaviateVectorStore(records, repair, async () => {}, () => connection.close());
    try {
      const tenant = freshTenant();
      const written = Array.from({ length: 300 }, (_, i) => ({ id: randomUUID(), objectId: randomUUID(), passageId: i % 2 === 0 ? null : randomUUID(), vector: Float32Array.of(1, i / 300) }));
      await store.upsert(tenant, space, written);
      const search = (limit: number) => store.search({ tenantId: tenant, space, vector: [2, 0], limit, filter: null, objectIds: null });
      const whole = await search(500);
      expect([whole.complete, whole.hits.length, begun]).toEqual([true, 300, []]);
      for (const { id, passageId } of written.slice(0, 5)) records.lost.add(passageId ?? id);
      const again = await search(500);
      expect([again.complete, again.hits.map(({ id }) => id)]).toEqual([true, written.map(({ id }) => id)]);
      expect(again.hits.map(({ score }) => score)).toEqual(whole.hits.map(({ score }) => expect.closeTo(score, 5) as number));
      expect(begun).toContain(tenant);
    } finally {
      await store.close();
    }
  });

  describe.each(FUSIONS)('its own hybrid search over an index that has lost some, %s', (fusion) => {
    it.each([
      ['found by words all the same', 'sea'],
      ['found by nothing else', 'sand'],
    ])('says that it lacks some, %s, and has them entered anew; where it is full it asks nothing more', async (_, word) => {
      const { records, repair, begun, connection } = forgetful();
      const store = new WeaviateHybridStore(records, repair);
      try {
        const tenant = freshTenant();
        const written = Array.from({ length: 30 }, (_each, i) => record(randomUUID(), [word, 'sun'], [1, i / 30]));
        await store.write(tenant, [...written, record(randomUUID(), ['sea'], null)]);
        const search = (limit: number, objectIds: readonly string[] | null = null) =>
          store.hybrid({ tenantId: tenant, space, vector: [1, 0], terms: ['sea'], alpha: 0.5, fusion, limit, objectIds });
        const some = written.slice(20).map(({ objectId }) => objectId);
        for (const [limit, objectIds, objects] of [[50, null, 31], [31, null, 31], [50, some, 10]] as const) {
          const whole = await search(limit, objectIds);
          expect([whole.complete, whole.hits.length, begun]).toEqual([true, objects, []]);
        }
        for (const { passageId } of written.slice(25)) records.lost.add(passageId!);
        // As many as were asked for, but for their scores.
        for (const [limit, objectIds] of [[50, null], [26, null], [50, some]] as const) {
          expect(await search(limit, objectIds)).toMatchObject({ complete: false });
          expect(begun.splice(0)).toEqual([tenant]);
        }
        // Those that were not lost are all that there are of these.
        expect(await search(50, written.slice(0, 10).map(({ objectId }) => objectId))).toMatchObject({ complete: true });
        const before = records.asked;
        expect(await search(5)).toMatchObject({ complete: true });
        expect([records.asked - before, begun]).toEqual([fusion === 'RANKED' ? 3 : 1, []]);
      } finally {
        await connection.close();
      }
    });
  });

  it('enters records anew without touching what another process takes out or writes meanwhile', async () => {
    const tenant = freshTenant();
    const other = { model: 'three numbers', dimensions: 3 };
    const recorded = () => record(randomUUID(), ['sea'], [0.3, 0.4]);
    const [left, purged, replaced, extended] = [recorded(), recorded(), recorded(), recorded()];
    const all = [left, purged, replaced, extended];
    await hybrid.write(tenant, all);
    const [newer, further] = [randomUUID(), randomUUID()];
    const connection = new WeaviateConnection({ url: address!.url, grpcPort: Number(address!.grpcPort) });
    const records = new RecordsInterrupted(connection, new WeaviateCollection(connection, weaviate.collectionPrefix, [space]));
    const elsewhere = weaviate.open({ spaces: [space] });
    records.behindTheFirst = async () => {
      await elsewhere.vectors.deleteObjects(tenant, [purged.objectId], null);
      await elsewhere.keywords.remove(tenant, [{ passageId: purged.passageId!, ordinal: 1 }], null);
      await elsewhere.hybrid.write(tenant, [{ ...replaced, terms: ['sun'], vectors: [{ space, embeddingId: newer, vector: Float32Array.of(0.6, 0.8) }] }]);
      await elsewhere.vectors.upsert(tenant, other, [{ id: further, objectId: extended.objectId, passageId: extended.passageId, vector: Float32Array.of(1, 0, 0) }], null);
    };
    await records.enterAnew(tenant, all.map(({ passageId }) => passageId!));
    await connection.close();

    const idOf = ({ vectors: [first] }: PassageRecord) => first!.embeddingId;
    const stored = await vectors.fetch(tenant, space, [...all.map(idOf), newer]);
    expect(stored).toEqual(new Map([[idOf(left), Float32Array.of(0.3, 0.4)], [idOf(extended), Float32Array.of(0.3, 0.4)], [newer, Float32Array.of(0.6, 0.8)]]));
    expect((await vectors.fetch(tenant, other, [further])).get(further)).toEqual(Float32Array.of(1, 0, 0));
    const saying = async (term: string) => (await keywords.search({ tenantId: tenant, terms: [term], limit: 5, filter: null, objectIds: null })).hits.map(({ objectId }) => objectId).sort();
    expect([await saying('sea'), await saying('sun')]).toEqual([[extended.objectId, left.objectId].sort(), [replaced.objectId]]);
    const near = await vectors.search({ tenantId: tenant, space, vector: [0.6, 0.8], limit: 5, filter: null, objectIds: null });
    expect(near.hits.map(({ objectId }) => objectId).sort()).toEqual([extended.objectId, left.objectId, replaced.objectId].sort());
  });

  it('names the embedding of the model that was asked, where a passage has those of several', async () => {
    const tenant = freshTenant();
    const other = { model: 'four numbers', dimensions: 4 };
    const passageId = randomUUID();
    const [objectId, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    const found = async (asked: typeof space, vector: number[]) =>
      (await vectors.search({ tenantId: tenant, space: asked, vector, limit: 5, filter: null, objectIds: null })).hits.map(({ id }) => id);
    await vectors.upsert(tenant, space, [{ id: first, objectId, passageId, vector: Float32Array.of(1, 0) }], null);
    expect(await found(space, [1, 0])).toEqual([first]);
    await vectors.upsert(tenant, other, [{ id: second, objectId, passageId, vector: Float32Array.of(1, 0, 0, 0) }], null);
    expect([await found(space, [1, 0]), await found(other, [1, 0, 0, 0])]).toEqual([[first], [second]]);
    await vectors.remove(tenant, [first], null);
    expect(await found(other, [1, 0, 0, 0])).toEqual([second]);
  });

  it('keeps the words of a passage when its vectors come or go, and the vectors when its words do', async () => {
    const tenant = freshTenant();
    const other = { model: 'three numbers', dimensions: 3 };
    const [objectId, passageId, first, second] = Array.from({ length: 4 }, () => randomUUID()) as [
      string,
      string,
      string,
      string,
    ];
    const said = async () =>
      (await keywords.search({ tenantId: tenant, terms: ['sea'], limit: 5, filter: null, objectIds: null })).hits
        .length;
    const counts = async () => [await vectors.count(tenant, space), await vectors.count(tenant, other), await said()];
    const ordinal = 1;
    await vectors.upsert(tenant, space, [{ id: first, objectId, passageId, vector: Float32Array.of(1, 0) }], null);
    await keywords.index(tenant, [{ passageId, ordinal, objectId, terms: ['sea'] }], null);
    await vectors.upsert(tenant, other, [{ id: second, objectId, passageId, vector: Float32Array.of(1, 0, 0) }], null);
    expect(await counts()).toEqual([1, 1, 1]);
    await vectors.remove(tenant, [first], null);
    expect(await counts()).toEqual([0, 1, 1]);
    await keywords.remove(tenant, [{ passageId, ordinal }], null);
    expect(await counts()).toEqual([0, 1, 0]);
    await keywords.index(tenant, [{ passageId, ordinal, objectId, terms: ['sea'] }], null);
    expect(await vectors.deleteObjects(tenant, [objectId], null)).toBe(1);
    expect(await counts()).toEqual([0, 0, 1]);
    // Written whole, it holds what it is given and nothing else.
    const vector = { space, embeddingId: first, vector: Float32Array.of(0, 1) };
    await hybrid.write(tenant, [{ passageId, objectId, terms: [], vectors: [vector] }]);
    expect(await counts()).toEqual([1, 0, 0]);
    // An embedding that moves to another passage leaves the first.
    await vectors.upsert(
      tenant,
      space,
      [{ id: first, objectId, passageId: null, vector: Float32Array.of(1, 1) }],
      null,
    );
    expect(await counts()).toEqual([1, 0, 0]);
  });

  it('loses nothing when words and vectors of the same passages are written at once', async () => {
    const tenant = freshTenant();
    const passages = Array.from({ length: 100 }, (_, i) => ({
      id: randomUUID(),
      objectId: randomUUID(),
      passageId: randomUUID(),
      ordinal: i,
    }));
    await Promise.all([
      vectors.upsert(
        tenant,
        space,
        passages.map((passage) => ({ ...passage, vector: Float32Array.of(1, 1) })),
        null,
      ),
      keywords.index(
        tenant,
        passages.map((passage) => ({ ...passage, terms: ['sea'] })),
        null,
      ),
    ]);
    const { hits } = await keywords.search({
      tenantId: tenant,
      terms: ['sea'],
      limit: 200,
      filter: null,
      objectIds: null,
    });
    expect([hits.length, await vectors.count(tenant, space)]).toEqual([100, 100]);
  });
});
