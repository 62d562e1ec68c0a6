import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { GraphQLContext } from '../context.js';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment in ISO 8601 (RFC 3339) with its offset, such as `2026-03-01T12:30:00.000Z`. Any offset is taken; answers are in UTC, to the millisecond. */
  DateTime: { input: Date; output: Date; }
  /** Any JSON value: object, list, string, number, boolean or null. */
  JSON: { input: unknown; output: unknown; }
  /** A SHA-256 digest as 64 hexadecimal digits. Upper case is accepted; answers are lower case. */
  SHA256: { input: string; output: string; }
  /** An integer n with |n| ≤ 2^53 − 1, the largest that a JavaScript number holds exactly. Used for bytes. */
  SafeInt: { input: number; output: number; }
  /** An absolute URL. Use it unchanged: a signed one breaks when any character of it changes. */
  URL: { input: string; output: string; }
  _FieldSet: { input: unknown; output: unknown; }
};

/** A figure over a set of objects, computed once and kept together with what it was computed from. */
export type Aggregation = Node & {
  __typename?: 'Aggregation';
  /** The moment that the figures speak of. */
  computedAt: Scalars['DateTime']['output'];
  createdAt: Scalars['DateTime']['output'];
  /** Who asked for it. */
  createdBy: Scalars['String']['output'];
  /** `agg_` and 26 characters. */
  id: Scalars['ID']['output'];
  /** A JSON object: what the computation was told. */
  parameters: Scalars['JSON']['output'];
  /** The figures; their shape follows the type. */
  result: Scalars['JSON']['output'];
  /** How many objects it was computed from. Purging one later does not change it. */
  sourceCount: Scalars['Int']['output'];
  /** What it was computed from, newest first, as it is now: also what is in the bin, not what was purged. */
  sourceObjects: DataObjectConnection;
  type: AggregationType;
};


