import type { Database, Transaction } from '../../ports/database.port.js';
import type { KeywordDocument, KeywordIndex, KeywordIndexCapabilities, KeywordQuery } from '../../ports/keyword-index.port.js';
import type { IndexSync } from './index-sync.js';

/** A keyword index outside the database, written to as if it lay within; see `DeferredVectors`. */
export class DeferredKeywords implements KeywordIndex {
  readonly capabilities: KeywordIndexCapabilities;

  constructor(
    private readonly inner: KeywordIndex,
    private readonly database: Database,
    private readonly sync: IndexSync,
  ) {
    this.capabilities = { ...inner.capabilities, transactional: true };
  }

  /** The words are read again from the passages when the index is told. */
  async index(tenantId: string, documents: readonly KeywordDocument[], tx: Transaction | null): Promise<void> {
    if (tx === null) return this.database.transaction((own) => this.index(tenantId, documents, own));
    await tx.indexChanges.add(tenantId, documents.map(({ passageId, objectId, ordinal }) => ({ kind: 'PASSAGE', operation: 'PUT', id: passageId, objectId, ordinal })));
    this.sync.behind(tx, tenantId, documents.map(({ objectId }) => objectId));
  }

  async remove(tenantId: string, passages: readonly { passageId: string; ordinal: number }[], tx: Transaction | null): Promise<void> {
    if (tx === null) return this.database.transaction((own) => this.remove(tenantId, passages, own));
    const found = await tx.passages.findByIds(tenantId, passages.map(({ passageId }) => passageId));
    await tx.indexChanges.add(tenantId, found.map(({ id, objectId, ordinal }) => ({ kind: 'PASSAGE', operation: 'REMOVE', id, objectId, ordinal })));
    this.sync.behind(tx, tenantId, found.map(({ objectId }) => objectId));
  }

  search(query: KeywordQuery) {
    return this.inner.search(query);
  }
  optimize(signal?: AbortSignal) {
    return this.inner.optimize(signal);
  }
  check() {
    return this.inner.check();
  }
  close() {
    return this.inner.close();
  }
}
