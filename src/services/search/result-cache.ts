import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import { LRUCache } from 'lru-cache';
import type { SearchResult } from '../../domain/operations.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import { isSearched } from './models-for-search.js';
import type { SearchDependencies } from './search-dependencies.js';

const RESULT_SECONDS = 300;

/** A first page as it was answered, and the ranking that its cursors lead into. */
export interface CachedPage {
  result: SearchResult;
  rankingId: string;
}

export interface CachePlace {
  read(): Promise<CachedPage | undefined>;
  write(page: CachedPage): Promise<void>;
}

/**
 * Whole first pages. The key holds tenant, whole input, models and the tenant's write generation, so that a write is seen by the next
 * search. A store that lags shows a write later than the generation does: an answer counts as settled, and is cached, only
 * when this generation has been known for as long as the store may lag.
 */
export class ResultCache {
  /** When this process first met a tenant's present generation, in ms. */
  private readonly met = new LRUCache<string, { generation: number; at: number }>({ max: 10_000 });

  constructor(private readonly deps: Pick<SearchDependencies, 'cache' | 'database' | 'vectors'>) {}

  /**
   * A place for each key. One statement, to be called before the searches themselves, so that what is cached is never older than its
   * generation.
   */
  async open(tenantId: string, keys: readonly unknown[], models: readonly EmbeddingModel[]): Promise<CachePlace[]> {
    const generation = await this.deps.database.objects.generation(tenantId);
    const settled = this.isSettled(tenantId, generation);
    const running = models.filter(isSearched).map((model) => `${model.name}@${model.revision}`);
    return keys.map((key) => this.place(tenantId, generation, settled, [key, running]));
  }

  private place(tenantId: string, generation: number, settled: boolean, key: unknown): CachePlace {
    const digest = createHash('sha256').update(stringify(key)).digest('base64url');
    const name = `search:${tenantId}:${generation}:${digest}`;
    return {
      read: async () => {
        const text = await this.deps.cache.get<string>(name);
        return text === undefined ? undefined : revive(JSON.parse(text) as CachedPage);
      },
      write: async (page) => {
        if (settled) await this.deps.cache.set(name, JSON.stringify(page), RESULT_SECONDS);
      },
    };
  }

  private isSettled(tenantId: string, generation: number): boolean {
    const { lagSeconds } = this.deps.vectors.capabilities;
    if (lagSeconds <= 0) return true;
    const known = this.met.get(tenantId);
    if (known?.generation === generation) return Date.now() - known.at >= lagSeconds * 1000;
    this.met.set(tenantId, { generation, at: Date.now() });
    return false;
  }
}

/** JSON made text of the dates. */
function revive(page: CachedPage): CachedPage {
  for (const { object } of page.result.hits) {
    object.createdAt = new Date(object.createdAt);
    object.updatedAt = new Date(object.updatedAt);
  }
  return page;
}
