import type { Embedding, JsonObject, Passage } from '../../../domain/model.js';
import type { EmbeddingRepository, NewPassage, PassageKey, PassageRepository } from '../../../ports/repositories/passage.repository.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';
import { EMBEDDING_COLUMNS, PASSAGE_COLUMNS, toEmbedding, toPassage, type AnyRow } from './rows.js';

const toKey = (row: { id: string; ordinal: number; object_id: string }): PassageKey => ({ id: row.id, ordinal: Number(row.ordinal), objectId: row.object_id });

export class SqlPassageRepository implements PassageRepository {
  constructor(private readonly sql: SqlClient) {}

  async insert(passages: readonly NewPassage[]): Promise<PassageKey[]> {
    if (passages.length === 0) return [];
    const column = <K extends keyof NewPassage>(key: K) => passages.map((passage) => passage[key]);
    const rows = await this.sql.query<{ id: string; ordinal: number; object_id: string }>(
      `INSERT INTO passages (id, tenant_id, object_id, kind, position, text, start_offset, end_offset, page, start_seconds, context, annotation_id)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::int[], $8::int[], $9::int[], $10::float8[], $11::text[], $12::uuid[])
       RETURNING id, ordinal, object_id`,
      [
        column('id'), column('tenantId'), column('objectId'), column('kind'), column('position'),
        passages.map((passage) => passage.text.replaceAll('\0', ' ')), column('start'), column('end'), column('page'), column('startSeconds'),
        passages.map((passage) => passage.context?.replaceAll('\0', ' ') ?? null), column('annotationId'),
      ],
    );
    return rows.map(toKey);
  }

  async keysOfObjects(tenantId: string, objectIds: readonly string[], kind: Passage['kind'] | null): Promise<PassageKey[]> {
    const rows = await this.sql.query<{ id: string; ordinal: number; object_id: string }>(
      `SELECT id, ordinal, object_id FROM passages WHERE tenant_id = $1 AND object_id = ANY($2::uuid[]) AND ($3::text IS NULL OR kind = $3)`,
      [tenantId, objectIds, kind],
    );
    return rows.map(toKey);
  }

  async findByIds(tenantId: string, ids: readonly string[]): Promise<Passage[]> {
    const rows = await this.sql.query<AnyRow>(
      `SELECT ${PASSAGE_COLUMNS()} FROM passages p WHERE p.tenant_id = $1 AND p.id = ANY($2::uuid[])`,
      [tenantId, ids],
    );
    return rows.map(toPassage);
  }

  async delete(tenantId: string, ids: readonly string[]): Promise<void> {
    await this.sql.query('DELETE FROM passages WHERE tenant_id = $1 AND id = ANY($2::uuid[])', [tenantId, ids]);
  }

  async ofAnnotations(tenantId: string, annotationIds: readonly string[]): Promise<(PassageKey & { embeddingIds: string[] })[]> {
    const rows = await this.sql.query<{ id: string; ordinal: number; object_id: string; embeddings: string[] }>(
      `SELECT p.id, p.ordinal, p.object_id, ARRAY(SELECT e.id::text FROM embeddings e WHERE e.passage_id = p.id) AS embeddings
         FROM passages p WHERE p.tenant_id = $1 AND p.annotation_id = ANY($2::uuid[])`,
      [tenantId, annotationIds],
    );
    return rows.map((row) => ({ ...toKey(row), embeddingIds: row.embeddings }));
  }

  async fieldSources(tenantId: string, objectIds: readonly string[]): ReturnType<PassageRepository['fieldSources']> {
    const rows = await this.sql.query<{ id: string; filename: string | null; metadata: JsonObject; annotations: JsonObject[] }>(
      `SELECT o.id, o.filename, o.metadata,
              coalesce((SELECT jsonb_agg(a.content ORDER BY a.created_at, a.id) FROM annotations a
                         WHERE a.object_id = o.id AND NOT a.is_deleted AND a.annotator_id NOT LIKE 'system:%'
                           AND NOT EXISTS (SELECT FROM passages p WHERE p.annotation_id = a.id)), '[]') AS annotations
         FROM data_objects o WHERE o.tenant_id = $1 AND o.id = ANY($2::uuid[])`,
      [tenantId, objectIds],
    );
    return rows.map((row) => ({ objectId: row.id, filename: row.filename, metadata: row.metadata, annotations: row.annotations }));
  }
}

