import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileObjectFilter } from '../../src/adapters/db/filter-sql.js';
import { PgvectorStore } from '../../src/adapters/vectors/pgvector.store.js';
import type { Transaction } from '../../src/ports/database.port.js';
import type { SqlClient } from '../../src/ports/sql.port.js';
import type { VectorQuery, VectorRecord } from '../../src/ports/vector-store.port.js';
import { withDatabase } from '../support/database.js';
import { randomNumbers } from '../support/random-numbers.js';
import { searchObjects } from '../support/search-objects.js';

const DIMENSIONS = 16;
const MANY = 3_200;
const space = { model: 'many', dimensions: DIMENSIONS };

describe('pgvector with more vectors than are looked at one by one', () => {
  const database = withDatabase();
  const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
  const random = randomNumbers(seed);
  let store: PgvectorStore;
  const cleared: string[] = [];
  let many: { tenant: string; ids: string[]; records: VectorRecord[] };
  let few: { tenant: string; ids: string[]; records: VectorRecord[] };

  beforeAll(async () => {
    console.log(`pgvector: seed ${seed} (FC_SEED repeats it)`);
    store = new PgvectorStore(
      database.engine.sql,
      (work) => database.engine.transaction(({ sql }) => work(sql)),
      compileObjectFilter,
      [],
      (statement) => (cleared.push(statement), database.engine.upkeep(statement)),
    );
    await store.ensureSpace(space);
    many = await fill(MANY);
    few = await fill(7);
  });

  it('finds the true neighbours before housekeeping, and nearly all of them after, with every vector in the index', async () => {
    for (const stage of ['fresh', 'indexed']) {
      if (stage === 'indexed') await store.optimize();
      let found = 0;
      for (let i = 0; i < 20; i++) {
        const vector = direction();
        const { hits, complete } = await search({ vector, limit: 50 });
        expect([hits.length, complete]).toEqual([50, true]);
        expect(hits.map((hit) => hit.score)).toEqual(hits.map((hit) => hit.score).sort((a, b) => b - a));
        const nearest = new Set(
          many.records
            .map((record) => ({ id: record.id, score: dot(record.vector, vector) }))
            .sort((a, b) => b.score - a.score)
            .slice(0, 50)
            .map(({ id }) => id),
        );
        found += hits.filter((hit) => nearest.has(hit.id)).length;
      }
      expect(found / (20 * 50)).toBeGreaterThanOrEqual(stage === 'fresh' ? 1 : 0.95);
    }
    const [{ outside }] = (await database.engine.sql.query<{ outside: number }>(
      `SELECT count(*) AS outside FROM ${await table()} WHERE NOT indexed`,
    )) as [{ outside: number }];
    expect(outside).toBe(0);
    // Over many it takes longer than a statement may.
    expect(cleared).toEqual([expect.stringContaining(`VACUUM (ANALYZE) ${await table()}`)]);
  });

  it('uses the index, with the settings of this statement alone', async () => {
    const statements = await database.statementsOf(() => search({ limit: 10 }));
    expect(statements.at(-1)).toContain('hnsw.ef_search');
    const [setting] = await database.engine.sql.query<{ value: string | null }>(
      `SELECT current_setting('hnsw.ef_search', true) AS value`,
    );
    expect(setting!.value).toBe('40');
  });

  it('answers many queries by the index as it does each, in as many statements as one takes', async () => {
    const asked = (filter: VectorQuery['filter']) =>
      many.records.slice(100, 130).map(({ vector, objectId }): VectorQuery => ({ tenantId: many.tenant, space, vector, limit: 20, filter, objectIds: null, exceptObjectId: objectId }));
    for (const filter of [null, { metadata: [{ path: ['tenth'], equals: 0 }] }, { metadata: [{ path: ['n'], lt: 30 }] }]) {
      const queries = asked(filter);
      const together = await store.searchMany(queries);
      expect(together.every(({ hits }) => hits.length === 20)).toBe(true);
      let same = 0;
      for (const [i, query] of queries.entries()) {
        const alone = new Set((await store.search(query)).hits.map(({ id }) => id));
        same += together[i]!.hits.filter(({ id }) => alone.has(id)).length;
        expect(together[i]!.hits.map(({ objectId }) => objectId)).not.toContain(query.exceptObjectId);
      }
      // With a filter they may go deeper for the sake of one among them.
      expect(same / (30 * 20)).toBeGreaterThanOrEqual(filter === null ? 1 : 0.95);
    }
    const statements = await database.statementsOf(() => store.searchMany(asked(null)));
    expect(statements).toHaveLength(1);
  });

  it('gives a tenant of few all its own among the many of another', async () => {
    const { hits, complete } = await search({ tenantId: few.tenant, limit: 50 });
    expect(new Set(hits.map((hit) => hit.objectId))).toEqual(new Set(few.ids));
    expect(complete).toBe(true);
  });

  it.each([
    ['few', { metadata: [{ path: ['n'], lt: 30 }] }, 30],
    ['some', { metadata: [{ path: ['tenth'], equals: 0 }] }, MANY / 10],
    ['most', { not: { metadata: [{ path: ['tenth'], equals: 0 }] } }, (MANY * 9) / 10],
    ['none', { types: [] }, 0],
  ])('gives min(n, limit) of those that a filter leaves: %s', async (_, filter, count) => {
    for (const limit of [10, 100]) {
      const { hits, complete } = await search({ filter, limit });
      expect([hits.length, complete]).toEqual([Math.min(count, limit), true]);
    }
  });

  it('sees what is written after housekeeping, and no longer what was there before', async () => {
    const vector = direction();
    const record = many.records[17]!;
    await store.upsert(many.tenant, space, [{ ...record, vector }], null);
    const [best] = (await search({ vector, limit: 5 })).hits;
    expect(best).toMatchObject({ id: record.id, objectId: record.objectId });
    expect(best!.score).toBeCloseTo(1, 5);
    const old = (await search({ vector: record.vector, limit: 5 })).hits.find((hit) => hit.id === record.id);
    expect(old?.score ?? 0).toBeLessThan(0.999);
    await store.upsert(many.tenant, space, [record], null);
  });

  it('leaves out the object whose like is sought, and what went to the bin', async () => {
    const { objectId, vector } = many.records[3]!;
    expect((await search({ vector, limit: 1 })).hits[0]!.objectId).toBe(objectId);
    expect(
      (await search({ vector, exceptObjectId: objectId, limit: 100 })).hits.map((hit) => hit.objectId),
    ).not.toContain(objectId);
    await searchObjects(database).setDeleted(objectId, true);
    const { hits } = await search({ vector, limit: 100 });
    expect([hits.length, hits.some((hit) => hit.objectId === objectId)]).toEqual([100, false]);
    await searchObjects(database).setDeleted(objectId, false);
  });

  it('finds an object whose vectors are replaced between any two of its statements', async () => {
    for (const { tenant, records } of [few, many]) {
      const { objectId, vector } = records[2]!;
      let current = records[2]!;
      const replace = async () => {
        const fresh = { ...current, id: randomUUID() };
        await database.engine.transaction(async ({ sql }) => {
          await store.remove(tenant, [current.id], { sql } as Transaction);
          await store.upsert(tenant, space, [fresh], { sql } as Transaction);
        });
        current = fresh;
      };
      let sent = 0;
      const restless: SqlClient = {
        async query(text, params) {
          if (sent++ > 0) await replace();
          return database.engine.sql.query(text, params);
        },
      };
      const attacked = new PgvectorStore(restless, (work) => database.engine.transaction(({ sql }) => work(sql)), compileObjectFilter);
      const { hits } = await attacked.search({ tenantId: tenant, space, vector, limit: 5, filter: null, objectIds: null });
      expect(sent).toBeGreaterThan(1);
      expect(hits[0]).toMatchObject({ objectId, id: current.id });
      records[2] = current;
    }
  });

  it('finds enough objects where a few of them hold most vectors near by', async () => {
    const vector = direction();
    const crowd = Array.from({ length: 600 }, (_, i): VectorRecord => ({
      id: randomUUID(),
      objectId: many.ids[i % 2]!,
      passageId: randomUUID(),
      vector: nearby(vector),
    }));
    await store.upsert(many.tenant, space, crowd, null);
    const { hits } = await search({ vector, limit: 100 });
    expect(hits.length).toBe(100);
    expect(new Set(hits.slice(0, 2).map((hit) => hit.objectId))).toEqual(new Set(many.ids.slice(0, 2)));
  });

  const table = async () =>
    (
      await database.engine.sql.query<{ table_name: string }>('SELECT table_name FROM vector_spaces WHERE model = $1', [
        space.model,
      ])
    )[0]!.table_name;

  function search(query: Partial<VectorQuery>) {
    return store.search({
      tenantId: many.tenant,
      space,
      vector: direction(),
      limit: 10,
      filter: null,
      objectIds: null,
      ...query,
    });
  }

  async function fill(count: number) {
    const tenant = database.freshTenant();
    const ids = await searchObjects(database).add(
      tenant,
      Array.from({ length: count }, (_, n) => ({ metadata: { n, tenth: n % 10 } })),
    );
    const records = ids.map((objectId): VectorRecord => ({
      id: randomUUID(),
      objectId,
      passageId: null,
      vector: direction(),
    }));
    await store.upsert(tenant, space, records, null);
    return { tenant, ids, records };
  }

  function direction(): Float32Array {
    return unit(Float32Array.from({ length: DIMENSIONS }, () => random() * 2 - 1));
  }

  function nearby(vector: Float32Array): Float32Array {
    return unit(vector.map((value) => value + (random() - 0.5) * 0.02));
  }
});

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / length);
}

function dot(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, i) => sum + value * right[i]!, 0);
}
