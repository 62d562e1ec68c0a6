import { compileObjectFilter } from '../../src/adapters/db/filter-sql.js';
import { PostgresBm25Index } from '../../src/adapters/keywords/postgres-bm25.index.js';
import { PgvectorStore } from '../../src/adapters/vectors/pgvector.store.js';
import { indexesOver, type openIndexes } from '../../src/app/stores.js';
import { dependencyUnavailable } from '../../src/domain/errors.js';
import type { KeywordIndex } from '../../src/ports/keyword-index.port.js';
import type { VectorStore } from '../../src/ports/vector-store.port.js';

/**
 * Real indexes, made to look as if they lay outside the database: they hear of no transaction, filter by ids alone, and can be
 * out of reach. What only a vendor does is tried with the vendors.
 */
export const outside = {
  isAway: false,
  /** Whether `check` finds it away, too. */
  isAwayToAll: false,
  /** How often it was tried while it was away. */
  tries: 0,
  /** Called before each write; tests wait or throw here. */
  beforeWrite: async (_tenantId: string) => undefined as void,
  async reach(tenantId: string): Promise<void> {
    if (outside.isAway) {
      outside.tries += 1;
      throw dependencyUnavailable('vectors', new Error('away'));
    }
    await outside.beforeWrite(tenantId);
  },
};

export const openOutside: typeof openIndexes = (_config, parts) => {
  const { engine } = parts;
  const transact = <T>(work: (sql: typeof engine.sql) => Promise<T>) => engine.transaction(({ sql }) => work(sql));
  const vectors = new PgvectorStore(engine.sql, transact, compileObjectFilter);
  const keywords = new PostgresBm25Index(engine.sql, transact, compileObjectFilter);
  const farVectors: VectorStore = {
    capabilities: { filters: 'ids', transactional: false, lagSeconds: 0 },
    ensureSpace: (space) => vectors.ensureSpace(space),
    upsert: async (tenantId, space, records) => {
      await outside.reach(tenantId);
      await vectors.upsert(tenantId, space, records, null);
    },
    remove: async (tenantId, ids) => {
      await outside.reach(tenantId);
      await vectors.remove(tenantId, ids, null);
    },
    deleteObjects: () => Promise.reject(new Error('entries are taken out by their ids')),
    search: async (query) => {
      await outside.reach(query.tenantId);
      return vectors.search({ ...query, filter: { includeDeleted: true } });
    },
    fetch: (...args) => vectors.fetch(...args), count: (...args) => vectors.count(...args), check: () => (outside.isAwayToAll ? Promise.reject(dependencyUnavailable('vectors', new Error('away'))) : vectors.check()), close: () => vectors.close(),
  };
  const farKeywords: KeywordIndex = {
    capabilities: { filters: 'ids', transactional: false },
    index: async (tenantId, documents) => {
      await outside.reach(tenantId);
      await keywords.index(tenantId, documents, null);
    },
    remove: async (tenantId, passages) => {
      await outside.reach(tenantId);
      await keywords.remove(tenantId, passages, null);
    },
    search: (query) => keywords.search(query), optimize: (signal) => keywords.optimize(signal), check: () => keywords.check(), close: () => keywords.close(),
  };
  return Promise.resolve(indexesOver({ vectors: farVectors, keywords: farKeywords, hybrid: null }, parts));
};
