import DataLoader from 'dataloader';
import type { AnnotationFilter } from '../../domain/filters.js';
import type { Aggregation, Annotation, DataObject, Embedding, Ingestion, UploadSession, Viewer } from '../../domain/model.js';
import type { ModelChange } from '../../domain/model-change.js';
import type { FoundDuplicate } from '../../domain/near-duplicates.js';
import type { DuplicateOptions, SavedSearch, SearchResult } from '../../domain/operations.js';
import type { Page, PageArgs } from '../../domain/paging.js';
import type { Services } from '../services.js';

type ById<T> = DataLoader<string, T | null>;
type Vector = ArrayLike<number> | null;

/** Reads of one request, gathered so that each relation of a whole list costs one statement. Keys are plain ids. */
export interface Loaders {
  objects: ById<DataObject>;
  annotations: ById<Annotation>;
  embeddings: ById<Embedding>;
  aggregations: ById<Aggregation>;
  uploads: ById<UploadSession>;
  ingestions: ById<Ingestion>;
  modelChanges: ById<ModelChange>;
  savedSearches: ById<SavedSearch>;
  texts: DataLoader<string, string | null>;
  newestIngestions: DataLoader<string, Ingestion | null>;
  vectors: DataLoader<Embedding, Vector, string>;
  /** One loader for each set of arguments; keyed by object, or by aggregation. */
  annotationPages(args: PageArgs & { filter?: AnnotationFilter }): DataLoader<string, Page<Annotation>>;
  aggregationPages(args: PageArgs): DataLoader<string, Page<Aggregation>>;
  sourcePages(args: PageArgs): DataLoader<string, Page<DataObject>>;
  objectEmbeddings(model: string | null): DataLoader<string, Embedding[]>;
  duplicates(options: DuplicateOptions): DataLoader<string, FoundDuplicate[]>;
  similar(options: { first: number; model: string | null }): DataLoader<string, SearchResult | null>;
}

/** A batch as large as the largest page's children: a request that reads 500 objects with 500 annotations each is refused before. */
const MAX_BATCH = 1_000;

/** @param signal aborts when nobody waits for the answers any more */
export function createLoaders(services: Services, viewer: Viewer, signal: AbortSignal): Loaders {
  const batched = <T>(read: (ids: readonly string[]) => Promise<ArrayLike<T | Error>>) =>
    new DataLoader<string, T>(read, { maxBatchSize: MAX_BATCH });
  return {
    objects: batched((ids) => services.objects.byIds(viewer, ids)),
    annotations: batched((ids) => services.annotations.byIds(viewer, ids)),
    embeddings: batched((ids) => services.embeddings.byIds(viewer, ids)),
    aggregations: batched((ids) => services.aggregations.byIds(viewer, ids)),
    uploads: batched((ids) => services.uploads.byIds(viewer, ids)),
    ingestions: batched((ids) => services.ingestions.byIds(viewer, ids)),
    modelChanges: batched((ids) => services.modelChanges.byIds(viewer, ids)),
    savedSearches: batched((ids) => services.savedSearches.byIds(viewer, ids)),
    texts: batched((ids) => services.objects.texts(viewer, ids)),
    newestIngestions: batched((ids) => services.ingestions.newestForObjects(viewer, ids)),
    vectors: new DataLoader<Embedding, Vector, string>((embeddings) => services.embeddings.vectors(viewer, embeddings), {
      cacheKeyFn: (embedding) => embedding.id,
      maxBatchSize: MAX_BATCH,
    }),
    annotationPages: perArguments((args) => batched<Page<Annotation>>((ids) => services.annotations.pagesForObjects(viewer, ids, args))),
    aggregationPages: perArguments((args) => batched<Page<Aggregation>>((ids) => services.aggregations.pagesForObjects(viewer, ids, args))),
    sourcePages: perArguments((args) => batched<Page<DataObject>>((ids) => services.aggregations.sourcePages(viewer, ids, args))),
    objectEmbeddings: perArguments((model) => batched((ids) => services.embeddings.forObjects(viewer, ids, model))),
    duplicates: perArguments((options) => batched<FoundDuplicate[]>((ids) => services.duplicates.ofObjects(viewer, ids, options))),
    similar: perArguments((options) => batched<SearchResult | null>((ids) => services.search.similarTo(viewer, ids, options, signal))),
  };
}

/** Equal arguments share a loader: graphql-js makes a new arguments object for each parent. */
function perArguments<Args, Loader>(create: (args: Args) => Loader): (args: Args) => Loader {
  const loaders = new Map<string, Loader>();
  return (args) => {
    const key = JSON.stringify(args);
    let loader = loaders.get(key);
    if (!loader) loaders.set(key, (loader = create(args)));
    return loader;
  };
}
