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
  /** Saved searches found it, for the first time in this version; `savedSearches` says which. */
  | 'MATCHED'
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

/** A search to be kept. */
export type CreateSavedSearchInput = {
  /** 1 to 200 characters. */
  name: Scalars['String']['input'];
  /** Checked as `search` checks it. */
  search: SearchInput;
};

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
  purpose?: InputMaybe<UploadPurpose>;
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
  /** Live objects that are nearly the same, each once, the strongest tier first. */
  duplicates: Array<Duplicate>;
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
export type DataObjectDuplicatesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  minSimilarity?: InputMaybe<Scalars['Float']['input']>;
  tier?: InputMaybe<Array<DuplicateTier>>;
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
  /** Which saved searches found it; of MATCHED alone, otherwise empty. */
  savedSearches: Array<SavedSearchMatch>;
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

/** Another object that is nearly the same. */
export type Duplicate = {
  __typename?: 'Duplicate';
  /** In whose space; of SEMANTIC alone. */
  model?: Maybe<Scalars['String']['output']>;
  /** The other one. */
  object: DataObject;
  /** 0 to 1. */
  similarity: Scalars['Float']['output'];
  /** The strongest that holds. */
  tier: DuplicateTier;
};

/** Objects that are nearly the same: each is near to the oldest of them. */
export type DuplicateGroup = {
  __typename?: 'DuplicateGroup';
  /** How many objects there are. */
  count: Scalars['Int']['output'];
  /** The tier and the oldest object. It stays while that one leads. */
  id: Scalars['ID']['output'];
  /** Which to keep, as a suggestion: the one of the most pixels, then of the most bytes, then the oldest. */
  keep: DataObject;
  /** The oldest first; at most 100. */
  objects: Array<DataObject>;
  /** 0 to 1: the least of an object’s to the oldest. Of hashes and Chromaprints the share of equal bits, of texts that of common runs of words, of vectors the cosine. */
  similarity: Scalars['Float']['output'];
  tier: DuplicateTier;
};

