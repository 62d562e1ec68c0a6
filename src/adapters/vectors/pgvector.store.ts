import { batches } from '../../domain/batches.js';
import type { Transaction } from '../../ports/database.port.js';
import type { CompileFilter, SqlClient, SqlTransact, SqlUpkeep } from '../../ports/sql.port.js';
import type {
  VectorHit,
  VectorQuery,
  VectorRecord,
  VectorSpace,
  VectorStore,
  VectorStoreCapabilities,
} from '../../ports/vector-store.port.js';
import { exactByObjectsStatement, exactStatement, nearestStatement, type AlikeQueries, type Candidate, type Statement } from './pgvector.queries.js';
import { PgvectorSpaces } from './pgvector.spaces.js';
import { checkVector, packVectors, unpackVector } from './vector-bytes.js';
import { asCosine, compareIds, hitOfObject } from './vector-hits.js';

/** So many vectors of a tenant are looked at one by one sooner than an index could choose among them. */
const FEW_VECTORS = 3_000;
const REMEMBERED_MS = 60_000;
const MOST_REMEMBERED = 10_000;
/** Nearest vectors asked of the index at once, at most. */
const LARGEST_ASKING = 1_000;
/** Written at once. */
const RECORDS_A_STATEMENT = 256;
/** Vectors may stay outside the index up to here: looking at them costs about a millisecond a thousand. */
const FRESH_VECTORS = 1_000;
/** Entered into the index in one statement: a search beside it waits for so many, at two or three milliseconds each. */
const INDEXED_A_STATEMENT = 8;

/** Vectors in PostgreSQL, by pgvector: a table a space, with an HNSW index that housekeeping feeds. */
export class PgvectorStore implements VectorStore {
  readonly capabilities: VectorStoreCapabilities = { filters: 'query', transactional: true, lagSeconds: 0 };
  private readonly spaces: PgvectorSpaces;
  private readonly manyUntil = new Map<string, number>();

  constructor(
    private readonly sql: SqlClient,
    transact: SqlTransact,
    private readonly compileFilter: CompileFilter,
    /** Of the models that are used; `check` holds what is stored to them. */
    private readonly expected: readonly VectorSpace[] = [],
    private readonly upkeep: SqlUpkeep = (statement) => sql.query(statement),
  ) {
    this.spaces = new PgvectorSpaces(sql, transact);
  }

  async ensureSpace(space: VectorSpace): Promise<void> {
    await this.spaces.ensure(space);
  }

  async upsert(
    tenantId: string,
    space: VectorSpace,
    records: readonly VectorRecord[],
    tx: Transaction | null,
  ): Promise<void> {
    const sql = tx?.sql ?? this.sql;
    const table = await this.spaces.require(space, sql);
    for (const { vector } of records) checkVector(vector, space.model, space.dimensions);
    // Each id once, in one order for all: a statement cannot write a row twice, and two writers never wait for each other.
    const unique = [...new Map(records.map((record) => [record.id, record])).values()].sort((a, b) =>
      a.id < b.id ? -1 : 1,
    );
    for (const some of batches(unique, RECORDS_A_STATEMENT)) await writeRecords(sql, table, tenantId, space.dimensions, some);
  }

  async search(query: VectorQuery): Promise<{ hits: VectorHit[]; complete: boolean }> {
    const [answer] = await this.searchMany([query]);
    return answer!;
  }

  async searchMany(queries: readonly VectorQuery[]): Promise<{ hits: VectorHit[]; complete: boolean }[]> {
    for (const { vector, space } of queries) checkVector(vector, space.model, space.dimensions);
    const answers = queries.map(() => ({ hits: [] as VectorHit[], complete: true }));
    for (const { queries: alike, places } of groupsOf(queries)) {
      const hits = await this.answer(alike);
      places.forEach((place, i) => (answers[place]!.hits = hits[i]!));
    }
    return answers;
  }

  async fetch(tenantId: string, space: VectorSpace, ids: readonly string[]): Promise<Map<string, Float32Array>> {
    const table = await this.spaces.find(space);
    if (table === null || ids.length === 0) return new Map();
    const rows = await this.sql.query<{ embedding_id: string; bytes: Buffer }>(
      `SELECT embedding_id, vector_send(embedding) AS bytes FROM ${table} WHERE tenant_id = $1 AND embedding_id = ANY($2::uuid[])`,
      [tenantId, ids],
    );
    return new Map(rows.map((row) => [row.embedding_id, unpackVector(row.bytes)]));
  }

