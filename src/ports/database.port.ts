import type { AggregationRepository } from './repositories/aggregation.repository.port.js';
import type { AnnotationChangeRepository } from './repositories/annotation-change.repository.port.js';
import type { AnnotationRepository } from './repositories/annotation.repository.port.js';
import type { BlobRepository } from './repositories/blob.repository.port.js';
import type { DuplicateRepository } from './repositories/duplicate.repository.port.js';
import type { FacetRepository } from './repositories/facet.repository.port.js';
import type { IndexChangeRepository } from './repositories/index-change.repository.port.js';
import type { IngestionRepository } from './repositories/ingestion.repository.port.js';
import type { EventRepository, IdempotencyRepository, PurgeRepository, SagaRepository } from './repositories/ledger.repository.port.js';
import type { ModelChangeRepository } from './repositories/model-change.repository.port.js';
import type { ObjectRepository } from './repositories/object.repository.port.js';
import type { EmbeddingRepository, PassageRepository } from './repositories/passage.repository.port.js';
import type { ReindexRepository } from './repositories/reindex.repository.port.js';
import type { SavedSearchRepository } from './repositories/saved-search.repository.port.js';
import type { TransferRepository } from './repositories/transfer.repository.port.js';
import type { UploadRepository } from './repositories/upload.repository.port.js';
import type { JobRequest } from './queue.port.js';
import type { SqlClient } from './sql.port.js';

export interface Repositories {
  readonly objects: ObjectRepository;
  readonly blobs: BlobRepository;
  readonly uploads: UploadRepository;
  readonly ingestions: IngestionRepository;
  readonly passages: PassageRepository;
  readonly embeddings: EmbeddingRepository;
  readonly annotations: AnnotationRepository;
  readonly annotationChanges: AnnotationChangeRepository;
  readonly aggregations: AggregationRepository;
  readonly facets: FacetRepository;
  readonly duplicates: DuplicateRepository;
  readonly savedSearches: SavedSearchRepository;
  readonly events: EventRepository;
  readonly idempotency: IdempotencyRepository;
  readonly purges: PurgeRepository;
  readonly sagas: SagaRepository;
  readonly indexChanges: IndexChangeRepository;
  readonly reindexes: ReindexRepository;
  readonly modelChanges: ModelChangeRepository;
  readonly transfer: TransferRepository;
}

/** A database transaction under way. Everything written through it exists together or not at all. */
export interface Transaction extends Repositories {
  /** For adapters that keep their data in the same database. */
  readonly sql: SqlClient;
  /** The jobs exist only if the transaction commits. */
  enqueue(jobs: readonly JobRequest[]): Promise<void>;
  /** Run behind the commit, before `transaction` answers, in order; never where it is rolled back. It sees to its own failures. */
  afterCommit(work: () => Promise<void>): void;
}

/** A search reads several times before it has its answer, and may have to wait each time; a list reads once. */
export type Readers = 'nobody' | 'readers' | 'searchers';

/** The truth. Out of reach: `DEPENDENCY_UNAVAILABLE` with `dependency: "database"`. */
export interface Database extends Repositories {
  /** While a transaction is open, everybody waits for its end (the embedded database). */
  readonly hasOneSession: boolean;
  /** Who reads, or did a moment ago, and would wait for the end of any transaction: work is then done in small portions. */
  readersWaiting(): Readers;
  /** To be called as a search begins. */
  noteSearch(): void;
  /** Transactions that are begun within `work` let readers go first, where there is one session: nobody waits for them. */
  inBackground<T>(work: () => T): T;
  /** Short work only: no calls to other stores inside. May run `work` again after a serialization failure. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  check(): Promise<void>;
}
