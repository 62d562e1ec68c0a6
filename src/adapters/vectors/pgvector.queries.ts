import type { VectorQuery } from '../../ports/vector-store.port.js';
import { SqlParams, type CompileFilter } from '../../ports/sql.port.js';
import { packVectors } from './vector-bytes.js';

/** A vector that was looked at: `live` where its object is the tenant's, not in the bin, and the filter's. */
export interface Candidate {
  embedding_id: string;
  object_id: string;
  passage_id: string | null;
  /** 1 − cosine. */
  distance: number;
  live: boolean;
}

export interface Statement {
  text: string;
  values: unknown[];
}

/**
 * The `size` nearest vectors of the tenant: through the HNSW index, and one by one those that are not in it yet. The filter
 * marks them rather than choosing them, because the planner, which knows nothing of what JSON filters select, would
 * otherwise turn the index down.
 */
export function nearestStatement(table: string, query: VectorQuery, compile: CompileFilter, size: number): Statement {
  const params = new SqlParams();
  const vector = `${params.add(packVectors([query.vector]))}::real[]::vector`;
  const tenant = params.add(query.tenantId);
  const except = query.exceptObjectId ? ` AND v.object_id <> ${params.add(query.exceptObjectId)}::uuid` : '';
  const list = params.add(String(candidateList(size)));
  const limit = params.add(size);
  const nearest = (part: string) =>
    `(SELECT v.embedding_id, v.object_id, v.passage_id, v.embedding <=> ${vector} AS distance
        FROM ${table} v WHERE ${part} AND v.tenant_id = ${tenant}${except} AND settings.done <> ''
       ORDER BY v.embedding <=> ${vector} LIMIT ${limit}::int)`;
  // Settings for this statement alone: what follows depends on them, hence comes after them. Iterative scans go on where the
  // tenant's own vectors are few among the nearest.
  return {
    text: `SELECT near.*, COALESCE((${liveObject('near.object_id', query, params, tenant, compile)}), false) AS live
      FROM (SELECT set_config('hnsw.ef_search', ${list}, true) || set_config('hnsw.iterative_scan', 'relaxed_order', true)
                || set_config('hnsw.max_scan_tuples', '${MOST_TUPLES}', true) || set_config('hnsw.scan_mem_multiplier', '8', true) AS done) settings
      CROSS JOIN LATERAL (${nearest('v.indexed')} UNION ALL ${nearest('NOT v.indexed')}) near`,
    values: params.values,
  };
}

/** pgvector's longest. */
const LONGEST_LIST = 1_000;
/** Vectors that a scan looks at in the end, other tenants' included; then the tenant's own are gone through one by one. */
const MOST_TUPLES = 40_000;

/** The longer HNSW's list of candidates, the fewer true neighbours it misses. */
function candidateList(size: number): number {
  return Math.min(LONGEST_LIST, Math.max(200, size * 2));
}

/** The best vector of each object that the filter and the ids let through, every one looked at; the nearest `limit`. */
export function exactStatement(table: string, query: VectorQuery, compile: CompileFilter): Statement {
  const params = new SqlParams();
  const vector = `${params.add(packVectors([query.vector]))}::real[]::vector`;
  const tenant = params.add(query.tenantId);
  const except = query.exceptObjectId ? ` AND v.object_id <> ${params.add(query.exceptObjectId)}::uuid` : '';
  const chosen = query.objectIds === null ? '' : ` AND v.object_id = ANY(${params.add(query.objectIds)}::uuid[])`;
  return {
    text: `SELECT best.*, true AS live FROM (
        SELECT DISTINCT ON (v.object_id) v.embedding_id, v.object_id, v.passage_id, v.embedding <=> ${vector} AS distance
          FROM ${table} v JOIN data_objects o ON o.id = v.object_id
         WHERE v.tenant_id = ${tenant}${except}${chosen} AND o.tenant_id = ${tenant} AND NOT o.is_deleted AND ${compile(query.filter, params, 'o')}
         ORDER BY v.object_id, distance, v.embedding_id
      ) best ORDER BY distance, object_id LIMIT ${params.add(query.limit)}::int`,
    values: params.values,
  };
}

/** One object by its id, for each candidate: with EXISTS in its place the planner may read all objects instead. */
function liveObject(id: string, query: VectorQuery, params: SqlParams, tenant: string, compile: CompileFilter): string {
  return `SELECT true FROM data_objects o WHERE o.id = ${id} AND o.tenant_id = ${tenant} AND NOT o.is_deleted AND ${compile(query.filter, params, 'o')} LIMIT 1`;
}
