import type { Database, Transaction } from '../../ports/database.port.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { HybridStore, PassageRecord } from '../../ports/hybrid-store.port.js';
import type { KeywordIndex } from '../../ports/keyword-index.port.js';
import type { Logger } from '../../ports/logger.port.js';
import type { PendingIndexChange } from '../../ports/repositories/index-change.repository.port.js';
import type { VectorSpace, VectorStore } from '../../ports/vector-store.port.js';
import { analyzeTerms } from '../search/analysis.js';

export interface OutsideStores {
  vectors: VectorStore;
  /** Null where words are ranked in the database. */
  keywords: KeywordIndex | null;
  /** Where one store holds both. */
  hybrid: HybridStore | null;
}

interface IndexSyncDependencies {
  database: Database;
  stores: OutsideStores;
  models(): readonly EmbeddingModel[];
  logger: Logger;
}

/** Entries told to the store at once: with 384 dimensions, a megabyte. */
const ENTRIES_A_ROUND = 500;
/** What has waited for so long, nobody is telling the store any more. */
const OVERDUE_SECONDS = 20;
const OBJECTS_A_RECOVERY = 500;

type Put<Kind extends PendingIndexChange['kind']> = Extract<PendingIndexChange, { kind: Kind; operation: 'PUT' }>;

/**
 * Tells a store outside the database what `index_changes` holds. It may run anywhere, any number of times and at once: a row is an
 * entry's newest state, and goes only if it is still the one that was told. Invariant: whatever the rows say is in the store, or has
 * a row in `index_changes`.
 */
export class IndexSync {
  private readonly spaces = new Set<string>();
  private readonly waiting = new WeakMap<Transaction, Map<string, Set<string>>>();

  constructor(private readonly deps: IndexSyncDependencies) {}

  /** Behind the commit of this transaction these objects' changes are told, once; a failure is logged, and tried again later. */
  behind(tx: Transaction, tenantId: string, objectIds: readonly string[]): void {
    let tenants = this.waiting.get(tx);
    if (tenants === undefined) {
      const touched = new Map<string, Set<string>>();
      tenants = touched;
      this.waiting.set(tx, touched);
      tx.afterCommit(async () => {
        for (const [tenant, ids] of touched) await this.flushOrLog(tenant, [...ids]);
      });
    }
    const ids = tenants.get(tenantId) ?? new Set();
    for (const id of objectIds) ids.add(id);
    tenants.set(tenantId, ids);
  }

  /** Returns when the store has all that was pending for these objects. @throws DEPENDENCY_UNAVAILABLE */
  async flush(tenantId: string, objectIds: readonly string[]): Promise<void> {
    if (objectIds.length === 0) return;
    for (;;) {
      const changes = wholePassages(await this.deps.database.indexChanges.pending(tenantId, objectIds, ENTRIES_A_ROUND));
      if (changes.length === 0) return;
      await this.tell(tenantId, changes);
      await this.settle(tenantId, changes);
    }
  }

  /** What processes that failed or vanished have not told. Answers how many objects. */
  async recover(): Promise<number> {
    const overdue = await this.deps.database.indexChanges.overdue(OVERDUE_SECONDS, OBJECTS_A_RECOVERY);
    for (const [tenantId, objects] of Map.groupBy(overdue, (object) => object.tenantId)) {
      await this.flush(tenantId, objects.map(({ objectId }) => objectId));
    }
    return overdue.length;
  }

  private async flushOrLog(tenantId: string, objectIds: readonly string[]): Promise<void> {
    try {
      await this.flush(tenantId, objectIds);
    } catch (error) {
      this.deps.logger.warn({ error, objects: objectIds.length }, 'the vector store was not told of a change; it will be, as soon as it answers');
    }
  }

  private async tell(tenantId: string, changes: readonly PendingIndexChange[]): Promise<void> {
    const { vectors, keywords } = this.deps.stores;
    const gone = changes.filter((change) => change.operation === 'REMOVE');
    const goneVectors = gone.filter((change) => change.kind === 'VECTOR').map(({ id }) => id);
    const gonePassages = gone.filter((change) => change.kind === 'PASSAGE').map(({ id, ordinal }) => ({ passageId: id, ordinal }));
    if (gonePassages.length > 0) await keywords?.remove(tenantId, gonePassages, null);
    if (goneVectors.length > 0) await vectors.remove(tenantId, goneVectors, null);
    const passages = changes.filter((change): change is Put<'PASSAGE'> => change.kind === 'PASSAGE' && change.operation === 'PUT');
    const embeddings = changes.filter((change): change is Put<'VECTOR'> => change.kind === 'VECTOR' && change.operation === 'PUT');
    await this.put(tenantId, passages, embeddings);
  }

