import type { ObjectFilter } from './filters.js';
import type { DuplicateTier } from './near-duplicates.js';
import type {
  AggregationType, AnnotationType, ChangeKind, DataObject, DataType, Ingestion, Json, JsonObject, UploadPurpose, UploadSession,
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
  /** OBJECT where left out. */
  purpose?: UploadPurpose;
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

/** Exactly one of `query`, `objectId`, `uploadId` and `vector`. */
export interface SearchTerm {
  query?: string;
  objectId?: string;
  uploadId?: string;
  vector?: number[];
  /** Of `vector`. */
  model?: string;
  /** −10 to 10, not 0; below 0 it pushes away. */
  weight: number;
}

export interface SearchRequest {
  query?: string;
  objectId?: string;
  /** Bytes that were uploaded for a query. */
  uploadId?: string;
  vector?: number[];
  /** Beside one of the four above, which then is a term of weight 1, or alone. */
  terms?: SearchTerm[];
  model?: string;
  /** Whose `vector` is, where the search as a whole is bound to no model: a saved search keeps it, so that nobody guesses again. */
  vectorModel?: string;
  mode: SearchMode;
  /** 0 to 1; the model's measured default where left out. */
  alpha?: number;
  fusion: Fusion;
  filter?: ObjectFilter;
  minScore?: number;
  minVectorScore?: number;
  facets?: { field: string; limit: number }[];
  /** 0 to 1: how much unlikeness to what stands above counts beside relevance. */
  diversity?: number;
  /** A cross-encoder reads the first results; as configured where left out. */
  rerank?: boolean;
}

export interface RecommendRequest {
  liked: string[];
  disliked: string[];
  model?: string;
  filter?: ObjectFilter;
  minScore?: number;
  minVectorScore?: number;
  facets?: { field: string; limit: number }[];
  diversity?: number;
}

export interface SearchPageArgs {
  /** 0 to 500. */
  first: number;
  after?: string;
  /** Whether the passages that matched are read, too. Default true. */
  matches?: boolean;
  /** Whether explanations tell what each thing that was asked with comes to. Default false. */
  contributions?: boolean;
}

export interface SearchResult {
  hits: SearchHit[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  /** Of the candidates; null where it is not known. */
  totalCount: number | null;
  facets: { field: string; buckets: { value: Json; count: number }[] }[];
  /** A leg failed or stopped short, or there is none that was needed; a warning says which. */
  incomplete: boolean;
  /** A leg failed, ran out of time or stopped short: asked again, the same search may find more. Not so where there is no such leg. */
  mayFindMore: boolean;
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
  /** Every space that found it, the best first. */
  spaces: SpaceExplanation[];
  /** What the legs made of it before something else ordered them anew; null where nothing did. */
  fusedScore: number | null;
  /** 0 to 1, of a cross-encoder; null where none read it. */
  rerankScore: number | null;
  /** What each thing that was asked with comes to, in the input's order; empty where that was not asked for. */
  contributions: TermContribution[];
}

export interface TermContribution {
  /** Its place in the input, e.g. `terms.1.query`. */
  term: string;
  /** In `vectorScore`; null where it has no vector in that space. */
  vector: number | null;
  /** In `keywordScore`; null where it is no words, or the store does not tell. */
  keyword: number | null;
  /** The objects whose captions spoke for an uploaded picture in that space; mostly none. */
  through: readonly string[];
}

export interface SpaceExplanation {
  model: string;
  /** Cosine. */
  score: number;
  /** From 0, within the space. */
  rank: number;
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
  /** Of MATCHED alone. */
  savedSearches?: { id: string; score: number }[];
}

// ------------------------------------------------------------- duplicates

export interface DuplicateQuery {
  filter?: ObjectFilter;
  /** All where left out. */
  tiers?: readonly DuplicateTier[];
  /** 0 to 1; each tier's usual one where left out. */
  minSimilarity?: number;
}

export interface DuplicateOptions extends Omit<DuplicateQuery, 'filter'> {
  /** 0 to 100. */
  first: number;
}

export interface DuplicateGroupNode {
  tier: DuplicateTier;
  leader: string;
  similarity: number;
  count: number;
  /** The oldest first; at most 100. */
  objects: DataObject[];
  /** The suggestion; null only where all have just been purged. */
  keep: DataObject | null;
}

export interface MergeDuplicates {
  keep: string;
  merge: string[];
  /** Of the kept object. */
  expectedVersion?: number;
  idempotencyKey?: string;
}

export interface MergedDuplicates {
  object: DataObject;
  /** Now in the bin. */
  merged: string[];
  annotationsMoved: number;
  /** What the kept object says already, or what does not fit it; they are where they were. */
  annotationsLeft: number;
  warnings: string[];
}

// --------------------------------------------------------- saved searches

export interface SavedSearch {
  id: string;
  tenantId: string;
  name: string;
  /** As it came. */
  input: Json;
  /** As it is run: a SearchRequest whose dates are ISO 8601 text. */
  request: JsonObject;
  /** Who made it. */
  owner: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface SaveSearch {
  name: string;
  input: Json;
  request: SearchRequest;
}

export interface UpdateSavedSearch {
  id: string;
  expectedVersion?: number;
  name?: string;
  search?: Omit<SaveSearch, 'name'>;
}