/** A figure over a set of objects, computed once and kept together with what it was computed from. */
export type AggregationSourceObjectsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of aggregations. */
export type AggregationConnection = {
  __typename?: 'AggregationConnection';
  /** The page with a cursor each, in order. */
  edges: Array<AggregationEdge>;
  /** The page without cursors, in order. */
  nodes: Array<Aggregation>;
  pageInfo: PageInfo;
  /** How many the whole list has. Counted only when asked for; null where counting takes longer than 2 s. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One of a page of aggregations. */
export type AggregationEdge = {
  __typename?: 'AggregationEdge';
  /** Opaque; for `after` and `before` of the same list. */
  cursor: Scalars['String']['output'];
  node: Aggregation;
};

/** What an aggregation computes over its source objects. */
export type AggregationType =
  /** Raw agreement, Cohen’s kappa a pair of annotators, Krippendorff’s alpha. */
  | 'ANNOTATOR_AGREEMENT'
  /** The mean of the vectors of one model. */
  | 'CENTROID'
  /** Count, mean, deviation, extremes and quantiles of the annotations’ confidence. */
  | 'CONFIDENCE_STATISTICS'
  /** How many objects and annotations, by type. */
  | 'COUNT'
  /** Computed by the client and stored here. */
  | 'CUSTOM'
  /** How often each label of the classifications and detections occurs. */
  | 'LABEL_HISTOGRAM'
  /** Values of one metadata path: frequencies, or count, mean, deviation, extremes and quantiles of numbers. */
  | 'METADATA_STATISTICS'
  /** Objects a day, week or month. */
  | 'TIMELINE';

/** What someone, or a program, says about an object. */
export type Annotation = Node & {
  __typename?: 'Annotation';
  /** Who says it. `system:<name>@<version>` is the server’s own. */
  annotatorId: Scalars['String']['output'];
  /** 0 to 1; null where none was given. */
  confidence?: Maybe<Scalars['Float']['output']>;
  /** A JSON object of the shape that the type names. */
  content: Scalars['JSON']['output'];
  createdAt: Scalars['DateTime']['output'];
  /** `ann_` and 26 characters. */
  id: Scalars['ID']['output'];
  isDeleted: Scalars['Boolean']['output'];
  /** What it speaks of. */
  object: DataObject;
  type: AnnotationType;
  updatedAt: Scalars['DateTime']['output'];
  /** Begins at 1; counts changes of content and confidence. */
  version: Scalars['Int']['output'];
};

/** A page of annotations. */
export type AnnotationConnection = {
  __typename?: 'AnnotationConnection';
  /** The page with a cursor each, in order. */
  edges: Array<AnnotationEdge>;
  /** The page without cursors, in order. */
  nodes: Array<Annotation>;
  pageInfo: PageInfo;
  /** How many the whole list has. Counted only when asked for; null where counting takes longer than 2 s. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One of a page of annotations. */
export type AnnotationEdge = {
  __typename?: 'AnnotationEdge';
  /** Opaque; for `after` and `before` of the same list. */
  cursor: Scalars['String']['output'];
  node: Annotation;
};

/** All conditions given must hold; an empty list matches nothing. */
export type AnnotationFilter = {
  annotatorIds?: InputMaybe<Array<Scalars['String']['input']>>;
  createdAt?: InputMaybe<DateTimeRange>;
  /** Deleted annotations too; false by default. */
  includeDeleted?: InputMaybe<Scalars['Boolean']['input']>;
  /** A label of a classification or of a detection’s box, exactly. */
  label?: InputMaybe<Scalars['String']['input']>;
  /** At least so sure, 0 to 1; annotations without a confidence do not match. */
  minConfidence?: InputMaybe<Scalars['Float']['input']>;
  /** `obj_…`, at most 500. */
  objectIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  types?: InputMaybe<Array<AnnotationType>>;
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

/** What happened to an object. */
export type ChangeKind =
  /** It was taken in. */
  | 'CREATED'
  /** It went to the bin. */
  | 'DELETED'
  /** It is gone for good. */
  | 'PURGED'
  /** It came back from the bin. */
  | 'UNDELETED'
  /** Its metadata, filename, content or status changed. */
  | 'UPDATED';

/** Says that all bytes were sent. */
export type CompleteUploadInput = {
  /** `upl_…` */
  id: Scalars['ID']['input'];
  /** For multipart uploads; left out, what the store has is taken. */
  parts?: InputMaybe<Array<CompletedPartInput>>;
};

/** What an upload became. */
export type CompleteUploadPayload = {
  __typename?: 'CompleteUploadPayload';
  dataObject: DataObject;
  /** The content was there already; this is the object that has it. */
  deduplicated: Scalars['Boolean']['output'];
  /** The work that makes it findable; watch it with `ingestionProgress`. */
  ingestion: Ingestion;
};

/** A part that was uploaded. */
export type CompletedPartInput = {
  /** The ETag header of the answer to its PUT. */
  etag: Scalars['String']['input'];
  /** From 1. */
  partNumber: Scalars['Int']['input'];
};

/** An aggregation over `objectIds` or over `filter`: one of them, not both. */
export type CreateAggregationInput = {
  /** All objects that match at this moment. */
  filter?: InputMaybe<DataObjectFilter>;
  /** The same key within 24 hours answers as the first time; with other input: CONFLICT. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** `obj_…`, at most 500. */
  objectIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** A JSON object. METADATA_STATISTICS needs `{path}`, as in a MetadataFilter; TIMELINE takes `{interval: "day" | "week" | "month"}`. */
  parameters?: InputMaybe<Scalars['JSON']['input']>;
  /** For CUSTOM alone: the figures. */
  result?: InputMaybe<Scalars['JSON']['input']>;
  type: AggregationType;
};

/** An annotation to be made. */
export type CreateAnnotationInput = {
  /** The viewer’s by default; another’s needs an admin. What begins with `system:` is refused. */
  annotatorId?: InputMaybe<Scalars['String']['input']>;
  /** 0 to 1. */
  confidence?: InputMaybe<Scalars['Float']['input']>;
  /** A JSON object of the shape that the type names; another shape: BAD_USER_INPUT. */
  content: Scalars['JSON']['input'];
  /** The same key within 24 hours answers as the first time; with other input: CONFLICT. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** `obj_…`, a live object. */
  objectId: Scalars['ID']['input'];
  type: AnnotationType;
};

/** What became of one of the inputs: the annotation, or why there is none. */
export type CreateAnnotationResult = Annotation | UserError;

/** What is about to be uploaded. The bytes are held to it. */
export type CreateUploadInput = {
  /** Given: the bytes are compared with it, and content that a live object already has needs no upload at all. */
  contentHash?: InputMaybe<Scalars['SHA256']['input']>;
  /** Bytes, at least 1. More than `limits.max_upload`: PAYLOAD_TOO_LARGE. */
  fileSize: Scalars['SafeInt']['input'];
  /** Its name; among text formats the extension decides the type. */
  filename: Scalars['String']['input'];
  /** The same key within 24 hours answers as the first time; with other input: CONFLICT. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** A JSON object, the client’s own. Anything else: BAD_USER_INPUT. */
  metadata?: InputMaybe<Scalars['JSON']['input']>;
  /** The object whose content these bytes replace. It keeps its id, metadata and annotations, and its version rises. CONFLICT where another live object has the content. */
  replaces?: InputMaybe<Scalars['ID']['input']>;
  /** Given: the bytes must agree, or it is a CONTENT_MISMATCH. */
  type?: InputMaybe<DataType>;
};

/** Either where to send the bytes, or the object that has them already. */
export type CreateUploadPayload = {
  __typename?: 'CreateUploadPayload';
  /** The live object with that content; it keeps its own metadata and filename. */
  dataObject?: Maybe<DataObject>;
  /** The content was there already. */
  deduplicated: Scalars['Boolean']['output'];
  /** null where nothing need be uploaded. */
  upload?: Maybe<UploadSession>;
};

/** One piece of content: a text, an image, a sound, a film or a document, with what is known about it. */
export type DataObject = Node & {
  __typename?: 'DataObject';
  /** The aggregations that were computed from it among others, newest first. */
  aggregations: AggregationConnection;
  /** What is said about it, newest first. */
  annotations: AnnotationConnection;
  /** SHA-256 of the original bytes. Unique among the live objects of a tenant. */
  contentHash: Scalars['SHA256']['output'];
  createdAt: Scalars['DateTime']['output'];
  /** A link to the original bytes, with Range and ETag; null where they are gone. NOT_RESTORED for what lies in an archive. */
  downloadUrl?: Maybe<SignedUrl>;
  /** The vectors that stand for it and its passages, by model and position. */
  embeddings: Array<Embedding>;
  /** What was measured about the content, one key a kind: `image` {width, height, dominantColours, perceptualHash, …}, `audio` {durationSeconds, sampleRate, channels}, `video`, `document` {pages, title, …}, `text` {encoding, words, …}. Empty until it was read. */
  facts: Scalars['JSON']['output'];
  /** Bytes of the original content. */
  fileSize: Scalars['SafeInt']['output'];
  /** The name it was given; null where none was. */
  filename?: Maybe<Scalars['String']['output']>;
  /** `obj_` and 26 characters. */
  id: Scalars['ID']['output'];
  /** The newest. */
  ingestion?: Maybe<Ingestion>;
  /** In the bin: not found by search, in lists only with `includeDeleted`, until it is undeleted or purged. */
  isDeleted: Scalars['Boolean']['output'];
  /** A JSON object, the client’s own. */
  metadata: Scalars['JSON']['output'];
  /** What the bytes are, not what the client said: `image/jpeg`. */
  mimeType: Scalars['String']['output'];
  restoreState: RestoreState;
  /** Objects like this one, by the vectors of one model; null while it has none. The same as a search with its `objectId`. */
  similar?: Maybe<SearchConnection>;
  status: ObjectStatus;
  /** Where the bytes are: `s3://bucket/key`, or `file:` and a path within the data folder. Never a signed URL. */
  storageLocation: Scalars['String']['output'];
  storageTier: StorageTier;
  /** What could be read out of it, whole; null where there is none. The texts of one request may come to 64 MB. */
  text?: Maybe<Scalars['String']['output']>;
  type: DataType;
  updatedAt: Scalars['DateTime']['output'];
  /** Begins at 1; counts changes of metadata, filename and content, not of status or tier. */
  version: Scalars['Int']['output'];
};


/** One piece of content: a text, an image, a sound, a film or a document, with what is known about it. */
export type DataObjectAggregationsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** One piece of content: a text, an image, a sound, a film or a document, with what is known about it. */
export type DataObjectAnnotationsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AnnotationFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** One piece of content: a text, an image, a sound, a film or a document, with what is known about it. */
export type DataObjectDownloadUrlArgs = {
  disposition?: InputMaybe<Disposition>;
  expiresIn?: InputMaybe<Scalars['Int']['input']>;
};


/** One piece of content: a text, an image, a sound, a film or a document, with what is known about it. */
export type DataObjectEmbeddingsArgs = {
  model?: InputMaybe<Scalars['String']['input']>;
};


/** One piece of content: a text, an image, a sound, a film or a document, with what is known about it. */
export type DataObjectSimilarArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  model?: InputMaybe<Scalars['String']['input']>;
};

/** Something that happened to an object. */
export type DataObjectChange = {
  __typename?: 'DataObjectChange';
  /** Hand it to `after` to go on where a connection broke, within 24 hours. */
  cursor: Scalars['String']['output'];
  /** The object as it is now; null once it is purged. */
  dataObject?: Maybe<DataObject>;
  /** Of the object. */
  id: Scalars['ID']['output'];
  kind: ChangeKind;
  occurredAt: Scalars['DateTime']['output'];
  /** The object’s after the change; null once it is purged. */
  version?: Maybe<Scalars['Int']['output']>;
};

/** A page of objects. */
export type DataObjectConnection = {
  __typename?: 'DataObjectConnection';
  /** The page with a cursor each, in order. */
  edges: Array<DataObjectEdge>;
  /** The page without cursors, in order. */
  nodes: Array<DataObject>;
  pageInfo: PageInfo;
  /** How many the whole list has. Counted only when asked for; null where counting takes longer than 2 s. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One of a page of objects. */
export type DataObjectEdge = {
  __typename?: 'DataObjectEdge';
  /** Opaque; for `after` and `before` of the same list. */
  cursor: Scalars['String']['output'];
  node: DataObject;
};

/** All conditions given must hold; an empty list of alternatives matches nothing. */
export type DataObjectFilter = {
  /** All must match. */
  and?: InputMaybe<Array<DataObjectFilter>>;
  /** At least one annotation must match. */
  annotation?: InputMaybe<AnnotationFilter>;
  contentHash?: InputMaybe<Scalars['SHA256']['input']>;
  createdAt?: InputMaybe<DateTimeRange>;
  /** The same over what was measured about the content (`DataObject.facts`), such as `image.width`. All must hold. */
  facts?: InputMaybe<Array<MetadataFilter>>;
  fileSize?: InputMaybe<SizeRange>;
  /** Objects in the bin too; false by default. Only the outermost one counts, and search ignores it. */
  includeDeleted?: InputMaybe<Scalars['Boolean']['input']>;
  /** All must hold. */
  metadata?: InputMaybe<Array<MetadataFilter>>;
  /** Exactly, as in `mimeType`. */
  mimeTypes?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Must not match. */
  not?: InputMaybe<DataObjectFilter>;
  /** At least one must match; an empty list matches nothing. */
  or?: InputMaybe<Array<DataObjectFilter>>;
  status?: InputMaybe<Array<ObjectStatus>>;
  tiers?: InputMaybe<Array<StorageTier>>;
  types?: InputMaybe<Array<DataType>>;
};

/** How to order a list of objects. The id breaks ties in the same direction. */
export type DataObjectOrder = {
  direction: OrderDirection;
  field: DataObjectOrderField;
};

/** What a list of objects is ordered by. */
export type DataObjectOrderField =
  /** When it was taken in. */
  | 'CREATED_AT'
  /** Its name, by code points; objects without one come last in either direction. */
  | 'FILENAME'
  /** Bytes of the original content. */
  | 'FILE_SIZE'
  /** When its metadata, filename, content or status last changed. */
  | 'UPDATED_AT';

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
  gte?: InputMaybe<Scalars['DateTime']['input']>;
  lt?: InputMaybe<Scalars['DateTime']['input']>;
};

/** What a browser does with a download. */
export type Disposition =
  /** Saves it as a file. */
  | 'ATTACHMENT'
  /** Shows it, where its type is harmless: png, jpeg, webp, gif, mp3, wav, mp4, webm. HTML and SVG are always saved. */
  | 'INLINE';

/** A vector that stands for an object, or for one passage or moment of it, in the space of one model. */
export type Embedding = Node & {
  __typename?: 'Embedding';
  createdAt: Scalars['DateTime']['output'];
  /** Length of the vector. */
  dimensions: Scalars['Int']['output'];
  /** `emb_` and 26 characters. */
  id: Scalars['ID']['output'];
  /** A JSON object: revision of the model, place of the passage, what was done to the content beforehand. */
  metadata: Scalars['JSON']['output'];
  /** One of `embeddingModels`. */
  modelName: Scalars['String']['output'];
  /** What it stands for. */
  object: DataObject;
  /** The vector, of length 1, read from the vector store; null with an error (DEPENDENCY_UNAVAILABLE) where that is out of reach. */
  vector?: Maybe<Array<Scalars['Float']['output']>>;
  /** The vector’s id in the vector store. */
  vectorDbId: Scalars['String']['output'];
};

/** A model that turns content into vectors. */
export type EmbeddingModel = {
  __typename?: 'EmbeddingModel';
  /** New objects are embedded with it. */
  active: Scalars['Boolean']['output'];
  /** It can run here: its weights and its runtime are there. */
  available: Scalars['Boolean']['output'];
  /** What its likeness means, in a sentence. */
  description: Scalars['String']['output'];
  /** Length of its vectors. */
  dimensions: Scalars['Int']['output'];
  /** What it can embed. */
  modalities: Array<DataType>;
  name: Scalars['String']['output'];
  /** The configuration key that brings it. */
  setting: Scalars['String']['output'];
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

/** The candidates by one field, the most frequent value first. */
export type Facet = {
  __typename?: 'Facet';
  buckets: Array<FacetBucket>;
  /** As it was asked for. */
  field: Scalars['String']['output'];
};

/** A value and how many candidates have it. */
export type FacetBucket = {
  __typename?: 'FacetBucket';
  count: Scalars['Int']['output'];
  value: Scalars['JSON']['output'];
};

/** Count the candidates by a field. */
export type FacetInput = {
  /** `type`, `mimeType`, `label`, `annotatorId`, or `metadata.` and a path as in a MetadataFilter. */
  field: Scalars['String']['input'];
  /** How many values at most, the most frequent first; 1 to 100. */
  limit?: InputMaybe<Scalars['Int']['input']>;
};

/** How the two legs of a hybrid search become one ranking. */
export type Fusion =
  /** Weight divided by 60 + rank, summed, and divided by the best attainable. */
  | 'RANKED'
  /** Each leg’s scores scaled to 0 to 1 between its worst and best, then weighted by alpha. */
  | 'RELATIVE_SCORE';

/** A header that the request must carry. */
export type HttpHeader = {
  __typename?: 'HttpHeader';
  name: Scalars['String']['output'];
  value: Scalars['String']['output'];
};

/** What a text became. */
export type IngestPayload = {
  __typename?: 'IngestPayload';
  dataObject: DataObject;
  /** The content was there already; this is the object that has it. */
  deduplicated: Scalars['Boolean']['output'];
  /** The work that makes it findable; watch it with `ingestionProgress`. */
  ingestion: Ingestion;
};

/** A text to be taken in without an upload. */
export type IngestTextInput = {
  /** Its extension decides the type: `.md` makes a DOCUMENT; none: TEXT. */
  filename?: InputMaybe<Scalars['String']['input']>;
  /** The same key within 24 hours answers as the first time; with other input: CONFLICT. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** A JSON object, the client’s own. Anything else: BAD_USER_INPUT. */
  metadata?: InputMaybe<Scalars['JSON']['input']>;
  /** At least one character. */
  text: Scalars['String']['input'];
};

/** What became of one of the texts: an object, or why there is none. */
export type IngestTextResult = IngestPayload | UserError;

/** The durable work that makes an object findable. It survives a restart of the server. */
export type Ingestion = Node & {
  __typename?: 'Ingestion';
  /** How often it was begun. */
  attempts: Scalars['Int']['output'];
  createdAt: Scalars['DateTime']['output'];
  /** The last failure; null where there was none since. */
  error?: Maybe<IngestionError>;
  /** When it succeeded or failed for good. */
  finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** `ing_` and 26 characters. */
  id: Scalars['ID']['output'];
  /** What is being taken in. */
  object: DataObject;
  /** 0 to 1, never falling within an attempt. */
  progress: Scalars['Float']['output'];
  /** The stage under way, or the one that failed. */
  stage: IngestionStage;
  status: IngestionStatus;
  /** What went less well than it could: a guessed encoding, frames left out. */
  warnings: Array<Scalars['String']['output']>;
};

/** A page of ingestions. */
export type IngestionConnection = {
  __typename?: 'IngestionConnection';
  /** The page with a cursor each, in order. */
  edges: Array<IngestionEdge>;
  /** The page without cursors, in order. */
  nodes: Array<Ingestion>;
  pageInfo: PageInfo;
  /** How many the whole list has. Counted only when asked for; null where counting takes longer than 2 s. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One of a page of ingestions. */
export type IngestionEdge = {
  __typename?: 'IngestionEdge';
  /** Opaque; for `after` and `before` of the same list. */
  cursor: Scalars['String']['output'];
  node: Ingestion;
};

/** Why an ingestion failed, or is being tried again. */
export type IngestionError = {
  __typename?: 'IngestionError';
  code: IngestionErrorCode;
  /** What was wrong, in English. Not meant to be parsed. */
  message: Scalars['String']['output'];
  /** `retryIngestion` may help. */
  retryable: Scalars['Boolean']['output'];
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
  contains?: InputMaybe<Scalars['JSON']['input']>;
  /** The same JSON value. A null that stands alone asks for an explicit null. */
  equals?: InputMaybe<Scalars['JSON']['input']>;
  /** Whether the path leads anywhere; an explicit null counts as there. */
  exists?: InputMaybe<Scalars['Boolean']['input']>;
  /** Greater: numbers, or strings by code points. */
  gt?: InputMaybe<Scalars['JSON']['input']>;
  gte?: InputMaybe<Scalars['JSON']['input']>;
  /** One of these; an empty list matches nothing. */
  in?: InputMaybe<Array<Scalars['JSON']['input']>>;
  lt?: InputMaybe<Scalars['JSON']['input']>;
  lte?: InputMaybe<Scalars['JSON']['input']>;
  /** There, and another JSON value. */
  notEquals?: InputMaybe<Scalars['JSON']['input']>;
  /** Keys and list positions with dots between: `camera.model`, `tags.0`; `a\.b` is the key "a.b". */
  path: Scalars['String']['input'];
};

export type Mutation = {
  __typename?: 'Mutation';
  /** Gives an upload up and frees its bytes; again: the same answer. NOT_FOUND; CONFLICT once it is completed. */
  abortUpload: UploadSession;
  /** Checks the bytes and makes them an object. Again: the same answer; while a first call is at it, this one waits for it. CONTENT_MISMATCH, UNSUPPORTED_MEDIA, UPLOAD_EXPIRED, NOT_FOUND, CONFLICT where parts are missing. */
  completeUpload: CompleteUploadPayload;
  /** Computes an aggregation and stores it with its sources. Needs an editor. BAD_USER_INPUT, NOT_FOUND, CONFLICT, NOT_CONFIGURED. */
  createAggregation: Aggregation;
  /** Makes annotations, at most 1,000: one result per input, in order, each for itself. Needs an annotator. */
  createAnnotations: Array<CreateAnnotationResult>;
  /** Begins an upload: send the bytes to its URL, then call `completeUpload`. Content that a live object already has is answered with that object and no upload. Needs an editor. BAD_USER_INPUT, PAYLOAD_TOO_LARGE, CONFLICT. */
  createUpload: CreateUploadPayload;
  /** Removes an aggregation; its sources stay. Answers its id. Needs an editor. NOT_FOUND. */
  deleteAggregation: Scalars['ID']['output'];
  /** Marks an annotation as deleted; again: the same answer. NOT_FOUND, FORBIDDEN. */
  deleteAnnotation: Annotation;
  /** Puts an object into the bin; again: the same answer. Needs an editor. NOT_FOUND. */
  deleteDataObject: DataObject;
  /** Takes in a text, without an upload. Needs an editor. BAD_USER_INPUT, CONFLICT, PAYLOAD_TOO_LARGE. */
  ingestText: IngestPayload;
  /** Takes in texts, at most 1,000: one result per input, in order, each for itself. Needs an editor. */
  ingestTexts: Array<IngestTextResult>;
  /** Removes an object for good: bytes, rows, vectors, whatever is cached. Again: the same answer. Needs an admin. NOT_FOUND. */
  purgeDataObject: PurgePayload;
  /** Resumes a failed ingestion at the stage that failed, under the same id. Needs an editor. NOT_FOUND; CONFLICT where it did not fail. */
  retryIngestion: Ingestion;
  /** Takes the deletion back; again: the same answer. NOT_FOUND, FORBIDDEN. */
  undeleteAnnotation: Annotation;
  /** Takes an object out of the bin and makes it findable; again: the same answer. Needs an editor. NOT_FOUND; CONFLICT beside a live object of the same content. */
  undeleteDataObject: DataObject;
  /** Changes content or confidence. Needs its annotator, or an admin. BAD_USER_INPUT, NOT_FOUND, CONFLICT, FORBIDDEN. */
  updateAnnotation: Annotation;
  /** Changes metadata or filename. Needs an editor. BAD_USER_INPUT, NOT_FOUND, CONFLICT. */
  updateDataObject: DataObject;
};


export type MutationAbortUploadArgs = {
  id: Scalars['ID']['input'];
};


export type MutationCompleteUploadArgs = {
  input: CompleteUploadInput;
};


export type MutationCreateAggregationArgs = {
  input: CreateAggregationInput;
};


export type MutationCreateAnnotationsArgs = {
  input: Array<CreateAnnotationInput>;
};


export type MutationCreateUploadArgs = {
  input: CreateUploadInput;
};


export type MutationDeleteAggregationArgs = {
  id: Scalars['ID']['input'];
};


export type MutationDeleteAnnotationArgs = {
  id: Scalars['ID']['input'];
};


export type MutationDeleteDataObjectArgs = {
  id: Scalars['ID']['input'];
};


export type MutationIngestTextArgs = {
  input: IngestTextInput;
};


export type MutationIngestTextsArgs = {
  input: Array<IngestTextInput>;
};


export type MutationPurgeDataObjectArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRetryIngestionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationUndeleteAnnotationArgs = {
  id: Scalars['ID']['input'];
};


export type MutationUndeleteDataObjectArgs = {
  id: Scalars['ID']['input'];
};


export type MutationUpdateAnnotationArgs = {
  input: UpdateAnnotationInput;
};


export type MutationUpdateDataObjectArgs = {
  input: UpdateDataObjectInput;
};

/** Anything that has an id of its own and can be read again by it. */
export type Node = {
  /** A TypeID: a prefix that names the kind, `_`, and 26 characters. It never changes. */
  id: Scalars['ID']['output'];
};

/** How far an object is on its way to being found. */
export type ObjectStatus =
  /** Kept as bytes, but it could not be read; `ingestion.error` says why. */
  | 'FAILED'
  /** Stored; being read, embedded and indexed. */
  | 'PROCESSING'
  /** Found by search. Annotation may still follow. */
  | 'READY';

/** Rising or falling; nulls are last in both. */
export type OrderDirection =
  /** Smallest, oldest or first in the alphabet first. */
  | 'ASC'
  /** Largest, newest or last in the alphabet first. */
  | 'DESC';

/** Where a page lies in its list, after the Relay specification. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Cursor of the last edge, for `after`; null where the page is empty. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Something follows the last edge of this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Something comes before the first edge of this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first edge; null where the page is empty. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** What went with a purged object. */
export type PurgePayload = {
  __typename?: 'PurgePayload';
  /** How many annotations went. */
  annotations: Scalars['Int']['output'];
  /** Bytes that truly went from the store: 0 where another object shared them. */
  bytesFreed: Scalars['SafeInt']['output'];
  /** How many embeddings went, with their vectors. */
  embeddings: Scalars['Int']['output'];
  /** Of the object that is gone. */
  id: Scalars['ID']['output'];
};

export type Query = {
  __typename?: 'Query';
  /** The stored aggregations, newest first. */
  aggregations: AggregationConnection;
  /** The annotations that match, over all objects, newest first. */
  annotations: AnnotationConnection;
  /** One object, in the bin or not; null where there is none. */
  dataObject?: Maybe<DataObject>;
  /** The live object that has this content; null where there is none. */
  dataObjectByHash?: Maybe<DataObject>;
  /** The objects that match, newest first. Those in the bin only with `includeDeleted`. */
  dataObjects: DataObjectConnection;
  /** All models that are known here, whether or not they can run. */
  embeddingModels: Array<EmbeddingModel>;
  /** One ingestion; null where there is none. */
  ingestion?: Maybe<Ingestion>;
  /** The ingestions, newest first. */
  ingestions: IngestionConnection;
  /** Anything by its id; null for what is not there, or not the caller’s. No id of ours: BAD_USER_INPUT. */
  node?: Maybe<Node>;
  /** Things by their ids, at most 500, of any kinds, in the same order; null for what is not there, or not the caller’s. */
  nodes: Array<Maybe<Node>>;
  /** Finds objects by meaning, by words, or by both, best first. BAD_USER_INPUT for input that contradicts itself; CURSOR_EXPIRED 300 seconds after the first page; DEPENDENCY_UNAVAILABLE where no leg could run. */
  search?: Maybe<SearchConnection>;
  /** One upload; null where there is none. */
  uploadSession?: Maybe<UploadSession>;
};


export type QueryAggregationsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  type?: InputMaybe<AggregationType>;
};


export type QueryAnnotationsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AnnotationFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryDataObjectArgs = {
  id: Scalars['ID']['input'];
};


export type QueryDataObjectByHashArgs = {
  contentHash: Scalars['SHA256']['input'];
};


export type QueryDataObjectsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DataObjectFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<DataObjectOrder>;
};


export type QueryIngestionArgs = {
  id: Scalars['ID']['input'];
};


export type QueryIngestionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  status?: InputMaybe<Array<IngestionStatus>>;
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};


export type QuerySearchArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  input: SearchInput;
};


