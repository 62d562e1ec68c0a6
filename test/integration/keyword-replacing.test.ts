import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compileObjectFilter } from '../../src/adapters/db/filter-sql.js';
import { PostgresBm25Index } from '../../src/adapters/keywords/postgres-bm25.index.js';
import type { KeywordQuery } from '../../src/ports/keyword-index.port.js';
import type { SqlClient } from '../../src/ports/sql.port.js';
import { withDatabase } from '../support/database.js';
import { searchObjects } from '../support/search-objects.js';

/** So many that, where a filter leaves few of them, these are looked up apart. */
const MANY = 3_000;

/**
 * Invariant: an object that matches before and after a passage of it is replaced is found while that happens, between whichever two
 * statements of the search it does.
 */
describe('a passage that is replaced while it is searched', () => {
  const database = withDatabase();
  let ordinals = 0;

  it('is found when all are looked through', async () => {
    const { tenantId, ids } = await filled(3);
    await attacked({ tenantId, filter: null, objectIds: null }, ids, 2);
  });

  it('is found among objects that are given', async () => {
    const { tenantId, ids } = await filled(3);
    await attacked({ tenantId, filter: null, objectIds: ids.slice(0, 2) }, ids.slice(0, 2), 2);
  });

  it('is found when a filter leaves few', async () => {
    const { tenantId, ids } = await filled(MANY);
    const rare = ids.slice(-3);
    const filter = { metadata: [{ path: ['rare'], equals: true }] };
    await attacked({ tenantId, filter, objectIds: null }, rare, 4);
    expect(await database.statementsOf(() => indexOver(() => Promise.resolve()).search(queryFor({ tenantId, filter, objectIds: null })))).toContainEqual(expect.stringContaining('FROM data_objects o JOIN keyword_passages'));
  });

  it('costs the statements of one more search, in one transaction, and no more however much is replaced', async () => {
    const { tenantId, ids } = await filled(3);
    const query = queryFor({ tenantId, filter: null, objectIds: null });
    let sent = 0;
    const restless = indexOver(async () => {
      sent += 1;
      for (const id of ids) await replace(tenantId, id);
    });
    const ordinary = indexOver(() => Promise.resolve());
    expect(await database.statementsOf(() => ordinary.search(query))).toHaveLength(2);
    const { hits } = await restless.search(query);
    expect(hits.map(({ objectId }) => objectId).sort()).toEqual([...ids].sort());
    // What is outside of the transaction: the two of the first look.
    expect(sent).toBe(2);
  });

  /** Replaces the passages of these objects before each of the search's statements but the first, one after another. */
  async function attacked(scope: Pick<KeywordQuery, 'tenantId' | 'filter' | 'objectIds'>, expected: readonly string[], statements: number): Promise<void> {
    const query = queryFor(scope);
    expect(await database.statementsOf(() => indexOver(() => Promise.resolve()).search(query))).toHaveLength(statements);
    for (let attackedAt = 1; attackedAt < statements; attackedAt++) {
      let sent = 0;
      const index = indexOver(async () => {
        if (sent++ !== attackedAt) return;
        for (const id of expected) await replace(query.tenantId, id);
      });
      const { hits, complete } = await index.search(query);
      expect([attackedAt, complete, hits.map(({ objectId }) => objectId).sort()]).toEqual([attackedAt, true, [...expected].sort()]);
    }
  }

  const queryFor = (scope: Pick<KeywordQuery, 'tenantId' | 'filter' | 'objectIds'>): KeywordQuery => ({ ...scope, terms: ['sea'], limit: 10 });

  /** Objects of a passage each; the last three are rare, and stand at the end of the ranking. */
  async function filled(count: number): Promise<{ tenantId: string; ids: string[] }> {
    const tenantId = database.freshTenant();
    const ids = await searchObjects(database).add(tenantId, Array.from({ length: count }, (_, i) => ({ metadata: { rare: i >= count - 3 } })));
    await indexOver(() => Promise.resolve()).index(tenantId, ids.map((id, i) => documentOf(tenantId, id, i >= count - 3)), null);
    return { tenantId, ids };
  }

  const current = new Map<string, number>();
  function documentOf(tenantId: string, objectId: string, isLast: boolean) {
    const ordinal = ++ordinals;
    current.set(`${tenantId} ${objectId}`, ordinal);
    return { passageId: randomUUID(), ordinal, objectId, terms: ['sea', ...Array<string>(isLast ? 20 : 1).fill('sand')] };
  }

  async function replace(tenantId: string, objectId: string): Promise<void> {
    const index = indexOver(() => Promise.resolve());
    await searchObjects(database).transaction(async (tx) => {
      await index.remove(tenantId, [{ passageId: randomUUID(), ordinal: current.get(`${tenantId} ${objectId}`)! }], tx);
      await index.index(tenantId, [documentOf(tenantId, objectId, true)], tx);
    });
  }

  /** @param before what happens before each statement that is sent outside of a transaction */
  function indexOver(before: () => Promise<void>): PostgresBm25Index {
    const { engine } = database;
    const sql: SqlClient = {
      async query(text, params) {
        await before();
        return engine.sql.query(text, params);
      },
    };
    return new PostgresBm25Index(sql, (work) => engine.transaction((tx) => work(tx.sql)), compileObjectFilter);
  }
});
