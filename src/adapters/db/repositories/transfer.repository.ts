import type { ObjectFilter } from '../../../domain/filters.js';
import type { AggregationLine, AnnotationLine, EmbeddingLine, ObjectLine, ObjectParts, Place, TransferRepository } from '../../../ports/repositories/transfer.repository.port.js';
import { SqlParams, type SqlClient } from '../../../ports/sql.port.js';
import { compileObjectFilter } from '../filter-sql.js';
import type { AnyRow } from './rows.js';

/** Characters of text, and passages, that a page may hold: one object more than that stands alone. */
const TEXT_A_PAGE = 4_000_000;
const PASSAGES_A_PAGE = 4_000;

const time = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const OBJECT = `jsonb_build_object('id', o.id, 'tenantId', o.tenant_id, 'type', o.object_type, 'status', o.status, 'contentHash', o.content_hash,
  'filename', o.filename, 'mimeType', o.mime_type, 'fileSize', o.file_size_bytes, 'storageTier', o.storage_tier, 'metadata', o.metadata, 'facts', o.facts,
  'version', o.version, 'isDeleted', o.is_deleted, 'createdAt', ${time('o.created_at')}, 'updatedAt', ${time('o.updated_at')},
  'ingestion', (SELECT CASE WHEN i.status IN ('SUCCEEDED', 'FAILED') THEN jsonb_build_object('status', i.status, 'stage', i.stage, 'error', i.error, 'warnings', i.warnings) END
                  FROM ingestions i WHERE i.object_id = o.id ORDER BY i.created_at DESC, i.id DESC LIMIT 1))`;
const ANNOTATIONS = `(SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'objectId', a.object_id, 'annotatorId', a.annotator_id, 'type', a.annotation_type, 'content', a.content,
  'confidence', a.confidence, 'version', a.version, 'isDeleted', a.is_deleted, 'createdAt', ${time('a.created_at')}, 'updatedAt', ${time('a.updated_at')}) ORDER BY a.id), '[]')
  FROM annotations a WHERE a.object_id = o.id)`;
const TEXT = `(SELECT jsonb_build_object('objectId', t.object_id, 'text', t.text, 'pages', t.pages) FROM object_texts t WHERE t.object_id = o.id)`;
const PASSAGES = `(SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'objectId', p.object_id, 'position', p.position, 'text', p.text, 'start', p.start_offset,
  'end', p.end_offset, 'page', p.page, 'startSeconds', p.start_seconds, 'context', p.context) ORDER BY p.position), '[]') FROM passages p WHERE p.object_id = o.id AND p.kind = 'content')`;
const EMBEDDINGS = `(SELECT coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'objectId', e.object_id, 'passageId', e.passage_id, 'model', e.model_name,
  'dimensions', e.dimensions, 'metadata', e.metadata, 'createdAt', ${time('e.created_at')}) ORDER BY e.id), '[]') FROM embeddings e WHERE e.object_id = o.id
  AND NOT EXISTS (SELECT FROM passages a WHERE a.id = e.passage_id AND a.annotation_id IS NOT NULL))`;

export class SqlTransferRepository implements TransferRepository {
  constructor(private readonly sql: SqlClient) {}

