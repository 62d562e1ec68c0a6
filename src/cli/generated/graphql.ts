/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** All conditions given must hold; an empty list matches nothing. */
export type AnnotationFilter = {
  annotatorIds?: Array<string> | null | undefined;
  createdAt?: DateTimeRange | null | undefined;
  /** Deleted annotations too; false by default. */
  includeDeleted?: boolean | null | undefined;
  /** A label of a classification or of a detection’s box, exactly. */
  label?: string | null | undefined;
  /** At least so sure, 0 to 1; annotations without a confidence do not match. */
  minConfidence?: number | null | undefined;
  /** `obj_…`, at most 500. */
  objectIds?: Array<string | number> | null | undefined;
  types?: Array<AnnotationType> | null | undefined;
};

/** What an annotation says, and so the shape of its content. */
export type AnnotationType =
  /** `{text}` */
  | 'CAPTION'
  /** `{labels: [{label, score?}]}` */
  | 'CLASSIFICATION'
  /** `{boxes: [{label, x, y, width, height, score?}]}`, 0 to 1 of the image as it is shown, from its upper left corner. */
  | 'DETECTION'
  /** `{entities: [{text, type, start?, end?}]}`, offsets in UTF-16 code units of the object’s text. */
  | 'EXTRACTION'
  /** Any JSON object. */
  | 'OTHER'
  /** `{text}` */
  | 'SUMMARY'
  /** `{segments: [{start, end, text}]}`, in seconds. */
  | 'TRANSCRIPTION';

/** Says that all bytes were sent. */
export type CompleteUploadInput = {
  /** `upl_…` */
  id: string | number;
  /** For multipart uploads; left out, what the store has is taken. */
  parts?: Array<CompletedPartInput> | null | undefined;
};

/** A part that was uploaded. */
export type CompletedPartInput = {
  /** The ETag header of the answer to its PUT. */
  etag: string;
  /** From 1. */
  partNumber: number;
};

/** What is about to be uploaded. The bytes are held to it. */
export type CreateUploadInput = {
  /** Given: the bytes are compared with it, and content that a live object already has needs no upload at all. */
  contentHash?: string | null | undefined;
  /** Bytes, at least 1. More than `limits.max_upload`: PAYLOAD_TOO_LARGE. */
  fileSize: number;
  /** Its name; among text formats the extension decides the type. */
  filename: string;
  /** The same key within 24 hours answers as the first time; with other input: CONFLICT. */
  idempotencyKey?: string | null | undefined;
  /** A JSON object, the client’s own. Anything else: BAD_USER_INPUT. */
  metadata?: unknown;
  /** The object whose content these bytes replace. It keeps its id, metadata and annotations, and its version rises. CONFLICT where another live object has the content. */
  replaces?: string | number | null | undefined;
  /** Given: the bytes must agree, or it is a CONTENT_MISMATCH. */
  type?: DataType | null | undefined;
};

/** All conditions given must hold; an empty list of alternatives matches nothing. */
export type DataObjectFilter = {
  /** All must match. */
  and?: Array<DataObjectFilter> | null | undefined;
  /** At least one annotation must match. */
  annotation?: AnnotationFilter | null | undefined;
  contentHash?: string | null | undefined;
  createdAt?: DateTimeRange | null | undefined;
  /** The same over what was measured about the content (`DataObject.facts`), such as `image.width`. All must hold. */
  facts?: Array<MetadataFilter> | null | undefined;
  fileSize?: SizeRange | null | undefined;
  /** Objects in the bin too; false by default. Only the outermost one counts, and search ignores it. */
  includeDeleted?: boolean | null | undefined;
  /** All must hold. */
  metadata?: Array<MetadataFilter> | null | undefined;
  /** Exactly, as in `mimeType`. */
  mimeTypes?: Array<string> | null | undefined;
  /** Must not match. */
  not?: DataObjectFilter | null | undefined;
  /** At least one must match; an empty list matches nothing. */
  or?: Array<DataObjectFilter> | null | undefined;
  status?: Array<ObjectStatus> | null | undefined;
  tiers?: Array<StorageTier> | null | undefined;
  types?: Array<DataType> | null | undefined;
};

