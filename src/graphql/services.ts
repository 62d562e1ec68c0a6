import type { StrataError } from '../domain/errors.js';
import type { AnnotationFilter, ObjectFilter } from '../domain/filters.js';
import type {
  Aggregation, AggregationType, Annotation, DataObject, DataType, Embedding, Ingestion, IngestionStatus, UploadSession, Viewer,
} from '../domain/model.js';
import type {
  CompleteUpload, CreateAggregation, CreateAnnotation, CreatedUpload, CreateUpload, Disposition, DuplicateGroupNode, DuplicateOptions,
  DuplicateQuery, Ingested, IngestText, MergedDuplicates, MergeDuplicates, SavedSearch, SaveSearch, UpdateSavedSearch,
  ObjectChange, ObjectOrder, PurgeResult, RecommendRequest, SearchPageArgs, SearchRequest, SearchResult, SignedLink, UpdateAnnotation,
  UpdateObject, UploadPart,
} from '../domain/operations.js';
import type { ModelChange, ModelChangeEstimate, ModelChangeFailure } from '../domain/model-change.js';
import type { FoundDuplicate } from '../domain/near-duplicates.js';
import type { Page, PageArgs } from '../domain/paging.js';

/**
 * What the resolvers call: one method a resolver or a loader, no more. Rules that hold for all of them:
 *
 * - The viewer comes first; the service authorises, and what belongs to another tenant is as if it were not there.
 * - Ids are plain UUIDs. Lists of ids hold no repeats, and answers keep their order and length.
 * - Reads that end in `s` are for loaders: one statement for all that is asked, whatever its number.
 * - Failures are StrataErrors. Their `path` is that of the GraphQL argument from its name inwards (`['input', 'metadata']`,
 *   `['first']`); in methods that take a list and answer item by item it begins within the item (`['metadata']`).
 *   Messages show ids as `notFound('DataObject', id)` does, never as UUIDs.
 * - Page arguments are checked by the service with `readPageArgs`, because a cursor's fingerprint is the list's.
 * - Deleted rows are answered to reads by id, with `isDeleted`; lists leave them out unless the filter includes them.
 * - Answers are the caller's own: never a cached or frozen object.
 */
export interface Services {
  objects: ObjectService;
  annotations: AnnotationService;
  embeddings: EmbeddingService;
  aggregations: AggregationService;
  uploads: UploadService;
  ingestions: IngestionService;
  search: SearchService;
  events: EventService;
  modelChanges: ModelChangeService;
  duplicates: DuplicateService;
  savedSearches: SavedSearchService;
}

/** One item's answer where each stands alone. */
export type Settled<T> = T | StrataError;

export interface ObjectService {
  byIds(viewer: Viewer, ids: readonly string[]): Promise<(DataObject | null)[]>;
  /** From the rows, and so again for everybody: for whoever knows that what `byIds` answers is older than what happened since. */
  reread(viewer: Viewer, ids: readonly string[]): Promise<(DataObject | null)[]>;
  /** The live object with that content. */
  byHash(viewer: Viewer, contentHash: string): Promise<DataObject | null>;
  page(viewer: Viewer, args: PageArgs & { filter?: ObjectFilter; order?: ObjectOrder }): Promise<Page<DataObject>>;
  /** The whole text that could be read out of each; null where there is none. */
  texts(viewer: Viewer, objectIds: readonly string[]): Promise<(string | null)[]>;
  /** `s3://bucket/key` or `file:<path within the data folder>`; never signed, needs no I/O. */
  storageLocation(object: DataObject): string;
  /**
   * @param options.expiresIn seconds; beyond 1 to 604,800: BAD_USER_INPUT at `['expiresIn']`
   * @returns null where the bytes are gone. Throws NOT_RESTORED for what lies in an archive.
   */
  downloadLink(viewer: Viewer, object: DataObject, options: { expiresIn: number; disposition: Disposition }): Promise<SignedLink | null>;
  update(viewer: Viewer, input: UpdateObject): Promise<DataObject>;
  /** To the bin; again: the same answer. */
  delete(viewer: Viewer, id: string): Promise<DataObject>;
  /** Again: the same answer. CONFLICT beside a live object of the same content. */
  undelete(viewer: Viewer, id: string): Promise<DataObject>;
  /** Again: the same counts as the first time are not required, but no error: 0 freed. An id that never was: NOT_FOUND. */
  purge(viewer: Viewer, id: string): Promise<PurgeResult>;
}

