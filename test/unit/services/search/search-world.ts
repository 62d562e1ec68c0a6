import { v7 as uuidv7 } from 'uuid';

import { keysLike, type KeyPattern } from '../../../../src/domain/key-patterns.js';
import { matchesFilter } from '../../../../src/domain/match-filter.js';
import type { DataObject, Embedding, JsonObject, Passage, Viewer } from '../../../../src/domain/model.js';
import type { SearchPageArgs, SearchRequest, SearchResult } from '../../../../src/domain/operations.js';
import type { Cache } from '../../../../src/ports/cache.port.js';
import type { Embedder, EmbeddingModel } from '../../../../src/ports/embedder.port.js';
import type { HybridStore } from '../../../../src/ports/hybrid-store.port.js';
import type { KeywordIndex, KeywordQuery } from '../../../../src/ports/keyword-index.port.js';
import type { FacetRequest } from '../../../../src/ports/repositories/facet.repository.port.js';
import type { VectorQuery, VectorStore } from '../../../../src/ports/vector-store.port.js';
import { analyzeTerms } from '../../../../src/services/search/analysis.js';
import type { SearchDependencies } from '../../../../src/services/search/search-dependencies.js';
import { SearchService } from '../../../../src/services/search/search.service.js';
import { cosine } from '../../../support/cosine.js';

export const READER: Viewer = { id: 'reader', tenantId: 'acme', role: 'reader' };

export const TEXT_MODEL: EmbeddingModel = {
  name: 'words-3', revision: '1', modalities: ['TEXT'], dimensions: 3, active: true, available: true, readsWords: true,
  defaultAlpha: 0.5, duplicateCosine: null, setting: 'embedding.models', description: '',
};
export const IMAGE_MODEL: EmbeddingModel = { ...TEXT_MODEL, name: 'looks-4', modalities: ['IMAGE', 'VIDEO'], dimensions: 4, readsWords: false, defaultAlpha: null };
export const ABSENT_MODEL: EmbeddingModel = { ...TEXT_MODEL, name: 'absent', active: false, available: false };

export const hybrid = (request: Partial<SearchRequest>): SearchRequest => ({ mode: 'HYBRID', fusion: 'RELATIVE_SCORE', ...request });

export const idsOf = (result: { hits: { object: { id: string } }[] }) => result.hits.map((hit) => hit.object.id);

export interface NewItem {
  vector?: number[];
  model?: string;
  text?: string;
  fields?: string;
  startSeconds?: number;
  metadata?: JsonObject;
  type?: DataObject['type'];
  tenantId?: string;
}

/**
 * A tenant's objects in memory behind the ports, with a log of what was read. Vectors answer by cosine, words by how
 * often they occur; every text is embedded onto the first axis.
 */
export class SearchWorld {
  readonly objects = new Map<string, DataObject>();
  readonly passages = new Map<string, Passage>();
  readonly embeddings = new Map<string, Embedding & { vector: number[] }>();
  readonly log: string[] = [];
  readonly vectorQueries: VectorQuery[] = [];
  readonly keywordQueries: KeywordQuery[] = [];
  readonly facetCalls: { objectIds: readonly string[]; requests: readonly FacetRequest[] }[] = [];
  readonly observed: string[] = [];
  generation = 1;
  models: EmbeddingModel[] = [TEXT_MODEL, IMAGE_MODEL, ABSENT_MODEL];
  /** Put in the way of a leg: it throws, waits, or stops short. */
  vectorFault: ((query: VectorQuery) => Promise<void>) | null = null;
  keywordFault: (() => Promise<void>) | null = null;
  vectorsComplete = true;
  keywordsComplete = true;
  vectorFilters: 'query' | 'ids' = 'query';
  keywordFilters: 'query' | 'ids' = 'query';
  /** They lag behind the rows, or do not know of the bin. */
  storesShowTheBin = false;
  /** The vector store gives back the object whose like is looked for. */
  storesShowTheAsked = false;
  lagSeconds = 0;
  hybrid: HybridStore | null = null;
  timeoutSeconds = 5;
  readonly cache = new MemoryCache();

  add(item: NewItem): string {
    const id = uuidv7();
    const tenantId = item.tenantId ?? READER.tenantId;
    this.objects.set(id, {
      id, tenantId, type: item.type ?? 'TEXT', status: 'READY', contentHash: id.replaceAll('-', '').repeat(2), storageKey: id, storageTier: 'STANDARD',
      restoreState: 'NONE', filename: null, mimeType: 'text/plain', fileSize: 1, metadata: item.metadata ?? {}, facts: {}, version: 1, isDeleted: false,
      createdAt: new Date('2026-01-01T00:00:00Z'), updatedAt: new Date('2026-01-02T00:00:00Z'),
    });
    let passageId: string | null = null;
    if (item.text !== undefined) passageId = this.addPassage(id, item.text);
    if (item.fields !== undefined) this.addPassage(id, item.fields, { kind: 'fields' });
    if (item.vector !== undefined) this.addVector(id, item.vector, { passageId, model: item.model, startSeconds: item.startSeconds });
    return id;
  }