/** What kind of content an object is. Its bytes decide, not its name. */
export type DataType =
  /** Sound: MP3, WAV, FLAC, Ogg, M4A and others. */
  | 'AUDIO'
  /** Structured text: PDF, DOCX, HTML, Markdown, CSV, JSON. */
  | 'DOCUMENT'
  /** A still picture: PNG, JPEG, WebP, GIF, AVIF, TIFF and others. */
  | 'IMAGE'
  /** Plain text of any encoding. */
  | 'TEXT'
  /** Moving pictures, with or without sound: MP4, WebM, MOV and others. */
  | 'VIDEO';

/** From `gte`, inclusive, to `lt`, exclusive; either may be left out. */
export type DateTimeRange = {
  gte?: string | null | undefined;
  lt?: string | null | undefined;
};

/** What went wrong, in a word. GraphQL errors carry it as `extensions.code`, and `extensions.path` says where in the input. New values may come: treat one that you do not know as INTERNAL_SERVER_ERROR. */
export type ErrorCode =
  /** The input breaks a rule; the message says which, and what would be right. Sending it again unchanged is of no use. */
  | 'BAD_USER_INPUT'
  /** It collides with what is there: another version, a live twin, an idempotency key used with other input. */
  | 'CONFLICT'
  /** The uploaded bytes are not as declared: hash, size or type. */
  | 'CONTENT_MISMATCH'
  /** The cursor is too old; begin again without it. */
  | 'CURSOR_EXPIRED'
  /** A part of the server did not answer; `extensions.dependency` names it, and trying again may help. */
  | 'DEPENDENCY_UNAVAILABLE'
  /** The key is known, its role does not allow this. */
  | 'FORBIDDEN'
  /** A fault of the server. `extensions.requestId` finds it in the log. */
  | 'INTERNAL_SERVER_ERROR'
  /** The feature is not set up here; `extensions.feature` and `extensions.setting` name it and what brings it. */
  | 'NOT_CONFIGURED'
  /** There is no such thing, or it belongs to another tenant. */
  | 'NOT_FOUND'
  /** The bytes lie in an archive and have to be restored first. */
  | 'NOT_RESTORED'
  /** More bytes than `limits.max_upload` or the server allows. */
  | 'PAYLOAD_TOO_LARGE'
  /** Too many requests for now. */
  | 'RATE_LIMITED'
  /** The operation asks for more than one request may cost; the message gives both numbers. */
  | 'TOO_COMPLEX'
  /** No API key, or one that is not known. */
  | 'UNAUTHENTICATED'
  /** The bytes are of no type that is known here. */
  | 'UNSUPPORTED_MEDIA'
  /** The upload session is over; create a new one. */
  | 'UPLOAD_EXPIRED';

/** Count the candidates by a field. */
export type FacetInput = {
  /** `type`, `mimeType`, `label`, `annotatorId`, or `metadata.` and a path as in a MetadataFilter. */
  field: string;
  /** How many values at most, the most frequent first; 1 to 100. */
  limit?: number | null | undefined;
};

/** How the two legs of a hybrid search become one ranking. */
export type Fusion =
  /** Weight divided by 60 + rank, summed, and divided by the best attainable. */
  | 'RANKED'
  /** Each leg’s scores scaled to 0 to 1 between its worst and best, then weighted by alpha. */
  | 'RELATIVE_SCORE';

/** A text to be taken in without an upload. */
export type IngestTextInput = {
  /** Its extension decides the type: `.md` makes a DOCUMENT; none: TEXT. */
  filename?: string | null | undefined;
  /** The same key within 24 hours answers as the first time; with other input: CONFLICT. */
  idempotencyKey?: string | null | undefined;
  /** A JSON object, the client’s own. Anything else: BAD_USER_INPUT. */
  metadata?: unknown;
  /** At least one character. */
  text: string;
};

/** Why content could not be taken in. New values may come: treat one that you do not know as INTERNAL. */
export type IngestionErrorCode =
  /** The bytes are cut off or broken. */
  | 'DAMAGED'
  /** A store or the database did not answer. */
  | 'DEPENDENCY_UNAVAILABLE'
  /** It needs a password. */
  | 'ENCRYPTED'
  /** A fault of the server. */
  | 'INTERNAL'
  /** The embedding model cannot run here at present. */
  | 'MODEL_UNAVAILABLE'
  /** There is nothing in it. */
  | 'NO_CONTENT'
  /** Reading it took too long. */
  | 'TIMEOUT'
  /** Reading it would take more memory, pixels or pages than is allowed. */
  | 'TOO_LARGE'
  /** Its format is not one that can be read here. */
  | 'UNSUPPORTED'
  /** The process that worked at it died, more than once. */
  | 'WORKER_DIED';

