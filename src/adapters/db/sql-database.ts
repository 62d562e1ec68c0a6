import type { Database, Repositories, Transaction } from '../../ports/database.port.js';
import type { Queue } from '../../ports/queue.port.js';
import type { SqlClient } from '../../ports/sql.port.js';
import type { DatabaseEngine } from './engine/database-engine.js';
import { readingFromReplica } from './replica-reads.js';
import { SqlAggregationRepository } from './repositories/aggregation.repository.js';
import { SqlAnnotationChangeRepository } from './repositories/annotation-change.repository.js';
import { SqlAnnotationRepository } from './repositories/annotation.repository.js';
import { SqlBlobRepository } from './repositories/blob.repository.js';
import { SqlDuplicateRepository } from './repositories/duplicate.repository.js';
import { SqlEventRepository } from './repositories/event.repository.js';
import { SqlFacetRepository } from './repositories/facet.repository.js';
import { SqlIndexChangeRepository } from './repositories/index-change.repository.js';
import { SqlIngestionRepository } from './repositories/ingestion.repository.js';
import { SqlIdempotencyRepository, SqlPurgeRepository, SqlSagaRepository } from './repositories/ledger.repository.js';
import { SqlModelChangeRepository } from './repositories/model-change.repository.js';
import { SqlObjectRepository } from './repositories/object.repository.js';
import { SqlEmbeddingRepository, SqlPassageRepository } from './repositories/passage.repository.js';
import { PrismaReads } from './repositories/prisma-reads.js';
import { SqlReindexRepository } from './repositories/reindex.repository.js';
import { SqlSavedSearchRepository } from './repositories/saved-search.repository.js';
import { SqlTransferRepository } from './repositories/transfer.repository.js';
import { SqlUploadRepository } from './repositories/upload.repository.js';

type Transact = <T>(work: (sql: SqlClient) => Promise<T>) => Promise<T>;

/**
 * The database port over an engine; jobs that are enqueued within a transaction go through the queue's own tables in the same database.
 * @param replica a standby that some reads outside of transactions go to
 */
export function createDatabase(engine: DatabaseEngine, queue: Pick<Queue, 'enqueue'>, replica: DatabaseEngine | null = null): Database {
  const reads = new PrismaReads(() => engine.prisma);
  const primary = overEngine(engine);
  return {
    ...(replica === null ? primary : readingFromReplica(primary, overEngine(replica))),
    hasOneSession: engine.kind === 'embedded',
    noteSearch: () => engine.noteSearch(),
    readersWaiting: () => engine.readersWaiting(),
    inBackground: (work) => engine.inBackground(work),
    async transaction(work) {
      let behind: (() => Promise<void>)[] = [];
      const result = await engine.transaction(({ sql }) => {
        // Anew where the engine runs it again.
        behind = [];
        const tx: Transaction = {
          // Already within a transaction: what asks for one of its own gets this.
          ...repositories(sql, (inner) => inner(sql), reads),
          sql,
          enqueue: (jobs) => queue.enqueue(jobs, sql),
          afterCommit: (later) => void behind.push(later),
        };
        return work(tx);
      });
      for (const later of behind) await later();
      return result;
    },
    check: () => engine.check(),
  };
}

function overEngine(engine: DatabaseEngine): Repositories {
  const transact: Transact = (work) => engine.transaction(({ sql }) => work(sql));
  return repositories(engine.sql, transact, new PrismaReads(() => engine.prisma));
}

function repositories(sql: SqlClient, transact: Transact, reads: PrismaReads): Repositories {
  return {
    objects: new SqlObjectRepository(sql, transact),
    blobs: new SqlBlobRepository(sql),
    uploads: new SqlUploadRepository(sql, reads),
    ingestions: new SqlIngestionRepository(sql, transact),
    passages: new SqlPassageRepository(sql),
    embeddings: new SqlEmbeddingRepository(sql),
    annotations: new SqlAnnotationRepository(sql, transact),
    annotationChanges: new SqlAnnotationChangeRepository(sql),
    aggregations: new SqlAggregationRepository(sql, transact, reads),
    facets: new SqlFacetRepository(sql),
    duplicates: new SqlDuplicateRepository(sql),
    savedSearches: new SqlSavedSearchRepository(sql),
    events: new SqlEventRepository(sql),
    idempotency: new SqlIdempotencyRepository(sql),
    purges: new SqlPurgeRepository(sql),
    sagas: new SqlSagaRepository(sql, reads),
    indexChanges: new SqlIndexChangeRepository(sql),
    reindexes: new SqlReindexRepository(sql),
    modelChanges: new SqlModelChangeRepository(sql),
    transfer: new SqlTransferRepository(sql),
  };
}
