import type { Cache } from '../../ports/cache.port.js';
import type { Database } from '../../ports/database.port.js';
import type { Embedder } from '../../ports/embedder.port.js';
import type { EventBus } from '../../ports/event-bus.port.js';
import type { HybridStore } from '../../ports/hybrid-store.port.js';
import type { KeywordIndex } from '../../ports/keyword-index.port.js';
import type { Logger } from '../../ports/logger.port.js';
import type { MediaReader } from '../../ports/media.port.js';
import type { Metrics } from '../../ports/metrics.port.js';
import type { ObjectStore } from '../../ports/object-store.port.js';
import type { Queue } from '../../ports/queue.port.js';
import type { VectorStore } from '../../ports/vector-store.port.js';
import type { IndexSync } from '../indexing/index-sync.js';
import type { Indexes } from '../indexing/live-indexes.js';

/** What services are built from. Each takes the part of it that it needs. */
export interface ServiceDependencies {
  database: Database;
  objectStore: ObjectStore;
  vectors: VectorStore;
  keywords: KeywordIndex;
  /** Where words and vectors lie in one store that ranks by both; null otherwise. */
  hybrid: HybridStore | null;
  /** Where a store lies outside the database: tells it what has changed. Null where every index is part of the database. */
  indexSync: IndexSync | null;
  /** These four as they are now, where a move may exchange them while the program works. */
  indexesNow?: () => Indexes;
  cache: Cache;
  events: EventBus;
  queue: Queue;
  embedder: Embedder;
  media: MediaReader;
  logger: Logger;
  metrics: Metrics;
  limits: ServiceLimits;
}

export interface ServiceLimits {
  /** Bytes of one upload. */
  maxUpload: number;
  /** Bytes of one `ingestText`, as UTF-8. */
  maxText: number;
  /** Characters of a search's query. */
  maxQueryLength: number;
  searchTimeoutSeconds: number;
  extractionTimeoutSeconds: number;
  jobs: { concurrency: number; batchSize: number; maxAttempts: number };
}