/** The stages of an ingestion, in order. */
export type IngestionStage =
  /** The server’s own annotators look at it. A failure here is a warning. */
  | 'ANNOTATE'
  /** Nothing is left to do. */
  | 'DONE'
  /** Passages, pictures or sounds become vectors. */
  | 'EMBED'
  /** Text, facts and moments are read out of them. */
  | 'EXTRACT'
  /** Vectors and words go into the indexes; after this the object is READY. */
  | 'INDEX'
  /** The bytes are hashed and stored. */
  | 'STORE';

/** How an ingestion stands. */
export type IngestionStatus =
  /** Given up; `error` says why. */
  | 'FAILED'
  /** Waiting for a worker, or for its next attempt. */
  | 'QUEUED'
  /** A worker is at it. */
  | 'RUNNING'
  /** Everything is done. */
  | 'SUCCEEDED';

/** A condition on one place in the metadata; all comparisons given must hold, at least one is needed. They hold only within one JSON type: `gt: 3` never matches the string "4". A path that leads nowhere matches only `exists: false`. */
export type MetadataFilter = {
  /** A list that has this element, or an object that has this part. */
  contains?: unknown;
  /** The same JSON value. A null that stands alone asks for an explicit null. */
  equals?: unknown;
  /** Whether the path leads anywhere; an explicit null counts as there. */
  exists?: boolean | null | undefined;
  /** Greater: numbers, or strings by code points. */
  gt?: unknown;
  gte?: unknown;
  /** One of these; an empty list matches nothing. */
  in?: Array<unknown> | null | undefined;
  lt?: unknown;
  lte?: unknown;
  /** There, and another JSON value. */
  notEquals?: unknown;
  /** Keys and list positions with dots between: `camera.model`, `tags.0`; `a\.b` is the key "a.b". */
  path: string;
};

/** How far an object is on its way to being found. */
export type ObjectStatus =
  /** Kept as bytes, but it could not be read; `ingestion.error` says why. */
  | 'FAILED'
  /** Stored; being read, embedded and indexed. */
  | 'PROCESSING'
  /** Found by search. Annotation may still follow. */
  | 'READY';

/** What to look for: exactly one of `query`, `objectId` and `vector`, or `query` with `vector` in HYBRID: words for one leg, the vector for the other. `objectId` or `vector` alone runs the vector leg. */
export type SearchInput = {
  /** 0: keywords alone; 1: vectors alone; null: the model’s measured default. Ignored outside HYBRID. */
  alpha?: number | null | undefined;
  facets?: Array<FacetInput> | null | undefined;
  /** Holds inside both legs. Objects in the bin are never found. */
  filter?: DataObjectFilter | null | undefined;
  /** null: RELATIVE_SCORE. Ignored outside HYBRID. */
  fusion?: Fusion | null | undefined;
  /** Leaves out what has a lower `score`. */
  minScore?: number | null | undefined;
  /** Leaves out of the vector leg what has a lower cosine, −1 to 1. */
  minVectorScore?: number | null | undefined;
  mode?: SearchMode | null | undefined;
  /** One of `embeddingModels`; left out, every active one that fits. */
  model?: string | null | undefined;
  /** `obj_…`, an object to find the like of; it is not among the results. */
  objectId?: string | number | null | undefined;
  /** Words, or a question. Empty: BAD_USER_INPUT. */
  query?: string | null | undefined;
  /** A vector of `model`, of its length. */
  vector?: Array<number> | null | undefined;
};

/** Which legs a search runs on. */
export type SearchMode =
  /** By meaning and by words, fused. */
  | 'HYBRID'
  /** By words alone: BM25. */
  | 'KEYWORD'
  /** By meaning alone: cosine of vectors. */
  | 'VECTOR';

