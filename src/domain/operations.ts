import type { ObjectFilter } from './filters.js';
import type {
  AggregationType, AnnotationType, ChangeKind, DataObject, DataType, Ingestion, Json, UploadSession,
} from './model.js';

/**
 * What the use cases take and give, in plain words: ids are UUIDs, dates are Date, what was left out is undefined.
 * The API's input types are mapped to these, and the services know nothing else.
 */

export interface SignedLink {
  url: string;
  /** GET or PUT. */
  method: string;
  /** To be sent along, exactly. */
  headers: { name: string; value: string }[];
  expiresAt: Date;
}

// ---------------------------------------------------------------- objects

export const OBJECT_ORDER_FIELDS = ['CREATED_AT', 'UPDATED_AT', 'FILE_SIZE', 'FILENAME'] as const;
export type ObjectOrderField = (typeof OBJECT_ORDER_FIELDS)[number];
export const ORDER_DIRECTIONS = ['ASC', 'DESC'] as const;
export type OrderDirection = (typeof ORDER_DIRECTIONS)[number];

/** nulls last in either direction; the id breaks ties in the same direction. */
export interface ObjectOrder {
  field: ObjectOrderField;
  direction: OrderDirection;
}

export const NEWEST_FIRST: ObjectOrder = { field: 'CREATED_AT', direction: 'DESC' };

export const DISPOSITIONS = ['ATTACHMENT', 'INLINE'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

export interface UpdateObject {
  id: string;
  /** Where given and not the present one: CONFLICT. */
  expectedVersion?: number;
  /** RFC 7396 merge patch; null within it deletes a key. Anything but an object: BAD_USER_INPUT. */
  metadata?: Json;
  /** null takes the name away, undefined leaves it. */
  filename?: string | null;
}

export interface PurgeResult {
  /** Of the object. */
  id: string;
  /** What truly went from the store: 0 while another row shares the bytes, and on the second call. */
  bytesFreed: number;
  annotations: number;
  embeddings: number;
}

// ----------------------------------------------------- uploads, ingestion

export interface CreateUpload {
  filename: string;
  /** Bytes. */
  fileSize: number;
  contentHash?: string;
  type?: DataType;
  metadata?: Json;
  /** The object whose content these bytes are to replace; its id, annotations and metadata stay. */
  replaces?: string;
  idempotencyKey?: string;
}

/** Either an upload to be made, or the object that has the content already. */
export interface CreatedUpload {
  upload: UploadSession | null;
  object: DataObject | null;
  deduplicated: boolean;
}

export interface CompleteUpload {
  id: string;
  /** For multipart uploads; the store's own list where left out. */
  parts?: { partNumber: number; etag: string }[];
}

export interface UploadPart {
  /** From 1. */
  partNumber: number;
  /** Bytes. */
  size: number;
  link: SignedLink;
  uploaded: boolean;
  etag: string | null;
}

export interface IngestText {
  text: string;
  filename?: string;
  metadata?: Json;
  idempotencyKey?: string;
}

/** Also of `completeUpload`. */
export interface Ingested {
  object: DataObject;
  ingestion: Ingestion;
  deduplicated: boolean;
}

// ------------------------------------------------------------ annotations

export interface CreateAnnotation {
  objectId: string;
  type: AnnotationType;
  content: Json;
  confidence?: number;
  /** The viewer's where left out. */
  annotatorId?: string;
  idempotencyKey?: string;
}

export interface UpdateAnnotation {
  id: string;
  expectedVersion?: number;
  content?: Json;
  /** null takes it away, undefined leaves it. */
  confidence?: number | null;
}

// ----------------------------------------------------------- aggregations

export interface CreateAggregation {
  type: AggregationType;
  /** Either these or `filter`; both or neither: BAD_USER_INPUT. */
  objectIds?: string[];
  filter?: ObjectFilter;
  parameters?: Json;
  /** For CUSTOM alone. */
  result?: Json;
  idempotencyKey?: string;
}

// ----------------------------------------------------------------- search

export const SEARCH_MODES = ['HYBRID', 'VECTOR', 'KEYWORD'] as const;
export type SearchMode = (typeof SEARCH_MODES)[number];
export const FUSIONS = ['RELATIVE_SCORE', 'RANKED'] as const;
export type Fusion = (typeof FUSIONS)[number];

export interface SearchRequest {
  query?: string;
  objectId?: string;
  vector?: number[];
  model?: string;
  mode: SearchMode;
  /** 0 to 1; the model's measured default where left out. */
  alpha?: number;
  fusion: Fusion;
  filter?: ObjectFilter;
  minScore?: number;
  minVectorScore?: number;
  facets?: { field: string; limit: number }[];
}

export interface SearchPageArgs {
  /** 0 to 500. */
  first: number;
  after?: string;
  /** Whether the passages that matched are read, too. Default true. */
  matches?: boolean;
}

export interface SearchResult {
  hits: SearchHit[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  /** Of the candidates; null where it is not known. */
  totalCount: number | null;
  facets: { field: string; buckets: { value: Json; count: number }[] }[];
  /** A leg failed or stopped short; a warning says which. */
  incomplete: boolean;
  warnings: string[];
}

export interface SearchHit {
  cursor: string;
  object: DataObject;
  /** 0 to 1, falling. */
  score: number;
  explanation: SearchExplanation;
  /** Best first. */
  matches: SearchMatch[];
}

export interface SearchExplanation {
  /** Cosine. */
  vectorScore: number | null;
  /** From 0. */
  vectorRank: number | null;
  /** BM25. */
  keywordScore: number | null;
  /** From 0. */
  keywordRank: number | null;
  model: string | null;
}

export interface SearchMatch {
  text: string | null;
  /** UTF-16 code units within `text`. */
  highlights: { start: number; end: number }[];
  /** UTF-16 code units within the object's text. */
  start: number | null;
  end: number | null;
  /** From 1. */
  page: number | null;
  startSeconds: number | null;
}

// ----------------------------------------------------------------- events

export interface ObjectChange {
  /** Hand it to `after` to go on behind this change. */
  cursor: string;
  kind: ChangeKind;
  /** Of the object. */
  id: string;
  /** null once it is purged. */
  version: number | null;
  occurredAt: Date;
}
