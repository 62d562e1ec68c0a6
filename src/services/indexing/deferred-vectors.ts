import type { Database, Transaction } from '../../ports/database.port.js';
import type { VectorQuery, VectorRecord, VectorSpace, VectorStore, VectorStoreCapabilities } from '../../ports/vector-store.port.js';
import type { IndexSync } from './index-sync.js';

/**
 * A vector store outside the database, written to as if it lay within: a transaction notes what is to change (`index_changes`),
 * and behind the commit the store is told. Whatever is rolled back never reaches it; whatever is committed reaches it, if not
 * at once, then as soon as it answers.
 */
export class DeferredVectors implements VectorStore {
  readonly capabilities: VectorStoreCapabilities;
  readonly searchMany?: VectorStore['searchMany'];

  constructor(
    private readonly store: VectorStore,
    private readonly database: Database,
    private readonly sync: IndexSync,
  ) {
    this.capabilities = { ...store.capabilities, transactional: true };
    if (store.searchMany !== undefined) this.searchMany = (queries) => store.searchMany!(queries);
  }

  ensureSpace(space: VectorSpace): Promise<void> {
    return this.store.ensureSpace(space);
  }

  async upsert(tenantId: string, space: VectorSpace, records: readonly VectorRecord[], tx: Transaction | null): Promise<void> {
    if (tx === null) return this.database.transaction((own) => this.upsert(tenantId, space, records, own));
    await tx.indexChanges.add(tenantId, records.map((record) => ({ kind: 'VECTOR', operation: 'PUT', model: space.model, ...record })));
    this.sync.behind(tx, tenantId, records.map(({ objectId }) => objectId));
  }

  async deleteObjects(tenantId: string, objectIds: readonly string[], tx: Transaction | null): Promise<number> {
    if (tx === null) return this.database.transaction((own) => this.deleteObjects(tenantId, objectIds, own));
    const count = await tx.indexChanges.addRemovals(tenantId, objectIds);
    this.sync.behind(tx, tenantId, objectIds);
    return count;
  }

  async remove(tenantId: string, ids: readonly string[], tx: Transaction | null): Promise<void> {
    if (tx === null) return this.database.transaction((own) => this.remove(tenantId, ids, own));
    const embeddings = await tx.embeddings.findByIds(tenantId, ids);
    await tx.indexChanges.add(tenantId, embeddings.map(({ id, objectId }) => ({ kind: 'VECTOR', operation: 'REMOVE', id, objectId })));
    this.sync.behind(tx, tenantId, embeddings.map(({ objectId }) => objectId));
  }

  search(query: VectorQuery) {
    return this.store.search(query);
  }
  fetch(tenantId: string, space: VectorSpace, ids: readonly string[]) {
    return this.store.fetch(tenantId, space, ids);
  }
  count(tenantId: string, space: VectorSpace) {
    return this.store.count(tenantId, space);
  }
  async optimize(signal?: AbortSignal) {
    await this.store.optimize?.(signal);
  }
  check() {
    return this.store.check();
  }
  close() {
    return this.store.close();
  }
}
