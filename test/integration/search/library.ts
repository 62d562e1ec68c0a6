import { v7 as uuidv7 } from 'uuid';

import { LruCache } from '../../../src/adapters/cache/lru.cache.js';
import { compileObjectFilter } from '../../../src/adapters/db/filter-sql.js';
import { createDatabase } from '../../../src/adapters/db/sql-database.js';
import { PostgresBm25Index } from '../../../src/adapters/keywords/postgres-bm25.index.js';
import { PgvectorStore } from '../../../src/adapters/vectors/pgvector.store.js';
import type { AnnotationType, DataType, JsonObject, Viewer } from '../../../src/domain/model.js';
import type { SearchRequest } from '../../../src/domain/operations.js';
import type { Database } from '../../../src/ports/database.port.js';
import type { Embedder, EmbeddingModel } from '../../../src/ports/embedder.port.js';
import type { HybridStore } from '../../../src/ports/hybrid-store.port.js';
import type { KeywordIndex } from '../../../src/ports/keyword-index.port.js';
import type { VectorStore } from '../../../src/ports/vector-store.port.js';
import { refreshFieldPassages } from '../../../src/services/indexing/field-passages.js';
import { analyzeTerms } from '../../../src/services/search/analysis.js';
import { SearchService } from '../../../src/services/search/search.service.js';
import type { TestDatabase } from '../../support/database.js';

export const WORDS: EmbeddingModel = {
  name: 'bag-of-words', revision: '1', modalities: ['TEXT', 'DOCUMENT'], dimensions: 32, active: true, available: true, readsWords: true,
  defaultAlpha: 0.5, duplicateCosine: null, setting: 'embedding.models', description: '',
};
export const LOOKS: EmbeddingModel = { ...WORDS, name: 'looks', modalities: ['IMAGE', 'VIDEO'], dimensions: 4, readsWords: false, defaultAlpha: null };

