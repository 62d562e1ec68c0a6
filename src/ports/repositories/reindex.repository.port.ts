import type { JsonObject } from '../../domain/model.js';

/** A move into another store. `FOLLOWING`: everything is there; what changes is noted until the program answers from there. */
export interface Reindex {
  id: string;
  target: string;
  /** Where the store is, without secrets. */
  place: string;
  /** Null: all. */
  models: string[] | null;
  phase: 'PASSAGES' | 'MOMENTS' | 'FOLLOWING';
  /** The last id of the phase that has been moved. */
  cursor: string;
  /** Vectors. */
  copied: number;
  /** A process answers from there already; it is open for what others may still write to the old store. */
  switched: boolean;
  /** The stores were compared, and agreed. */
  verified: boolean;
}

/** Where the vectors lie. */
export interface StoreInUse {
  /** `pgvector`, `weaviate`, … */
  provider: string;
  /** Where the store is, without secrets. */
  place: string;
}

export interface MovedPassage {
  id: string;
  tenantId: string;
  objectId: string;
  ordinal: number;
  text: string;
  /** As `Passage.context`. */
  context: string | null;
}

export interface MovedEmbedding {
  id: string;
  tenantId: string;
  objectId: string;
  passageId: string | null;
  model: string;
  dimensions: number;
  metadata: JsonObject;
}

export interface ReindexChange {
  sequence: number;
  tenantId: string;
  kind: 'PASSAGE' | 'VECTOR';
  id: string;
  objectId: string;
  /** Of a passage. */
  ordinal: number | null;
}

/** Rows of all tenants, in the order of their ids: for whoever moves them. */
export interface ReindexRepository {
  /** The one that is under way, or has not been switched to. */
  current(): Promise<Reindex | null>;
  /**
   * From its commit on every change to passages and embeddings is noted; it waits for the transactions under way, so that none is
   * missed. Within a transaction of its own.
   */
  begin(reindex: Pick<Reindex, 'id' | 'target' | 'place' | 'models'>): Promise<void>;
  advance(id: string, to: Pick<Reindex, 'phase' | 'cursor' | 'copied'>): Promise<void>;
  verified(id: string): Promise<void>;
  /** It is over; what was noted goes. */
  end(): Promise<void>;
  /** A process answers from the new store. Seconds since the first did. */
  switched(id: string): Promise<number>;
  /** From its commit on every process answers from there, as soon as it hears of it. */
  use(store: StoreInUse): Promise<void>;
  /** Null where no move was switched to: the configuration says where the vectors are. */
  inUse(): Promise<StoreInUse | null>;

  passagesAfter(id: string, limit: number): Promise<MovedPassage[]>;
  findPassages(ids: readonly string[]): Promise<MovedPassage[]>;
  /** @param models null: all */
  embeddingsOfPassages(passageIds: readonly string[], models: readonly string[] | null): Promise<MovedEmbedding[]>;
  /** Those that belong to no passage. */
  momentsAfter(id: string, limit: number, models: readonly string[] | null): Promise<MovedEmbedding[]>;
  findEmbeddings(ids: readonly string[], models: readonly string[] | null): Promise<MovedEmbedding[]>;
  counts(models: readonly string[] | null): Promise<{ tenantId: string; model: string; dimensions: number; count: number }[]>;
  /** Embeddings, spread over all. */
  sample(limit: number, models: readonly string[] | null): Promise<MovedEmbedding[]>;

  changes(limit: number): Promise<ReindexChange[]>;
  settle(sequences: readonly number[]): Promise<void>;

  /** What the database's own indexes hold of rows that are gone: other stores were told when they went. Answers words that have to go, by tenant. */
  strayWords(limit: number): Promise<{ tenantId: string; passageId: string; ordinal: number }[]>;
  /** The same of vectors; removes them. */
  removeStrayVectors(): Promise<void>;
}