export type QueryUploadSessionArgs = {
  id: Scalars['ID']['input'];
};

/** Whether archived bytes can be read at present. */
export type RestoreState =
  /** Restored for a while. */
  | 'AVAILABLE'
  /** A restore is under way. */
  | 'IN_PROGRESS'
  /** Not archived, or not being restored. */
  | 'NONE';

/** A page of what was found, best first. */
export type SearchConnection = {
  __typename?: 'SearchConnection';
  /** With scores, explanations and matches. */
  edges: Array<SearchEdge>;
  /** Of the same candidates, in the order asked for. */
  facets: Array<Facet>;
  /** A leg failed or stopped short. The rest is still right, and a warning says which. */
  incomplete: Scalars['Boolean']['output'];
  /** The objects alone, in the same order. */
  nodes: Array<DataObject>;
  pageInfo: PageInfo;
  /** Of the candidates: at most as many as the legs go deep. */
  totalCount?: Maybe<Scalars['Int']['output']>;
  /** What the reader should know about these results. */
  warnings: Array<Scalars['String']['output']>;
};

/** One object that was found. */
export type SearchEdge = {
  __typename?: 'SearchEdge';
  /** Valid for 300 seconds, with the same input. */
  cursor: Scalars['String']['output'];
  explanation: SearchExplanation;
  /** The passages or moments that matched, best first. */
  matches: Array<SearchMatch>;
  node: DataObject;
  /** 0 to 1, falling. Comparable within one search, not between two. */
  score: Scalars['Float']['output'];
};

