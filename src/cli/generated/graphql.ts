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

/** A search to be kept. */
export type CreateSavedSearchInput = {
  /** 1 to 200 characters. */
  name: string;
  /** Checked as `search` checks it. */
  search: SearchInput;
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
  purpose?: UploadPurpose | null | undefined;
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

/** In what two contents are the same, the strongest first. */
export type DuplicateTier =
  /** Byte for byte. Live objects never are: this is about those in the bin, hence only with `includeDeleted`. */
  | 'BYTES'
  /** Once decoded: every pixel of the picture as it is shown, every sample of a lossless sound, every character of a text but for white space. */
  | 'DECODED'
  /** Pictures and films look alike (hashes of 64 bits, at most 7 of which differ); sounds sound alike (85 % of the bits of their Chromaprints are equal; needs ffmpeg); texts share 80 % of their runs of three words. */
  | 'PERCEPTUAL'
  /** Near in the space of one embedding model: from a cosine on that is each model’s own (0.95 for texts, 0.85 for the descriptors of pictures and sounds), or that is asked for. */
  | 'SEMANTIC';

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

/** Several objects to become one. */
export type MergeDuplicatesInput = {
  /** The version of the kept object that this was thought out for; where it is not the present one: CONFLICT. */
  expectedVersion?: number | null | undefined;
  /** The same key within 24 hours answers as the first time; with other input: CONFLICT. */
  idempotencyKey?: string | null | undefined;
  /** `obj_…`, a live object: the one that stays. */
  keep: string | number;
  /** `obj_…`, at most 500 live objects; they go to the bin. */
  merge: Array<string | number>;
};

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

/** How far a change of models has come. */
export type ModelChangePhase =
  /** Over: all is as before. */
  | 'ABORTED'
  /** The new model’s vectors are being removed. */
  | 'ABORTING'
  /** Every object is being embedded with the new model, new ones with both. Searches ask the old one. */
  | 'BACKFILLING'
  /** Over: the new model has taken the old one’s place. */
  | 'CLEANED'
  /** The old model’s vectors are being removed. There is no way back any more. */
  | 'CLEANING'
  /** Searches ask the new one. Both are written, so that it can be rolled back. */
  | 'CUT_OVER'
  /** All have vectors of both. Searches ask the old one until the cut-over. */
  | 'READY'
  /** Searches ask the old one again; as READY. */
  | 'ROLLED_BACK';

/** How far an object is on its way to being found. */
export type ObjectStatus =
  /** Kept as bytes, but it could not be read; `ingestion.error` says why. */
  | 'FAILED'
  /** Stored; being read, embedded and indexed. */
  | 'PROCESSING'
  /** Found by search. Annotation may still follow. */
  | 'READY';

/** What is liked and what is not. Each space is asked for the mean of the liked less half the mean of the disliked (Rocchio), over the objects that have vectors there; each object counts by the normalised mean of its vectors. */
export type RecommendInput = {
  /** `obj_…`, none of them among the liked. */
  disliked?: Array<string | number> | null | undefined;
  /** 0 to 1; null: off. Orders the first 100 by maximal marginal relevance: again and again the one with the greatest (1 − diversity) × score − diversity × (greatest cosine to one that stands above, within a space). */
  diversity?: number | null | undefined;
  facets?: Array<FacetInput> | null | undefined;
  /** Objects in the bin are never found. */
  filter?: DataObjectFilter | null | undefined;
  /** `obj_…`, at least one; at most 100 with the disliked. None of them is among the results. */
  liked: Array<string | number>;
  /** Leaves out what has a lower `score`. */
  minScore?: number | null | undefined;
  /** Leaves out what has a lower cosine, −1 to 1. */
  minVectorScore?: number | null | undefined;
  /** One of `embeddingModels`; left out, every active one that a liked object has vectors of. */
  model?: string | null | undefined;
};

/** What to look for: exactly one of `query`, `objectId`, `uploadId` and `vector`, or `query` with `vector` in HYBRID: words for one leg, the vector for the other. `objectId`, `uploadId` or `vector` alone runs the vector leg. Several things weigh against each other in `terms`, alone or beside one of these. */
export type SearchInput = {
  /** 0: keywords alone; 1: vectors alone; null: the model’s measured default. Ignored outside HYBRID. */
  alpha?: number | null | undefined;
  /** 0 to 1; null: off. Orders the first 100 by maximal marginal relevance: again and again the one with the greatest (1 − diversity) × score − diversity × (greatest cosine to one that stands above, within a space). */
  diversity?: number | null | undefined;
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
  /** A cross-encoder reads the best passages of the first results together with the words that draw near, and orders those results anew; what has no passage keeps its place. null: as `embedding.reranker` says; NOT_CONFIGURED where there is none. Where its time runs out the order stays as it was, and a warning says so. */
  rerank?: boolean | null | undefined;
  /** At most 20; what stands beside them is a term of weight 1. Each space is asked for the direction of Σ weight × unit vector, over the terms that have a vector there. By words a passage scores Σ weight × BM25, and is found where that is above 0. No term above 0, or terms that cancel each other out: BAD_USER_INPUT. */
  terms?: Array<SearchTermInput> | null | undefined;
  /** `upl_…`, bytes that were uploaded with `purpose: QUERY`: an image asks the spaces of images, a sound those of sounds, a text or a document those of texts. */
  uploadId?: string | number | null | undefined;
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

/** One thing to draw near to, or to push away from: exactly one of `query`, `objectId`, `uploadId` and `vector`, and its weight. */
export type SearchTermInput = {
  /** Whose `vector` it is; left out, as in the search around it. */
  model?: string | null | undefined;
  /** `obj_…`, by the normalised mean of its vectors; it is not among the results. */
  objectId?: string | number | null | undefined;
  /** Words: for both legs. */
  query?: string | null | undefined;
  /** `upl_…`, bytes that were uploaded with `purpose: QUERY`: an image asks the spaces of images, a sound those of sounds, a text or a document those of texts. */
  uploadId?: string | number | null | undefined;
  /** A vector of `model`, of its length. */
  vector?: Array<number> | null | undefined;
  /** −10 to 10, not 0; below 0 it pushes away. */
  weight?: number | null | undefined;
};

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

/** What an upload is for. */
export type UploadPurpose =
  /** To become an object, by `completeUpload`. */
  | 'OBJECT'
  /** To search with, by its id as `uploadId`, until it expires after an hour: it becomes no object, and nothing of it is kept. Takes a reader. At most 64 MiB (PAYLOAD_TOO_LARGE) and 100 at once (RATE_LIMITED). */
  | 'QUERY';

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

export type DuplicateGroupsQueryVariables = Exact<{
  tier?: Array<DuplicateTier> | DuplicateTier | null | undefined;
  minSimilarity?: number | null | undefined;
  first: number;
}>;


export type DuplicateGroupsQuery = { duplicateGroups: { totalCount: number | null, nodes: Array<{ tier: DuplicateTier, similarity: number, count: number, keep: { id: string }, objects: Array<{ fileSize: number, id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, createdAt: string }> }> } };

export type MergeDuplicatesMutationVariables = Exact<{
  input: MergeDuplicatesInput;
}>;


export type MergeDuplicatesMutation = { mergeDuplicates: { merged: Array<string>, annotationsMoved: number, annotationsLeft: number, warnings: Array<string>, dataObject: { id: string } } };

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

export type ModelChangeEstimateQueryVariables = Exact<{
  from?: string | null | undefined;
  to: string;
  beside?: boolean | null | undefined;
}>;


export type ModelChangeEstimateQuery = { modelChangeEstimate: { from: string | null, to: string, fromDimensions: number | null, toDimensions: number, sampled: number, remarks: Array<string>, total: { tenant: string | null, objects: number, passages: number, vectors: number, bytes: number, seconds: number | null }, tenants: Array<{ tenant: string | null, objects: number, passages: number, vectors: number, bytes: number, seconds: number | null }> } };

export type ModelsInUseQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsInUseQuery = { embeddingModels: Array<{ name: string, active: boolean, searched: boolean }> };

export type CurrentModelChangeQueryVariables = Exact<{ [key: string]: never; }>;


export type CurrentModelChangeQuery = { modelChange: { waiting: number, id: string, from: string | null, to: string, phase: ModelChangePhase, total: number, done: number, vectors: number, failed: number, problem: string | null, secondsLeft: number | null, failures: Array<{ objectId: string, tenant: string, reason: string }> } | null };

export type StartModelChangeMutationVariables = Exact<{
  from?: string | null | undefined;
  to: string;
  beside?: boolean | null | undefined;
}>;


export type StartModelChangeMutation = { startModelChange: { waiting: number, id: string, from: string | null, to: string, phase: ModelChangePhase, total: number, done: number, vectors: number, failed: number, problem: string | null, secondsLeft: number | null } };

export type CutOverModelChangeMutationVariables = Exact<{
  id: string | number;
  acceptFailures?: boolean | null | undefined;
}>;


export type CutOverModelChangeMutation = { cutOverModelChange: { id: string, from: string | null, to: string, phase: ModelChangePhase, total: number, done: number, vectors: number, failed: number, problem: string | null, secondsLeft: number | null } };

export type RollBackModelChangeMutationVariables = Exact<{
  id: string | number;
}>;


export type RollBackModelChangeMutation = { rollBackModelChange: { id: string, from: string | null, to: string, phase: ModelChangePhase, total: number, done: number, vectors: number, failed: number, problem: string | null, secondsLeft: number | null } };

export type CleanUpModelChangeMutationVariables = Exact<{
  id: string | number;
}>;


export type CleanUpModelChangeMutation = { cleanUpModelChange: { id: string, from: string | null, to: string, phase: ModelChangePhase, total: number, done: number, vectors: number, failed: number, problem: string | null, secondsLeft: number | null } };

export type AbortModelChangeMutationVariables = Exact<{
  id: string | number;
}>;


export type AbortModelChangeMutation = { abortModelChange: { id: string, from: string | null, to: string, phase: ModelChangePhase, total: number, done: number, vectors: number, failed: number, problem: string | null, secondsLeft: number | null } };

export type ModelChangeProgressSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type ModelChangeProgressSubscription = { modelChangeProgress: { id: string, from: string | null, to: string, phase: ModelChangePhase, total: number, done: number, vectors: number, failed: number, problem: string | null, secondsLeft: number | null } };

export type ModelChangeCostsFragment = { tenant: string | null, objects: number, passages: number, vectors: number, bytes: number, seconds: number | null };

export type ModelChangeStateFragment = { id: string, from: string | null, to: string, phase: ModelChangePhase, total: number, done: number, vectors: number, failed: number, problem: string | null, secondsLeft: number | null };

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

export type ObjectLineFragment = { id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string };

export type SavedSearchLineFragment = { id: string, name: string, owner: string, input: unknown };

export type SavedSearchesQueryVariables = Exact<{
  first: number;
}>;


export type SavedSearchesQuery = { savedSearches: { totalCount: number | null, nodes: Array<{ id: string, name: string, owner: string, input: unknown }> } };

export type SaveSearchMutationVariables = Exact<{
  input: CreateSavedSearchInput;
}>;


export type SaveSearchMutation = { createSavedSearch: { id: string, name: string, owner: string, input: unknown } };

export type DeleteSavedSearchMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteSavedSearchMutation = { deleteSavedSearch: string };

export type FoundPageFragment = { totalCount: number | null, incomplete: boolean, warnings: Array<string>, edges: Array<{ score: number, node: { id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string }, explanation: { vectorScore: number | null, vectorRank: number | null, keywordScore: number | null, keywordRank: number | null, model: string | null, fusedScore: number | null, rerankScore: number | null, spaces: Array<{ model: string, score: number, rank: number }>, contributions?: Array<{ term: string, vector: number | null, through: Array<string> }> }, matches: Array<{ text: string | null, start: number | null, page: number | null, startSeconds: number | null, highlights: Array<{ start: number, end: number }> }> }> };

export type SearchQueryVariables = Exact<{
  input: SearchInput;
  first: number;
  explain: boolean;
}>;


export type SearchQuery = { search: { totalCount: number | null, incomplete: boolean, warnings: Array<string>, edges: Array<{ score: number, node: { id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string }, explanation: { vectorScore: number | null, vectorRank: number | null, keywordScore: number | null, keywordRank: number | null, model: string | null, fusedScore: number | null, rerankScore: number | null, spaces: Array<{ model: string, score: number, rank: number }>, contributions?: Array<{ term: string, vector: number | null, through: Array<string> }> }, matches: Array<{ text: string | null, start: number | null, page: number | null, startSeconds: number | null, highlights: Array<{ start: number, end: number }> }> }> } | null };

export type RecommendQueryVariables = Exact<{
  input: RecommendInput;
  first: number;
  explain: boolean;
}>;


export type RecommendQuery = { recommend: { totalCount: number | null, incomplete: boolean, warnings: Array<string>, edges: Array<{ score: number, node: { id: string, type: DataType, status: ObjectStatus, filename: string | null, mimeType: string, fileSize: number, createdAt: string }, explanation: { vectorScore: number | null, vectorRank: number | null, keywordScore: number | null, keywordRank: number | null, model: string | null, fusedScore: number | null, rerankScore: number | null, spaces: Array<{ model: string, score: number, rank: number }>, contributions?: Array<{ term: string, vector: number | null, through: Array<string> }> }, matches: Array<{ text: string | null, start: number | null, page: number | null, startSeconds: number | null, highlights: Array<{ start: number, end: number }> }> }> } | null };

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
export const ModelChangeCostsFragmentDoc = new TypedDocumentString(`
    fragment ModelChangeCosts on ModelChangeCosts {
  tenant
  objects
  passages
  vectors
  bytes
  seconds
}
    `, {"fragmentName":"ModelChangeCosts"}) as unknown as TypedDocumentString<ModelChangeCostsFragment, unknown>;
export const ModelChangeStateFragmentDoc = new TypedDocumentString(`
    fragment ModelChangeState on ModelChange {
  id
  from
  to
  phase
  total
  done
  vectors
  failed
  problem
  secondsLeft
}
    `, {"fragmentName":"ModelChangeState"}) as unknown as TypedDocumentString<ModelChangeStateFragment, unknown>;
export const SavedSearchLineFragmentDoc = new TypedDocumentString(`
    fragment SavedSearchLine on SavedSearch {
  id
  name
  owner
  input
}
    `, {"fragmentName":"SavedSearchLine"}) as unknown as TypedDocumentString<SavedSearchLineFragment, unknown>;
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
export const FoundPageFragmentDoc = new TypedDocumentString(`
    fragment FoundPage on SearchConnection {
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
      spaces {
        model
        score
        rank
      }
      fusedScore
      rerankScore
      contributions @include(if: $explain) {
        term
        vector
        through
      }
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
    fragment ObjectLine on DataObject {
  id
  type
  status
  filename
  mimeType
  fileSize
  createdAt
}`, {"fragmentName":"FoundPage"}) as unknown as TypedDocumentString<FoundPageFragment, unknown>;
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
export const DuplicateGroupsDocument = new TypedDocumentString(`
    query DuplicateGroups($tier: [DuplicateTier!], $minSimilarity: Float, $first: Int!) {
  duplicateGroups(tier: $tier, minSimilarity: $minSimilarity, first: $first) {
    totalCount
    nodes {
      tier
      similarity
      count
      keep {
        id
      }
      objects {
        ...ObjectLine
        fileSize
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
}`) as unknown as TypedDocumentString<DuplicateGroupsQuery, DuplicateGroupsQueryVariables>;
export const MergeDuplicatesDocument = new TypedDocumentString(`
    mutation MergeDuplicates($input: MergeDuplicatesInput!) {
  mergeDuplicates(input: $input) {
    dataObject {
      id
    }
    merged
    annotationsMoved
    annotationsLeft
    warnings
  }
}
    `) as unknown as TypedDocumentString<MergeDuplicatesMutation, MergeDuplicatesMutationVariables>;
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
export const ModelChangeEstimateDocument = new TypedDocumentString(`
    query ModelChangeEstimate($from: String, $to: String!, $beside: Boolean) {
  modelChangeEstimate(from: $from, to: $to, beside: $beside) {
    from
    to
    fromDimensions
    toDimensions
    sampled
    remarks
    total {
      ...ModelChangeCosts
    }
    tenants {
      ...ModelChangeCosts
    }
  }
}
    fragment ModelChangeCosts on ModelChangeCosts {
  tenant
  objects
  passages
  vectors
  bytes
  seconds
}`) as unknown as TypedDocumentString<ModelChangeEstimateQuery, ModelChangeEstimateQueryVariables>;
export const ModelsInUseDocument = new TypedDocumentString(`
    query ModelsInUse {
  embeddingModels {
    name
    active
    searched
  }
}
    `) as unknown as TypedDocumentString<ModelsInUseQuery, ModelsInUseQueryVariables>;
export const CurrentModelChangeDocument = new TypedDocumentString(`
    query CurrentModelChange {
  modelChange {
    ...ModelChangeState
    waiting
    failures(first: 10) {
      objectId
      tenant
      reason
    }
  }
}
    fragment ModelChangeState on ModelChange {
  id
  from
  to
  phase
  total
  done
  vectors
  failed
  problem
  secondsLeft
}`) as unknown as TypedDocumentString<CurrentModelChangeQuery, CurrentModelChangeQueryVariables>;
export const StartModelChangeDocument = new TypedDocumentString(`
    mutation StartModelChange($from: String, $to: String!, $beside: Boolean) {
  startModelChange(from: $from, to: $to, beside: $beside) {
    ...ModelChangeState
    waiting
  }
}
    fragment ModelChangeState on ModelChange {
  id
  from
  to
  phase
  total
  done
  vectors
  failed
  problem
  secondsLeft
}`) as unknown as TypedDocumentString<StartModelChangeMutation, StartModelChangeMutationVariables>;
export const CutOverModelChangeDocument = new TypedDocumentString(`
    mutation CutOverModelChange($id: ID!, $acceptFailures: Boolean) {
  cutOverModelChange(id: $id, acceptFailures: $acceptFailures) {
    ...ModelChangeState
  }
}
    fragment ModelChangeState on ModelChange {
  id
  from
  to
  phase
  total
  done
  vectors
  failed
  problem
  secondsLeft
}`) as unknown as TypedDocumentString<CutOverModelChangeMutation, CutOverModelChangeMutationVariables>;
export const RollBackModelChangeDocument = new TypedDocumentString(`
    mutation RollBackModelChange($id: ID!) {
  rollBackModelChange(id: $id) {
    ...ModelChangeState
  }
}
    fragment ModelChangeState on ModelChange {
  id
  from
  to
  phase
  total
  done
  vectors
  failed
  problem
  secondsLeft
}`) as unknown as TypedDocumentString<RollBackModelChangeMutation, RollBackModelChangeMutationVariables>;
export const CleanUpModelChangeDocument = new TypedDocumentString(`
    mutation CleanUpModelChange($id: ID!) {
  cleanUpModelChange(id: $id) {
    ...ModelChangeState
  }
}
    fragment ModelChangeState on ModelChange {
  id
  from
  to
  phase
  total
  done
  vectors
  failed
  problem
  secondsLeft
}`) as unknown as TypedDocumentString<CleanUpModelChangeMutation, CleanUpModelChangeMutationVariables>;
export const AbortModelChangeDocument = new TypedDocumentString(`
    mutation AbortModelChange($id: ID!) {
  abortModelChange(id: $id) {
    ...ModelChangeState
  }
}
    fragment ModelChangeState on ModelChange {
  id
  from
  to
  phase
  total
  done
  vectors
  failed
  problem
  secondsLeft
}`) as unknown as TypedDocumentString<AbortModelChangeMutation, AbortModelChangeMutationVariables>;
export const ModelChangeProgressDocument = new TypedDocumentString(`
    subscription ModelChangeProgress($id: ID!) {
  modelChangeProgress(id: $id) {
    ...ModelChangeState
  }
}
    fragment ModelChangeState on ModelChange {
  id
  from
  to
  phase
  total
  done
  vectors
  failed
  problem
  secondsLeft
}`) as unknown as TypedDocumentString<ModelChangeProgressSubscription, ModelChangeProgressSubscriptionVariables>;
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
export const SavedSearchesDocument = new TypedDocumentString(`
    query SavedSearches($first: Int!) {
  savedSearches(first: $first) {
    totalCount
    nodes {
      ...SavedSearchLine
    }
  }
}
    fragment SavedSearchLine on SavedSearch {
  id
  name
  owner
  input
}`) as unknown as TypedDocumentString<SavedSearchesQuery, SavedSearchesQueryVariables>;
export const SaveSearchDocument = new TypedDocumentString(`
    mutation SaveSearch($input: CreateSavedSearchInput!) {
  createSavedSearch(input: $input) {
    ...SavedSearchLine
  }
}
    fragment SavedSearchLine on SavedSearch {
  id
  name
  owner
  input
}`) as unknown as TypedDocumentString<SaveSearchMutation, SaveSearchMutationVariables>;
export const DeleteSavedSearchDocument = new TypedDocumentString(`
    mutation DeleteSavedSearch($id: ID!) {
  deleteSavedSearch(id: $id)
}
    `) as unknown as TypedDocumentString<DeleteSavedSearchMutation, DeleteSavedSearchMutationVariables>;
export const SearchDocument = new TypedDocumentString(`
    query Search($input: SearchInput!, $first: Int!, $explain: Boolean!) {
  search(input: $input, first: $first) {
    ...FoundPage
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
fragment FoundPage on SearchConnection {
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
      spaces {
        model
        score
        rank
      }
      fusedScore
      rerankScore
      contributions @include(if: $explain) {
        term
        vector
        through
      }
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
}`) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;
export const RecommendDocument = new TypedDocumentString(`
    query Recommend($input: RecommendInput!, $first: Int!, $explain: Boolean!) {
  recommend(input: $input, first: $first) {
    ...FoundPage
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
fragment FoundPage on SearchConnection {
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
      spaces {
        model
        score
        rank
      }
      fusedScore
      rerankScore
      contributions @include(if: $explain) {
        term
        vector
        through
      }
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
}`) as unknown as TypedDocumentString<RecommendQuery, RecommendQueryVariables>;
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