  private async put(tenantId: string, passages: readonly Put<'PASSAGE'>[], embeddings: readonly Put<'VECTOR'>[]): Promise<void> {
    const { vectors, hybrid, keywords } = this.deps.stores;
    for (const { model } of embeddings) await this.ensureSpace(model);
    const rest = hybrid === null ? embeddings : await this.putTogether(hybrid, tenantId, passages, embeddings);
    if (hybrid === null && keywords !== null && passages.length > 0) {
      const terms = await this.termsOf(tenantId, passages);
      const documents = passages.filter(({ id }) => terms.has(id)).map(({ id, objectId, ordinal }) => ({ passageId: id, objectId, ordinal, terms: terms.get(id)! }));
      await keywords.index(tenantId, documents, null);
    }
    for (const [model, ofModel] of Map.groupBy(rest, (embedding) => embedding.model)) await vectors.upsert(tenantId, this.spaceOf(model), ofModel, null);
  }

  /** @returns the vectors of passages that the store has already: those are added to what is there */
  private async putTogether(hybrid: HybridStore, tenantId: string, passages: readonly Put<'PASSAGE'>[], embeddings: readonly Put<'VECTOR'>[]): Promise<Put<'VECTOR'>[]> {
    const terms = await this.termsOf(tenantId, passages);
    const byPassage = Map.groupBy(embeddings, ({ passageId }) => passageId);
    const vectorsOf = (found: readonly Put<'VECTOR'>[]) => found.map(({ id, model, vector }) => ({ space: this.spaceOf(model), embeddingId: id, vector }));
    const records: PassageRecord[] = passages
      .filter(({ id }) => terms.has(id))
      .map(({ id, objectId }) => ({ passageId: id, objectId, terms: terms.get(id)!, vectors: vectorsOf(byPassage.get(id) ?? []) }));
    const moments = (byPassage.get(null) ?? []).map((embedding): PassageRecord => ({
      passageId: null, objectId: embedding.objectId, terms: [], vectors: vectorsOf([embedding]),
    }));
    await hybrid.write(tenantId, [...records, ...moments]);
    return embeddings.filter(({ passageId }) => passageId !== null && !terms.has(passageId));
  }

  /** Passages that are gone by now have none; a row that says so follows. */
  private async termsOf(tenantId: string, passages: readonly Put<'PASSAGE'>[]): Promise<Map<string, string[]>> {
    if (passages.length === 0) return new Map();
    const found = await this.deps.database.passages.findByIds(tenantId, passages.map(({ id }) => id));
    return new Map(found.map(({ id, text }) => [id, analyzeTerms(text)]));
  }

  private async settle(tenantId: string, changes: readonly PendingIndexChange[]): Promise<void> {
    await this.deps.database.transaction(async (tx) => {
      const settled = new Set(await tx.indexChanges.settle(tenantId, changes));
      // Somebody else told the store of a newer state meanwhile, and what was put here may have come behind it.
      const late = changes.filter((change) => change.operation === 'PUT' && !settled.has(change.id));
      await tx.indexChanges.removeStrays(tenantId, late.map((change) => ({ ...change, ordinal: change.kind === 'PASSAGE' ? change.ordinal : null })));
      // Searches that were answered between the commit and now are not to be repeated from the cache.
      await tx.objects.raiseGeneration(tenantId);
    });
  }

  private async ensureSpace(model: string): Promise<void> {
    if (this.spaces.has(model)) return;
    await this.deps.stores.vectors.ensureSpace(this.spaceOf(model));
    this.spaces.add(model);
  }

  private spaceOf(model: string): VectorSpace {
    const known = this.deps.models().find(({ name }) => name === model);
    if (known === undefined) throw new Error(`There are vectors of the model ${model}, which is not configured any more.`);
    return { model, dimensions: known.dimensions };
  }
}

/** Without the passage at the end of a full round, whose vectors may be in the next: they are put together. */
function wholePassages(changes: readonly PendingIndexChange[]): readonly PendingIndexChange[] {
  if (changes.length < ENTRIES_A_ROUND) return changes;
  const last = passageOf(changes.at(-1)!);
  const whole = changes.filter((change) => passageOf(change) !== last);
  return whole.length > 0 ? whole : changes;
}

const passageOf = (change: PendingIndexChange) => ('passageId' in change ? change.passageId ?? change.id : change.id);