/** How each leg saw the object; null where a leg did not find it. */
export type SearchExplanation = {
  __typename?: 'SearchExplanation';
  /** From 0. */
  keywordRank?: Maybe<Scalars['Int']['output']>;
  /** BM25 of its best passage, above 0. */
  keywordScore?: Maybe<Scalars['Float']['output']>;
  /** Whose space the vector score is of. */
  model?: Maybe<Scalars['String']['output']>;
  /** From 0. */
  vectorRank?: Maybe<Scalars['Int']['output']>;
  /** Cosine of its best passage, −1 to 1. */
  vectorScore?: Maybe<Scalars['Float']['output']>;
};

/** What to look for: exactly one of `query`, `objectId` and `vector`, or `query` with `vector` in HYBRID: words for one leg, the vector for the other. `objectId` or `vector` alone runs the vector leg. */
export type SearchInput = {
  /** 0: keywords alone; 1: vectors alone; null: the model’s measured default. Ignored outside HYBRID. */
  alpha?: InputMaybe<Scalars['Float']['input']>;
  facets?: InputMaybe<Array<FacetInput>>;
  /** Holds inside both legs. Objects in the bin are never found. */
  filter?: InputMaybe<DataObjectFilter>;
  /** null: RELATIVE_SCORE. Ignored outside HYBRID. */
  fusion?: InputMaybe<Fusion>;
  /** Leaves out what has a lower `score`. */
  minScore?: InputMaybe<Scalars['Float']['input']>;
  /** Leaves out of the vector leg what has a lower cosine, −1 to 1. */
  minVectorScore?: InputMaybe<Scalars['Float']['input']>;
  mode?: InputMaybe<SearchMode>;
  /** One of `embeddingModels`; left out, every active one that fits. */
  model?: InputMaybe<Scalars['String']['input']>;
  /** `obj_…`, an object to find the like of; it is not among the results. */
  objectId?: InputMaybe<Scalars['ID']['input']>;
  /** Words, or a question. Empty: BAD_USER_INPUT. */
  query?: InputMaybe<Scalars['String']['input']>;
  /** A vector of `model`, of its length. */
  vector?: InputMaybe<Array<Scalars['Float']['input']>>;
};