  async deleteObjects(tenantId: string, objectIds: readonly string[], tx: Transaction | null): Promise<number> {
    const sql = tx?.sql ?? this.sql;
    let deleted = 0;
    for (const table of objectIds.length === 0 ? [] : await this.spaces.all(sql)) {
      const [row] = await sql.query<{ count: number }>(
        `WITH gone AS (DELETE FROM ${table} WHERE tenant_id = $1 AND object_id = ANY($2::uuid[]) RETURNING 1) SELECT count(*) AS count FROM gone`,
        [tenantId, objectIds],
      );
      deleted += Number(row!.count);
    }
    return deleted;
  }

  async remove(tenantId: string, ids: readonly string[], tx: Transaction | null): Promise<void> {
    const sql = tx?.sql ?? this.sql;
    for (const table of ids.length === 0 ? [] : await this.spaces.all(sql)) {
      await sql.query(`DELETE FROM ${table} WHERE tenant_id = $1 AND embedding_id = ANY($2::uuid[])`, [tenantId, ids]);
    }
  }

  async count(tenantId: string, space: VectorSpace): Promise<number> {
    const table = await this.spaces.find(space);
    if (table === null) return 0;
    const [row] = await this.sql.query<{ count: number }>(
      `SELECT count(*) AS count FROM ${table} WHERE tenant_id = $1`,
      [tenantId],
    );
    return Number(row!.count);
  }

  /** Enters fresh vectors into the index, a few at a time. Searches are right at every moment, only faster afterwards. */
  async optimize(signal?: AbortSignal): Promise<void> {
    for (const table of await this.spaces.all()) {
      const [fresh] = await this.sql.query<{ count: number }>(
        `SELECT count(*) AS count FROM (SELECT 1 FROM ${table} WHERE NOT indexed LIMIT ${FRESH_VECTORS + 1}) f`,
      );
      if (Number(fresh!.count) <= FRESH_VECTORS) continue;
      while ((await this.indexSome(table)) > 0) signal?.throwIfAborted();
      // The planner must know that hardly a row is outside the index; and the rows' former selves are cleared away, which no
      // autovacuum does in the embedded database. Over a large index that takes minutes.
      await this.upkeep(`VACUUM (ANALYZE) ${table} (tenant_id, object_id, indexed)`);
    }
  }

  async check(): Promise<void> {
    await this.spaces.check(this.expected);
  }

  async close(): Promise<void> {}