  async page(tenantId: string | null, filter: ObjectFilter | null, after: Place | null, limit: number): Promise<ObjectParts[]> {
    const params = new SqlParams();
    const matching = [
      tenantId === null ? 'true' : `o.tenant_id = ${params.add(tenantId)}`,
      after === null ? 'true' : `(o.tenant_id, o.id) > (${params.add(after.tenantId)}, ${params.add(after.id)}::uuid)`,
      filter === null || filter.includeDeleted === true ? 'true' : 'NOT o.is_deleted',
      compileObjectFilter(filter, params, 'o'),
    ].join(' AND ');
    const sized = await this.sql.query<{ id: string; length: number; passages: number }>(
      `SELECT o.id, coalesce((SELECT length(t.text) FROM object_texts t WHERE t.object_id = o.id), 0) AS length,
              (SELECT count(*) FROM passages p WHERE p.object_id = o.id) AS passages
         FROM data_objects o WHERE ${matching} ORDER BY o.tenant_id, o.id LIMIT ${params.add(limit)}::int`,
      params.values,
    );
    const ids: string[] = [];
    let [length, passages] = [0, 0];
    for (const row of sized) {
      [length, passages] = [length + Number(row.length), passages + Number(row.passages)];
      if (ids.length > 0 && (length > TEXT_A_PAGE || passages > PASSAGES_A_PAGE)) break;
      ids.push(row.id);
    }
    const rows = await this.sql.query<AnyRow>(
      `SELECT ${OBJECT} AS object, ${ANNOTATIONS} AS annotations, ${TEXT} AS text, ${PASSAGES} AS passages, ${EMBEDDINGS} AS embeddings
         FROM data_objects o WHERE o.id = ANY($1::uuid[]) ORDER BY o.tenant_id, o.id`,
      [ids],
    );
    return rows as unknown as ObjectParts[];
  }

  async aggregations(tenantId: string | null, after: Place | null, limit: number): Promise<AggregationLine[]> {
    const rows = await this.sql.query<{ line: AggregationLine }>(
      `SELECT jsonb_build_object('id', g.id, 'tenantId', g.tenant_id, 'type', g.aggregation_type, 'sources', g.sources, 'sourceCount', g.source_count, 'parameters', g.parameters,
                'result', g.result, 'createdBy', g.created_by, 'createdAt', ${time('g.created_at')}, 'computedAt', ${time('g.computed_at')},
                'objectIds', (SELECT coalesce(jsonb_agg(s.object_id ORDER BY s.object_id), '[]') FROM aggregation_sources s WHERE s.aggregation_id = g.id)) AS line
         FROM aggregations g WHERE ($1::text IS NULL OR g.tenant_id = $1) AND ($2::text IS NULL OR (g.tenant_id, g.id) > ($2, $3::uuid))
        ORDER BY g.tenant_id, g.id LIMIT $4::int`,
      [tenantId, after?.tenantId ?? null, after?.id ?? null, limit],
    );
    return rows.map(({ line }) => line);
  }

  async known(objects: Parameters<TransferRepository['known']>[0]): Promise<{ id: string; as: Place }[]> {
    const rows = await this.sql.query<AnyRow>(
      `SELECT n.id, o.id AS known_id, o.tenant_id FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bool[]) AS n (id, tenant_id, content_hash, is_deleted)
         CROSS JOIN LATERAL (SELECT d.id, d.tenant_id FROM data_objects d
                              WHERE d.id = n.id OR (d.tenant_id = n.tenant_id AND d.content_hash = n.content_hash AND NOT d.is_deleted AND NOT n.is_deleted)
                              ORDER BY d.id = n.id DESC LIMIT 1) AS o`,
      [objects.map(({ id }) => id), objects.map(({ tenantId }) => tenantId), objects.map(({ contentHash }) => contentHash), objects.map(({ isDeleted }) => isDeleted)],
    );
    return rows.map((row) => ({ id: row.id, as: { id: row.known_id, tenantId: row.tenant_id } }));
  }

  async insertObjects(objects: readonly (ObjectLine & { storageKey: string })[]): Promise<string[]> {
    const rows = await this.sql.query<{ id: string }>(
      `INSERT INTO data_objects (id, tenant_id, object_type, status, content_hash, storage_location, storage_tier, filename, mime_type, file_size_bytes, metadata, facts, version,
                                 is_deleted, created_at, updated_at)
       SELECT n.id, n."tenantId", n.type, n.status, n."contentHash", n."storageKey", n."storageTier", n.filename, n."mimeType", n."fileSize", n.metadata, n.facts, n.version,
              n."isDeleted", n."createdAt", n."updatedAt"
         FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, "tenantId" text, type text, status text, "contentHash" text, "storageKey" text, "storageTier" text, filename text,
              "mimeType" text, "fileSize" bigint, metadata jsonb, facts jsonb, version int, "isDeleted" boolean, "createdAt" timestamptz, "updatedAt" timestamptz)
        ORDER BY n."tenantId", n."contentHash", n.id
       ON CONFLICT DO NOTHING RETURNING id`,
      [JSON.stringify(objects)],
    );
    return rows.map(({ id }) => id);
  }