/** A passage or a moment of an object that matched. */
export type SearchMatch = {
  __typename?: 'SearchMatch';
  /** Where it ends, exclusive. */
  end?: Maybe<Scalars['Int']['output']>;
  /** The words of the query within `text`. */
  highlights: Array<TextSpan>;
  /** From 1; of paged documents. */
  page?: Maybe<Scalars['Int']['output']>;
  /** Where the passage begins in the object’s text, in UTF-16 code units. */
  start?: Maybe<Scalars['Int']['output']>;
  /** Of sounds and films. */
  startSeconds?: Maybe<Scalars['Float']['output']>;
  /** The passage; null for a picture, a sound or a moment. */
  text?: Maybe<Scalars['String']['output']>;
};

/** Which legs a search runs on. */
export type SearchMode =
  /** By meaning and by words, fused. */
  | 'HYBRID'
  /** By words alone: BM25. */
  | 'KEYWORD'
  /** By meaning alone: cosine of vectors. */
  | 'VECTOR';

/** A request that anyone may make until it expires: this method, this URL, these headers. */
export type SignedUrl = {
  __typename?: 'SignedUrl';
  expiresAt: Scalars['DateTime']['output'];
  /** To be sent along exactly; the signature covers them. */
  headers: Array<HttpHeader>;
  /** `GET` or `PUT`. */
  method: Scalars['String']['output'];
  url: Scalars['URL']['output'];
};

/** Bytes from `gte` to `lte`, both inclusive; either may be left out. */
export type SizeRange = {
  gte?: InputMaybe<Scalars['SafeInt']['input']>;
  lte?: InputMaybe<Scalars['SafeInt']['input']>;
};

/** How near the bytes are kept. */
export type StorageTier =
  /** Must be restored before it can be read. */
  | 'ARCHIVE'
  /** At hand, cheaper to keep and dearer to read. */
  | 'INFREQUENT_ACCESS'
  /** At hand. */
  | 'STANDARD';

export type Subscription = {
  __typename?: 'Subscription';
  /** What happens to objects from now on, or from `after` on. A reader that falls too far behind is sent an error and must begin again from its last cursor. */
  dataObjectChanged: DataObjectChange;
  /** The present state first, then each change; ends after SUCCEEDED or FAILED. NOT_FOUND. */
  ingestionProgress: Ingestion;
  /** The present states first, then each change of any of them; ends when all have ended. At most 500. NOT_FOUND. */
  ingestionsProgress: Ingestion;
};


export type SubscriptionDataObjectChangedArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DataObjectFilter>;
};


export type SubscriptionIngestionProgressArgs = {
  ingestionId: Scalars['ID']['input'];
};


export type SubscriptionIngestionsProgressArgs = {
  ids: Array<Scalars['ID']['input']>;
};

/** A stretch of `SearchMatch.text`, in UTF-16 code units, half open. */
export type TextSpan = {
  __typename?: 'TextSpan';
  end: Scalars['Int']['output'];
  start: Scalars['Int']['output'];
};

/** What to change of an annotation. What is left out stays. */
export type UpdateAnnotationInput = {
  /** 0 to 1; null takes it away. */
  confidence?: InputMaybe<Scalars['Float']['input']>;
  /** The new content, whole. */
  content?: InputMaybe<Scalars['JSON']['input']>;
  /** The version that the change was thought out for; where it is not the present one: CONFLICT. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** `ann_…` */
  id: Scalars['ID']['input'];
};

/** What to change of an object. What is left out stays. */
export type UpdateDataObjectInput = {
  /** The version that the change was thought out for; where it is not the present one: CONFLICT. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The new name; null takes it away. */
  filename?: InputMaybe<Scalars['String']['input']>;
  /** `obj_…` */
  id: Scalars['ID']['input'];
  /** A JSON merge patch (RFC 7396): keys that are given are set, null takes a key away, objects merge, lists are replaced. Anything but an object: BAD_USER_INPUT. */
  metadata?: InputMaybe<Scalars['JSON']['input']>;
};

/** One part of a multipart upload. */
export type UploadPart = {
  __typename?: 'UploadPart';
  /** What the store answered for it; null until it is uploaded. */
  etag?: Maybe<Scalars['String']['output']>;
  /** From 1. */
  partNumber: Scalars['Int']['output'];
  /** Bytes that the part must have. */
  size: Scalars['SafeInt']['output'];
  uploaded: Scalars['Boolean']['output'];
  /** Signed afresh at each read. The answer’s ETag header goes into `completeUpload`. */
  url: SignedUrl;
};

/** Permission to send bytes: one PUT up to 64 MiB, valid for an hour; above that parts of 16 MiB or more, valid for 7 days. */
export type UploadSession = Node & {
  __typename?: 'UploadSession';
  /** What it became; once COMPLETED. */
  dataObject?: Maybe<DataObject>;
  /** Why it was refused; once REJECTED. */
  error?: Maybe<UserError>;
  expiresAt: Scalars['DateTime']['output'];
  /** `upl_` and 26 characters. */
  id: Scalars['ID']['output'];
  /** 0 for one PUT. */
  partCount: Scalars['Int']['output'];
  /** Bytes of each part but the last; null for one PUT. */
  partSize?: Maybe<Scalars['SafeInt']['output']>;
  /** Parts with their URLs, signed afresh. Empty for one PUT. Needs an editor. */
  parts: Array<UploadPart>;
  status: UploadStatus;
  /** Where to PUT the bytes; null for a multipart upload, or when it is not PENDING. Needs an editor. */
  url?: Maybe<SignedUrl>;
};


/** Permission to send bytes: one PUT up to 64 MiB, valid for an hour; above that parts of 16 MiB or more, valid for 7 days. */
export type UploadSessionPartsArgs = {
  partNumbers?: InputMaybe<Array<Scalars['Int']['input']>>;
};

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

