import type { KeywordQuery } from '../../ports/keyword-index.port.js';
import { SqlParams, type CompileFilter, type SqlClient } from '../../ports/sql.port.js';

/** An indexed passage of a live object of the tenant that the query's filter lets through. */
export interface LivePassage {
  number: number;
  passage_id: string;
  object_id: string;
}

/** Passages that may be ranked, as they were at one moment. */
export interface EligiblePassages {
  byNumber: Map<number, LivePassage>;
  /** See `writesOf`; null where there are no passages. */
  writes: string | null;
}

type Scope = Pick<KeywordQuery, 'tenantId' | 'filter'>;

/**
 * Another value after each write of the tenant's, and each merge: both add a row, and a merge's has a higher number than all it takes
 * away. An expression of SQL, to be compared between statements.
 */
export const writesOf = (tenant: string) => `(SELECT count(*) || ':' || max(id) FROM keyword_totals WHERE tenant_id = ${tenant})`;

// The lookups below are written so that only one plan is possible: LATERAL with LIMIT cannot be reordered. The planner knows
// nothing of what JSON filters select, and otherwise begins with the filter, over all objects, to look up a hundred passages.

/** Those of the numbered passages that are live, and whether any of them is not indexed any more. */
export async function livePassages(
  sql: SqlClient,
  compile: CompileFilter,
  query: Scope,
  numbers: readonly number[],
): Promise<{ byNumber: Map<number, LivePassage>; anyGone: boolean }> {
  const params = new SqlParams();
  const rows = await sql.query<LivePassage | { number: number; passage_id: null }>(
    `SELECT wanted.number, k.passage_id, k.object_id
       FROM unnest(${params.add(numbers)}::bigint[]) AS wanted (number)
       LEFT JOIN LATERAL (SELECT passage_id, object_id FROM keyword_passages WHERE number = wanted.number LIMIT 1) k ON true
       LEFT JOIN LATERAL (${liveObject(compile, query, params, 'k.object_id')}) live ON true
      WHERE live.yes OR k.passage_id IS NULL`,
    params.values,
  );
  const live = rows.filter((row): row is LivePassage => row.passage_id !== null);
  return { byNumber: byNumber(live), anyGone: live.length < rows.length };
}

/** All passages of those of the objects that are live. */
export async function passagesOfObjects(
  sql: SqlClient,
  compile: CompileFilter,
  query: Scope,
  objectIds: readonly string[],
): Promise<EligiblePassages> {
  const params = new SqlParams();
  const tenant = params.add(query.tenantId);
  const rows = await sql.query<LivePassage & { writes: string }>(
    `SELECT k.number, k.passage_id, k.object_id, ${writesOf(tenant)} AS writes
       FROM unnest(${params.add(objectIds)}::uuid[]) AS wanted (id)
      CROSS JOIN LATERAL (${liveObject(compile, query, params, 'wanted.id')}) live
       JOIN keyword_passages k ON k.tenant_id = ${tenant} AND k.object_id = wanted.id`,
    params.values,
  );
  return eligible(rows);
}

/** All live passages, or null where there are more than `limit`. */
export async function fewPassages(
  sql: SqlClient,
  compile: CompileFilter,
  query: Scope,
  limit: number,
): Promise<EligiblePassages | null> {
  const params = new SqlParams();
  const tenant = params.add(query.tenantId);
  const rows = await sql.query<LivePassage & { writes: string }>(
    `SELECT k.number, k.passage_id, k.object_id, ${writesOf(tenant)} AS writes
       FROM data_objects o JOIN keyword_passages k ON k.tenant_id = o.tenant_id AND k.object_id = o.id
      WHERE o.tenant_id = ${tenant} AND NOT o.is_deleted AND ${compile(query.filter, params, 'o')}
      LIMIT ${params.add(limit + 1)}::int`,
    params.values,
  );
  return rows.length > limit ? null : eligible(rows);
}

function liveObject(compile: CompileFilter, query: Scope, params: SqlParams, id: string): string {
  const tenant = params.add(query.tenantId);
  return `SELECT true AS yes FROM data_objects o WHERE o.id = ${id} AND o.tenant_id = ${tenant} AND NOT o.is_deleted AND ${compile(query.filter, params, 'o')} LIMIT 1`;
}

const eligible = (rows: readonly (LivePassage & { writes: string })[]): EligiblePassages => ({ byNumber: byNumber(rows), writes: rows[0]?.writes ?? null });

function byNumber(rows: readonly LivePassage[]): Map<number, LivePassage> {
  return new Map(rows.map((row) => [Number(row.number), row]));
}