  async insertIngestions(ingestions: Parameters<TransferRepository['insertIngestions']>[0]): Promise<void> {
    await this.sql.query(
      `INSERT INTO ingestions (id, tenant_id, object_id, status, stage, progress, attempts, error, warnings, created_at, updated_at, finished_at)
       SELECT n.id, n."tenantId", n."objectId", n.status, n.stage, CASE WHEN n.status = 'SUCCEEDED' THEN 1 ELSE 0 END, 1, nullif(n.error, 'null'), n.warnings, n.at, n.at, n.at
         FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, "tenantId" text, "objectId" uuid, status text, stage text, error jsonb, warnings jsonb, at timestamptz)`,
      [JSON.stringify(ingestions)],
    );
  }

  async insertAnnotations(annotations: readonly (AnnotationLine & { tenantId: string })[]): Promise<number> {
    const rows = await this.sql.query(
      `INSERT INTO annotations (id, tenant_id, object_id, annotator_id, annotation_type, content, confidence, version, is_deleted, created_at, updated_at)
       SELECT n.id, n."tenantId", n."objectId", n."annotatorId", n.type, n.content, n.confidence, n.version, n."isDeleted", n."createdAt", n."updatedAt"
         FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, "tenantId" text, "objectId" uuid, "annotatorId" text, type text, content jsonb, confidence float8, version int,
              "isDeleted" boolean, "createdAt" timestamptz, "updatedAt" timestamptz)
        ORDER BY n.id
       ON CONFLICT DO NOTHING RETURNING id`,
      [JSON.stringify(annotations)],
    );
    return rows.length;
  }

  async insertEmbeddings(embeddings: readonly (Omit<EmbeddingLine, 'vector'> & { tenantId: string })[]): Promise<void> {
    await this.sql.query(
      `INSERT INTO embeddings (id, tenant_id, object_id, passage_id, model_name, dimensions, vector_db_id, metadata, created_at)
       SELECT n.id, n."tenantId", n."objectId", n."passageId", n.model, n.dimensions, n.id::text, n.metadata, n."createdAt"
         FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, "tenantId" text, "objectId" uuid, "passageId" uuid, model text, dimensions int, metadata jsonb, "createdAt" timestamptz)`,
      [JSON.stringify(embeddings)],
    );
  }

  async insertAggregation(aggregation: AggregationLine): Promise<boolean> {
    const rows = await this.sql.query(
      `INSERT INTO aggregations (id, tenant_id, aggregation_type, sources, source_count, parameters, result, created_by, created_at, computed_at)
       SELECT n.id, n."tenantId", n.type, n.sources, n."sourceCount", n.parameters, n.result, n."createdBy", n."createdAt", n."computedAt"
         FROM jsonb_to_record($1::jsonb) AS n (id uuid, "tenantId" text, type text, sources jsonb, "sourceCount" int, parameters jsonb, result jsonb, "createdBy" text,
              "createdAt" timestamptz, "computedAt" timestamptz)
       ON CONFLICT DO NOTHING RETURNING id`,
      [JSON.stringify(aggregation)],
    );
    if (rows.length === 0) return false;
    await this.sql.query(
      `INSERT INTO aggregation_sources (aggregation_id, object_id, tenant_id)
       SELECT $1::uuid, o.id, o.tenant_id FROM data_objects o WHERE o.tenant_id = $2 AND o.id = ANY($3::uuid[]) FOR KEY SHARE OF o`,
      [aggregation.id, aggregation.tenantId, aggregation.objectIds],
    );
    return true;
  }
}