/** Why one item of a list, or one upload, was refused; the others are not touched by it. */
export type UserError = {
  __typename?: 'UserError';
  code: ErrorCode;
  /** What was wrong and what would be right, in English. Not meant to be parsed. */
  message: Scalars['String']['output'];
  /** Where in the input, from the argument inwards, list positions from 0: `["input", "3", "confidence"]`. Empty where it concerns the whole. */
  path: Array<Scalars['String']['output']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Aggregation: Aggregation;
  Annotation: Annotation;
  DataObject: DataObject;
  Embedding: Embedding;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Aggregation:
    ( { __typename: 'Aggregation' }
    & GraphQLRecursivePick<FederationTypes['Aggregation'], {"id":true}> );
  Annotation:
    ( { __typename: 'Annotation' }
    & GraphQLRecursivePick<FederationTypes['Annotation'], {"id":true}> );
  DataObject:
    ( { __typename: 'DataObject' }
    & GraphQLRecursivePick<FederationTypes['DataObject'], {"id":true}> );
  Embedding:
    ( { __typename: 'Embedding' }
    & GraphQLRecursivePick<FederationTypes['Embedding'], {"id":true}> );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  CreateAnnotationResult:
    | ( Annotation )
    | ( UserError )
  ;
  IngestTextResult:
    | ( IngestPayload )
    | ( UserError )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( Aggregation )
    | ( Annotation )
    | ( DataObject )
    | ( Embedding )
    | ( Ingestion )
    | ( UploadSession )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Aggregation: ResolverTypeWrapper<Aggregation>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  AggregationConnection: ResolverTypeWrapper<AggregationConnection>;
  AggregationEdge: ResolverTypeWrapper<AggregationEdge>;
  AggregationType: AggregationType;
  Annotation: ResolverTypeWrapper<Annotation>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  AnnotationConnection: ResolverTypeWrapper<AnnotationConnection>;
  AnnotationEdge: ResolverTypeWrapper<AnnotationEdge>;
  AnnotationFilter: AnnotationFilter;
  AnnotationType: AnnotationType;
  ChangeKind: ChangeKind;
  CompleteUploadInput: CompleteUploadInput;
  CompleteUploadPayload: ResolverTypeWrapper<CompleteUploadPayload>;
  CompletedPartInput: CompletedPartInput;
  CreateAggregationInput: CreateAggregationInput;
  CreateAnnotationInput: CreateAnnotationInput;
  CreateAnnotationResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateAnnotationResult']>;
  CreateUploadInput: CreateUploadInput;
  CreateUploadPayload: ResolverTypeWrapper<CreateUploadPayload>;
  DataObject: ResolverTypeWrapper<DataObject>;
  DataObjectChange: ResolverTypeWrapper<DataObjectChange>;
  DataObjectConnection: ResolverTypeWrapper<DataObjectConnection>;
  DataObjectEdge: ResolverTypeWrapper<DataObjectEdge>;
  DataObjectFilter: DataObjectFilter;
  DataObjectOrder: DataObjectOrder;
  DataObjectOrderField: DataObjectOrderField;
  DataType: DataType;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DateTimeRange: DateTimeRange;
  Disposition: Disposition;
  Embedding: ResolverTypeWrapper<Embedding>;
  EmbeddingModel: ResolverTypeWrapper<EmbeddingModel>;
  ErrorCode: ErrorCode;
  Facet: ResolverTypeWrapper<Facet>;
  FacetBucket: ResolverTypeWrapper<FacetBucket>;
  FacetInput: FacetInput;
  Fusion: Fusion;
  HttpHeader: ResolverTypeWrapper<HttpHeader>;
  IngestPayload: ResolverTypeWrapper<IngestPayload>;
  IngestTextInput: IngestTextInput;
  IngestTextResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['IngestTextResult']>;
  Ingestion: ResolverTypeWrapper<Ingestion>;
  IngestionConnection: ResolverTypeWrapper<IngestionConnection>;
  IngestionEdge: ResolverTypeWrapper<IngestionEdge>;
  IngestionError: ResolverTypeWrapper<IngestionError>;
  IngestionErrorCode: IngestionErrorCode;
  IngestionStage: IngestionStage;
  IngestionStatus: IngestionStatus;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  MetadataFilter: MetadataFilter;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  ObjectStatus: ObjectStatus;
  OrderDirection: OrderDirection;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  PurgePayload: ResolverTypeWrapper<PurgePayload>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RestoreState: RestoreState;
  SHA256: ResolverTypeWrapper<Scalars['SHA256']['output']>;
  SafeInt: ResolverTypeWrapper<Scalars['SafeInt']['output']>;
  SearchConnection: ResolverTypeWrapper<SearchConnection>;
  SearchEdge: ResolverTypeWrapper<SearchEdge>;
  SearchExplanation: ResolverTypeWrapper<SearchExplanation>;
  SearchInput: SearchInput;
  SearchMatch: ResolverTypeWrapper<SearchMatch>;
  SearchMode: SearchMode;
  SignedUrl: ResolverTypeWrapper<SignedUrl>;
  SizeRange: SizeRange;
  StorageTier: StorageTier;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  TextSpan: ResolverTypeWrapper<TextSpan>;
  URL: ResolverTypeWrapper<Scalars['URL']['output']>;
  UpdateAnnotationInput: UpdateAnnotationInput;
  UpdateDataObjectInput: UpdateDataObjectInput;
  UploadPart: ResolverTypeWrapper<UploadPart>;
  UploadSession: ResolverTypeWrapper<UploadSession>;
  UploadStatus: UploadStatus;
  UserError: ResolverTypeWrapper<UserError>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Aggregation: Aggregation | FederationReferenceTypes['Aggregation'];
  String: Scalars['String']['output'];
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  AggregationConnection: AggregationConnection;
  AggregationEdge: AggregationEdge;
  Annotation: Annotation | FederationReferenceTypes['Annotation'];
  Float: Scalars['Float']['output'];
  Boolean: Scalars['Boolean']['output'];
  AnnotationConnection: AnnotationConnection;
  AnnotationEdge: AnnotationEdge;
  AnnotationFilter: AnnotationFilter;
  CompleteUploadInput: CompleteUploadInput;
  CompleteUploadPayload: CompleteUploadPayload;
  CompletedPartInput: CompletedPartInput;
  CreateAggregationInput: CreateAggregationInput;
  CreateAnnotationInput: CreateAnnotationInput;
  CreateAnnotationResult: ResolversUnionTypes<ResolversParentTypes>['CreateAnnotationResult'];
  CreateUploadInput: CreateUploadInput;
  CreateUploadPayload: CreateUploadPayload;
  DataObject: DataObject | FederationReferenceTypes['DataObject'];
  DataObjectChange: DataObjectChange;
  DataObjectConnection: DataObjectConnection;
  DataObjectEdge: DataObjectEdge;
  DataObjectFilter: DataObjectFilter;
  DataObjectOrder: DataObjectOrder;
  DateTime: Scalars['DateTime']['output'];
  DateTimeRange: DateTimeRange;
  Embedding: Embedding | FederationReferenceTypes['Embedding'];
  EmbeddingModel: EmbeddingModel;
  Facet: Facet;
  FacetBucket: FacetBucket;
  FacetInput: FacetInput;
  HttpHeader: HttpHeader;
  IngestPayload: IngestPayload;
  IngestTextInput: IngestTextInput;
  IngestTextResult: ResolversUnionTypes<ResolversParentTypes>['IngestTextResult'];
  Ingestion: Ingestion;
  IngestionConnection: IngestionConnection;
  IngestionEdge: IngestionEdge;
  IngestionError: IngestionError;
  JSON: Scalars['JSON']['output'];
  MetadataFilter: MetadataFilter;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: PageInfo;
  PurgePayload: PurgePayload;
  Query: Record<PropertyKey, never>;
  SHA256: Scalars['SHA256']['output'];
  SafeInt: Scalars['SafeInt']['output'];
  SearchConnection: SearchConnection;
  SearchEdge: SearchEdge;
  SearchExplanation: SearchExplanation;
  SearchInput: SearchInput;
  SearchMatch: SearchMatch;
  SignedUrl: SignedUrl;
  SizeRange: SizeRange;
  Subscription: Record<PropertyKey, never>;
  TextSpan: TextSpan;
  URL: Scalars['URL']['output'];
  UpdateAnnotationInput: UpdateAnnotationInput;
  UpdateDataObjectInput: UpdateDataObjectInput;
  UploadPart: UploadPart;
  UploadSession: UploadSession;
  UserError: UserError;
};

export type AggregationResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Aggregation'] = ResolversParentTypes['Aggregation'], FederationReferenceType extends FederationReferenceTypes['Aggregation'] = FederationReferenceTypes['Aggregation']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Aggregation']> | FederationReferenceType, FederationReferenceType, ContextType>;
  computedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  createdBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  parameters?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  result?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  sourceCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sourceObjects?: Resolver<ResolversTypes['DataObjectConnection'], ParentType, ContextType, Partial<AggregationSourceObjectsArgs>>;
  type?: Resolver<ResolversTypes['AggregationType'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AggregationConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AggregationConnection'] = ResolversParentTypes['AggregationConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AggregationEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Aggregation']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AggregationEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AggregationEdge'] = ResolversParentTypes['AggregationEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Aggregation'], ParentType, ContextType>;
};

