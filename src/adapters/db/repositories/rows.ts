import type { Aggregation, Annotation, DataObject, Embedding, Ingestion, Json, JsonObject, Passage, UploadSession } from '../../../domain/model.js';

/** Rows as the statements select them, and what they become. Column lists stand here once, so that a statement cannot forget one. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the driver gives; the column lists below and the tables' checks say what it is
type Row = Record<string, any>;

export const OBJECT_COLUMNS = (alias = 'o') =>
  ['id', 'tenant_id', 'object_type', 'status', 'content_hash', 'storage_location', 'storage_tier', 'restore_state', 'filename', 'mime_type',
    'file_size_bytes', 'metadata', 'facts', 'version', 'is_deleted', 'created_at', 'updated_at'].map((column) => `${alias}.${column}`).join(', ');

export function toObject(row: Row): DataObject {
  return {
    id: row.id, tenantId: row.tenant_id, type: row.object_type, status: row.status, contentHash: row.content_hash,
    storageKey: row.storage_location, storageTier: row.storage_tier, restoreState: row.restore_state, filename: row.filename,
    mimeType: row.mime_type, fileSize: Number(row.file_size_bytes), metadata: row.metadata as JsonObject, facts: row.facts as JsonObject,
    version: row.version, isDeleted: row.is_deleted, createdAt: row.created_at, updatedAt: row.updated_at,
  };
}

export const ANNOTATION_COLUMNS = (alias = 'a') =>
  ['id', 'tenant_id', 'object_id', 'annotator_id', 'annotation_type', 'content', 'confidence', 'version', 'is_deleted', 'created_at', 'updated_at']
    .map((column) => `${alias}.${column}`).join(', ');

export function toAnnotation(row: Row): Annotation {
  return {
    id: row.id, tenantId: row.tenant_id, objectId: row.object_id, annotatorId: row.annotator_id, type: row.annotation_type,
    content: row.content as JsonObject, confidence: row.confidence, version: row.version, isDeleted: row.is_deleted,
    createdAt: row.created_at, updatedAt: row.updated_at,
  };
}

export const INGESTION_COLUMNS = (alias = 'i') =>
  ['id', 'tenant_id', 'object_id', 'status', 'stage', 'progress', 'attempts', 'error', 'warnings', 'created_at', 'finished_at', 'lease_epoch']
    .map((column) => `${alias}.${column}`).join(', ');

export function toIngestion(row: Row): Ingestion {
  return {
    id: row.id, tenantId: row.tenant_id, objectId: row.object_id, status: row.status, stage: row.stage, progress: row.progress,
    attempts: row.attempts, error: row.error, warnings: row.warnings as string[], createdAt: row.created_at, finishedAt: row.finished_at,
  };
}

export const PASSAGE_COLUMNS = (alias = 'p') =>
  ['id', 'ordinal', 'tenant_id', 'object_id', 'kind', 'position', 'text', 'start_offset', 'end_offset', 'page', 'start_seconds', 'context', 'annotation_id']
    .map((column) => `${alias}.${column}`).join(', ');

export function toPassage(row: Row): Passage {
  return {
    id: row.id, ordinal: Number(row.ordinal), tenantId: row.tenant_id, objectId: row.object_id, kind: row.kind, position: row.position,
    text: row.text, start: row.start_offset, end: row.end_offset, page: row.page, startSeconds: row.start_seconds, context: row.context,
    annotationId: row.annotation_id,
  };
}

export const EMBEDDING_COLUMNS = (alias = 'e') =>
  ['id', 'tenant_id', 'object_id', 'passage_id', 'model_name', 'dimensions', 'vector_db_id', 'metadata', 'created_at']
    .map((column) => `${alias}.${column}`).join(', ');

export function toEmbedding(row: Row): Embedding {
  return {
    id: row.id, tenantId: row.tenant_id, objectId: row.object_id, passageId: row.passage_id, modelName: row.model_name,
    dimensions: row.dimensions, vectorDbId: row.vector_db_id, metadata: row.metadata as JsonObject, createdAt: row.created_at,
  };
}

export const AGGREGATION_COLUMNS = (alias = 'g') =>
  ['id', 'tenant_id', 'aggregation_type', 'source_count', 'parameters', 'result', 'created_by', 'created_at', 'computed_at']
    .map((column) => `${alias}.${column}`).join(', ');

export function toAggregation(row: Row): Aggregation {
  return {
    id: row.id, tenantId: row.tenant_id, type: row.aggregation_type, sourceCount: row.source_count,
    parameters: row.parameters as JsonObject, result: row.result as Json, createdBy: row.created_by, createdAt: row.created_at,
    computedAt: row.computed_at,
  };
}

export function toUpload(row: Row): UploadSession {
  return {
    id: row.id, tenantId: row.tenant_id, purpose: row.purpose, createdBy: row.created_by, status: row.status, filename: row.filename,
    fileSize: Number(row.file_size_bytes),
    contentHash: row.content_hash, type: row.object_type, metadata: row.metadata as JsonObject, stagingKey: row.staging_key,
    partSize: row.part_size === null ? null : Number(row.part_size), partCount: row.part_count, storeUploadId: row.store_upload_id,
    objectId: row.object_id, ingestionId: row.ingestion_id, replaces: row.replaces, deduplicated: row.deduplicated,
    error: row.error as UploadSession['error'], createdAt: row.created_at, expiresAt: row.expires_at,
  };
}

/** Groups rows by the object that each belongs to; every asked id has an entry. */
export function groupBy<T>(ids: readonly string[], rows: readonly Row[], key: string, map: (row: Row) => T): Map<string, T[]> {
  const groups = new Map<string, T[]>(ids.map((id) => [id, []]));
  for (const row of rows) groups.get(row[key] as string)?.push(map(row));
  return groups;
}

export type AnyRow = Row;
