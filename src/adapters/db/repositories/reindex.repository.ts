import type { MovedEmbedding, MovedPassage, Reindex, ReindexChange, ReindexRepository, StoreInUse } from '../../../ports/repositories/reindex.repository.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';
import type { AnyRow } from './rows.js';

const PASSAGE = 'p.id, p.tenant_id, p.object_id, p.ordinal, p.text, p.context';
const EMBEDDING = 'e.id, e.tenant_id, e.object_id, e.passage_id, e.model_name, e.dimensions, e.metadata';
const OF_MODELS = (place: string) => `(${place}::text[] IS NULL OR e.model_name = ANY(${place}::text[]))`;

const toPassage = (row: AnyRow): MovedPassage => ({ id: row.id, tenantId: row.tenant_id, objectId: row.object_id, ordinal: Number(row.ordinal), text: row.text, context: row.context });
const toEmbedding = (row: AnyRow): MovedEmbedding => ({
  id: row.id, tenantId: row.tenant_id, objectId: row.object_id, passageId: row.passage_id, model: row.model_name, dimensions: row.dimensions, metadata: row.metadata,
});

export class SqlReindexRepository implements ReindexRepository {
  constructor(private readonly sql: SqlClient) {}

  async current(): Promise<Reindex | null> {
    const [row] = await this.sql.query<AnyRow>('SELECT id, target, place, models, phase, cursor, copied, switched_at, verified FROM reindexes');
    if (row === undefined) return null;
    return { id: row.id, target: row.target, place: row.place, models: row.models, phase: row.phase, cursor: row.cursor, copied: Number(row.copied), switched: row.switched_at !== null, verified: row.verified };
  }

  async begin({ id, target, place, models }: Pick<Reindex, 'id' | 'target' | 'place' | 'models'>): Promise<void> {
    await this.sql.query('LOCK TABLE passages, embeddings IN SHARE MODE');
    await this.sql.query(`INSERT INTO reindexes (id, target, place, models, phase) VALUES ($1::uuid, $2, $3, $4::text[], 'PASSAGES')`, [id, target, place, models]);
  }

  async advance(id: string, to: Pick<Reindex, 'phase' | 'cursor' | 'copied'>): Promise<void> {
    await this.sql.query('UPDATE reindexes SET phase = $2, cursor = $3::uuid, copied = $4::bigint WHERE id = $1::uuid', [id, to.phase, to.cursor, to.copied]);
  }

  async verified(id: string): Promise<void> {
    await this.sql.query('UPDATE reindexes SET verified = true WHERE id = $1::uuid', [id]);
  }

  async end(): Promise<void> {
    await this.sql.query('WITH over AS (DELETE FROM reindexes) DELETE FROM reindex_changes');
  }

  async switched(id: string): Promise<number> {
    const [row] = await this.sql.query<{ seconds: number }>(
      `UPDATE reindexes SET switched_at = coalesce(switched_at, now()) WHERE id = $1::uuid RETURNING extract(epoch FROM now() - switched_at)::float8 AS seconds`,
      [id],
    );
    return row?.seconds ?? 0;
  }

  async use({ provider, place }: StoreInUse): Promise<void> {
    await this.sql.query(
      `INSERT INTO vector_store_in_use (provider, place) VALUES ($1, $2)
       ON CONFLICT (only_one) DO UPDATE SET provider = EXCLUDED.provider, place = EXCLUDED.place, since = now()`,
      [provider, place],
    );
  }

  async inUse(): Promise<StoreInUse | null> {
    const [row] = await this.sql.query<StoreInUse & Record<string, unknown>>('SELECT provider, place FROM vector_store_in_use');
    return row === undefined ? null : { provider: row.provider, place: row.place };
  }

  async passagesAfter(id: string, limit: number): Promise<MovedPassage[]> {
    return (await this.sql.query<AnyRow>(`SELECT ${PASSAGE} FROM passages p WHERE p.id > $1::uuid ORDER BY p.id LIMIT $2::int`, [id, limit])).map(toPassage);
  }

