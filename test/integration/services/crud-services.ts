import { createHash, randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { expect, vi } from 'vitest';
import { LruCache } from '../../../src/adapters/cache/lru.cache.js';
import { compileObjectFilter } from '../../../src/adapters/db/filter-sql.js';
import { createDatabase } from '../../../src/adapters/db/sql-database.js';
import { MemoryEventBus } from '../../../src/adapters/events/memory.event-bus.js';
import { PostgresBm25Index } from '../../../src/adapters/keywords/postgres-bm25.index.js';
import { PgvectorStore } from '../../../src/adapters/vectors/pgvector.store.js';
import type { DataObject, Role, Viewer } from '../../../src/domain/model.js';
import type { Services } from '../../../src/graphql/services.js';
import type { Database } from '../../../src/ports/database.port.js';
import type { Queue } from '../../../src/ports/queue.port.js';
import type { Embedder } from '../../../src/ports/embedder.port.js';
import type { Logger } from '../../../src/ports/logger.port.js';
import type { ChangeEvent } from '../../../src/ports/repositories/ledger.repository.port.js';
import type { NewObject } from '../../../src/ports/repositories/object.repository.port.js';
import { AggregationService } from '../../../src/services/aggregations/aggregation.service.js';
import { AnnotationService } from '../../../src/services/annotations/annotation.service.js';
import type { VectorStore } from '../../../src/ports/vector-store.port.js';
import { EmbeddingService } from '../../../src/services/embeddings/embedding.service.js';
import { EventService } from '../../../src/services/events/event.service.js';
import { EVENT_TIMING, type EventTiming } from '../../../src/services/events/timing.js';
import { ObjectCache } from '../../../src/services/objects/object-cache.js';
import { ObjectService } from '../../../src/services/objects/object.service.js';
import { analyzeTerms } from '../../../src/services/search/analysis.js';
import type { TestDatabase } from '../../support/database.js';
import { MemoryObjectStore } from '../../support/memory-object-store.js';

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => silent };

/** The services of one test over the file's database, with the stores that belong to that database, and a tenant of its own. */
export interface Bench extends Pick<Services, 'objects' | 'annotations' | 'aggregations' | 'embeddings' | 'events'> {
  database: Database;
  vectors: VectorStore;
  bus: MemoryEventBus;
  store: MemoryObjectStore;
  tenantId: string;
  viewer(role: Role, id?: string): Viewer;
  /** Objects as an ingestion leaves them: READY, their bytes in the store. */
  have(...wanted: Partial<NewObject>[]): Promise<DataObject[]>;
  /** Objects of the tenant that the words find, in id order. */
  wordsFind(words: string): Promise<string[]>;
  /** What has been committed can be read as changes: a server tells of a change once every older transaction on it has ended, other tests' too. */
  changesAreReadable(): Promise<void>;
  /** The changes that the work made, all of them and no earlier ones. */
  changesOf(work: () => Promise<unknown>): Promise<ChangeEvent[]>;
  statementsOf(work: () => Promise<unknown>): Promise<number>;
}

export function benchOver(test: TestDatabase, options: { timing?: Partial<EventTiming>; models?: Embedder['models'] } = {}): Bench {
  const { engine } = test;
  const transact = <T>(work: (sql: typeof engine.sql) => Promise<T>) => engine.transaction(({ sql }) => work(sql));
  // Nobody works here: what is enqueued is other tests' concern.
  const queue = { enqueue: () => Promise.resolve(), wake: () => undefined } as unknown as Queue;
  const database = createDatabase(engine, queue);
  const bus = new MemoryEventBus();
  const store = new MemoryObjectStore();
  const keywords = test.indexes?.keywords ?? new PostgresBm25Index(engine.sql, transact, compileObjectFilter);
  const vectors = test.indexes?.vectors ?? new PgvectorStore(engine.sql, transact, compileObjectFilter);
  const objectCache = new ObjectCache(new LruCache({ maxSizeMb: 8, ttlSeconds: 60 }));
  const embedder = { models: options.models ?? (() => []) } as unknown as Embedder;
  const deps = { database, objectStore: store, keywords, vectors, events: bus, queue, logger: silent, embedder, objectCache };
  const tenantId = `${test.freshTenant()}-${randomUUID().slice(0, 8)}`;
  const changesAreReadable = async () => {
    const [{ now }] = (await engine.sql.query('SELECT pg_current_xact_id()::text AS now', [])) as [{ now: string }];
    await vi.waitFor(async () => {
      const [{ readable }] = (await engine.sql.query('SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8 AS readable', [now])) as [{ readable: boolean }];
      expect(readable).toBe(true);
    }, { timeout: 30_000 });
  };
  return {
    database, vectors, bus, store, tenantId, changesAreReadable,
    // Purging is another service's; its own tests cover it.
    objects: new ObjectService({ ...deps, purge: async (viewer, id) => {
      await database.objects.delete(viewer.tenantId, id);
      return { id, bytesFreed: 0, annotations: 0, embeddings: 0 };
    } }),
    annotations: new AnnotationService(deps),
    aggregations: new AggregationService(deps),
    embeddings: new EmbeddingService(deps),
    events: new EventService(deps, { ...EVENT_TIMING, restMs: 0, ...options.timing }),
    viewer: (role, id = `${role}-1`) => ({ id, tenantId, role }),
    async have(...wanted) {
      const rows: NewObject[] = wanted.map((given) => {
        const contentHash = createHash('sha256').update(randomUUID()).digest('hex');
        return {
          id: uuidv7(), tenantId, type: 'TEXT', contentHash, storageKey: `${tenantId}/text/${contentHash}`, filename: null, mimeType: 'text/plain',
          fileSize: 5, metadata: {}, ...given,
        };
      });
      await store.putMany(rows.map((row) => ({ key: row.storageKey, body: Buffer.from('bytes') })));
      await database.objects.insertMissing(rows);
      const ready = new Map((await database.objects.setStatus(tenantId, rows.map((row) => row.id), 'READY')).map((row) => [row.id, row]));
      return rows.map((row) => ready.get(row.id)!);
    },
    async wordsFind(words) {
      const { hits } = await keywords.search({ tenantId, terms: analyzeTerms(words), limit: 50, filter: null, objectIds: null });
      return hits.map((hit) => hit.objectId).sort();
    },
    async changesOf(work) {
      await changesAreReadable();
      const before = await database.events.head(tenantId);
      await work();
      await changesAreReadable();
      return database.events.readAfter(tenantId, before, 100);
    },
    statementsOf: async (work) => (await test.statementsOf(work)).length,
  };
}

/** For `rejects`: the code, and where in the input. */
export const failure = (code: string, path?: string) => expect.objectContaining(path === undefined ? { code } : { code, path: path === '' ? [] : path.split('.') });