/** Bytes from `gte` to `lte`, both inclusive; either may be left out. */
export type SizeRange = {
  gte?: number | null | undefined;
  lte?: number | null | undefined;
};

/** How near the bytes are kept. */
export type StorageTier =
  /** Must be restored before it can be read. */
  | 'ARCHIVE'
  /** At hand, cheaper to keep and dearer to read. */
  | 'INFREQUENT_ACCESS'
  /** At hand. */
  | 'STANDARD';

/** How far an upload is. */
export type UploadStatus =
  /** Given up by the client. */
  | 'ABORTED'
  /** It became an object. */
  | 'COMPLETED'
  /** Not completed in time. */
  | 'EXPIRED'
  /** Waiting for the bytes and for `completeUpload`. */
  | 'PENDING'
  /** The bytes were not as declared, and are gone; `error` says how. */
  | 'REJECTED'
  /** The bytes are being read and compared with what was declared. */
  | 'VERIFYING';

export type IngestionStatesQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type IngestionStatesQuery = { nodes: Array<
    | { id: string, status: IngestionStatus, stage: IngestionStage, progress: number, attempts: number, warnings: Array<string>, error: { code: IngestionErrorCode, message: string, retryable: boolean } | null }
    | Record<PropertyKey, never>
   | null> };

export type IngestionsProgressSubscriptionVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type IngestionsProgressSubscription = { ingestionsProgress: { id: string, status: IngestionStatus, stage: IngestionStage, progress: number, attempts: number, warnings: Array<string>, error: { code: IngestionErrorCode, message: string, retryable: boolean } | null } };

export type RetryIngestionMutationVariables = Exact<{
  id: string | number;
}>;


export type RetryIngestionMutation = { retryIngestion: { id: string, status: IngestionStatus, stage: IngestionStage, progress: number, attempts: number, warnings: Array<string>, error: { code: IngestionErrorCode, message: string, retryable: boolean } | null } };

export type IngestionStateFragment = { id: string, status: IngestionStatus, stage: IngestionStage, progress: number, attempts: number, warnings: Array<string>, error: { code: IngestionErrorCode, message: string, retryable: boolean } | null };

export type ObjectDetailsQueryVariables = Exact<{
  id: string | number;
}>;


export type ObjectDetailsQuery = { dataObject: { contentHash: string, storageLocation: string, storageTier: StorageTier, metadata: unknown, version: number, isDeleted: boolean, updatedAt: string, id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string, downloadUrl: { url: string, expiresAt: string } | null, annotations: { totalCount: number | null, nodes: Array<{ type: AnnotationType, annotatorId: string, confidence: number | null, content: unknown }> }, embeddings: Array<{ modelName: string, dimensions: number }>, ingestion: { id: string, status: IngestionStatus, stage: IngestionStage, progress: number, attempts: number, warnings: Array<string>, error: { code: IngestionErrorCode, message: string, retryable: boolean } | null } | null } | null };

export type ObjectTextQueryVariables = Exact<{
  id: string | number;
}>;


export type ObjectTextQuery = { dataObject: { id: string, text: string | null } | null };

export type ObjectByHashQueryVariables = Exact<{
  contentHash: string;
}>;


export type ObjectByHashQuery = { dataObjectByHash: { id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string } | null };

export type ObjectsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: DataObjectFilter | null | undefined;
}>;


export type ObjectsQuery = { dataObjects: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ storageLocation: string, isDeleted: boolean, id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string }> } };

export type DeleteObjectMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteObjectMutation = { deleteDataObject: { id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string } };

export type PurgeObjectMutationVariables = Exact<{
  id: string | number;
}>;


export type PurgeObjectMutation = { purgeDataObject: { id: string, bytesFreed: number, annotations: number, embeddings: number } };

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { embeddingModels: Array<{ name: string, modalities: Array<DataType>, dimensions: number, active: boolean, available: boolean, setting: string, description: string }> };

export type ObjectLineFragment = { id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string };

export type SearchQueryVariables = Exact<{
  input: SearchInput;
  first: number;
}>;


export type SearchQuery = { search: { totalCount: number | null, incomplete: boolean, warnings: Array<string>, edges: Array<{ score: number, node: { id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string }, explanation: { vectorScore: number | null, vectorRank: number | null, keywordScore: number | null, keywordRank: number | null, model: string | null }, matches: Array<{ text: string | null, start: number | null, page: number | null, startSeconds: number | null, highlights: Array<{ start: number, end: number }> }> }> } | null };