/** A page of groups of duplicates. */
export type DuplicateGroupConnection = {
  __typename?: 'DuplicateGroupConnection';
  /** The page with a cursor each, in order. */
  edges: Array<DuplicateGroupEdge>;
  /** The page without cursors, in order. */
  nodes: Array<DuplicateGroup>;
  pageInfo: PageInfo;
  /** How many the whole list has. Counted only when asked for; null where counting takes longer than 2 s. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One of a page of groups of duplicates. */
export type DuplicateGroupEdge = {
  __typename?: 'DuplicateGroupEdge';
  /** Opaque; for `after` and `before` of the same list. */
  cursor: Scalars['String']['output'];
  node: DuplicateGroup;
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
  /** From which cosine two objects are SEMANTIC duplicates in its space, where `minSimilarity` asks for no other. */
  duplicateCosine: Scalars['Float']['output'];
  /** From which cosine a saved search finds an object in its space by objects or a vector, where its `minVectorScore` asks for no other. */
  likenessCosine: Scalars['Float']['output'];
  /** What it can embed. */
  modalities: Array<DataType>;
  name: Scalars['String']['output'];
  /** Searches that name no model ask it. While a change of models is under way, one may be active and not yet, or no longer, searched. */
  searched: Scalars['Boolean']['output'];
  /** The configuration key that brings it. */
  setting: Scalars['String']['output'];
  /** The same by words. Null where it reads none. */
  wordsCosine?: Maybe<Scalars['Float']['output']>;
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

/** Several objects to become one. */
export type MergeDuplicatesInput = {
  /** The version of the kept object that this was thought out for; where it is not the present one: CONFLICT. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** The same key within 24 hours answers as the first time; with other input: CONFLICT. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** `obj_…`, a live object: the one that stays. */
  keep: Scalars['ID']['input'];
  /** `obj_…`, at most 500 live objects; they go to the bin. */
  merge: Array<Scalars['ID']['input']>;
};

/** What became of a merge. */
export type MergeDuplicatesPayload = {
  __typename?: 'MergeDuplicatesPayload';
  /** Annotations that stayed with their objects: the kept one has the same, or they would not be right there. */
  annotationsLeft: Scalars['Int']['output'];
  /** Annotations that are the kept object’s now. */
  annotationsMoved: Scalars['Int']['output'];
  /** The one that stayed. */
  dataObject: DataObject;
  /** Those that are in the bin now; `undeleteDataObject` brings one back, without what was moved. */
  merged: Array<Scalars['ID']['output']>;
  /** Why some would not be right there. */
  warnings: Array<Scalars['String']['output']>;
};

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

/** A change from one embedding model to another, while everything goes on. One is open at a time. */
export type ModelChange = Node & {
  __typename?: 'ModelChange';
  cutOverAt?: Maybe<Scalars['DateTime']['output']>;
  /** Of `total`; more where more came meanwhile. */
  done: Scalars['SafeInt']['output'];
  endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Objects that could not be embedded with the new model; `failures` says why. */
  failed: Scalars['Int']['output'];
  /** Objects that could not be embedded with the new model, 100 at most. */
  failures: Array<ModelChangeFailure>;
  /** The model that is left; null where the new one comes beside those in use. */
  from?: Maybe<Scalars['String']['output']>;
  /** `mch_` and 26 characters. */
  id: Scalars['ID']['output'];
  phase: ModelChangePhase;
  /** What keeps it from going on, in a sentence; null while it does. */
  problem?: Maybe<Scalars['String']['output']>;
  /** From 0 to 1: of the work of this phase. */
  progress: Scalars['Float']['output'];
  readyAt?: Maybe<Scalars['DateTime']['output']>;
  rolledBackAt?: Maybe<Scalars['DateTime']['output']>;
  /** Seconds that the work of this phase will still take, by its pace so far; null where nothing is under way. */
  secondsLeft?: Maybe<Scalars['Float']['output']>;
  startedAt: Scalars['DateTime']['output'];
  /** The viewer. */
  startedBy: Scalars['String']['output'];
  /** The new model. */
  to: Scalars['String']['output'];
  /** Objects to be embedded; of a clean-up, embeddings to be removed. As counted at its start. */
  total: Scalars['SafeInt']['output'];
  /** Vectors of the new model that the change has written. */
  vectors: Scalars['SafeInt']['output'];
  /** Objects that something was written of since the change began, or that are tried again, and that have yet to be looked at; a cut-over waits for them. They are counted for each answer. */
  waiting: Scalars['Int']['output'];
};


/** A change from one embedding model to another, while everything goes on. One is open at a time. */
export type ModelChangeFailuresArgs = {
  first?: Scalars['Int']['input'];
};

/** What is there to be embedded, and what that takes. */
export type ModelChangeCosts = {
  __typename?: 'ModelChangeCosts';
  /** Of the vectors alone: 4 a dimension. Their index takes about as much again. */
  bytes: Scalars['SafeInt']['output'];
  objects: Scalars['SafeInt']['output'];
  passages: Scalars['SafeInt']['output'];
  /** By the sample, on this machine with nothing else to do; null where nothing could be sampled. */
  seconds?: Maybe<Scalars['Float']['output']>;
  /** Null in the total. */
  tenant?: Maybe<Scalars['String']['output']>;
  /** Vectors to be written: one a passage; of pictures, sounds and films as many as the sample gave each. */
  vectors: Scalars['SafeInt']['output'];
};

/** What a change of models would cost. Nothing is written for it. */
export type ModelChangeEstimate = {
  __typename?: 'ModelChangeEstimate';
  /** Passages, of all, that are longer than the new model reads at once: it reads them in parts, and the mean of these stands for the passage. By a sample of 256 where there are more. */
  cut: Scalars['Int']['output'];
  from?: Maybe<Scalars['String']['output']>;
  fromDimensions?: Maybe<Scalars['Int']['output']>;
  /** What would be different, in sentences. */
  remarks: Array<Scalars['String']['output']>;
  /** Passages and media that were embedded with the new model to measure the time. */
  sampled: Scalars['Int']['output'];
  tenants: Array<ModelChangeCosts>;
  to: Scalars['String']['output'];
  toDimensions: Scalars['Int']['output'];
  total: ModelChangeCosts;
};

/** An object that could not be embedded with the new model. */
export type ModelChangeFailure = {
  __typename?: 'ModelChangeFailure';
  /** `obj_…` */
  objectId: Scalars['ID']['output'];
  /** Why, in a sentence. */
  reason: Scalars['String']['output'];
  tenant: Scalars['String']['output'];
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

export type Mutation = {
  __typename?: 'Mutation';
  /** Gives a change up that is not cut over: the new model’s vectors are removed, in the background. Again: the same answer. */
  abortModelChange: ModelChange;
  /** Gives an upload up and frees its bytes; again: the same answer. NOT_FOUND; CONFLICT once it is completed. */
  abortUpload: UploadSession;
  /** Removes the vectors of the model that is not searched any more, in the background. Again: the same answer. */
  cleanUpModelChange: ModelChange;
  /** Checks the bytes and makes them an object. Again: the same answer; while a first call is at it, this one waits for it. CONTENT_MISMATCH, UNSUPPORTED_MEDIA, UPLOAD_EXPIRED, NOT_FOUND, CONFLICT where parts are missing. */
  completeUpload: CompleteUploadPayload;
  /** Computes an aggregation and stores it with its sources. Needs an editor. BAD_USER_INPUT, NOT_FOUND, CONFLICT, NOT_CONFIGURED. */
  createAggregation: Aggregation;
  /** Makes annotations, at most 1,000: one result per input, in order, each for itself. Needs an annotator. */
  createAnnotations: Array<CreateAnnotationResult>;
  /** Keeps a search under a name, at most 100 a tenant. Needs an annotator. BAD_USER_INPUT, NOT_CONFIGURED, CONFLICT. */
  createSavedSearch: SavedSearch;
  /** Begins an upload: send the bytes to its URL, then call `completeUpload`. Content that a live object already has is answered with that object and no upload. Needs an editor; for a query, a reader. BAD_USER_INPUT, PAYLOAD_TOO_LARGE, CONFLICT. */
  createUpload: CreateUploadPayload;
  /** From now on searches ask the new model, in every process. Again: the same answer. CONFLICT where it is not READY, a process lacks the model, or objects failed. */
  cutOverModelChange: ModelChange;
  /** Removes an aggregation; its sources stay. Answers its id. Needs an editor. NOT_FOUND. */
  deleteAggregation: Scalars['ID']['output'];
  /** Marks an annotation as deleted; again: the same answer. NOT_FOUND, FORBIDDEN. */
  deleteAnnotation: Annotation;
  /** Puts an object into the bin; again: the same answer. Needs an editor. NOT_FOUND. */
  deleteDataObject: DataObject;
  /** Removes a saved search. Answers its id. Needs whoever saved it, or an admin. NOT_FOUND, FORBIDDEN. */
  deleteSavedSearch: Scalars['ID']['output'];
  /** Takes in a text, without an upload. Needs an editor. BAD_USER_INPUT, CONFLICT, PAYLOAD_TOO_LARGE. */
  ingestText: IngestPayload;
  /** Takes in texts, at most 1,000: one result per input, in order, each for itself. Needs an editor. */
  ingestTexts: Array<IngestTextResult>;
  /** One object in place of several: people’s annotations move to it, with author, version and times; what its metadata lacks comes from the others; they go to the bin. Needs an editor. BAD_USER_INPUT, NOT_FOUND, CONFLICT. */
  mergeDuplicates: MergeDuplicatesPayload;
  /** Removes an object for good: bytes, rows, vectors, whatever is cached. Again: the same answer. Needs an admin. NOT_FOUND. */
  purgeDataObject: PurgePayload;
  /** Resumes a failed ingestion at the stage that failed, under the same id. Needs an editor. NOT_FOUND; CONFLICT where it did not fail. */
  retryIngestion: Ingestion;
  /** Searches ask the old model again; nothing is lost by it. Again: the same answer. CONFLICT after the clean-up. */
  rollBackModelChange: ModelChange;
  /** Begins to embed every object with the new model, in the background; searches go on with the old one. Again: the same change, whose failures are tried again in the background. CONFLICT while another one is open. */
  startModelChange: ModelChange;
  /** Takes the deletion back; again: the same answer. NOT_FOUND, FORBIDDEN. */
  undeleteAnnotation: Annotation;
  /** Takes an object out of the bin and makes it findable; again: the same answer. Needs an editor. NOT_FOUND; CONFLICT beside a live object of the same content. */
  undeleteDataObject: DataObject;
  /** Changes content or confidence. Needs its annotator, or an admin. BAD_USER_INPUT, NOT_FOUND, CONFLICT, FORBIDDEN. */
  updateAnnotation: Annotation;
  /** Changes metadata or filename. Needs an editor. BAD_USER_INPUT, NOT_FOUND, CONFLICT. */
  updateDataObject: DataObject;
  /** Changes name or search. Needs whoever saved it, or an admin. BAD_USER_INPUT, NOT_FOUND, CONFLICT, FORBIDDEN. */
  updateSavedSearch: SavedSearch;
};


export type MutationAbortModelChangeArgs = {
  id: Scalars['ID']['input'];
};


export type MutationAbortUploadArgs = {
  id: Scalars['ID']['input'];
};


export type MutationCleanUpModelChangeArgs = {
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


export type MutationCreateSavedSearchArgs = {
  input: CreateSavedSearchInput;
};


export type MutationCreateUploadArgs = {
  input: CreateUploadInput;
};


export type MutationCutOverModelChangeArgs = {
  acceptFailures?: Scalars['Boolean']['input'];
  id: Scalars['ID']['input'];
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


export type MutationDeleteSavedSearchArgs = {
  id: Scalars['ID']['input'];
};


export type MutationIngestTextArgs = {
  input: IngestTextInput;
};


export type MutationIngestTextsArgs = {
  input: Array<IngestTextInput>;
};


export type MutationMergeDuplicatesArgs = {
  input: MergeDuplicatesInput;
};


export type MutationPurgeDataObjectArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRetryIngestionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRollBackModelChangeArgs = {
  id: Scalars['ID']['input'];
};


export type MutationStartModelChangeArgs = {
  beside?: Scalars['Boolean']['input'];
  from?: InputMaybe<Scalars['String']['input']>;
  to: Scalars['String']['input'];
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


export type MutationUpdateSavedSearchArgs = {
  input: UpdateSavedSearchInput;
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
  /** Objects that are there more than once, as groups: by tier, then by the age of the oldest. New objects are compared in the background, soon after they are READY. TOO_COMPLEX beyond 200,000 pairs. */
  duplicateGroups: DuplicateGroupConnection;
  /** All models that are known here, whether or not they can run. */
  embeddingModels: Array<EmbeddingModel>;
  /** One ingestion; null where there is none. */
  ingestion?: Maybe<Ingestion>;
  /** The ingestions, newest first. */
  ingestions: IngestionConnection;
  /** The one that is open, or else the newest; null where there was none. Admins of the tenant `default`. */
  modelChange?: Maybe<ModelChange>;
  /** What a change would cost: some passages are embedded with the new model to measure it, and nothing is written. Admins of the tenant `default`. */
  modelChangeEstimate: ModelChangeEstimate;
  /** Newest first, 100 at most. Admins of the tenant `default`. */
  modelChanges: Array<ModelChange>;
  /** Anything by its id; null for what is not there, or not the caller’s. No id of ours: BAD_USER_INPUT. */
  node?: Maybe<Node>;
  /** Things by their ids, at most 500, of any kinds, in the same order; null for what is not there, or not the caller’s. */
  nodes: Array<Maybe<Node>>;
  /** Objects by the liked and away from the disliked, best first; a warning names those that have no vectors. NOT_FOUND for an object that is not there; BAD_USER_INPUT where none of the liked has vectors, or likes and dislikes cancel each other out; otherwise as `search`. */
  recommend?: Maybe<SearchConnection>;
  /** One of them; null where there is none. */
  savedSearch?: Maybe<SavedSearch>;
  /** The tenant’s saved searches, newest first. */
  savedSearches: SavedSearchConnection;
  /** Finds objects by meaning, by words, or by both, best first. BAD_USER_INPUT for input that contradicts itself; CURSOR_EXPIRED 300 seconds after the first page; DEPENDENCY_UNAVAILABLE where no leg could run, or Redis, which keeps the later pages for all servers, is away. */
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


export type QueryDuplicateGroupsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DataObjectFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  minSimilarity?: InputMaybe<Scalars['Float']['input']>;
  tier?: InputMaybe<Array<DuplicateTier>>;
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


export type QueryModelChangeEstimateArgs = {
  beside?: Scalars['Boolean']['input'];
  from?: InputMaybe<Scalars['String']['input']>;
  to: Scalars['String']['input'];
};


export type QueryModelChangesArgs = {
  first?: Scalars['Int']['input'];
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};


export type QueryRecommendArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  input: RecommendInput;
};


export type QuerySavedSearchArgs = {
  id: Scalars['ID']['input'];
};


export type QuerySavedSearchesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QuerySearchArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  input: SearchInput;
};


export type QueryUploadSessionArgs = {
  id: Scalars['ID']['input'];
};

/** What is liked and what is not. Each space is asked for the mean of the liked less half the mean of the disliked (Rocchio), over the objects that have vectors there; each object counts by the normalised mean of its vectors. */
export type RecommendInput = {
  /** `obj_…`, none of them among the liked. */
  disliked?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** 0 to 1; null: off. Orders the first 100 by maximal marginal relevance: again and again the one with the greatest (1 − diversity) × score − diversity × (greatest cosine to one that stands above, within a space). */
  diversity?: InputMaybe<Scalars['Float']['input']>;
  facets?: InputMaybe<Array<FacetInput>>;
  /** Objects in the bin are never found. */
  filter?: InputMaybe<DataObjectFilter>;
  /** `obj_…`, at least one; at most 100 with the disliked. None of them is among the results. */
  liked: Array<Scalars['ID']['input']>;
  /** Leaves out what has a lower `score`. */
  minScore?: InputMaybe<Scalars['Float']['input']>;
  /** Leaves out what has a lower cosine, −1 to 1. */
  minVectorScore?: InputMaybe<Scalars['Float']['input']>;
  /** One of `embeddingModels`; left out, every active one that a liked object has vectors of. */
  model?: InputMaybe<Scalars['String']['input']>;
};

/** Whether archived bytes can be read at present. */
export type RestoreState =
  /** Restored for a while. */
  | 'AVAILABLE'
  /** A restore is under way. */
  | 'IN_PROGRESS'
  /** Not archived, or not being restored. */
  | 'NONE';

/** A search under a name. Whatever becomes READY or changes is held against it once, and `dataObjectChanged` tells what it found. An object matches where a passage of it has every word of the query (score 1), or where its cosine in a model’s space is at least the search’s `minVectorScore` or, where it says none, that model’s `wordsCosine` or `likenessCosine`; `minScore` then bounds that score. */
export type SavedSearch = Node & {
  __typename?: 'SavedSearch';
  createdAt: Scalars['DateTime']['output'];
  /** `ssr_` and 26 characters. */
  id: Scalars['ID']['output'];
  /** The SearchInput that was saved. */
  input: Scalars['JSON']['output'];
  name: Scalars['String']['output'];
  /** Who saved it. */
  owner: Scalars['String']['output'];
  /** What it finds now, over everything; as `search`. */
  results?: Maybe<SearchConnection>;
  updatedAt: Scalars['DateTime']['output'];
  /** Begins at 1; counts changes. */
  version: Scalars['Int']['output'];
};


/** A search under a name. Whatever becomes READY or changes is held against it once, and `dataObjectChanged` tells what it found. An object matches where a passage of it has every word of the query (score 1), or where its cosine in a model’s space is at least the search’s `minVectorScore` or, where it says none, that model’s `wordsCosine` or `likenessCosine`; `minScore` then bounds that score. */
export type SavedSearchResultsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of saved searches. */
export type SavedSearchConnection = {
  __typename?: 'SavedSearchConnection';
  /** The page with a cursor each, in order. */
  edges: Array<SavedSearchEdge>;
  /** The page without cursors, in order. */
  nodes: Array<SavedSearch>;
  pageInfo: PageInfo;
  /** How many the whole list has. Counted only when asked for; null where counting takes longer than 2 s. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** One of a page of saved searches. */
export type SavedSearchEdge = {
  __typename?: 'SavedSearchEdge';
  /** Opaque; for `after` and `before` of the same list. */
  cursor: Scalars['String']['output'];
  node: SavedSearch;
};

/** A saved search that found the object. */
export type SavedSearchMatch = {
  __typename?: 'SavedSearchMatch';
  /** Of the saved search. */
  id: Scalars['ID']['output'];
  /** As it is now; null once it is deleted. */
  savedSearch?: Maybe<SavedSearch>;
  /** 1 where a passage has every word, else the greatest cosine that is enough in its space. */
  score: Scalars['Float']['output'];
};

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
  /** 0 to 1, falling. Comparable within one search, not between two. Where results were ordered anew, scores stay with their places; `explanation.fusedScore` is the object’s own. */
  score: Scalars['Float']['output'];
};

/** How each leg saw the object; null where a leg did not find it. */
export type SearchExplanation = {
  __typename?: 'SearchExplanation';
  /** What each of `terms`, or of the liked and disliked, comes to. Costs one more question a space to the vector store. */
  contributions: Array<TermContribution>;
  /** The score that the legs gave it, before `rerank` or `diversity` ordered the results anew; null where neither did. */
  fusedScore?: Maybe<Scalars['Float']['output']>;
  /** From 0. */
  keywordRank?: Maybe<Scalars['Int']['output']>;
  /** BM25 of its best passage, above 0. */
  keywordScore?: Maybe<Scalars['Float']['output']>;
  /** Whose space the vector score is of: the one that ranks the object highest. */
  model?: Maybe<Scalars['String']['output']>;
  /** 0 to 1: how well its best passage answers the query, as the cross-encoder says; null where it was not read. */
  rerankScore?: Maybe<Scalars['Float']['output']>;
  /** Every space that found it, the one that ranks it highest first. */
  spaces: Array<SpaceExplanation>;
  /** From 0. */
  vectorRank?: Maybe<Scalars['Int']['output']>;
  /** Cosine of its best passage, −1 to 1. */
  vectorScore?: Maybe<Scalars['Float']['output']>;
};

/** What to look for: exactly one of `query`, `objectId`, `uploadId` and `vector`, or `query` with `vector` in HYBRID: words for one leg, the vector for the other. `objectId`, `uploadId` or `vector` alone runs the vector leg. Several things weigh against each other in `terms`, alone or beside one of these. */
export type SearchInput = {
  /** 0: keywords alone; 1: vectors alone; null: the model’s measured default. Ignored outside HYBRID. */
  alpha?: InputMaybe<Scalars['Float']['input']>;
  /** 0 to 1; null: off. Orders the first 100 by maximal marginal relevance: again and again the one with the greatest (1 − diversity) × score − diversity × (greatest cosine to one that stands above, within a space). */
  diversity?: InputMaybe<Scalars['Float']['input']>;
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
  /** A cross-encoder reads the best passages of the first results together with the words that draw near, and orders those results anew; what has no passage keeps its place. null: as `embedding.reranker` says; NOT_CONFIGURED where there is none. Where its time runs out the order stays as it was, and a warning says so. */
  rerank?: InputMaybe<Scalars['Boolean']['input']>;
  /** At most 20; what stands beside them is a term of weight 1. Each space is asked for the direction of Σ weight × unit vector, over the terms that have a vector there. By words a passage scores Σ weight × BM25, and is found where that is above 0. No term above 0, or terms that cancel each other out: BAD_USER_INPUT. */
  terms?: InputMaybe<Array<SearchTermInput>>;
  /** `upl_…`, bytes that were uploaded with `purpose: QUERY`: an image asks the spaces of images, a sound those of sounds, a text or a document those of texts. */
  uploadId?: InputMaybe<Scalars['ID']['input']>;
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

/** One thing to draw near to, or to push away from: exactly one of `query`, `objectId`, `uploadId` and `vector`, and its weight. */
export type SearchTermInput = {
  /** Whose `vector` it is; left out, as in the search around it. */
  model?: InputMaybe<Scalars['String']['input']>;
  /** `obj_…`, by the normalised mean of its vectors; it is not among the results. */
  objectId?: InputMaybe<Scalars['ID']['input']>;
  /** Words: for both legs. */
  query?: InputMaybe<Scalars['String']['input']>;
  /** `upl_…`, bytes that were uploaded with `purpose: QUERY`: an image asks the spaces of images, a sound those of sounds, a text or a document those of texts. */
  uploadId?: InputMaybe<Scalars['ID']['input']>;
  /** A vector of `model`, of its length. */
  vector?: InputMaybe<Array<Scalars['Float']['input']>>;
  /** −10 to 10, not 0; below 0 it pushes away. */
  weight?: InputMaybe<Scalars['Float']['input']>;
};

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

/** How one space saw the object. */
export type SpaceExplanation = {
  __typename?: 'SpaceExplanation';
  /** Whose space it is. */
  model: Scalars['String']['output'];
  /** From 0, within the space. */
  rank: Scalars['Int']['output'];
  /** Cosine of its best passage or moment, −1 to 1. */
  score: Scalars['Float']['output'];
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
  /** The present state first, then each change; ends where it does not move on by itself: at READY, CUT_OVER, ROLLED_BACK, CLEANED and ABORTED. NOT_FOUND. */
  modelChangeProgress: ModelChange;
};


export type SubscriptionDataObjectChangedArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DataObjectFilter>;
  savedSearch?: InputMaybe<Scalars['ID']['input']>;
};


export type SubscriptionIngestionProgressArgs = {
  ingestionId: Scalars['ID']['input'];
};


export type SubscriptionIngestionsProgressArgs = {
  ids: Array<Scalars['ID']['input']>;
};


export type SubscriptionModelChangeProgressArgs = {
  id: Scalars['ID']['input'];
};

/** What one thing that a search asked with comes to in an object’s scores; below 0 where it pushes away. */
export type TermContribution = {
  __typename?: 'TermContribution';
  /** In `keywordScore`: these add up to it. null where it is no words, or the store that ranks by words does not tell. */
  keyword?: Maybe<Scalars['Float']['output']>;
  /** Its place in the input, e.g. `query`, `terms.1.objectId` or `disliked.0`. */
  term: Scalars['String']['output'];
  /** Objects that an uploaded picture is a near duplicate of, whose captions spoke for it in that space; otherwise none. */
  through: Array<Scalars['ID']['output']>;
  /** In `vectorScore`: these add up to it. null where it has no vector in that space. */
  vector?: Maybe<Scalars['Float']['output']>;
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

/** What to change of a saved search. What is left out stays. */
export type UpdateSavedSearchInput = {
  /** The version that the change was thought out for; where it is not the present one: CONFLICT. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** `ssr_…` */
  id: Scalars['ID']['input'];
  name?: InputMaybe<Scalars['String']['input']>;
  /** In place of the whole search. What the earlier one had found is told again where this one finds it, when it changes. */
  search?: InputMaybe<SearchInput>;
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

/** What an upload is for. */
export type UploadPurpose =
  /** To become an object, by `completeUpload`. */
  | 'OBJECT'
  /** To search with, by its id as `uploadId`, until it expires after an hour: it becomes no object, and nothing of it is kept. Takes a reader. At most 64 MiB (PAYLOAD_TOO_LARGE) and 100 at once (RATE_LIMITED). */
  | 'QUERY';

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
  purpose: UploadPurpose;
  status: UploadStatus;
  /** Where to PUT the bytes; null for a multipart upload, or when it is not PENDING. Needs an editor; for a query, its creator. */
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
    | ( ModelChange )
    | ( SavedSearch )
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
  CreateSavedSearchInput: CreateSavedSearchInput;
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
  Duplicate: ResolverTypeWrapper<Duplicate>;
  DuplicateGroup: ResolverTypeWrapper<DuplicateGroup>;
  DuplicateGroupConnection: ResolverTypeWrapper<DuplicateGroupConnection>;
  DuplicateGroupEdge: ResolverTypeWrapper<DuplicateGroupEdge>;
  DuplicateTier: DuplicateTier;
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
  MergeDuplicatesInput: MergeDuplicatesInput;
  MergeDuplicatesPayload: ResolverTypeWrapper<MergeDuplicatesPayload>;
  MetadataFilter: MetadataFilter;
  ModelChange: ResolverTypeWrapper<ModelChange>;
  ModelChangeCosts: ResolverTypeWrapper<ModelChangeCosts>;
  ModelChangeEstimate: ResolverTypeWrapper<ModelChangeEstimate>;
  ModelChangeFailure: ResolverTypeWrapper<ModelChangeFailure>;
  ModelChangePhase: ModelChangePhase;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  ObjectStatus: ObjectStatus;
  OrderDirection: OrderDirection;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  PurgePayload: ResolverTypeWrapper<PurgePayload>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RecommendInput: RecommendInput;
  RestoreState: RestoreState;
  SHA256: ResolverTypeWrapper<Scalars['SHA256']['output']>;
  SafeInt: ResolverTypeWrapper<Scalars['SafeInt']['output']>;
  SavedSearch: ResolverTypeWrapper<SavedSearch>;
  SavedSearchConnection: ResolverTypeWrapper<SavedSearchConnection>;
  SavedSearchEdge: ResolverTypeWrapper<SavedSearchEdge>;
  SavedSearchMatch: ResolverTypeWrapper<SavedSearchMatch>;
  SearchConnection: ResolverTypeWrapper<SearchConnection>;
  SearchEdge: ResolverTypeWrapper<SearchEdge>;
  SearchExplanation: ResolverTypeWrapper<SearchExplanation>;
  SearchInput: SearchInput;
  SearchMatch: ResolverTypeWrapper<SearchMatch>;
  SearchMode: SearchMode;
  SearchTermInput: SearchTermInput;
  SignedUrl: ResolverTypeWrapper<SignedUrl>;
  SizeRange: SizeRange;
  SpaceExplanation: ResolverTypeWrapper<SpaceExplanation>;
  StorageTier: StorageTier;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  TermContribution: ResolverTypeWrapper<TermContribution>;
  TextSpan: ResolverTypeWrapper<TextSpan>;
  URL: ResolverTypeWrapper<Scalars['URL']['output']>;
  UpdateAnnotationInput: UpdateAnnotationInput;
  UpdateDataObjectInput: UpdateDataObjectInput;
  UpdateSavedSearchInput: UpdateSavedSearchInput;
  UploadPart: ResolverTypeWrapper<UploadPart>;
  UploadPurpose: UploadPurpose;
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
  CreateSavedSearchInput: CreateSavedSearchInput;
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
  Duplicate: Duplicate;
  DuplicateGroup: DuplicateGroup;
  DuplicateGroupConnection: DuplicateGroupConnection;
  DuplicateGroupEdge: DuplicateGroupEdge;
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
  MergeDuplicatesInput: MergeDuplicatesInput;
  MergeDuplicatesPayload: MergeDuplicatesPayload;
  MetadataFilter: MetadataFilter;
  ModelChange: ModelChange;
  ModelChangeCosts: ModelChangeCosts;
  ModelChangeEstimate: ModelChangeEstimate;
  ModelChangeFailure: ModelChangeFailure;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: PageInfo;
  PurgePayload: PurgePayload;
  Query: Record<PropertyKey, never>;
  RecommendInput: RecommendInput;
  SHA256: Scalars['SHA256']['output'];
  SafeInt: Scalars['SafeInt']['output'];
  SavedSearch: SavedSearch;
  SavedSearchConnection: SavedSearchConnection;
  SavedSearchEdge: SavedSearchEdge;
  SavedSearchMatch: SavedSearchMatch;
  SearchConnection: SearchConnection;
  SearchEdge: SearchEdge;
  SearchExplanation: SearchExplanation;
  SearchInput: SearchInput;
  SearchMatch: SearchMatch;
  SearchTermInput: SearchTermInput;
  SignedUrl: SignedUrl;
  SizeRange: SizeRange;
  SpaceExplanation: SpaceExplanation;
  Subscription: Record<PropertyKey, never>;
  TermContribution: TermContribution;
  TextSpan: TextSpan;
  URL: Scalars['URL']['output'];
  UpdateAnnotationInput: UpdateAnnotationInput;
  UpdateDataObjectInput: UpdateDataObjectInput;
  UpdateSavedSearchInput: UpdateSavedSearchInput;
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
  duplicates?: Resolver<Array<ResolversTypes['Duplicate']>, ParentType, ContextType, RequireFields<DataObjectDuplicatesArgs, 'first'>>;
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
  savedSearches?: Resolver<Array<ResolversTypes['SavedSearchMatch']>, ParentType, ContextType>;
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

export type DuplicateResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Duplicate'] = ResolversParentTypes['Duplicate']> = {
  model?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  object?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType>;
  similarity?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  tier?: Resolver<ResolversTypes['DuplicateTier'], ParentType, ContextType>;
};

export type DuplicateGroupResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['DuplicateGroup'] = ResolversParentTypes['DuplicateGroup']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  keep?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType>;
  objects?: Resolver<Array<ResolversTypes['DataObject']>, ParentType, ContextType>;
  similarity?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  tier?: Resolver<ResolversTypes['DuplicateTier'], ParentType, ContextType>;
};

export type DuplicateGroupConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['DuplicateGroupConnection'] = ResolversParentTypes['DuplicateGroupConnection']> = {
  edges?: Resolver<Array<ResolversTypes['DuplicateGroupEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['DuplicateGroup']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type DuplicateGroupEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['DuplicateGroupEdge'] = ResolversParentTypes['DuplicateGroupEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['DuplicateGroup'], ParentType, ContextType>;
};

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
  duplicateCosine?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  likenessCosine?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  modalities?: Resolver<Array<ResolversTypes['DataType']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  searched?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  setting?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  wordsCosine?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
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

export type MergeDuplicatesPayloadResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['MergeDuplicatesPayload'] = ResolversParentTypes['MergeDuplicatesPayload']> = {
  annotationsLeft?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  annotationsMoved?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  dataObject?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType>;
  merged?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  warnings?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ModelChangeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ModelChange'] = ResolversParentTypes['ModelChange']> = {
  cutOverAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  done?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failures?: Resolver<Array<ResolversTypes['ModelChangeFailure']>, ParentType, ContextType, RequireFields<ModelChangeFailuresArgs, 'first'>>;
  from?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  phase?: Resolver<ResolversTypes['ModelChangePhase'], ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  progress?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  readyAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  rolledBackAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  secondsLeft?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  startedBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  vectors?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  waiting?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ModelChangeCostsResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ModelChangeCosts'] = ResolversParentTypes['ModelChangeCosts']> = {
  bytes?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  objects?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  passages?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  seconds?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  tenant?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vectors?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
};

export type ModelChangeEstimateResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ModelChangeEstimate'] = ResolversParentTypes['ModelChangeEstimate']> = {
  cut?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  from?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fromDimensions?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  remarks?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  sampled?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tenants?: Resolver<Array<ResolversTypes['ModelChangeCosts']>, ParentType, ContextType>;
  to?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  toDimensions?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['ModelChangeCosts'], ParentType, ContextType>;
};

export type ModelChangeFailureResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['ModelChangeFailure'] = ResolversParentTypes['ModelChangeFailure']> = {
  objectId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tenant?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  abortModelChange?: Resolver<ResolversTypes['ModelChange'], ParentType, ContextType, RequireFields<MutationAbortModelChangeArgs, 'id'>>;
  abortUpload?: Resolver<ResolversTypes['UploadSession'], ParentType, ContextType, RequireFields<MutationAbortUploadArgs, 'id'>>;
  cleanUpModelChange?: Resolver<ResolversTypes['ModelChange'], ParentType, ContextType, RequireFields<MutationCleanUpModelChangeArgs, 'id'>>;
  completeUpload?: Resolver<ResolversTypes['CompleteUploadPayload'], ParentType, ContextType, RequireFields<MutationCompleteUploadArgs, 'input'>>;
  createAggregation?: Resolver<ResolversTypes['Aggregation'], ParentType, ContextType, RequireFields<MutationCreateAggregationArgs, 'input'>>;
  createAnnotations?: Resolver<Array<ResolversTypes['CreateAnnotationResult']>, ParentType, ContextType, RequireFields<MutationCreateAnnotationsArgs, 'input'>>;
  createSavedSearch?: Resolver<ResolversTypes['SavedSearch'], ParentType, ContextType, RequireFields<MutationCreateSavedSearchArgs, 'input'>>;
  createUpload?: Resolver<ResolversTypes['CreateUploadPayload'], ParentType, ContextType, RequireFields<MutationCreateUploadArgs, 'input'>>;
  cutOverModelChange?: Resolver<ResolversTypes['ModelChange'], ParentType, ContextType, RequireFields<MutationCutOverModelChangeArgs, 'acceptFailures' | 'id'>>;
  deleteAggregation?: Resolver<ResolversTypes['ID'], ParentType, ContextType, RequireFields<MutationDeleteAggregationArgs, 'id'>>;
  deleteAnnotation?: Resolver<ResolversTypes['Annotation'], ParentType, ContextType, RequireFields<MutationDeleteAnnotationArgs, 'id'>>;
  deleteDataObject?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType, RequireFields<MutationDeleteDataObjectArgs, 'id'>>;
  deleteSavedSearch?: Resolver<ResolversTypes['ID'], ParentType, ContextType, RequireFields<MutationDeleteSavedSearchArgs, 'id'>>;
  ingestText?: Resolver<ResolversTypes['IngestPayload'], ParentType, ContextType, RequireFields<MutationIngestTextArgs, 'input'>>;
  ingestTexts?: Resolver<Array<ResolversTypes['IngestTextResult']>, ParentType, ContextType, RequireFields<MutationIngestTextsArgs, 'input'>>;
  mergeDuplicates?: Resolver<ResolversTypes['MergeDuplicatesPayload'], ParentType, ContextType, RequireFields<MutationMergeDuplicatesArgs, 'input'>>;
  purgeDataObject?: Resolver<ResolversTypes['PurgePayload'], ParentType, ContextType, RequireFields<MutationPurgeDataObjectArgs, 'id'>>;
  retryIngestion?: Resolver<ResolversTypes['Ingestion'], ParentType, ContextType, RequireFields<MutationRetryIngestionArgs, 'id'>>;
  rollBackModelChange?: Resolver<ResolversTypes['ModelChange'], ParentType, ContextType, RequireFields<MutationRollBackModelChangeArgs, 'id'>>;
  startModelChange?: Resolver<ResolversTypes['ModelChange'], ParentType, ContextType, RequireFields<MutationStartModelChangeArgs, 'beside' | 'to'>>;
  undeleteAnnotation?: Resolver<ResolversTypes['Annotation'], ParentType, ContextType, RequireFields<MutationUndeleteAnnotationArgs, 'id'>>;
  undeleteDataObject?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType, RequireFields<MutationUndeleteDataObjectArgs, 'id'>>;
  updateAnnotation?: Resolver<ResolversTypes['Annotation'], ParentType, ContextType, RequireFields<MutationUpdateAnnotationArgs, 'input'>>;
  updateDataObject?: Resolver<ResolversTypes['DataObject'], ParentType, ContextType, RequireFields<MutationUpdateDataObjectArgs, 'input'>>;
  updateSavedSearch?: Resolver<ResolversTypes['SavedSearch'], ParentType, ContextType, RequireFields<MutationUpdateSavedSearchArgs, 'input'>>;
};

export type NodeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Aggregation' | 'Annotation' | 'DataObject' | 'Embedding' | 'Ingestion' | 'ModelChange' | 'SavedSearch' | 'UploadSession', ParentType, ContextType>;
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
  duplicateGroups?: Resolver<ResolversTypes['DuplicateGroupConnection'], ParentType, ContextType, Partial<QueryDuplicateGroupsArgs>>;
  embeddingModels?: Resolver<Array<ResolversTypes['EmbeddingModel']>, ParentType, ContextType>;
  ingestion?: Resolver<Maybe<ResolversTypes['Ingestion']>, ParentType, ContextType, RequireFields<QueryIngestionArgs, 'id'>>;
  ingestions?: Resolver<ResolversTypes['IngestionConnection'], ParentType, ContextType, Partial<QueryIngestionsArgs>>;
  modelChange?: Resolver<Maybe<ResolversTypes['ModelChange']>, ParentType, ContextType>;
  modelChangeEstimate?: Resolver<ResolversTypes['ModelChangeEstimate'], ParentType, ContextType, RequireFields<QueryModelChangeEstimateArgs, 'beside' | 'to'>>;
  modelChanges?: Resolver<Array<ResolversTypes['ModelChange']>, ParentType, ContextType, RequireFields<QueryModelChangesArgs, 'first'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<Array<Maybe<ResolversTypes['Node']>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  recommend?: Resolver<Maybe<ResolversTypes['SearchConnection']>, ParentType, ContextType, RequireFields<QueryRecommendArgs, 'first' | 'input'>>;
  savedSearch?: Resolver<Maybe<ResolversTypes['SavedSearch']>, ParentType, ContextType, RequireFields<QuerySavedSearchArgs, 'id'>>;
  savedSearches?: Resolver<ResolversTypes['SavedSearchConnection'], ParentType, ContextType, Partial<QuerySavedSearchesArgs>>;
  search?: Resolver<Maybe<ResolversTypes['SearchConnection']>, ParentType, ContextType, RequireFields<QuerySearchArgs, 'first' | 'input'>>;
  uploadSession?: Resolver<Maybe<ResolversTypes['UploadSession']>, ParentType, ContextType, RequireFields<QueryUploadSessionArgs, 'id'>>;
};

export interface Sha256ScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SHA256'], any> {
  name: 'SHA256';
}

export interface SafeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SafeInt'], any> {
  name: 'SafeInt';
}

export type SavedSearchResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['SavedSearch'] = ResolversParentTypes['SavedSearch']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  input?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  owner?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  results?: Resolver<Maybe<ResolversTypes['SearchConnection']>, ParentType, ContextType, RequireFields<SavedSearchResultsArgs, 'first'>>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SavedSearchConnectionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['SavedSearchConnection'] = ResolversParentTypes['SavedSearchConnection']> = {
  edges?: Resolver<Array<ResolversTypes['SavedSearchEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['SavedSearch']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type SavedSearchEdgeResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['SavedSearchEdge'] = ResolversParentTypes['SavedSearchEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['SavedSearch'], ParentType, ContextType>;
};

export type SavedSearchMatchResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['SavedSearchMatch'] = ResolversParentTypes['SavedSearchMatch']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  savedSearch?: Resolver<Maybe<ResolversTypes['SavedSearch']>, ParentType, ContextType>;
  score?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

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
  contributions?: Resolver<Array<ResolversTypes['TermContribution']>, ParentType, ContextType>;
  fusedScore?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  keywordRank?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  keywordScore?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  model?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rerankScore?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  spaces?: Resolver<Array<ResolversTypes['SpaceExplanation']>, ParentType, ContextType>;
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

export type SpaceExplanationResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['SpaceExplanation'] = ResolversParentTypes['SpaceExplanation']> = {
  model?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rank?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  score?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  dataObjectChanged?: SubscriptionResolver<ResolversTypes['DataObjectChange'], "dataObjectChanged", ParentType, ContextType, Partial<SubscriptionDataObjectChangedArgs>>;
  ingestionProgress?: SubscriptionResolver<ResolversTypes['Ingestion'], "ingestionProgress", ParentType, ContextType, RequireFields<SubscriptionIngestionProgressArgs, 'ingestionId'>>;
  ingestionsProgress?: SubscriptionResolver<ResolversTypes['Ingestion'], "ingestionsProgress", ParentType, ContextType, RequireFields<SubscriptionIngestionsProgressArgs, 'ids'>>;
  modelChangeProgress?: SubscriptionResolver<ResolversTypes['ModelChange'], "modelChangeProgress", ParentType, ContextType, RequireFields<SubscriptionModelChangeProgressArgs, 'id'>>;
};

export type TermContributionResolvers<ContextType = GraphQLContext, ParentType extends ResolversParentTypes['TermContribution'] = ResolversParentTypes['TermContribution']> = {
  keyword?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  term?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  through?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  vector?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
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
  purpose?: Resolver<ResolversTypes['UploadPurpose'], ParentType, ContextType>;
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
  Duplicate?: DuplicateResolvers<ContextType>;
  DuplicateGroup?: DuplicateGroupResolvers<ContextType>;
  DuplicateGroupConnection?: DuplicateGroupConnectionResolvers<ContextType>;
  DuplicateGroupEdge?: DuplicateGroupEdgeResolvers<ContextType>;
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
  MergeDuplicatesPayload?: MergeDuplicatesPayloadResolvers<ContextType>;
  ModelChange?: ModelChangeResolvers<ContextType>;
  ModelChangeCosts?: ModelChangeCostsResolvers<ContextType>;
  ModelChangeEstimate?: ModelChangeEstimateResolvers<ContextType>;
  ModelChangeFailure?: ModelChangeFailureResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  PurgePayload?: PurgePayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  SHA256?: GraphQLScalarType;
  SafeInt?: GraphQLScalarType;
  SavedSearch?: SavedSearchResolvers<ContextType>;
  SavedSearchConnection?: SavedSearchConnectionResolvers<ContextType>;
  SavedSearchEdge?: SavedSearchEdgeResolvers<ContextType>;
  SavedSearchMatch?: SavedSearchMatchResolvers<ContextType>;
  SearchConnection?: SearchConnectionResolvers<ContextType>;
  SearchEdge?: SearchEdgeResolvers<ContextType>;
  SearchExplanation?: SearchExplanationResolvers<ContextType>;
  SearchMatch?: SearchMatchResolvers<ContextType>;
  SignedUrl?: SignedUrlResolvers<ContextType>;
  SpaceExplanation?: SpaceExplanationResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  TermContribution?: TermContributionResolvers<ContextType>;
  TextSpan?: TextSpanResolvers<ContextType>;
  URL?: GraphQLScalarType;
  UploadPart?: UploadPartResolvers<ContextType>;
  UploadSession?: UploadSessionResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
};