export interface AnnotationService {
  byIds(viewer: Viewer, ids: readonly string[]): Promise<(Annotation | null)[]>;
  page(viewer: Viewer, args: PageArgs & { filter?: AnnotationFilter }): Promise<Page<Annotation>>;
  /** The same page of each object's annotations, in one statement. A cursor of another object's list fails that object alone. */
  pagesForObjects(
    viewer: Viewer,
    objectIds: readonly string[],
    args: PageArgs & { filter?: AnnotationFilter },
  ): Promise<Settled<Page<Annotation>>[]>;
  /** One answer an input, in order. At most 1,000 inputs; a fixed number of statements a portion of them (32 with the embedded database, all otherwise). */
  create(viewer: Viewer, inputs: readonly CreateAnnotation[]): Promise<Settled<Annotation>[]>;
  update(viewer: Viewer, input: UpdateAnnotation): Promise<Annotation>;
  delete(viewer: Viewer, id: string): Promise<Annotation>;
  undelete(viewer: Viewer, id: string): Promise<Annotation>;
}

export interface EmbeddingModelInfo {
  name: string;
  modalities: readonly DataType[];
  dimensions: number;
  active: boolean;
  searched: boolean;
  available: boolean;
  duplicateCosine: number;
  likenessCosine: number;
  wordsCosine: number | null;
  /** The configuration key that brings it. */
  setting: string;
  /** One sentence: what its likeness means. */
  description: string;
}

export interface EmbeddingService {
  byIds(viewer: Viewer, ids: readonly string[]): Promise<(Embedding | null)[]>;
  /** Of each object, by model and passage position. @param model all where null */
  forObjects(viewer: Viewer, objectIds: readonly string[], model: string | null): Promise<Embedding[][]>;
  /** From the vector store, one read a model. An error where it is out of reach, null where it has no such vector. */
  vectors(viewer: Viewer, embeddings: readonly Embedding[]): Promise<Settled<ArrayLike<number> | null>[]>;
  models(viewer: Viewer): Promise<EmbeddingModelInfo[]>;
}

export interface AggregationService {
  byIds(viewer: Viewer, ids: readonly string[]): Promise<(Aggregation | null)[]>;
  page(viewer: Viewer, args: PageArgs & { type?: AggregationType }): Promise<Page<Aggregation>>;
  /** Those that have the object among their sources, newest first; one statement for all objects. */
  pagesForObjects(viewer: Viewer, objectIds: readonly string[], args: PageArgs): Promise<Settled<Page<Aggregation>>[]>;
  /** The sources of each, newest first; those in the bin included, the purged gone; one statement for all. */
  sourcePages(viewer: Viewer, aggregationIds: readonly string[], args: PageArgs): Promise<Settled<Page<DataObject>>[]>;
  create(viewer: Viewer, input: CreateAggregation): Promise<Aggregation>;
  delete(viewer: Viewer, id: string): Promise<void>;
}

export interface UploadService {
  byIds(viewer: Viewer, ids: readonly string[]): Promise<(UploadSession | null)[]>;
  create(viewer: Viewer, input: CreateUpload): Promise<CreatedUpload>;
  /** Again: the same answer. While VERIFYING: waits for the first call. */
  complete(viewer: Viewer, input: CompleteUpload): Promise<Ingested>;
  abort(viewer: Viewer, id: string): Promise<UploadSession>;
  /** Signed afresh; null for a multipart upload or when not PENDING. */
  link(viewer: Viewer, upload: UploadSession): Promise<SignedLink | null>;
  /** @param partNumbers at most 100; the first 100 that are not uploaded where null. Empty for one PUT or when not PENDING. */
  parts(viewer: Viewer, upload: UploadSession, partNumbers: readonly number[] | null): Promise<UploadPart[]>;
}

export interface IngestionService {
  byIds(viewer: Viewer, ids: readonly string[]): Promise<(Ingestion | null)[]>;
  page(viewer: Viewer, args: PageArgs & { status?: readonly IngestionStatus[] }): Promise<Page<Ingestion>>;
  newestForObjects(viewer: Viewer, objectIds: readonly string[]): Promise<(Ingestion | null)[]>;
  /** One answer an input, in order. At most 1,000 inputs. */
  ingestTexts(viewer: Viewer, inputs: readonly IngestText[]): Promise<Settled<Ingested>[]>;
  /** Resumes at the failed stage under the same id. Not FAILED: CONFLICT. */
  retry(viewer: Viewer, id: string): Promise<Ingestion>;
}

