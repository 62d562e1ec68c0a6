import type { SqlClient, SqlParams } from '../../../ports/sql.port.js';
import { isCanceled } from '../engine/sql-errors.js';

/** Runs a counting statement under a time limit of its own transaction; null where it ran out. */
export async function countWithin<Row>(
  transact: <T>(work: (sql: SqlClient) => Promise<T>) => Promise<T>,
  timeoutMs: number,
  text: string,
  values: readonly unknown[],
): Promise<Row[] | null> {
  try {
    return await transact(async (sql) => {
      await sql.query(`SET LOCAL statement_timeout = ${Math.max(1, Math.round(timeoutMs))}`);
      return sql.query<Row>(text, values);
    });
  } catch (error) {
    if (isCanceled(error)) return null;
    throw error;
  }
}

/** Rows that one statement looks at. The embedded database cannot be told to stop within a statement, so statements are kept short. */
const SLICE_ROWS = 10_000;

export interface Counted {
  table: 'data_objects' | 'annotations' | 'ingestions' | 'aggregations';
  alias: string;
  tenantId: string;
  /** Over `alias`; its parameters are in `params`. */
  matching: string;
  params: SqlParams;
}

/**
 * How many of a tenant's rows match; null where finding out takes longer. The rows are walked in the order of their ids, a slice a
 * statement, so that others get their turn and the time limit holds; a list of ordinary size is one slice.
 */
export async function countRows(
  transact: <T>(work: (sql: SqlClient) => Promise<T>) => Promise<T>,
  timeoutMs: number,
  { table, alias, tenantId, matching, params }: Counted,
  now: () => number = () => performance.now(),
): Promise<number | null> {
  const tenant = params.add(tenantId);
  const behind = `$${params.values.length + 1}`;
  const text = `SELECT count(*) FILTER (WHERE ${matching}) AS hits, count(*) AS seen, max(${alias}.id::text) AS last
     FROM (SELECT * FROM ${table} s WHERE s.tenant_id = ${tenant} AND s.id > ${behind}::uuid ORDER BY s.id LIMIT ${SLICE_ROWS}) AS ${alias}`;
  const deadline = now() + timeoutMs;
  let last = '00000000-0000-0000-0000-000000000000';
  for (let hits = 0; ; ) {
    const left = deadline - now();
    if (left <= 0) return null;
    const rows = await countWithin<{ hits: number; seen: number; last: string | null }>(transact, left, text, [...params.values, last]);
    if (rows === null) return null;
    const slice = rows[0]!;
    hits += Number(slice.hits);
    if (Number(slice.seen) < SLICE_ROWS) return hits;
    last = slice.last!;
  }
}