export class SqlEmbeddingRepository implements EmbeddingRepository {
  constructor(private readonly sql: SqlClient) {}

  async insert(embeddings: readonly Omit<Embedding, 'createdAt'>[]): Promise<void> {
    if (embeddings.length === 0) return;
    const column = <K extends keyof Omit<Embedding, 'createdAt'>>(key: K) => embeddings.map((embedding) => embedding[key]);
    await this.sql.query(
      `INSERT INTO embeddings (id, tenant_id, object_id, passage_id, model_name, dimensions, vector_db_id, metadata)
       SELECT n.id, n.tenant_id, n.object_id, n.passage_id, n.model_name, n.dimensions, n.vector_db_id, n.metadata::jsonb
         FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::text[])
              AS n (id, tenant_id, object_id, passage_id, model_name, dimensions, vector_db_id, metadata)`,
      [
        column('id'), column('tenantId'), column('objectId'), column('passageId'), column('modelName'), column('dimensions'),
        column('vectorDbId'), embeddings.map((embedding) => JSON.stringify(embedding.metadata)),
      ],
    );
  }

  async findByIds(tenantId: string, ids: readonly string[]): Promise<Embedding[]> {
    return this.select('e.id = ANY($2::uuid[])', [tenantId, ids]);
  }

  async findByObjects(tenantId: string, objectIds: readonly string[], model: string | null): Promise<Embedding[]> {
    return this.select('e.object_id = ANY($2::uuid[]) AND ($3::text IS NULL OR e.model_name = $3)', [tenantId, objectIds, model]);
  }

  async countByObject(tenantId: string, objectId: string): Promise<number> {
    const rows = await this.sql.query<{ count: number }>(
      'SELECT count(*) AS count FROM embeddings WHERE tenant_id = $1 AND object_id = $2::uuid',
      [tenantId, objectId],
    );
    return Number(rows[0]!.count);
  }

  async kindsOfModels(names: readonly string[]): Promise<{ model: string; dimensions: number; revision: string | null }[]> {
    return this.sql.query(
      `SELECT n.name AS model, e.dimensions, e.metadata ->> 'revision' AS revision
         FROM unnest($1::text[]) AS n (name)
        CROSS JOIN LATERAL (SELECT dimensions, metadata FROM embeddings WHERE model_name = n.name LIMIT 1) AS e`,
      [names],
    );
  }

  async besideAnnotations(tenantId: string, objectIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.sql.query<{ object_id: string; others: string[] }>(
      `SELECT e.object_id, coalesce(array_agg(e.id::text) FILTER (WHERE p.annotation_id IS NULL), '{}') AS others
         FROM embeddings e LEFT JOIN passages p ON p.id = e.passage_id
        WHERE e.tenant_id = $1 AND e.object_id = ANY($2::uuid[]) GROUP BY e.object_id HAVING count(p.annotation_id) > 0`,
      [tenantId, objectIds],
    );
    return new Map(rows.map((row) => [row.object_id, row.others]));
  }

  async deleteByIds(tenantId: string, ids: readonly string[]): Promise<void> {
    await this.sql.query('DELETE FROM embeddings WHERE tenant_id = $1 AND id = ANY($2::uuid[])', [tenantId, ids]);
  }

  async deleteByObjects(tenantId: string, objectIds: readonly string[]): Promise<number> {
    const rows = await this.sql.query('DELETE FROM embeddings WHERE tenant_id = $1 AND object_id = ANY($2::uuid[]) RETURNING id', [tenantId, objectIds]);
    return rows.length;
  }

  private async select(where: string, values: readonly unknown[]): Promise<Embedding[]> {
    const rows = await this.sql.query<AnyRow>(
      `SELECT ${EMBEDDING_COLUMNS()} FROM embeddings e LEFT JOIN passages p ON p.id = e.passage_id
        WHERE e.tenant_id = $1 AND ${where} ORDER BY e.object_id, e.model_name, p.position NULLS FIRST, e.id`,
      values,
    );
    return rows.map(toEmbedding);
  }
}