export type CreateUploadMutationVariables = Exact<{
  input: CreateUploadInput;
}>;


export type CreateUploadMutation = { createUpload: { deduplicated: boolean, dataObject: { id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string, ingestion: { id: string, status: IngestionStatus, stage: IngestionStage, progress: number, attempts: number, warnings: Array<string>, error: { code: IngestionErrorCode, message: string, retryable: boolean } | null } | null } | null, upload: { id: string, status: UploadStatus, partSize: number | null, partCount: number, expiresAt: string, url: { url: string, method: string, expiresAt: string, headers: Array<{ name: string, value: string }> } | null } | null } };

export type UploadPartsQueryVariables = Exact<{
  id: string | number;
  partNumbers?: Array<number> | number | null | undefined;
}>;


export type UploadPartsQuery = { uploadSession: { id: string, status: UploadStatus, partSize: number | null, partCount: number, expiresAt: string, parts: Array<{ partNumber: number, size: number, uploaded: boolean, etag: string | null, url: { url: string, method: string, expiresAt: string, headers: Array<{ name: string, value: string }> } }>, url: { url: string, method: string, expiresAt: string, headers: Array<{ name: string, value: string }> } | null } | null };

export type CompleteUploadMutationVariables = Exact<{
  input: CompleteUploadInput;
}>;


export type CompleteUploadMutation = { completeUpload: { deduplicated: boolean, dataObject: { id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string }, ingestion: { id: string, status: IngestionStatus, stage: IngestionStage, progress: number, attempts: number, warnings: Array<string>, error: { code: IngestionErrorCode, message: string, retryable: boolean } | null } } };

export type AbortUploadMutationVariables = Exact<{
  id: string | number;
}>;


export type AbortUploadMutation = { abortUpload: { id: string, status: UploadStatus } };

export type IngestTextsMutationVariables = Exact<{
  input: Array<IngestTextInput> | IngestTextInput;
}>;


export type IngestTextsMutation = { ingestTexts: Array<
    | { deduplicated: boolean, dataObject: { id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string }, ingestion: { id: string, status: IngestionStatus, stage: IngestionStage, progress: number, attempts: number, warnings: Array<string>, error: { code: IngestionErrorCode, message: string, retryable: boolean } | null } }
    | { code: ErrorCode, message: string, path: Array<string> }
  > };

export type UploadFragment = { id: string, status: UploadStatus, partSize: number | null, partCount: number, expiresAt: string, url: { url: string, method: string, expiresAt: string, headers: Array<{ name: string, value: string }> } | null };

export type LinkFragment = { url: string, method: string, expiresAt: string, headers: Array<{ name: string, value: string }> };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const IngestionStateFragmentDoc = new TypedDocumentString(`
    fragment IngestionState on Ingestion {
  id
  status
  stage
  progress
  attempts
  warnings
  error {
    code
    message
    retryable
  }
}
    `, {"fragmentName":"IngestionState"}) as unknown as TypedDocumentString<IngestionStateFragment, unknown>;
export const ObjectLineFragmentDoc = new TypedDocumentString(`
    fragment ObjectLine on DataObject {
  id
  type
  status
  filename
  mimeType
  fileSize
  createdAt
}
    `, {"fragmentName":"ObjectLine"}) as unknown as TypedDocumentString<ObjectLineFragment, unknown>;
export const LinkFragmentDoc = new TypedDocumentString(`
    fragment Link on SignedUrl {
  url
  method
  headers {
    name
    value
  }
  expiresAt
}
    `, {"fragmentName":"Link"}) as unknown as TypedDocumentString<LinkFragment, unknown>;