export type AnnotationResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Annotation'] = ResolversParentTypes['Annotation'], FederationReferenceType extends FederationReferenceTypes['Annotation'] = FederationReferenceTypes['Annotation']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Annotation']> | FederationReferenceType, FederationReferenceType, ContextType>;
  annotatorId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  confidence?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  content?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isDeleted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  object?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['AnnotationType'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AnnotationConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AnnotationConnection'] = ResolversParentTypes['AnnotationConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AnnotationEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Annotation']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AnnotationEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['AnnotationEdge'] = ResolversParentTypes['AnnotationEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Annotation'], ParentType, ContextType>;
};

export type CompleteUploadPayloadResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['CompleteUploadPayload'] = ResolversParentTypes['CompleteUploadPayload']> = {
  dataObject?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType>;
  deduplicated?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  ingestion?: Resolver<ResolversTypes['Ingestion'], ParentType, ContextType>;
};

export type CreateAnnotationResultResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['CreateAnnotationResult'] = ResolversParentTypes['CreateAnnotationResult']> = {
  __resolveType: TypeResolveFn<'Annotation' | 'UserError', ParentType, ContextType>;
};

export type CreateUploadPayloadResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['CreateUploadPayload'] = ResolversParentTypes['CreateUploadPayload']> = {
  dataObject?: Resolver<Maybe<ResolversTypes['DataObject']>, ParentType, ContextType>;
  deduplicated?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  upload?: Resolver<Maybe<ResolversTypes['UploadSession']>, ParentType, ContextType>;
};