  addPassage(objectId: string, text: string, part: Partial<Passage> = {}): string {
    const id = uuidv7();
    const { tenantId } = this.objects.get(objectId)!;
    this.passages.set(id, { id, tenantId, objectId, ordinal: this.passages.size, kind: 'content', position: 0, text, start: 0, end: text.length, page: null, startSeconds: null, context: null, annotationId: null, ...part });
    return id;
  }

  addVector(objectId: string, vector: number[], options: { passageId?: string | null; model?: string; startSeconds?: number } = {}): string {
    const id = uuidv7();
    this.embeddings.set(id, {
      id, tenantId: this.objects.get(objectId)!.tenantId, objectId, passageId: options.passageId ?? null, modelName: options.model ?? TEXT_MODEL.name,
      dimensions: vector.length, vectorDbId: id, metadata: options.startSeconds === undefined ? {} : { startSeconds: options.startSeconds },
      createdAt: new Date(), vector,
    });
    return id;
  }

  /** Written, as far as caches can tell. */
  touch(): void {
    this.generation++;
  }

  /** The first ten as a reader finds them, unless said otherwise. */
  search(request: Partial<SearchRequest>, page: Partial<SearchPageArgs> = {}): Promise<SearchResult> {
    return this.service().search(READER, hybrid(request), { first: 10, ...page });
  }

  service(options?: { caches?: boolean }): SearchService {
    return new SearchService(this.dependencies(), options);
  }

  dependencies(): SearchDependencies {
    const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
    return {
      database: this.database(), vectors: this.vectorStore(), keywords: this.keywordIndex(), hybrid: this.hybrid, cache: this.cache, embedder: this.embedder(), logger: silent,
      metrics: { countIngestion() {}, countSagaFailure() {}, observeQuery: (type) => void this.observed.push(type) },
      limits: { maxQueryLength: 200, searchTimeoutSeconds: this.timeoutSeconds },
    };
  }

  private allowed(id: string, tenantId: string, { filter, objectIds }: Pick<KeywordQuery, 'filter' | 'objectIds'>, filters: 'query' | 'ids'): boolean {
    const object = this.objects.get(id);
    if (object === undefined || object.tenantId !== tenantId || (object.isDeleted && !this.storesShowTheBin)) return false;
    return (filters === 'ids' || matchesFilter({ ...object, isDeleted: false }, filter, () => false)) && (objectIds === null || objectIds.includes(id));
  }

  private database(): SearchDependencies['database'] {
    const rows = <Row extends { tenantId: string }>(name: string, table: Map<string, Row>) => async (tenantId: string, ids: readonly string[]) => {
      this.log.push(name);
      return ids.flatMap((id) => (table.get(id)?.tenantId === tenantId ? [structuredClone(table.get(id)!)] : []));
    };
    return {
      noteSearch() {},
      objects: {
        findByIds: rows('objects', this.objects),
        matchingIds: async (tenantId, filter, limit, after = '') => {
          this.log.push('ids');
          return [...this.objects.values()].filter((object) => object.tenantId === tenantId && matchesFilter(object, filter, () => false)).map(({ id }) => id).filter((id) => id > after).sort().slice(0, limit);
        },
        sift: async (tenantId, filter, ids, rowsOfFirst) => {
          this.log.push('sift');
          const matches = (id: string) => {
            const object = this.objects.get(id);
            return object?.tenantId === tenantId && !object.isDeleted && matchesFilter(object, filter, () => false);
          };
          return {
            others: new Set(ids.filter((id) => !matches(id))),
            rows: ids.slice(0, rowsOfFirst).filter(matches).map((id) => structuredClone(this.objects.get(id)!)),
          };
        },
        generation: async () => {
          this.log.push('generation');
          return this.generation;
        },
      },
      passages: { findByIds: rows('passages', this.passages) },
      embeddings: {
        findByIds: rows('embeddings', this.embeddings),
        findByObjects: async (tenantId, objectIds, model) => {
          this.log.push('embeddings');
          return [...this.embeddings.values()].filter((row) => row.tenantId === tenantId && objectIds.includes(row.objectId) && (model === null || row.modelName === model));
        },
      },
      facets: {
        count: async (_, objectIds, requests) => {
          this.log.push('facets');
          this.facetCalls.push({ objectIds, requests });
          return requests.map(({ limit }) => [{ value: 'seen', count: Math.min(limit, objectIds.length) }]);
        },
      },
    };
  }

