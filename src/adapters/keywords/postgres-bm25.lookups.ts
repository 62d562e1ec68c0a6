import type { KeywordQuery } from '../../ports/keyword-index.port.js';
import { SqlParams, type CompileFilter, type SqlClient } from '../../ports/sql.port.js';

/** An indexed passage of a live object of the tenant that the query's filter lets through. */
export interface LivePassage {
  number: number;
  passage_id: string;
  object_id: string;
}

type Scope = Pick<KeywordQuery, 'tenantId' | 'filter'>;

// The lookups below are written so that only one plan is possible: LATERAL with LIMIT cannot be reordered. The planner knows
// nothing of what JSON filters select, and otherwise begins with the filter, over all objects, to look up a hundred passages.

/** Those of the numbered passages that are live. */
export async function livePassages(
  sql: SqlClient,
  compile: CompileFilter,
  query: Scope,
  numbers: readonly number[],
): Promise<Map<number, LivePassage>> {
  const params = new SqlParams();
  return byNumber(
    await sql.query<LivePassage>(
      `SELECT k.number, k.passage_id, k.object_id
         FROM unnest(${params.add(numbers)}::bigint[]) AS wanted (number)
        CROSS JOIN LATERAL (SELECT number, passage_id, object_id FROM keyword_passages WHERE number = wanted.number LIMIT 1) k
        CROSS JOIN LATERAL (${liveObject(compile, query, params, 'k.object_id')}) live`,
      params.values,
    ),
  );
}

/** All passages of those of the objects that are live. */
export async function passagesOfObjects(
  sql: SqlClient,
  compile: CompileFilter,
  query: Scope,
  objectIds: readonly string[],
): Promise<Map<number, LivePassage>> {
  const params = new SqlParams();
  return byNumber(
    await sql.query<LivePassage>(
      `SELECT k.number, k.passage_id, k.object_id
         FROM unnest(${params.add(objectIds)}::uuid[]) AS wanted (id)
        CROSS JOIN LATERAL (${liveObject(compile, query, params, 'wanted.id')}) live
         JOIN keyword_passages k ON k.tenant_id = ${params.add(query.tenantId)} AND k.object_id = wanted.id`,
      params.values,
    ),
  );
}

/** All live passages, or null where there are more than `limit`. */
export async function fewPassages(
  sql: SqlClient,
  compile: CompileFilter,
  query: Scope,
  limit: number,
): Promise<Map<number, LivePassage> | null> {
  const params = new SqlParams();
  const tenant = params.add(query.tenantId);
  const rows = await sql.query<LivePassage>(
    `SELECT k.number, k.passage_id, k.object_id
       FROM data_objects o JOIN keyword_passages k ON k.tenant_id = o.tenant_id AND k.object_id = o.id
      WHERE o.tenant_id = ${tenant} AND NOT o.is_deleted AND ${compile(query.filter, params, 'o')}
      LIMIT ${params.add(limit + 1)}::int`,
    params.values,
  );
  return rows.length > limit ? null : byNumber(rows);
}

function liveObject(compile: CompileFilter, query: Scope, params: SqlParams, id: string): string {
  const tenant = params.add(query.tenantId);
  return `SELECT 1 FROM data_objects o WHERE o.id = ${id} AND o.tenant_id = ${tenant} AND NOT o.is_deleted AND ${compile(query.filter, params, 'o')} LIMIT 1`;
}

function byNumber(rows: readonly LivePassage[]): Map<number, LivePassage> {
  return new Map(rows.map((row) => [Number(row.number), row]));
}