export const UploadFragmentDoc = new TypedDocumentString(`
    fragment Upload on UploadSession {
  id
  status
  partSize
  partCount
  expiresAt
  url {
    ...Link
  }
}
    fragment Link on SignedUrl {
  url
  method
  headers {
    name
    value
  }
  expiresAt
}`, {"fragmentName":"Upload"}) as unknown as TypedDocumentString<UploadFragment, unknown>;
export const IngestionStatesDocument = new TypedDocumentString(`
    query IngestionStates($ids: [ID!]!) {
  nodes(ids: $ids) {
    ...IngestionState
  }
}
    fragment IngestionState on Ingestion {
  id
  status
  stage
  progress
  attempts
  warnings
  error {
    code
    message
    retryable
  }
}`) as unknown as TypedDocumentString<IngestionStatesQuery, IngestionStatesQueryVariables>;
export const IngestionsProgressDocument = new TypedDocumentString(`
    subscription IngestionsProgress($ids: [ID!]!) {
  ingestionsProgress(ids: $ids) {
    ...IngestionState
  }
}
    fragment IngestionState on Ingestion {
  id
  status
  stage
  progress
  attempts
  warnings
  error {
    code
    message
    retryable
  }
}`) as unknown as TypedDocumentString<IngestionsProgressSubscription, IngestionsProgressSubscriptionVariables>;
export const RetryIngestionDocument = new TypedDocumentString(`
    mutation RetryIngestion($id: ID!) {
  retryIngestion(id: $id) {
    ...IngestionState
  }
}
    fragment IngestionState on Ingestion {
  id
  status
  stage
  progress
  attempts
  warnings
  error {
    code
    message
    retryable
  }
}`) as unknown as TypedDocumentString<RetryIngestionMutation, RetryIngestionMutationVariables>;
export const ObjectDetailsDocument = new TypedDocumentString(`
    query ObjectDetails($id: ID!) {
  dataObject(id: $id) {
    ...ObjectLine
    contentHash
    storageLocation
    storageTier
    metadata
    version
    isDeleted
    updatedAt
    downloadUrl(expiresIn: 3600) {
      url
      expiresAt
    }
    annotations(first: 50) {
      totalCount
      nodes {
        type
        annotatorId
        confidence
        content
      }
    }
    embeddings {
      modelName
      dimensions
    }
    ingestion {
      ...IngestionState
    }
  }
}
    fragment IngestionState on Ingestion {
  id
  status
  stage
  progress
  attempts
  warnings
  error {
    code
    message
    retryable
  }
}
fragment ObjectLine on DataObject {
  id
  type
  status
  filename
  mimeType
  fileSize
  createdAt
}`) as unknown as TypedDocumentString<ObjectDetailsQuery, ObjectDetailsQueryVariables>;
export const ObjectTextDocument = new TypedDocumentString(`
    query ObjectText($id: ID!) {
  dataObject(id: $id) {
    id
    text
  }
}
    `) as unknown as TypedDocumentString<ObjectTextQuery, ObjectTextQueryVariables>;
export const ObjectByHashDocument = new TypedDocumentString(`
    query ObjectByHash($contentHash: SHA256!) {
  dataObjectByHash(contentHash: $contentHash) {
    ...ObjectLine
  }
}
    fragment ObjectLine on DataObject {
  id
  type
  status
  filename
  mimeType
  fileSize
  createdAt
}`) as unknown as TypedDocumentString<ObjectByHashQuery, ObjectByHashQueryVariables>;
export const ObjectsDocument = new TypedDocumentString(`
    query Objects($first: Int!, $after: String, $filter: DataObjectFilter) {
  dataObjects(first: $first, after: $after, filter: $filter) {
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...ObjectLine
      storageLocation
      isDeleted
    }
  }
}
    fragment ObjectLine on DataObject {
  id
  type
  status
  filename
  mimeType
  fileSize
  createdAt
}`) as unknown as TypedDocumentString<ObjectsQuery, ObjectsQueryVariables>;
export const DeleteObjectDocument = new TypedDocumentString(`
    mutation DeleteObject($id: ID!) {
  deleteDataObject(id: $id) {
    ...ObjectLine
  }
}
    fragment ObjectLine on DataObject {
  id
  type
  status
  filename
  mimeType
  fileSize
  createdAt
}`) as unknown as TypedDocumentString<DeleteObjectMutation, DeleteObjectMutationVariables>;
export const PurgeObjectDocument = new TypedDocumentString(`
    mutation PurgeObject($id: ID!) {
  purgeDataObject(id: $id) {
    id
    bytesFreed
    annotations
    embeddings
  }
}
    `) as unknown as TypedDocumentString<PurgeObjectMutation, PurgeObjectMutationVariables>;