export interface SearchService {
  /** `after` that has expired: CURSOR_EXPIRED; of another search: BAD_USER_INPUT. */
  search(viewer: Viewer, request: SearchRequest, page: SearchPageArgs, signal?: AbortSignal): Promise<SearchResult>;
  /** Objects that are not there: NOT_FOUND. Cursors as of `search`. */
  recommend(viewer: Viewer, request: RecommendRequest, page: SearchPageArgs, signal?: AbortSignal): Promise<SearchResult>;
  /** Objects like each of these by the vectors of `model` (of the object's own first active model where null); null while it has none. */
  similarTo(viewer: Viewer, objectIds: readonly string[], options: { first: number; model: string | null }, signal?: AbortSignal): Promise<Settled<SearchResult | null>[]>;
}

/**
 * The promise rejects for what is wrong from the start (NOT_FOUND, CURSOR_EXPIRED); the iterable throws for what breaks later, such
 * as a consumer that fell behind. It ends, and frees what it holds, when `signal` aborts: then `next()` resolves with `done`.
 */
export interface EventService {
  /** The present states first, then changes; ends when every one of them has ended. */
  ingestionProgress(viewer: Viewer, ingestionIds: readonly string[], signal: AbortSignal): Promise<AsyncIterable<Ingestion>>;
  /** From behind `after`, up to 24 h ago; from now on where it is left out. The filter is tested on the old or the new state. */
  objectChanges(
    viewer: Viewer,
    args: { filter?: ObjectFilter; savedSearch?: string; after?: string },
    signal: AbortSignal,
  ): Promise<AsyncIterable<ObjectChange>>;
}

/** For admins of the tenant "default", since models are everybody's. What is done twice answers the same. */
export interface ModelChangeService {
  byIds(viewer: Viewer, ids: readonly string[]): Promise<(ModelChange | null)[]>;
  /** The open one, or else the newest. */
  current(viewer: Viewer): Promise<ModelChange | null>;
  list(viewer: Viewer, first: number): Promise<ModelChange[]>;
  failures(viewer: Viewer, changeId: string, first: number): Promise<ModelChangeFailure[]>;
  /** Objects that were written meanwhile, or are tried again, and have yet to be looked at. */
  waiting(viewer: Viewer, change: ModelChange): Promise<number>;
  estimate(viewer: Viewer, request: ModelChangeRequest, signal: AbortSignal): Promise<ModelChangeEstimate>;
  start(viewer: Viewer, request: ModelChangeRequest): Promise<ModelChange>;
  cutOver(viewer: Viewer, id: string, options: { acceptFailures: boolean }): Promise<ModelChange>;
  rollBack(viewer: Viewer, id: string): Promise<ModelChange>;
  cleanUp(viewer: Viewer, id: string): Promise<ModelChange>;
  abort(viewer: Viewer, id: string): Promise<ModelChange>;
  /** The present state first, then changes; ends where it does not move on by itself. */
  progress(viewer: Viewer, id: string, signal: AbortSignal): Promise<AsyncIterable<ModelChange>>;
}

export interface ModelChangeRequest {
  from?: string | null;
  to: string;
  beside?: boolean;
}

export interface DuplicateService {
  groups(viewer: Viewer, args: PageArgs & DuplicateQuery): Promise<Page<DuplicateGroupNode>>;
  /** One statement for all objects. */
  ofObjects(viewer: Viewer, objectIds: readonly string[], options: DuplicateOptions): Promise<FoundDuplicate[][]>;
  merge(viewer: Viewer, input: MergeDuplicates): Promise<MergedDuplicates>;
}

export interface SavedSearchService {
  byIds(viewer: Viewer, ids: readonly string[]): Promise<(SavedSearch | null)[]>;
  page(viewer: Viewer, args: PageArgs): Promise<Page<SavedSearch>>;
  create(viewer: Viewer, input: SaveSearch): Promise<SavedSearch>;
  update(viewer: Viewer, input: UpdateSavedSearch): Promise<SavedSearch>;
  delete(viewer: Viewer, id: string): Promise<void>;
  results(viewer: Viewer, search: SavedSearch, page: SearchPageArgs, signal?: AbortSignal): Promise<SearchResult>;
}
