import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compileObjectFilter } from '../../src/adapters/db/filter-sql.js';
import { PostgresBm25Index } from '../../src/adapters/keywords/postgres-bm25.index.js';
import type { SqlClient } from '../../src/ports/sql.port.js';
import { withDatabase } from '../support/database.js';
import { searchObjects } from '../support/search-objects.js';

const TERMS = ['sea', 'sun', 'sand', 'salt'];

describe('housekeeping of the keyword index', () => {
  const database = withDatabase();

  it('may be killed before any of its statements, and is finished by the next', async () => {
    await scattered();
    const statements = (await database.statementsOf(() => indexOver(database.engine.sql).optimize())).length;
    expect(statements).toBeGreaterThan(6);
    for (let killed = 0; killed < statements; killed++) {
      const tenant = await scattered();
      const before = await scores(tenant);
      let sent = 0;
      const dying = indexOver({
        query(text, params) {
          if (sent++ === killed) throw new Error('killed');
          return database.engine.sql.query(text, params);
        },
      });
      await expect(dying.optimize()).rejects.toThrow('killed');
      expect(await scores(tenant)).toEqual(before);
      await indexOver(database.engine.sql).optimize();
      expect(await scores(tenant)).toEqual(before);
      expect(await rows('keyword_removals', tenant)).toBe(0);
      expect(await rows('keyword_postings', tenant)).toBe(TERMS.length);
      expect(await rows('keyword_totals', tenant)).toBe(1);
    }
  });

  it('takes removed passages out of what a merge made of them meanwhile', async () => {
    const tenant = await scattered();
    const before = await scores(tenant);
    let merges = 0;
    const interrupted = indexOver({
      async query<Row>(text: string, params?: readonly unknown[]) {
        const answer = await database.engine.sql.query<Row>(text, params);
        if (text.startsWith('SELECT term, chunk, postings') && merges++ === 0) await mergeAll(tenant);
        return answer;
      },
    });
    await interrupted.optimize();
    expect(merges).toBeGreaterThan(1);
    expect(await rows('keyword_removals', tenant)).toBe(0);
    expect(await scores(tenant)).toEqual(before);
  });

  it('leaves well alone', async () => {
    const tenant = database.freshTenant();
    const [objectId] = await searchObjects(database).add(tenant, [{}]);
    await indexOver(database.engine.sql).index(
      tenant,
      [{ passageId: randomUUID(), ordinal: 1, objectId: objectId!, terms: TERMS }],
      null,
    );
    await indexOver(database.engine.sql).optimize();
    expect(await database.statementsOf(() => indexOver(database.engine.sql).optimize())).toHaveLength(1);
  });

  /** Many small writes, a fifth of them removed again. */
  async function scattered(): Promise<string> {
    const tenant = database.freshTenant();
    const ids = await searchObjects(database).add(
      tenant,
      Array.from({ length: 20 }, () => ({})),
    );
    const index = indexOver(database.engine.sql);
    for (const [i, objectId] of ids.entries()) {
      const terms = TERMS.flatMap((term, n) => Array<string>(1 + ((i + n) % 3)).fill(term)).slice(i % 4);
      await index.index(tenant, [{ passageId: randomUUID(), ordinal: i + 1, objectId, terms }], null);
    }
    await index.remove(
      tenant,
      [2, 7, 8, 19].map((ordinal) => ({ passageId: randomUUID(), ordinal })),
      null,
    );
    return tenant;
  }

  async function scores(tenantId: string): Promise<[string, number][]> {
    const { hits } = await indexOver(database.engine.sql).search({
      tenantId,
      terms: TERMS,
      limit: 50,
      filter: null,
      objectIds: null,
    });
    expect(hits).toHaveLength(16);
    return hits.map((hit): [string, number] => [hit.objectId, Number(hit.score.toFixed(9))]);
  }

  function indexOver(sql: SqlClient): PostgresBm25Index {
    return new PostgresBm25Index(sql, (work) => database.engine.transaction((tx) => work(tx.sql)), compileObjectFilter);
  }

  async function mergeAll(tenant: string): Promise<void> {
    await database.engine.sql.query(
      `WITH old AS (DELETE FROM keyword_postings WHERE tenant_id = $1 RETURNING term, chunk, postings)
       INSERT INTO keyword_postings (tenant_id, term, postings) SELECT $1, term, string_agg(postings, ''::bytea ORDER BY chunk) FROM old GROUP BY term`,
      [tenant],
    );
  }

  async function rows(table: string, tenant: string): Promise<number> {
    const [row] = await database.engine.sql.query<{ count: number }>(
      `SELECT count(*) AS count FROM ${table} WHERE tenant_id = $1`,
      [tenant],
    );
    return row!.count;
  }
});
