import DataLoader from 'dataloader';
import type { DataObject } from '../../domain/model.js';
import type { Cache } from '../../ports/cache.port.js';

/** Thrown where a row is not there, because a cache keeps no failures, and an absent row shall not take a live one's place. */
const ABSENT = new Error('there is no such object');

/** Between its commit and the invalidation a process may die; what others share is wrong for no longer than this. */
const KEPT_SECONDS = 60;

/**
 * Objects by id, through the cache, which hands out copies. Whoever changes a row calls `invalidate` after the commit and
 * before answering. A row that was read before such a change is never stored after it: the reading happens within
 * `getOrCompute`, and a deletion during that keeps the cache from storing the result.
 */
export class ObjectCache {
  constructor(private readonly cache: Cache) {}

  /**
   * @param load one statement for all that the cache lacks
   * @returns those that are there, in the order of the ids, null for the others
   */
  async read(tenantId: string, ids: readonly string[], load: (ids: readonly string[]) => Promise<DataObject[]>): Promise<(DataObject | null)[]> {
    // Each row is asked for only once the cache waits for it; what is asked for at one moment is read together.
    const missing = new DataLoader<string, DataObject | undefined>(
      async (wanted) => {
        const rows = new Map((await load(wanted)).map((row) => [row.id, row]));
        return wanted.map((id) => rows.get(id));
      },
      { cache: false },
    );
    return Promise.all(ids.map((id) => this.readOne(keyOf(tenantId, id), () => missing.load(id))));
  }

  private async readOne(key: string, load: () => Promise<DataObject | undefined>): Promise<DataObject | null> {
    try {
      const kept = await this.cache.getOrCompute<Kept>(key, async () => {
        const object = await load();
        if (object === undefined) throw ABSENT;
        return object;
      }, KEPT_SECONDS);
      return revive(kept);
    } catch (error) {
      if (error === ABSENT) return null;
      throw error;
    }
  }

  /** After the commit of whatever changed, deleted or made these rows. */
  async invalidate(tenantId: string, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.cache.delete(ids.map((id) => keyOf(tenantId, id)));
  }
}

/** A tenant's name may hold the separator; an id never does, and it comes last. */
const keyOf = (tenantId: string, id: string) => `object:${tenantId}:${id}`;

/** As it comes back: a cache keeps what JSON can say. */
type Kept = Omit<DataObject, 'createdAt' | 'updatedAt'> & { createdAt: string | Date; updatedAt: string | Date };

const revive = (kept: Kept): DataObject => ({ ...kept, createdAt: new Date(kept.createdAt), updatedAt: new Date(kept.updatedAt) });
