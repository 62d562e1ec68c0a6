import type { VectorQuery } from '../../ports/vector-store.port.js';
import { SqlParams, type CompileFilter } from '../../ports/sql.port.js';
import { packVectors } from './vector-bytes.js';

/** A vector that was looked at: `live` where its object is the tenant's, not in the bin, and the filter's. */
export interface Candidate {
  /** Which query it is for, from 1. */
  place: number;
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

/** Of one tenant, space, limit, filter and choice of ids: apart only in their vectors, and in whom each leaves out. */
export type AlikeQueries = readonly [VectorQuery, ...VectorQuery[]];

/**
 * The `size` nearest vectors of the tenant to each query: through the HNSW index, and one by one those that are not in it yet.
 * The filter marks them rather than choosing them, because the planner, which knows nothing of what JSON filters select, would
 * otherwise turn the index down.
 */
export function nearestStatement(table: string, queries: AlikeQueries, compile: CompileFilter, size: number): Statement {
  const params = new SqlParams();
  const asked = askedRows(queries, params);
  const tenant = params.add(queries[0].tenantId);
  const list = params.add(String(candidateList(size)));
  const limit = params.add(size);
  const nearest = (part: string) =>
    `(SELECT v.embedding_id, v.object_id, v.passage_id, v.embedding <=> asked.vector AS distance
        FROM ${table} v WHERE ${part} AND v.tenant_id = ${tenant} ${exceptOf(queries)} AND settings.done <> ''
       ORDER BY v.embedding <=> asked.vector LIMIT ${limit}::int)`;
  // Settings for this statement alone: what follows depends on them, hence comes after them. Iterative scans go on where the
  // tenant's own vectors are few among the nearest.
  return {
    text: `WITH asked AS MATERIALIZED (${asked})
      SELECT asked.place, near.*, COALESCE((${liveObject('near.object_id', queries[0], params, tenant, compile)}), false) AS live
      FROM (SELECT set_config('hnsw.ef_search', ${list}, true) || set_config('hnsw.iterative_scan', 'relaxed_order', true)
                || set_config('hnsw.max_scan_tuples', '${MOST_TUPLES}', true) || set_config('hnsw.scan_mem_multiplier', '8', true) AS done) settings
      CROSS JOIN asked
      CROSS JOIN LATERAL (
        SELECT * FROM (${nearest('v.indexed')} UNION ALL ${nearest('NOT v.indexed')}) part
         ORDER BY distance, object_id, embedding_id LIMIT ${limit}::int
      ) near`,
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

/**
 * For each query the best vector of each object that the filter and the ids let through, every one looked at; the nearest `limit`. Where
 * several of an object are asked for, so many of each, and as many rows as `limit` objects can have.
 */
export function exactStatement(table: string, queries: AlikeQueries, compile: CompileFilter): Statement {
  const params = new SqlParams();
  const [{ filter, objectIds, limit, tenantId, perObject = 1 }] = queries;
  const asked = askedRows(queries, params);
  const tenant = params.add(tenantId);
  const chosen = objectIds === null ? '' : ` AND v.object_id = ANY(${params.add(objectIds)}::uuid[])`;
  const found = `SELECT v.embedding_id, v.object_id, v.passage_id, v.embedding <=> asked.vector AS distance
            FROM ${table} v JOIN data_objects o ON o.id = v.object_id
           WHERE v.tenant_id = ${tenant} ${exceptOf(queries)}${chosen} AND o.tenant_id = ${tenant} AND NOT o.is_deleted AND ${compile(filter, params, 'o')}`;
  return {
    text: `WITH asked AS MATERIALIZED (${asked})
      SELECT asked.place, best.*, true AS live FROM asked CROSS JOIN LATERAL (
        ${ofObjects(found, perObject)} LIMIT ${params.add(limit * perObject)}::int
      ) best`,
    values: params.values,
  };
}

/**
 * Looking up the vectors of one object takes as long as so many more that are read in a row; below the least, nobody need look how
 * many vectors there are.
 */
const VECTORS_A_LOOK_UP = 16;
const FEW_LOOK_UPS = 1_000;

/**
 * The same, where there are many vectors and the filter may leave few: objects first. The planner cannot know how many a filter over
 * JSON leaves, and would read every vector for the sake of some; so both ways stand here, and their number opens one of them.
 */
export function exactByObjectsStatement(table: string, queries: AlikeQueries, compile: CompileFilter): Statement {
  const params = new SqlParams();
  const [{ filter, limit, tenantId, perObject = 1 }] = queries;
  const asked = askedRows(queries, params);
  const tenant = params.add(tenantId);
  const vectors = `SELECT v.embedding_id, v.object_id, v.passage_id, v.embedding <=> asked.vector AS distance FROM ${table} v`;
  const own = `v.tenant_id = ${tenant} ${exceptOf(queries)}`;
  const found = `SELECT found.* FROM chosen CROSS JOIN LATERAL (${vectors} WHERE ${own} AND v.object_id = chosen.id OFFSET 0) found WHERE (SELECT yes FROM few)
            UNION ALL
            ${vectors} JOIN chosen ON chosen.id = v.object_id WHERE ${own} AND NOT (SELECT yes FROM few)`;
  return {
    text: `WITH asked AS MATERIALIZED (${asked}),
      chosen AS MATERIALIZED (SELECT o.id FROM data_objects o WHERE o.tenant_id = ${tenant} AND NOT o.is_deleted AND ${compile(filter, params, 'o')}),
      few AS MATERIALIZED (
        SELECT count(*) <= greatest(${FEW_LOOK_UPS}, (SELECT reltuples / ${VECTORS_A_LOOK_UP} FROM pg_class WHERE oid = '${table}'::regclass)) AS yes FROM chosen
      )
      SELECT asked.place, best.*, true AS live FROM asked CROSS JOIN LATERAL (
        ${ofObjects(found, perObject)} LIMIT ${params.add(limit * perObject)}::int
      ) best`,
    values: params.values,
  };
}

/** Of each object its nearest vector, or its nearest few: objects by their best, so that whoever counts them from the first row on has the whole of each. */
function ofObjects(found: string, perObject: number): string {
  if (perObject === 1) return `SELECT * FROM (SELECT DISTINCT ON (object_id) * FROM (${found}) found ORDER BY object_id, distance, embedding_id) one ORDER BY distance, object_id`;
  return `SELECT embedding_id, object_id, passage_id, distance FROM (
            SELECT found.*, row_number() OVER (PARTITION BY object_id ORDER BY distance, embedding_id) AS position, min(distance) OVER (PARTITION BY object_id) AS nearest
              FROM (${found}) found
          ) ranked WHERE position <= ${perObject} ORDER BY nearest, object_id, position`;
}

/** A row a query: its place, its vector, and whom it leaves out. Vectors travel end to end, and are cut apart once, not for each comparison. */
function askedRows(queries: AlikeQueries, params: SqlParams): string {
  const dimensions = params.add(queries[0].space.dimensions);
  const numbers = params.add(packVectors(queries.map(({ vector }) => vector)));
  const except = params.add(queries.map(({ exceptObjectId }) => exceptObjectId ?? null));
  return `SELECT q.place, q.except_id, packed.numbers[(q.place - 1) * ${dimensions}::int + 1 : q.place * ${dimensions}::int]::vector AS vector
      FROM (SELECT ${numbers}::real[] AS numbers) packed, unnest(${except}::uuid[]) WITH ORDINALITY AS q (except_id, place)`;
}

const exceptOf = (queries: AlikeQueries) => (queries.some(({ exceptObjectId }) => exceptObjectId) ? 'AND v.object_id IS DISTINCT FROM asked.except_id' : '');

/** One object by its id, for each candidate: with EXISTS in its place the planner may read all objects instead. */
function liveObject(id: string, query: VectorQuery, params: SqlParams, tenant: string, compile: CompileFilter): string {
  return `SELECT true FROM data_objects o WHERE o.id = ${id} AND o.tenant_id = ${tenant} AND NOT o.is_deleted AND ${compile(query.filter, params, 'o')} LIMIT 1`;
}
