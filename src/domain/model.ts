/** The words of the house. Ids are plain UUIDs (version 7) here; the API shows them as TypeIDs (see `graphql/ids.ts`). */

export const DATA_TYPES = ['TEXT', 'IMAGE', 'AUDIO', 'VIDEO', 'DOCUMENT'] as const;
export type DataType = (typeof DATA_TYPES)[number];

export const OBJECT_STATUSES = ['PROCESSING', 'READY', 'FAILED'] as const;
export type ObjectStatus = (typeof OBJECT_STATUSES)[number];

export const STORAGE_TIERS = ['STANDARD', 'INFREQUENT_ACCESS', 'ARCHIVE'] as const;
export type StorageTier = (typeof STORAGE_TIERS)[number];

export const RESTORE_STATES = ['NONE', 'IN_PROGRESS', 'AVAILABLE'] as const;
export type RestoreState = (typeof RESTORE_STATES)[number];

export const ANNOTATION_TYPES = [
  'CLASSIFICATION', 'EXTRACTION', 'SUMMARY', 'DETECTION', 'TRANSCRIPTION', 'CAPTION', 'OTHER',
] as const;
export type AnnotationType = (typeof ANNOTATION_TYPES)[number];

export const AGGREGATION_TYPES = [
  'COUNT', 'LABEL_HISTOGRAM', 'CONFIDENCE_STATISTICS', 'ANNOTATOR_AGREEMENT', 'METADATA_STATISTICS', 'TIMELINE',
  'CENTROID', 'CUSTOM',
] as const;
export type AggregationType = (typeof AGGREGATION_TYPES)[number];

export const UPLOAD_STATUSES = ['PENDING', 'VERIFYING', 'COMPLETED', 'REJECTED', 'ABORTED', 'EXPIRED'] as const;
export type UploadStatus = (typeof UPLOAD_STATUSES)[number];

export const UPLOAD_PURPOSES = ['OBJECT', 'QUERY'] as const;
export type UploadPurpose = (typeof UPLOAD_PURPOSES)[number];

export const INGESTION_STATUSES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const;
export type IngestionStatus = (typeof INGESTION_STATUSES)[number];

export const INGESTION_STAGES = ['STORE', 'EXTRACT', 'EMBED', 'INDEX', 'ANNOTATE', 'DONE'] as const;
export type IngestionStage = (typeof INGESTION_STAGES)[number];

export const INGESTION_ERROR_CODES = [
  'DAMAGED', 'ENCRYPTED', 'NO_CONTENT', 'TOO_LARGE', 'UNSUPPORTED', 'MODEL_UNAVAILABLE', 'TIMEOUT', 'WORKER_DIED',
  'DEPENDENCY_UNAVAILABLE', 'INTERNAL',
] as const;
export type IngestionErrorCode = (typeof INGESTION_ERROR_CODES)[number];

export const CHANGE_KINDS = ['CREATED', 'UPDATED', 'DELETED', 'UNDELETED', 'PURGED', 'MATCHED'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export const ROLES = ['reader', 'annotator', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Who asks. Every service takes one first; a tenant never sees another's rows. */
export interface Viewer {
  id: string;
  tenantId: string;
  role: Role;
}

export interface DataObject {
  id: string;
  tenantId: string;
  type: DataType;
  status: ObjectStatus;
  /** SHA-256 of the original bytes, 64 lower-case hex digits. */
  contentHash: string;
  /** The key in the object store; the API shows it with the store's scheme in front. */
  storageKey: string;
  storageTier: StorageTier;
  restoreState: RestoreState;
  filename: string | null;
  mimeType: string;
  /** Bytes of the original content. */
  fileSize: number;
  metadata: JsonObject;
  /** What was measured about the content itself; see `Extraction.facts`. */
  facts: JsonObject;
  version: number;
  isDeleted: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export interface Annotation {
  id: string;
  tenantId: string;
  objectId: string;
  annotatorId: string;
  type: AnnotationType;
  content: JsonObject;
  /** 0 to 1. */
  confidence: number | null;
  version: number;
  isDeleted: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export interface Embedding {
  id: string;
  tenantId: string;
  objectId: string;
  /** null where the vector stands for the whole object. */
  passageId: string | null;
  modelName: string;
  dimensions: number;
  vectorDbId: string;
  metadata: JsonObject;
  createdAt: Date;
}

export interface Aggregation {
  id: string;
  tenantId: string;
  type: AggregationType;
  sourceCount: number;
  parameters: JsonObject;
  result: Json;
  createdBy: string;
  createdAt: Date;
  computedAt: Date;
}

export interface UploadSession {
  id: string;
  tenantId: string;
  purpose: UploadPurpose;
  /** The viewer's id. */
  createdBy: string;
  status: UploadStatus;
  filename: string;
  fileSize: number;
  contentHash: string | null;
  type: DataType | null;
  metadata: JsonObject;
  stagingKey: string;
  /** Bytes of each part but the last; null for one PUT. */
  partSize: number | null;
  partCount: number;
  /** The store's own id of a multipart upload. */
  storeUploadId: string | null;
  objectId: string | null;
  ingestionId: string | null;
  /** The object whose content this upload is to replace. */
  replaces: string | null;
  deduplicated: boolean;
  error: { code: string; message: string; path: string[] } | null;
  createdAt: Date;
  expiresAt: Date;
}

export interface IngestionError {
  code: IngestionErrorCode;
  message: string;
  retryable: boolean;
}

export interface Ingestion {
  id: string;
  tenantId: string;
  objectId: string;
  status: IngestionStatus;
  stage: IngestionStage;
  /** 0 to 1, never falling within an attempt. */
  progress: number;
  attempts: number;
  error: IngestionError | null;
  warnings: string[];
  createdAt: Date;
  finishedAt: Date | null;
}

/** A stretch of an object's text: the unit that is embedded, ranked and shown. */
export interface Passage {
  id: string;
  tenantId: string;
  objectId: string;
  /** A small number that the keyword index uses instead of the id; given by the database. */
  ordinal: number;
  /**
   * `content`: of the object's text. `fields`: filename, metadata strings and annotation texts, for words alone. `caption` and
   * `transcript`: of an annotation, or of what a film or sound file says of itself.
   */
  kind: 'content' | 'fields' | 'caption' | 'transcript';
  /** Whose words they are; null where they come with the object. */
  annotationId: string | null;
  /** 0-based among the object's, or the annotation's, passages of that kind. */
  position: number;
  text: string;
  /** What models are given in front of `text`: the headings above it, the columns of its table. Not shown, and no part of the keyword index. */
  context: string | null;
  /** UTF-16 offsets of `text` in the object's text; 0 where it is no part of that. */
  start: number;
  end: number;
  /** 1-based page of a paged document. */
  page: number | null;
  /** When it is said in a film or a sound. */
  startSeconds: number | null;
}