  private vectorStore(): VectorStore {
    return {
      capabilities: { filters: this.vectorFilters, transactional: false, lagSeconds: this.lagSeconds },
      search: async (query) => {
        this.vectorQueries.push(query);
        await this.vectorFault?.(query);
        const best = new Map<string, { objectId: string; passageId: string | null; id: string; score: number }>();
        for (const row of this.embeddings.values()) {
          if (row.modelName !== query.space.model || (row.objectId === query.exceptObjectId && !this.storesShowTheAsked)) continue;
          if (!this.allowed(row.objectId, query.tenantId, query, this.vectorFilters)) continue;
          const score = cosine(row.vector, query.vector);
          if (score > (best.get(row.objectId)?.score ?? -2)) best.set(row.objectId, { objectId: row.objectId, passageId: row.passageId, id: row.id, score });
        }
        const hits = [...best.values()].sort((left, right) => right.score - left.score || (left.objectId < right.objectId ? -1 : 1));
        return { hits: hits.slice(0, query.limit), complete: this.vectorsComplete };
      },
      fetch: async (_, space, ids) =>
        new Map(ids.flatMap((id) => {
          const row = this.embeddings.get(id);
          return row?.modelName === space.model ? [[id, Float32Array.from(row.vector)] as const] : [];
        })),
      ensureSpace: async () => {}, upsert: async () => {}, remove: async () => {}, deleteObjects: async () => 0, count: async () => 0, check: async () => {}, close: async () => {},
    };
  }

  private keywordIndex(): KeywordIndex {
    return {
      capabilities: { filters: this.keywordFilters, transactional: false },
      search: async (query) => {
        this.keywordQueries.push(query);
        await this.keywordFault?.();
        const best = new Map<string, { objectId: string; passageId: string; score: number }>();
        for (const passage of this.passages.values()) {
          if (!this.allowed(passage.objectId, query.tenantId, query, this.keywordFilters)) continue;
          const weigh = (term: string) => query.terms.reduce((sum, asked, i) => sum + (asked === term ? (query.weights?.[i] ?? 1) : 0), 0);
          const score = analyzeTerms(passage.text).reduce((sum, term) => sum + weigh(term), 0);
          if (score > (best.get(passage.objectId)?.score ?? 0)) best.set(passage.objectId, { objectId: passage.objectId, passageId: passage.id, score });
        }
        const hits = [...best.values()].sort((left, right) => right.score - left.score || (left.objectId < right.objectId ? -1 : 1));
        return { hits: hits.slice(0, query.limit), complete: this.keywordsComplete };
      },
      index: async () => {}, remove: async () => {}, optimize: async () => {}, check: async () => {}, close: async () => {},
    };
  }

  private embedder(): Embedder {
    return {
      models: () => this.models,
      embedTexts: async (model, texts, options) => {
        this.log.push(`embed:${model}:${options?.priority}`);
        const { dimensions } = this.models.find((known) => known.name === model)!;
        return texts.map(() => Float32Array.from([1, ...Array<number>(dimensions - 1).fill(0)]));
      },
      embedMedia: async () => [], embedMediaForAll: async () => [], splitPassages: async () => [], close: async () => {},
    };
  }
}

/** Keeps text, so that nothing that comes out is shared; forgets by the clock. */
export class MemoryCache implements Cache {
  readonly levels = ['memory'] as const;
  readonly entries = new Map<string, { text: string; until: number }>();

  async get<T>(key: string): Promise<T | undefined> {
    const entry = this.entries.get(key);
    return entry === undefined || Date.now() >= entry.until ? undefined : (JSON.parse(entry.text) as T);
  }
  async set(key: string, value: unknown, ttlSeconds = 3600): Promise<void> {
    this.entries.set(key, { text: JSON.stringify(value), until: Date.now() + ttlSeconds * 1000 });
  }
  async getOrCompute<T>(key: string, compute: () => Promise<T>, ttlSeconds?: number): Promise<T> {
    const value = (await this.get<T>(key)) ?? (await compute());
    await this.set(key, value, ttlSeconds);
    return value;
  }
  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.entries.delete(key);
  }
  async invalidate(pattern: KeyPattern): Promise<void> {
    const concerns = keysLike(pattern);
    for (const key of this.entries.keys()) if (concerns(key)) this.entries.delete(key);
  }
  stats = () => ({ hits: 0, misses: 0, sizeBytes: 0 });
  async check(): Promise<void> {}
  async close(): Promise<void> {}
}
