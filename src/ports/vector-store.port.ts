import type { ObjectFilter } from '../domain/filters.js';
import type { Transaction } from './database.port.js';

/** The vectors of one model: one dimension, one likeness (cosine). */
export interface VectorSpace {
  model: string;
  dimensions: number;
}

export interface VectorRecord {
  /** The embedding's id; writing it again replaces it. */
  id: string;
  objectId: string;
  passageId: string | null;
  vector: Float32Array;
}

export interface VectorQuery {
  tenantId: string;
  space: VectorSpace;
  vector: Float32Array | readonly number[];
  /** Objects, not vectors: each object counts by its best one. */
  limit: number;
  /** Live objects of the tenant that match; a store with `filters: "ids"` ignores it and obeys `objectIds`. */
  filter: ObjectFilter | null;
  /** Nothing but these, where given. */
  objectIds: readonly string[] | null;
  /** So many vectors of each object are told, best first, as far as they were looked at; 1 where left out. */
  perObject?: number;
  /** This object is left out: it is the one to find the like of. */
  exceptObjectId?: string | null;
  signal?: AbortSignal;
}

export interface VectorHit {
  objectId: string;
  passageId: string | null;
  /** The embedding's id. */
  id: string;
  /** Cosine, -1 to 1. */
  score: number;
  /** Where `perObject` asked for them: the next best of the same object, falling by score. Some stores tell of those alone that they came by. */
  others?: readonly VectorMatch[];
}

export type VectorMatch = Pick<VectorHit, 'id' | 'passageId' | 'score'>;

export interface VectorStoreCapabilities {
  /** `query`: takes ObjectFilter. `ids`: the caller selects ids first. */
  filters: 'query' | 'ids';
  /** Upserts and deletions happen inside the database transaction that is handed in. */
  transactional: boolean;
  /** A write is seen by searches after at most so many seconds. */
  lagSeconds: number;
}

/**
 * Out of reach: `DEPENDENCY_UNAVAILABLE` with `dependency: "vectors"`. It answers, and refuses until a person has changed a setting
 * (`NOT_CONFIGURED`) or what it holds (`CONFLICT`): with the same `dependency`. A vector of another length, or of zeros alone, which
 * has no direction: `BAD_USER_INPUT`.
 */
export interface VectorStore {
  readonly capabilities: VectorStoreCapabilities;
  /** Makes the space where it is missing; an existing one of other dimensions is an error that says so. Idempotent. */
  ensureSpace(space: VectorSpace): Promise<void>;
  upsert(tenantId: string, space: VectorSpace, records: readonly VectorRecord[], tx: Transaction | null): Promise<void>;
  /** Best vector an object, falling by score, ties by object id. `complete`: nothing more would match beyond what was given, or `limit` was reached. */
  search(query: VectorQuery): Promise<{ hits: VectorHit[]; complete: boolean }>;
  /**
   * What `search` answers to each, in order, at the cost of few: where the store can. Those of one tenant, space, limit, filter and
   * choice of ids are answered together; one that is refused or fails refuses them all.
   */
  searchMany?(queries: readonly VectorQuery[]): Promise<{ hits: VectorHit[]; complete: boolean }[]>;
  fetch(tenantId: string, space: VectorSpace, ids: readonly string[]): Promise<Map<string, Float32Array>>;
  /** All vectors of the objects, in every space. Answers how many went. */
  deleteObjects(tenantId: string, objectIds: readonly string[], tx: Transaction | null): Promise<number>;
  /** These embeddings, in every space. What is not there is no error. */
  remove(tenantId: string, ids: readonly string[], tx: Transaction | null): Promise<void>;
  count(tenantId: string, space: VectorSpace): Promise<number>;
  /** Housekeeping, where a store has any: worth calling after many writes. Safe beside searches and writes, and safe to be killed. */
  optimize?(signal?: AbortSignal): Promise<void>;
  check(): Promise<void>;
  close(): Promise<void>;
}