  async findPassages(ids: readonly string[]): Promise<MovedPassage[]> {
    return (await this.sql.query<AnyRow>(`SELECT ${PASSAGE} FROM passages p WHERE p.id = ANY($1::uuid[])`, [ids])).map(toPassage);
  }

  async embeddingsOfPassages(passageIds: readonly string[], models: readonly string[] | null): Promise<MovedEmbedding[]> {
    return this.embeddings(`e.passage_id = ANY($1::uuid[]) AND ${OF_MODELS('$2')} ORDER BY e.id`, [passageIds, models]);
  }

  async momentsAfter(id: string, limit: number, models: readonly string[] | null): Promise<MovedEmbedding[]> {
    return this.embeddings(`e.id > $1::uuid AND e.passage_id IS NULL AND ${OF_MODELS('$3')} ORDER BY e.id LIMIT $2::int`, [id, limit, models]);
  }

  async findEmbeddings(ids: readonly string[], models: readonly string[] | null): Promise<MovedEmbedding[]> {
    return this.embeddings(`e.id = ANY($1::uuid[]) AND ${OF_MODELS('$2')}`, [ids, models]);
  }

  async counts(models: readonly string[] | null): Promise<{ tenantId: string; model: string; dimensions: number; count: number }[]> {
    const rows = await this.sql.query<AnyRow>(
      `SELECT e.tenant_id, e.model_name, e.dimensions, count(*) AS count FROM embeddings e WHERE ${OF_MODELS('$1')} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      [models],
    );
    return rows.map((row) => ({ tenantId: row.tenant_id, model: row.model_name, dimensions: row.dimensions, count: Number(row.count) }));
  }

  async sample(limit: number, models: readonly string[] | null): Promise<MovedEmbedding[]> {
    // The digest spreads them evenly, and is the same the next time.
    return this.embeddings(`${OF_MODELS('$2')} ORDER BY md5(e.id::text) LIMIT $1::int`, [limit, models]);
  }

  async changes(limit: number): Promise<ReindexChange[]> {
    const rows = await this.sql.query<AnyRow>('SELECT sequence, tenant_id, kind, id, object_id, ordinal FROM reindex_changes ORDER BY sequence LIMIT $1::int', [limit]);
    return rows.map((row) => ({
      sequence: Number(row.sequence), tenantId: row.tenant_id, kind: row.kind, id: row.id, objectId: row.object_id, ordinal: row.ordinal === null ? null : Number(row.ordinal),
    }));
  }

  async settle(sequences: readonly number[]): Promise<void> {
    await this.sql.query('DELETE FROM reindex_changes WHERE sequence = ANY($1::bigint[])', [sequences]);
  }

  async strayWords(limit: number): Promise<{ tenantId: string; passageId: string; ordinal: number }[]> {
    const rows = await this.sql.query<AnyRow>(
      'SELECT k.tenant_id, k.passage_id, k.ordinal FROM keyword_passages k WHERE NOT EXISTS (SELECT FROM passages p WHERE p.id = k.passage_id) LIMIT $1::int',
      [limit],
    );
    return rows.map((row) => ({ tenantId: row.tenant_id, passageId: row.passage_id, ordinal: Number(row.ordinal) }));
  }

  async removeStrayVectors(): Promise<void> {
    const tables = await this.sql.query<{ table_name: string }>('SELECT table_name FROM vector_spaces');
    for (const { table_name } of tables) {
      // Names of our own making, of letters, digits and underscores.
      await this.sql.query(`DELETE FROM ${table_name} v WHERE NOT EXISTS (SELECT FROM embeddings e WHERE e.id = v.embedding_id)`);
    }
  }

  private async embeddings(where: string, params: readonly unknown[]): Promise<MovedEmbedding[]> {
    return (await this.sql.query<AnyRow>(`SELECT ${EMBEDDING} FROM embeddings e WHERE ${where}`, params)).map(toEmbedding);
  }
}