/** Each stem is a direction; texts that share words are near each other. */
export function bagOfWords(text: string): Float32Array {
  const vector = new Float32Array(WORDS.dimensions).fill(0.01);
  for (const term of analyzeTerms(text)) {
    let hash = 7;
    for (const char of term) hash = (hash * 31 + char.codePointAt(0)!) >>> 0;
    vector[hash % WORDS.dimensions]! += 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

const embedder: Embedder = {
  models: () => [WORDS, LOOKS],
  embedTexts: async (_, texts) => texts.map(bagOfWords),
  embedMedia: () => Promise.reject(new Error('nothing is ingested here')),
  embedMediaForAll: () => Promise.reject(new Error('nothing is ingested here')),
  splitPassages: () => Promise.reject(new Error('nothing is ingested here')),
  close: async () => {},
};

export interface Book {
  passages?: string[];
  filename?: string;
  metadata?: JsonObject;
  facts?: JsonObject;
  type?: DataType;
  mimeType?: string;
  labels?: string[];
  /** Of the model LOOKS, with their moments. */
  looks?: { vector: number[]; startSeconds: number | null }[];
}

/** Search over the stores of the database, or of the stack, with one tenant's objects written as ingestion writes them. */
export class Library {
  readonly viewer: Viewer;
  readonly database: Database;
  readonly vectors: VectorStore;
  readonly keywords: KeywordIndex;
  private readonly hybrid: HybridStore | null;
  private readonly cache = new LruCache({ maxSizeMb: 16, ttlSeconds: 3600 });

  private constructor(private readonly test: TestDatabase) {
    const { engine } = test;
    this.viewer = { id: 'reader', tenantId: test.freshTenant(), role: 'reader' };
    this.database = createDatabase(engine, { enqueue: () => Promise.reject(new Error('nothing is queued here')) });
    const transact = <T>(work: (sql: typeof engine.sql) => Promise<T>) => engine.transaction(({ sql }) => work(sql));
    this.vectors = test.indexes?.vectors ?? new PgvectorStore(engine.sql, transact, compileObjectFilter);
    this.keywords = test.indexes?.keywords ?? new PostgresBm25Index(engine.sql, transact, compileObjectFilter);
    this.hybrid = test.indexes?.hybrid ?? null;
  }

  static async open(test: TestDatabase): Promise<Library> {
    const library = new Library(test);
    for (const { name, dimensions } of [WORDS, LOOKS]) await library.vectors.ensureSpace({ model: name, dimensions });
    return library;
  }

  service(options: { caches?: boolean; timeoutSeconds?: number } = {}): SearchService {
    const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
    return new SearchService(
      {
        database: this.database, vectors: this.vectors, keywords: this.keywords, hybrid: this.hybrid, cache: this.cache, embedder, logger: silent,
        metrics: { countIngestion() {}, countSagaFailure() {}, observeQuery() {} },
        limits: { maxQueryLength: 1_000, searchTimeoutSeconds: options.timeoutSeconds ?? 30 },
      },
      options,
    );
  }

  search(request: Partial<SearchRequest>, page: { first?: number; after?: string; contributions?: boolean } = {}) {
    return this.service().search(this.viewer, { mode: 'HYBRID', fusion: 'RELATIVE_SCORE', ...request }, { first: 10, ...page });
  }

  async add(...books: Book[]): Promise<string[]> {
    const { tenantId } = this.viewer;
    const drafts = books.map((book) => ({ book, id: uuidv7() }));
    await this.database.transaction(async (tx) => {
      await tx.objects.insertMissing(
        drafts.map(({ book, id }) => ({
          id, tenantId, type: book.type ?? 'TEXT', contentHash: id.replaceAll('-', '').padEnd(64, '0'), storageKey: id, filename: book.filename ?? null,
          mimeType: book.mimeType ?? 'text/plain', fileSize: 1, metadata: book.metadata ?? {},
        })),
      );
      await tx.objects.saveExtraction(tenantId, drafts.map(({ book, id }) => ({ objectId: id, facts: book.facts ?? {}, text: null })));
      const passages = drafts.flatMap(({ book, id }) =>
        (book.passages ?? []).map((text, position) => ({
          id: uuidv7(), tenantId, objectId: id, kind: 'content' as const, position, text, start: position * 1_000, end: position * 1_000 + text.length,
          page: position + 1, startSeconds: null, context: null, annotationId: null,
        })),
      );
      const keys = await tx.passages.insert(passages);
      const ordinals = new Map(keys.map((key) => [key.id, key.ordinal]));
      await this.keywords.index(tenantId, passages.map(({ id, objectId, text }) => ({ passageId: id, ordinal: ordinals.get(id)!, objectId, terms: analyzeTerms(text) })), tx);
      await tx.annotations.insert(
        drafts.flatMap(({ book, id }) =>
          (book.labels ?? []).map((label) => ({
            id: uuidv7(), tenantId, objectId: id, annotatorId: `reader of ${label}`, type: 'CLASSIFICATION' as AnnotationType,
            content: { labels: [{ label }] }, confidence: null,
          })),
        ),
      );
      const words = passages.map((passage) => ({ id: uuidv7(), objectId: passage.objectId, passageId: passage.id, vector: bagOfWords(passage.text), startSeconds: null }));
      const looks = drafts.flatMap(({ book, id }) =>
        (book.looks ?? []).map(({ vector, startSeconds }) => ({ id: uuidv7(), objectId: id, passageId: null, vector: Float32Array.from(vector), startSeconds })),
      );
      for (const [model, records] of [[WORDS, words], [LOOKS, looks]] as const) {
        await tx.embeddings.insert(
          records.map(({ id, objectId, passageId, startSeconds }) => ({
            id, tenantId, objectId, passageId, modelName: model.name, dimensions: model.dimensions, vectorDbId: id, metadata: { startSeconds },
          })),
        );
        await this.vectors.upsert(tenantId, { model: model.name, dimensions: model.dimensions }, records, tx);
      }
      await refreshFieldPassages(tx, this.keywords, tenantId, drafts.map(({ id }) => id));
      await tx.objects.raiseGeneration(tenantId);
    });
    return drafts.map(({ id }) => id);
  }

  async bin(id: string, isDeleted = true): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.objects.update(this.viewer.tenantId, id, { isDeleted, raiseVersion: false });
      await tx.objects.raiseGeneration(this.viewer.tenantId);
    });
  }

  statements(work: () => Promise<unknown>): Promise<string[]> {
    return this.test.statementsOf(work);
  }
}
