import { batches } from '../../../domain/batches.js';
import { MOST_IDS, type StoredRecord, type WeaviateRecords } from './weaviate.records.js';
import { dimensionsOf } from './weaviate.collection.js';

/** Records looked at in one question. */
const PAGE = 1_000;

/**
 * Weaviate 1.39 that is killed may come back without some vectors in its index, though the records have them: it finds them by
 * id and by words, never by nearness. This looks for such records and enters them anew.
 */
export class WeaviateRepair {
  private readonly suspects = new Map<string, Promise<void> | null>();
  /** Of the server, when every tenant was looked at last. */
  private checkedRun: string | null = null;

  constructor(private readonly records: WeaviateRecords) {}

  /** A search saw less of the tenant than there is: repairs it meanwhile. What goes wrong is tried again by `all`. */
  begin(tenantId: string): void {
    if (this.suspects.get(tenantId)) return;
    const repairing = this.tenant(tenantId).then(
      () => void this.suspects.delete(tenantId),
      () => void this.suspects.set(tenantId, null),
    );
    this.suspects.set(tenantId, repairing);
  }

  /** Repairs every suspect; and, where the server was started anew since the last time, every tenant. */
  async all(signal?: AbortSignal): Promise<void> {
    const run = await this.records.serverRun(signal);
    const everyone = run !== this.checkedRun ? await this.records.tenants() : [];
    for (const tenantId of new Set([...this.suspects.keys(), ...everyone])) {
      signal?.throwIfAborted();
      await this.suspects.get(tenantId);
      await this.tenant(tenantId, signal);
      this.suspects.delete(tenantId);
    }
    this.checkedRun = run;
  }

  private async tenant(tenantId: string, signal?: AbortSignal): Promise<void> {
    // A server that enters vectors later, by choice (ASYNC_INDEXING), has them in a queue: nothing is lost there.
    if (await this.records.hasQueue(tenantId)) return;
    for (let after: string | undefined; ;) {
      signal?.throwIfAborted();
      const page = await this.records.page(tenantId, PAGE, after);
      const lost = await this.lostOf(tenantId, page);
      for (const some of batches(lost, MOST_IDS)) await this.records.enterAnew(tenantId, some);
      if (page.length < PAGE) return;
      after = page.at(-1)!.id;
    }
  }

  private async lostOf(tenantId: string, page: readonly StoredRecord[]): Promise<string[]> {
    const lost = new Set<string>();
    for (const name of new Set(page.flatMap(({ vectors }) => [...vectors.keys()]))) {
      const ids = page.filter(({ vectors }) => vectors.has(name)).map(({ id }) => id);
      const anywhere = Array.from({ length: dimensionsOf(name) }, (_, i) => (i === 0 ? 1 : 0));
      const answer = await this.records.ask(tenantId, (tenant, options) => {
        const filters = tenant.filter.byId().containsAny(ids);
        return tenant.query.nearVector(
          anywhere,
          { targetVector: name, limit: ids.length, filters, returnProperties: [] },
          options,
        );
      });
      const found = new Set(answer?.objects.map(({ uuid }) => uuid));
      for (const id of ids) if (!found.has(id)) lost.add(id);
    }
    return [...lost];
  }
}