export const ModelsDocument = new TypedDocumentString(`
    query Models {
  embeddingModels {
    name
    modalities
    dimensions
    active
    available
    setting
    description
  }
}
    `) as unknown as TypedDocumentString<ModelsQuery, ModelsQueryVariables>;
export const SearchDocument = new TypedDocumentString(`
    query Search($input: SearchInput!, $first: Int!) {
  search(input: $input, first: $first) {
    totalCount
    incomplete
    warnings
    edges {
      score
      node {
        ...ObjectLine
      }
      explanation {
        vectorScore
        vectorRank
        keywordScore
        keywordRank
        model
      }
      matches {
        text
        highlights {
          start
          end
        }
        start
        page
        startSeconds
      }
    }
  }
}
    fragment ObjectLine on DataObject {
  id
  type
  status
  filename
  mimeType
  fileSize
  createdAt
}`) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;
export const CreateUploadDocument = new TypedDocumentString(`
    mutation CreateUpload($input: CreateUploadInput!) {
  createUpload(input: $input) {
    deduplicated
    dataObject {
      ...ObjectLine
      ingestion {
        ...IngestionState
      }
    }
    upload {
      ...Upload
    }
  }
}
    fragment IngestionState on Ingestion {
  id
  status
  stage
  progress
  attempts
  warnings
  error {
    code
    message
    retryable
  }
}
fragment ObjectLine on DataObject {
  id
  type
  status
  filename
  mimeType
  fileSize
  createdAt
}
fragment Upload on UploadSession {
  id
  status
  partSize
  partCount
  expiresAt
  url {
    ...Link
  }
}
fragment Link on SignedUrl {
  url
  method
  headers {
    name
    value
  }
  expiresAt
}`) as unknown as TypedDocumentString<CreateUploadMutation, CreateUploadMutationVariables>;
export const UploadPartsDocument = new TypedDocumentString(`
    query UploadParts($id: ID!, $partNumbers: [Int!]) {
  uploadSession(id: $id) {
    ...Upload
    parts(partNumbers: $partNumbers) {
      partNumber
      size
      uploaded
      etag
      url {
        ...Link
      }
    }
  }
}
    fragment Upload on UploadSession {
  id
  status
  partSize
  partCount
  expiresAt
  url {
    ...Link
  }
}
fragment Link on SignedUrl {
  url
  method
  headers {
    name
    value
  }
  expiresAt
}`) as unknown as TypedDocumentString<UploadPartsQuery, UploadPartsQueryVariables>;
export const CompleteUploadDocument = new TypedDocumentString(`
    mutation CompleteUpload($input: CompleteUploadInput!) {
  completeUpload(input: $input) {
    deduplicated
    dataObject {
      ...ObjectLine
    }
    ingestion {
      ...IngestionState
    }
  }
}
    fragment IngestionState on Ingestion {
  id
  status
  stage
  progress
  attempts
  warnings
  error {
    code
    message
    retryable
  }
}
fragment ObjectLine on DataObject {
  id
  type
  status
  filename
  mimeType
  fileSize
  createdAt
}`) as unknown as TypedDocumentString<CompleteUploadMutation, CompleteUploadMutationVariables>;
export const AbortUploadDocument = new TypedDocumentString(`
    mutation AbortUpload($id: ID!) {
  abortUpload(id: $id) {
    id
    status
  }
}
    `) as unknown as TypedDocumentString<AbortUploadMutation, AbortUploadMutationVariables>;
export const IngestTextsDocument = new TypedDocumentString(`
    mutation IngestTexts($input: [IngestTextInput!]!) {
  ingestTexts(input: $input) {
    ... on IngestPayload {
      deduplicated
      dataObject {
        ...ObjectLine
      }
      ingestion {
        ...IngestionState
      }
    }
    ... on UserError {
      code
      message
      path
    }
  }
}
    fragment IngestionState on Ingestion {
  id
  status
  stage
  progress
  attempts
  warnings
  error {
    code
    message
    retryable
  }
}
fragment ObjectLine on DataObject {
  id
  type
  status
  filename
  mimeType
  fileSize
  createdAt
}`) as unknown as TypedDocumentString<IngestTextsMutation, IngestTextsMutationVariables>;