export type DataObjectResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['DataObject'] = ResolversParentTypes['DataObject'], FederationReferenceType extends FederationReferenceTypes['DataObject'] = FederationReferenceTypes['DataObject']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['DataObject']> | FederationReferenceType, FederationReferenceType, ContextType>;
  aggregations?: Resolver<ResolversTypes['AggregationConnection'], ParentType, ContextType, Partial<DataObjectAggregationsArgs>>;
  annotations?: Resolver<ResolversTypes['AnnotationConnection'], ParentType, ContextType, Partial<DataObjectAnnotationsArgs>>;
  contentHash?: Resolver<ResolversTypes['SHA256'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  downloadUrl?: Resolver<Maybe<ResolversTypes['SignedUrl']>, ParentType, ContextType, RequireFields<DataObjectDownloadUrlArgs, 'disposition' | 'expiresIn'>>;
  embeddings?: Resolver<Array<ResolversTypes['Embedding']>, ParentType, ContextType, Partial<DataObjectEmbeddingsArgs>>;
  facts?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  fileSize?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  filename?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  ingestion?: Resolver<Maybe<ResolversTypes['Ingestion']>, ParentType, ContextType>;
  isDeleted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  metadata?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  mimeType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  restoreState?: Resolver<ResolversTypes['RestoreState'], ParentType, ContextType>;
  similar?: Resolver<Maybe<ResolversTypes['SearchConnection']>, ParentType, ContextType, RequireFields<DataObjectSimilarArgs, 'first'>>;
  status?: Resolver<ResolversTypes['ObjectStatus'], ParentType, ContextType>;
  storageLocation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  storageTier?: Resolver<ResolversTypes['StorageTier'], ParentType, ContextType>;
  text?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['DataType'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DataObjectChangeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['DataObjectChange'] = ResolversParentTypes['DataObjectChange']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  dataObject?: Resolver<Maybe<ResolversTypes['DataObject']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ChangeKind'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type DataObjectConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['DataObjectConnection'] = ResolversParentTypes['DataObjectConnection']> = {
  edges?: Resolver<Array<ResolversTypes['DataObjectEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['DataObject']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type DataObjectEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['DataObjectEdge'] = ResolversParentTypes['DataObjectEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type EmbeddingResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Embedding'] = ResolversParentTypes['Embedding'], FederationReferenceType extends FederationReferenceTypes['Embedding'] = FederationReferenceTypes['Embedding']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Embedding']> | FederationReferenceType, FederationReferenceType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  dimensions?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  metadata?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  modelName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  object?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType>;
  vector?: Resolver<Maybe<Array<ResolversTypes['Float']>>, ParentType, ContextType>;
  vectorDbId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type EmbeddingModelResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['EmbeddingModel'] = ResolversParentTypes['EmbeddingModel']> = {
  active?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  available?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  dimensions?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  modalities?: Resolver<Array<ResolversTypes['DataType']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  setting?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FacetResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Facet'] = ResolversParentTypes['Facet']> = {
  buckets?: Resolver<Array<ResolversTypes['FacetBucket']>, ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FacetBucketResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['FacetBucket'] = ResolversParentTypes['FacetBucket']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type HttpHeaderResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['HttpHeader'] = ResolversParentTypes['HttpHeader']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type IngestPayloadResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['IngestPayload'] = ResolversParentTypes['IngestPayload']> = {
  dataObject?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType>;
  deduplicated?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  ingestion?: Resolver<ResolversTypes['Ingestion'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type IngestTextResultResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['IngestTextResult'] = ResolversParentTypes['IngestTextResult']> = {
  __resolveType: TypeResolveFn<'IngestPayload' | 'UserError', ParentType, ContextType>;
};

export type IngestionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Ingestion'] = ResolversParentTypes['Ingestion']> = {
  attempts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['IngestionError']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  object?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType>;
  progress?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  stage?: Resolver<ResolversTypes['IngestionStage'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['IngestionStatus'], ParentType, ContextType>;
  warnings?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type IngestionConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['IngestionConnection'] = ResolversParentTypes['IngestionConnection']> = {
  edges?: Resolver<Array<ResolversTypes['IngestionEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Ingestion']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type IngestionEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['IngestionEdge'] = ResolversParentTypes['IngestionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Ingestion'], ParentType, ContextType>;
};

export type IngestionErrorResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['IngestionError'] = ResolversParentTypes['IngestionError']> = {
  code?: Resolver<ResolversTypes['IngestionErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type MutationResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  abortUpload?: Resolver<ResolversTypes['UploadSession'], ParentType, ContextType, RequireFields<MutationAbortUploadArgs, 'id'>>;
  completeUpload?: Resolver<ResolversTypes['CompleteUploadPayload'], ParentType, ContextType, RequireFields<MutationCompleteUploadArgs, 'input'>>;
  createAggregation?: Resolver<ResolversTypes['Aggregation'], ParentType, ContextType, RequireFields<MutationCreateAggregationArgs, 'input'>>;
  createAnnotations?: Resolver<Array<ResolversTypes['CreateAnnotationResult']>, ParentType, ContextType, RequireFields<MutationCreateAnnotationsArgs, 'input'>>;
  createUpload?: Resolver<ResolversTypes['CreateUploadPayload'], ParentType, ContextType, RequireFields<MutationCreateUploadArgs, 'input'>>;
  deleteAggregation?: Resolver<ResolversTypes['ID'], ParentType, ContextType, RequireFields<MutationDeleteAggregationArgs, 'id'>>;
  deleteAnnotation?: Resolver<ResolversTypes['Annotation'], ParentType, ContextType, RequireFields<MutationDeleteAnnotationArgs, 'id'>>;
  deleteDataObject?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType, RequireFields<MutationDeleteDataObjectArgs, 'id'>>;
  ingestText?: Resolver<ResolversTypes['IngestPayload'], ParentType, ContextType, RequireFields<MutationIngestTextArgs, 'input'>>;
  ingestTexts?: Resolver<Array<ResolversTypes['IngestTextResult']>, ParentType, ContextType, RequireFields<MutationIngestTextsArgs, 'input'>>;
  purgeDataObject?: Resolver<ResolversTypes['PurgePayload'], ParentType, ContextType, RequireFields<MutationPurgeDataObjectArgs, 'id'>>;
  retryIngestion?: Resolver<ResolversTypes['Ingestion'], ParentType, ContextType, RequireFields<MutationRetryIngestionArgs, 'id'>>;
  undeleteAnnotation?: Resolver<ResolversTypes['Annotation'], ParentType, ContextType, RequireFields<MutationUndeleteAnnotationArgs, 'id'>>;
  undeleteDataObject?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType, RequireFields<MutationUndeleteDataObjectArgs, 'id'>>;
  updateAnnotation?: Resolver<ResolversTypes['Annotation'], ParentType, ContextType, RequireFields<MutationUpdateAnnotationArgs, 'input'>>;
  updateDataObject?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType, RequireFields<MutationUpdateDataObjectArgs, 'input'>>;
};

export type NodeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Aggregation' | 'Annotation' | 'DataObject' | 'Embedding' | 'Ingestion' | 'UploadSession', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PurgePayloadResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['PurgePayload'] = ResolversParentTypes['PurgePayload']> = {
  annotations?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  bytesFreed?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  embeddings?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  aggregations?: Resolver<ResolversTypes['AggregationConnection'], ParentType, ContextType, Partial<QueryAggregationsArgs>>;
  annotations?: Resolver<ResolversTypes['AnnotationConnection'], ParentType, ContextType, Partial<QueryAnnotationsArgs>>;
  dataObject?: Resolver<Maybe<ResolversTypes['DataObject']>, ParentType, ContextType, RequireFields<QueryDataObjectArgs, 'id'>>;
  dataObjectByHash?: Resolver<Maybe<ResolversTypes['DataObject']>, ParentType, ContextType, RequireFields<QueryDataObjectByHashArgs, 'contentHash'>>;
  dataObjects?: Resolver<ResolversTypes['DataObjectConnection'], ParentType, ContextType, Partial<QueryDataObjectsArgs>>;
  embeddingModels?: Resolver<Array<ResolversTypes['EmbeddingModel']>, ParentType, ContextType>;
  ingestion?: Resolver<Maybe<ResolversTypes['Ingestion']>, ParentType, ContextType, RequireFields<QueryIngestionArgs, 'id'>>;
  ingestions?: Resolver<ResolversTypes['IngestionConnection'], ParentType, ContextType, Partial<QueryIngestionsArgs>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<Array<Maybe<ResolversTypes['Node']>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  search?: Resolver<Maybe<ResolversTypes['SearchConnection']>, ParentType, ContextType, RequireFields<QuerySearchArgs, 'first' | 'input'>>;
  uploadSession?: Resolver<Maybe<ResolversTypes['UploadSession']>, ParentType, ContextType, RequireFields<QueryUploadSessionArgs, 'id'>>;
};

export interface Sha256ScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SHA256'], any> {
  name: 'SHA256';
}

export interface SafeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SafeInt'], any> {
  name: 'SafeInt';
}

export type SearchConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['SearchConnection'] = ResolversParentTypes['SearchConnection']> = {
  edges?: Resolver<Array<ResolversTypes['SearchEdge']>, ParentType, ContextType>;
  facets?: Resolver<Array<ResolversTypes['Facet']>, ParentType, ContextType>;
  incomplete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['DataObject']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  warnings?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SearchEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['SearchEdge'] = ResolversParentTypes['SearchEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  explanation?: Resolver<ResolversTypes['SearchExplanation'], ParentType, ContextType>;
  matches?: Resolver<Array<ResolversTypes['SearchMatch']>, ParentType, ContextType>;
  node?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType>;
  score?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type SearchExplanationResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['SearchExplanation'] = ResolversParentTypes['SearchExplanation']> = {
  keywordRank?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  keywordScore?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  model?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vectorRank?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  vectorScore?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type SearchMatchResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['SearchMatch'] = ResolversParentTypes['SearchMatch']> = {
  end?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  highlights?: Resolver<Array<ResolversTypes['TextSpan']>, ParentType, ContextType>;
  page?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  start?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  startSeconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  text?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SignedUrlResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['SignedUrl'] = ResolversParentTypes['SignedUrl']> = {
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  headers?: Resolver<Array<ResolversTypes['HttpHeader']>, ParentType, ContextType>;
  method?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['URL'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  dataObjectChanged?: SubscriptionResolver<ResolversTypes['DataObjectChange'], "dataObjectChanged", ParentType, ContextType, Partial<SubscriptionDataObjectChangedArgs>>;
  ingestionProgress?: SubscriptionResolver<ResolversTypes['Ingestion'], "ingestionProgress", ParentType, ContextType, RequireFields<SubscriptionIngestionProgressArgs, 'ingestionId'>>;
  ingestionsProgress?: SubscriptionResolver<ResolversTypes['Ingestion'], "ingestionsProgress", ParentType, ContextType, RequireFields<SubscriptionIngestionsProgressArgs, 'ids'>>;
};

export type TextSpanResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TextSpan'] = ResolversParentTypes['TextSpan']> = {
  end?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  start?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export interface UrlScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['URL'], any> {
  name: 'URL';
}

export type UploadPartResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['UploadPart'] = ResolversParentTypes['UploadPart']> = {
  etag?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  partNumber?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  uploaded?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['SignedUrl'], ParentType, ContextType>;
};

export type UploadSessionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['UploadSession'] = ResolversParentTypes['UploadSession']> = {
  dataObject?: Resolver<Maybe<ResolversTypes['DataObject']>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['UserError']>, ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  partCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  partSize?: Resolver<Maybe<ResolversTypes['SafeInt']>, ParentType, ContextType>;
  parts?: Resolver<Array<ResolversTypes['UploadPart']>, ParentType, ContextType, Partial<UploadSessionPartsArgs>>;
  status?: Resolver<ResolversTypes['UploadStatus'], ParentType, ContextType>;
  url?: Resolver<Maybe<ResolversTypes['SignedUrl']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  code?: Resolver<ResolversTypes['ErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type Resolvers<ContextType = GraphQLContext> = {
  Aggregation?: AggregationResolvers<ContextType>;
  AggregationConnection?: AggregationConnectionResolvers<ContextType>;
  AggregationEdge?: AggregationEdgeResolvers<ContextType>;
  Annotation?: AnnotationResolvers<ContextType>;
  AnnotationConnection?: AnnotationConnectionResolvers<ContextType>;
  AnnotationEdge?: AnnotationEdgeResolvers<ContextType>;
  CompleteUploadPayload?: CompleteUploadPayloadResolvers<ContextType>;
  CreateAnnotationResult?: CreateAnnotationResultResolvers<ContextType>;
  CreateUploadPayload?: CreateUploadPayloadResolvers<ContextType>;
  DataObject?: DataObjectResolvers<ContextType>;
  DataObjectChange?: DataObjectChangeResolvers<ContextType>;
  DataObjectConnection?: DataObjectConnectionResolvers<ContextType>;
  DataObjectEdge?: DataObjectEdgeResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Embedding?: EmbeddingResolvers<ContextType>;
  EmbeddingModel?: EmbeddingModelResolvers<ContextType>;
  Facet?: FacetResolvers<ContextType>;
  FacetBucket?: FacetBucketResolvers<ContextType>;
  HttpHeader?: HttpHeaderResolvers<ContextType>;
  IngestPayload?: IngestPayloadResolvers<ContextType>;
  IngestTextResult?: IngestTextResultResolvers<ContextType>;
  Ingestion?: IngestionResolvers<ContextType>;
  IngestionConnection?: IngestionConnectionResolvers<ContextType>;
  IngestionEdge?: IngestionEdgeResolvers<ContextType>;
  IngestionError?: IngestionErrorResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  PurgePayload?: PurgePayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  SHA256?: GraphQLScalarType;
  SafeInt?: GraphQLScalarType;
  SearchConnection?: SearchConnectionResolvers<ContextType>;
  SearchEdge?: SearchEdgeResolvers<ContextType>;
  SearchExplanation?: SearchExplanationResolvers<ContextType>;
  SearchMatch?: SearchMatchResolvers<ContextType>;
  SignedUrl?: SignedUrlResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  TextSpan?: TextSpanResolvers<ContextType>;
  URL?: GraphQLScalarType;
  UploadPart?: UploadPartResolvers<ContextType>;
  UploadSession?: UploadSessionResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
};

