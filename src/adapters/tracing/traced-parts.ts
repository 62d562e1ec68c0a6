import type { Cache } from '../../ports/cache.port.js';
import type { Embedder } from '../../ports/embedder.port.js';
import type { HybridStore } from '../../ports/hybrid-store.port.js';
import type { KeywordIndex } from '../../ports/keyword-index.port.js';
import type { MediaReader } from '../../ports/media.port.js';
import type { ObjectStore } from '../../ports/object-store.port.js';
import type { Reranker } from '../../ports/reranker.port.js';
import type { Tracer } from '../../ports/tracer.port.js';
import type { VectorStore } from '../../ports/vector-store.port.js';
import { tracedPort } from './traced-port.js';

/** Each port's calls that take time, and what of them is worth telling: keys, counts and names; never content, vectors or words. */

export function tracedObjectStore<Store extends ObjectStore>(store: Store, tracer: Tracer): Store {
  const ofKey = (key: string) => ({ 'strata.object.key': key });
  return tracedPort<ObjectStore>(
    store,
    'objects',
    {
      put: ofKey,
      putMany: (objects) => ({ 'strata.count': objects.length }),
      get: ofKey,
      head: ofKey,
      copy: (from, to) => ({ 'strata.object.key': to, 'strata.object.source': from }),
      delete: (keys) => ({ 'strata.count': keys.length }),
      list: (prefix) => ({ 'strata.object.prefix': prefix }),
      signUpload: ofKey,
      startMultipart: ofKey,
      listParts: ofKey,
      completeMultipart: (key, _upload, parts) => ({ 'strata.object.key': key, 'strata.count': parts.length }),
      abortMultipart: ofKey,
      signDownload: ofKey,
      localFile: ofKey,
    },
    tracer,
  ) as Store;
}

export function tracedVectorStore<Store extends VectorStore>(store: Store, tracer: Tracer, name = 'vectors'): Store {
  return tracedPort<VectorStore>(
    store,
    name,
    {
      ensureSpace: ({ model }) => ({ 'strata.model': model }),
      upsert: (_tenant, { model }, records) => ({ 'strata.model': model, 'strata.count': records.length }),
      search: ({ space, limit, filter, objectIds }) => ({ 'strata.model': space.model, 'strata.limit': limit, 'strata.filtered': filter !== null || objectIds !== null }),
      searchMany: (queries) => ({ 'strata.count': queries.length, 'strata.limit': queries[0]?.limit }),
      fetch: (_tenant, { model }, ids) => ({ 'strata.model': model, 'strata.count': ids.length }),
      deleteObjects: (_tenant, ids) => ({ 'strata.count': ids.length }),
      remove: (_tenant, ids) => ({ 'strata.count': ids.length }),
    },
    tracer,
  ) as Store;
}

export function tracedHybridStore<Store extends HybridStore>(store: Store, tracer: Tracer, name: string): Store {
  return tracedPort<HybridStore>(
    store,
    name,
    {
      write: (_tenant, records) => ({ 'strata.count': records.length }),
      hybrid: ({ space, limit, alpha, fusion }) => ({ 'strata.model': space.model, 'strata.limit': limit, 'strata.alpha': alpha, 'strata.fusion': fusion }),
    },
    tracer,
  ) as Store;
}

export function tracedKeywordIndex<Index extends KeywordIndex>(index: Index, tracer: Tracer, name = 'keywords'): Index {
  return tracedPort<KeywordIndex>(
    index,
    name,
    {
      index: (_tenant, documents) => ({ 'strata.count': documents.length }),
      remove: (_tenant, passages) => ({ 'strata.count': passages.length }),
      search: ({ terms, limit }) => ({ 'strata.count': terms.length, 'strata.limit': limit }),
    },
    tracer,
  ) as Index;
}

export function tracedEmbedder<Model extends Embedder>(embedder: Model, tracer: Tracer): Model {
  return tracedPort<Embedder>(
    embedder,
    'models',
    {
      embedTexts: (model, texts) => ({ 'strata.model': model, 'strata.count': texts.length }),
      embedMedia: (model, { type }) => ({ 'strata.model': model, 'strata.data_type': type }),
      embedMediaForAll: (models, { type }) => ({ 'strata.model': models.join(', '), 'strata.data_type': type }),
      splitPassages: (model, texts) => ({ 'strata.model': model, 'strata.count': texts.length }),
    },
    tracer,
  ) as Model;
}

export function tracedReranker<Model extends Reranker>(reranker: Model, tracer: Tracer): Model {
  return tracedPort<Reranker>(reranker, 'models', { score: (_query, texts) => ({ 'strata.model': reranker.name, 'strata.count': texts.length }) }, tracer) as Model;
}

export function tracedMediaReader<Reader extends MediaReader>(reader: Reader, tracer: Tracer): Reader {
  return tracedPort<MediaReader>(
    reader,
    'media',
    {
      sniff: (head) => ({ 'strata.bytes': head.length }),
      fingerprint: ({ type, mimeType, fileSize }) => ({ 'strata.data_type': type, 'strata.mime_type': mimeType, 'strata.bytes': fileSize }),
      extract: ({ type, mimeType, fileSize }) => ({ 'strata.data_type': type, 'strata.mime_type': mimeType, 'strata.bytes': fileSize }),
    },
    tracer,
  ) as Reader;
}

/** For a cache over the network; lookups in this process's memory take less time than their spans. */
export function tracedCache<Shared extends Cache>(cache: Shared, tracer: Tracer): Shared {
  const ofKeys = (keys: readonly string[]) => ({ 'strata.count': keys.length });
  return tracedPort<Cache>(cache, 'cache', { get: () => ({}), set: () => ({}), getOrCompute: () => ({}), delete: ofKeys, invalidate: () => ({}) }, tracer) as Shared;
}
