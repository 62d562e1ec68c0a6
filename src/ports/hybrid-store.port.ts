import type { Fusion } from '../domain/operations.js';
import type { KeywordHit } from './keyword-index.port.js';
import type { VectorHit, VectorSpace } from './vector-store.port.js';

/** What a store that ranks by words and by vectors itself holds of one passage, or of one moment of a medium. */
export interface PassageRecord {
  /** Null for a moment of a medium, which has no words and one vector. */
  passageId: string | null;
  objectId: string;
  /** Analysed: lower-cased, stemmed, without stop words, in order, repeats included. */
  terms: readonly string[];
  vectors: readonly { space: VectorSpace; embeddingId: string; vector: Float32Array }[];
}

export interface HybridQuery {
  tenantId: string;
  space: VectorSpace;
  vector: Float32Array | readonly number[];
  /** Analysed the same way; at least one. */
  terms: readonly string[];
  /** The weight of the vectors, 0 to 1. At the ends the order is that of the one leg, which a search asks alone there. */
  alpha: number;
  fusion: Fusion;
  /** Objects: each counts by its best passage. */
  limit: number;
  /** Nothing but these, where given. */
  objectIds: readonly string[] | null;
  exceptObjectId?: string | null;
  signal?: AbortSignal;
}

export interface HybridHit {
  objectId: string;
  /** The store's fused score, scaled to 0 to 1. */
  score: number;
  /** What the legs said of it, as far as the store tells. */
  vector: VectorHit | null;
  keyword: KeywordHit | null;
}

/** A vector store and a keyword index over one set of records, with a ranking of its own over both. */
export interface HybridStore {
  /** Words and vectors of new passages at once; a record that is there is replaced whole. Batched, each item retried for itself. */
  write(tenantId: string, records: readonly PassageRecord[]): Promise<void>;
  /**
   * Falling by score, ties by object id. `complete` as in `VectorStore.search`; and false, however many there are, where a leg is
   * known to lack some: that changes the scores of all.
   */
  hybrid(query: HybridQuery): Promise<{ hits: HybridHit[]; complete: boolean }>;
}