  /** That a tenant has many is believed for a while: should it no longer be so, searches are slower, and as right. */
  private async hasFew(table: string, tenantId: string): Promise<boolean> {
    const key = `${table} ${tenantId}`;
    if ((this.manyUntil.get(key) ?? 0) > Date.now()) return false;
    const [row] = await this.sql.query<{ count: number }>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM ${table} WHERE tenant_id = $1 LIMIT ${FEW_VECTORS + 1}) v`,
      [tenantId],
    );
    const isFew = Number(row!.count) <= FEW_VECTORS;
    if (this.manyUntil.size >= MOST_REMEMBERED) this.manyUntil.clear();
    if (!isFew) this.manyUntil.set(key, Date.now() + REMEMBERED_MS);
    return isFew;
  }

  private async answer(queries: AlikeQueries): Promise<VectorHit[][]> {
    const { space, limit, objectIds, tenantId, filter, perObject = 1 } = queries[0];
    const table = await this.spaces.find(space);
    if (table === null || limit <= 0 || objectIds?.length === 0) return queries.map(() => []);
    const isAmongMany = objectIds === null && !(await this.hasFew(table, tenantId));
    const nearest = isAmongMany ? await this.nearest(table, queries) : queries.map(() => null);
    const left = alike(queries.filter((_, i) => nearest[i] === null));
    const statement = isAmongMany && filter !== null ? exactByObjectsStatement : exactStatement;
    const exact = left === null ? [] : (await this.run(left, statement(table, left, this.compileFilter))).map((candidates) => bestOfObjects(candidates, limit, perObject));
    return nearest.map((hits) => hits ?? exact.shift()!);
  }

  /** Through the index; null for those to whom it cannot show `limit` objects, so that every vector has to be looked at. */
  private async nearest(table: string, queries: AlikeQueries): Promise<(VectorHit[] | null)[]> {
    const { limit, perObject = 1 } = queries[0];
    const found: (VectorHit[] | null)[] = queries.map(() => null);
    let open = queries.map((_, i) => i);
    // An object has a few vectors, and some of them are near each other.
    let size = Math.ceil(limit * 1.5) + 16;
    while (size <= LARGEST_ASKING) {
      const asked = alike(open.map((i) => queries[i]!));
      if (asked === null) break;
      const candidates = await this.run(asked, nearestStatement(table, asked, this.compileFilter, size));
      const hits = candidates.map((each) => bestOfObjects(each, limit, perObject));
      open.forEach((place, i) => (found[place] = hits[i]!.length >= limit ? hits[i]! : null));
      const fewest = Math.min(...hits.map((each) => each.length));
      open = open.filter((place) => found[place] === null);
      // As many as are missing at the rate so far, and some more.
      size = Math.max(size + 1, Math.ceil((size * limit * 1.3) / Math.max(1, fewest)));
    }
    return found;
  }

  /** Of each query its candidates, nearest first. */
  private async run(queries: AlikeQueries, statement: Statement): Promise<Candidate[][]> {
    for (const { signal } of queries) signal?.throwIfAborted();
    const rows = await this.sql.query<Candidate>(statement.text, statement.values);
    for (const { signal } of queries) signal?.throwIfAborted();
    const candidates: Candidate[][] = queries.map(() => []);
    for (const row of rows) candidates[row.place - 1]!.push(row);
    return candidates.map((each) => each.sort(byDistance));
  }

  private async indexSome(table: string): Promise<number> {
    const rows = await this.sql.query(
      `WITH chosen AS MATERIALIZED (
         SELECT embedding_id FROM ${table} WHERE NOT indexed ORDER BY tenant_id LIMIT ${INDEXED_A_STATEMENT} FOR UPDATE SKIP LOCKED
       )
       UPDATE ${table} v SET indexed = true FROM chosen WHERE v.embedding_id = chosen.embedding_id RETURNING 1`,
    );
    return rows.length;
  }
}

async function writeRecords(
  sql: SqlClient,
  table: string,
  tenantId: string,
  dimensions: number,
  records: readonly VectorRecord[],
): Promise<void> {
  await sql.query(
    `INSERT INTO ${table} AS v (embedding_id, tenant_id, object_id, passage_id, embedding)
     SELECT r.id, $1, r.object_id, r.passage_id, packed.numbers[(r.place - 1) * $6 + 1 : r.place * $6]::vector
       FROM (SELECT $5::real[] AS numbers) packed,
            unnest($2::uuid[], $3::uuid[], $4::uuid[]) WITH ORDINALITY AS r (id, object_id, passage_id, place)
     ON CONFLICT (embedding_id) DO UPDATE
        SET object_id = excluded.object_id, passage_id = excluded.passage_id, embedding = excluded.embedding, indexed = false
      WHERE v.tenant_id = excluded.tenant_id`,
    [
      tenantId,
      records.map(({ id }) => id),
      records.map(({ objectId }) => objectId),
      records.map(({ passageId }) => passageId),
      packVectors(records.map(({ vector }) => vector)),
      dimensions,
    ],
  );
}

/** Those that one statement can answer together, and where each stands among all. */
function groupsOf(queries: readonly VectorQuery[]): { queries: AlikeQueries; places: number[] }[] {
  const groups = new Map<string, { queries: [VectorQuery, ...VectorQuery[]]; places: number[] }>();
  queries.forEach((query, place) => {
    const { tenantId, space, limit, filter, objectIds, perObject = 1 } = query;
    const key = queries.length === 1 ? '' : JSON.stringify([tenantId, space.model, space.dimensions, limit, filter, objectIds, perObject]);
    const group = groups.get(key);
    if (group === undefined) return groups.set(key, { queries: [query], places: [place] });
    group.queries.push(query);
    group.places.push(place);
  });
  return [...groups.values()];
}

const alike = ([first, ...others]: readonly VectorQuery[]): AlikeQueries | null => (first === undefined ? null : [first, ...others]);

/** @param candidates nearest first */
function bestOfObjects(candidates: readonly Candidate[], limit: number, perObject: number): VectorHit[] {
  const found = new Map<string, VectorHit[]>();
  for (const { embedding_id, object_id, passage_id, distance, live } of candidates) {
    if (!live) continue;
    const known = found.get(object_id);
    const hit = () => ({ objectId: object_id, passageId: passage_id, id: embedding_id, score: asCosine(1 - distance) });
    if (known !== undefined) {
      if (known.length < perObject) known.push(hit());
    } else if (found.size < limit) found.set(object_id, [hit()]);
    else if (perObject === 1) break;
  }
  return [...found.values()].map((hits) => hitOfObject(hits, perObject));
}

function byDistance(left: Candidate, right: Candidate): number {
  return left.distance - right.distance || compareIds(left.object_id, right.object_id) || compareIds(left.embedding_id, right.embedding_id);
}
