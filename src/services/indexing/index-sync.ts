import { isUnavailable, type StrataError } from '../../domain/errors.js';
import type { Database, Transaction } from '../../ports/database.port.js';
import type { Logger } from '../../ports/logger.port.js';
import type { PendingIndexChange } from '../../ports/repositories/index-change.repository.port.js';
import { OutsideWriter, type OutsideStores, type PassageToWrite } from './outside-writer.js';

interface IndexSyncDependencies {
  database: Database;
  stores: OutsideStores;
  logger: Logger;
}

/** Entries told to the store at once: with 384 dimensions, a megabyte. */
const ENTRIES_A_ROUND = 500;
/** What has waited for so long, nobody is telling the store any more. */
const OVERDUE_SECONDS = 20;
const OBJECTS_A_RECOVERY = 500;

type Put<Kind extends PendingIndexChange['kind']> = Extract<PendingIndexChange, { kind: Kind; operation: 'PUT' }>;
type Removal = Extract<PendingIndexChange, { operation: 'REMOVE' }>;

/**
 * Tells a store outside the database what `index_changes` holds. It may run anywhere, any number of times and at once: a row is an
 * entry's newest state, and goes only if it is still the one that was told. Invariant: whatever the rows say is in the store, or has
 * a row in `index_changes`.
 */
export class IndexSync {
  private readonly writer: OutsideWriter;
  private readonly waiting = new WeakMap<Transaction, Map<string, Set<string>>>();
  private readonly left = new WeakSet<Transaction>();

  constructor(private readonly deps: IndexSyncDependencies) {
    this.writer = new OutsideWriter(deps.stores);
  }

  /** Behind the commit of this transaction these objects' changes are told, once; a failure is logged, and tried again later. */
  behind(tx: Transaction, tenantId: string, objectIds: readonly string[]): void {
    if (this.left.has(tx)) return;
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

  /** Nothing is told behind this transaction: whoever makes it sees to that by `flush`, or leaves it to `recover`. */
  later(tx: Transaction): void {
    this.left.add(tx);
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

  /**
   * What processes that failed or vanished have not told; what the store refuses of one tenant, or cannot do for it now, keeps nothing
   * from the others.
   * @returns of how many objects it was told
   * @throws DEPENDENCY_UNAVAILABLE at the end where it was so for a tenant, and at once where the store is away as a whole
   */
  async recover(): Promise<number> {
    const overdue = await this.deps.database.indexChanges.overdue(OVERDUE_SECONDS, OBJECTS_A_RECOVERY);
    let told = 0;
    let unavailable: StrataError | null = null;
    for (const [tenantId, objects] of Map.groupBy(overdue, (object) => object.tenantId)) {
      try {
        await this.flush(tenantId, objects.map(({ objectId }) => objectId));
        told += objects.length;
      } catch (error) {
        if (isUnavailable(error)) {
          unavailable = error;
          // Else each tenant would be waited for, for as long as it takes to find the store away.
          await this.deps.stores.vectors.check();
          continue;
        }
        this.deps.logger.error({ error, tenant: tenantId, objects: objects.length }, 'the vector store refuses changes of a tenant; they wait');
      }
    }
    if (unavailable !== null) throw unavailable;
    return told;
  }

  private async flushOrLog(tenantId: string, objectIds: readonly string[]): Promise<void> {
    try {
      await this.flush(tenantId, objectIds);
    } catch (error) {
      this.deps.logger.warn({ error, objects: objectIds.length }, 'the vector store was not told of a change; it will be, as soon as it answers');
    }
  }

  /** What takes the place of something is there before that is gone, so that a search in between finds one or the other. */
  private async tell(tenantId: string, changes: readonly PendingIndexChange[]): Promise<void> {
    const passages = changes.filter((change): change is Put<'PASSAGE'> => change.kind === 'PASSAGE' && change.operation === 'PUT');
    const embeddings = changes.filter((change): change is Put<'VECTOR'> => change.kind === 'VECTOR' && change.operation === 'PUT');
    await this.writer.put(tenantId, await this.withTexts(tenantId, passages), embeddings);
    await this.writer.remove(tenantId, changes.filter((change): change is Removal => change.operation === 'REMOVE'));
  }

  /** Without those that are gone by now; a row that says so follows. */
  private async withTexts(tenantId: string, passages: readonly Put<'PASSAGE'>[]): Promise<PassageToWrite[]> {
    if (passages.length === 0) return [];
    const found = await this.deps.database.passages.findByIds(tenantId, passages.map(({ id }) => id));
    const texts = new Map(found.map(({ id, text }) => [id, text]));
    return passages.flatMap((passage) => (texts.has(passage.id) ? { ...passage, text: texts.get(passage.id)! } : []));
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
}

/** Without the passage at the end of a full round, whose vectors may be in the next: they are put together. */
function wholePassages(changes: readonly PendingIndexChange[]): readonly PendingIndexChange[] {
  if (changes.length < ENTRIES_A_ROUND) return changes;
  const last = passageOf(changes.at(-1)!);
  const whole = changes.filter((change) => passageOf(change) !== last);
  return whole.length > 0 ? whole : changes;
}

const passageOf = (change: PendingIndexChange) => ('passageId' in change ? change.passageId ?? change.id : change.id);
