import { createHash } from 'node:crypto';
import { notConfigured } from '../../domain/errors.js';
import type { VectorSpace } from '../../ports/vector-store.port.js';
import type { SqlClient, SqlTransact } from '../../ports/sql.port.js';
import { notMade, notThere, otherDimensions } from './space-errors.js';

/** pgvector indexes no more dimensions than this as 32-bit numbers. */
const MOST_DIMENSIONS = 2_000;
/** A row must fit into a page of 8 KB to be stored in one piece. */
const MOST_DIMENSIONS_IN_A_ROW = 1_900;
/** Any number that nobody else uses: spaces are made one at a time. */
const SPACES_LOCK = 7_316_552;

interface SpaceRow {
  model: string;
  dimensions: number;
  table_name: string;
}

/** The tables of the spaces: one a model, made when it is first used, listed in `vector_spaces`. */
export class PgvectorSpaces {
  private readonly known = new Map<string, SpaceRow>();

  constructor(
    private readonly sql: SqlClient,
    private readonly transact: SqlTransact,
  ) {}

  async ensure(space: VectorSpace): Promise<void> {
    if (await this.find(space)) return;
    if (space.dimensions > MOST_DIMENSIONS) {
      throw notConfigured(
        `A space of ${space.dimensions} dimensions (pgvector takes ${MOST_DIMENSIONS})`,
        'vector_database.provider',
      );
    }
    await this.transact((sql) => makeSpace(sql, space));
    if (!(await this.find(space))) throw notThere(space);
  }

  /**
   * The space's table, or null where it was never made.
   * @param sql the transaction's, within one: the embedded database answers nobody else meanwhile
   */
  async find(space: VectorSpace, sql = this.sql): Promise<string | null> {
    if (!this.known.has(space.model)) await this.all(sql);
    const row = this.known.get(space.model);
    if (row === undefined) return null;
    if (row.dimensions !== space.dimensions) throw otherDimensions(space, row.dimensions);
    return row.table_name;
  }

  async require(space: VectorSpace, sql: SqlClient): Promise<string> {
    const table = await this.find(space, sql);
    if (table === null) throw notMade(space);
    return table;
  }

  /** @throws CONFLICT where one of these has other dimensions */
  async check(spaces: readonly VectorSpace[]): Promise<void> {
    await this.all();
    for (const space of spaces) await this.find(space);
  }

  /** Of every space that there is now: another process may have made one. */
  async all(sql = this.sql): Promise<string[]> {
    const rows = await sql.query<SpaceRow>('SELECT model, dimensions, table_name FROM vector_spaces ORDER BY model');
    for (const row of rows) this.known.set(row.model, row);
    return rows.map((row) => row.table_name);
  }
}

async function makeSpace(sql: SqlClient, space: VectorSpace): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [SPACES_LOCK]);
  const [existing] = await sql.query<SpaceRow>('SELECT dimensions FROM vector_spaces WHERE model = $1', [space.model]);
  if (existing !== undefined && existing.dimensions !== space.dimensions)
    throw otherDimensions(space, existing.dimensions);
  if (existing !== undefined) return;
  const table = tableName(space);
  // The name holds nothing but letters, digits and underscores, and dimensions are an integer: neither can be quoted wrongly.
  await sql.query(`CREATE TABLE ${table} (
    embedding_id uuid PRIMARY KEY,
    tenant_id    text NOT NULL,
    object_id    uuid NOT NULL,
    passage_id   uuid,
    -- In the HNSW index. Rows arrive outside it and are moved by housekeeping, since entering it takes forty times as long.
    indexed      boolean NOT NULL DEFAULT false,
    embedding    vector(${Math.trunc(space.dimensions)}) NOT NULL
  )`);
  if (space.dimensions <= MOST_DIMENSIONS_IN_A_ROW)
    await sql.query(`ALTER TABLE ${table} ALTER COLUMN embedding SET STORAGE PLAIN`);
  // Nobody selects by a vector's statistics, and to make them takes longer than all the others.
  await sql.query(`ALTER TABLE ${table} ALTER COLUMN embedding SET STATISTICS 0`);
  await sql.query(`CREATE INDEX ${table}_object ON ${table} (tenant_id, object_id)`);
  await sql.query(`CREATE INDEX ${table}_fresh ON ${table} (tenant_id) WHERE NOT indexed`);
  await sql.query(
    `CREATE INDEX ${table}_hnsw ON ${table} USING hnsw (embedding vector_cosine_ops) WITH (m = ${HNSW_M}, ef_construction = ${HNSW_EF}) WHERE indexed`,
  );
  await sql.query('INSERT INTO vector_spaces (model, dimensions, table_name) VALUES ($1, $2, $3)', [
    space.model,
    space.dimensions,
    table,
  ]);
}

// Half of pgvector's default number of links, at a quarter of the cost of entering a vector; searches make up for it with a
// longer list of candidates.
const HNSW_M = 8;
const HNSW_EF = 64;

function tableName(space: VectorSpace): string {
  const slug = space.model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 24);
  const hash = createHash('sha256').update(space.model).digest('hex').slice(0, 8);
  return `vectors_${slug}_${Math.trunc(space.dimensions)}_${hash}`;
}
