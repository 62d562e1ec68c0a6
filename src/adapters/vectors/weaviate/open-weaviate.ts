import type { HybridStore } from '../../../ports/hybrid-store.port.js';
import type { KeywordIndex } from '../../../ports/keyword-index.port.js';
import type { VectorSpace, VectorStore } from '../../../ports/vector-store.port.js';
import { WeaviateCollection } from './weaviate.collection.js';
import { WeaviateConnection, type WeaviateAddress } from './weaviate.connection.js';
import { WeaviateHybridStore } from './weaviate.hybrid-store.js';
import { WeaviateKeywordIndex } from './weaviate.keyword-index.js';
import { WeaviateRecords } from './weaviate.records.js';
import { WeaviateRepair } from './weaviate.repair.js';
import { WeaviateVectorStore } from './weaviate.vector-store.js';

export interface WeaviateOptions extends WeaviateAddress {
  /** In front of the collection's name; a letter first, then letters, digits and underscores. */
  collectionPrefix: string;
  /** Those that are known from the start are made with the collection; others come with `ensureSpace`. */
  spaces: readonly VectorSpace[];
}

export interface WeaviateStores {
  vectors: VectorStore;
  keywords: KeywordIndex;
  hybrid: HybridStore;
  /** Rejects where the server is away, does not take the key, or holds a collection of that name that is not Strata's, or vectors of other dimensions. */
  check(): Promise<void>;
  /** One way to the server serves all three. */
  close(): Promise<void>;
}

/** Asks nothing of the server yet, so that it may be away: each call finds out for itself. */
export function openWeaviate(options: WeaviateOptions): WeaviateStores {
  const connection = new WeaviateConnection(options);
  const collection = new WeaviateCollection(connection, options.collectionPrefix, options.spaces);
  const records = new WeaviateRecords(connection, collection);
  const repair = new WeaviateRepair(records);
  const check = async () => {
    await connection.probe();
    await collection.check();
    await connection.probeSearches(collection.name);
  };
  const close = () => connection.close();
  return {
    vectors: new WeaviateVectorStore(records, repair, check, close),
    keywords: new WeaviateKeywordIndex(records, check, close),
    hybrid: new WeaviateHybridStore(records, repair),
    check,
    close,
  };
}
