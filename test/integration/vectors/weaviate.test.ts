import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FUSIONS } from '../../../src/domain/operations.js';
import type { HybridQuery, PassageRecord } from '../../../src/ports/hybrid-store.port.js';
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

describe.skipIf(address === null)('Weaviate', () => {
  const weaviate = withWeaviate(address);
  const stores = weaviate.open({ spaces: [space] });
  const { vectors, keywords, hybrid } = stores;
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
