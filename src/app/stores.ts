import { compileObjectFilter } from '../adapters/db/filter-sql.js';
import type { DatabaseEngine } from '../adapters/db/engine/database-engine.js';
import { PostgresBm25Index } from '../adapters/keywords/postgres-bm25.index.js';
import { FilesystemStore } from '../adapters/objects/filesystem.store.js';
import type { S3Store } from '../adapters/objects/s3/s3.store.js';
import type { Config } from '../config/config.js';
import { StrataError } from '../domain/errors.js';
import type { Database } from '../ports/database.port.js';
import type { EmbeddingModel } from '../ports/embedder.port.js';
import type { KeywordIndex } from '../ports/keyword-index.port.js';
import type { Logger } from '../ports/logger.port.js';
import type { VectorSpace, VectorStore } from '../ports/vector-store.port.js';
import { DeferredKeywords } from '../services/indexing/deferred-keywords.js';
import { DeferredVectors } from '../services/indexing/deferred-vectors.js';
import { IndexSync } from '../services/indexing/index-sync.js';
import type { Indexes } from '../services/indexing/live-indexes.js';
import type { OutsideStores } from '../services/indexing/outside-writer.js';

/**
 * One registry a port: a new vendor is one adapter, one arm of the configuration and one line here. What is not configured is
 * not loaded.
 */

/** Bytes: either this server serves them itself, or clients go to the bucket. */
export type OpenedObjects = { kind: 'filesystem'; store: FilesystemStore } | { kind: 'bucket'; store: S3Store };

export async function openObjectStore(config: Config, signing: { secret: string; baseUrl: () => string }): Promise<OpenedObjects> {
  const { objectStorage } = config;
  if (objectStorage.provider === 'filesystem') {
    const { path: root } = objectStorage.filesystem;
    return { kind: 'filesystem', store: await FilesystemStore.open({ root, dataDir: config.dataDir, signingSecret: signing.secret, baseUrl: signing.baseUrl }) };
  }
  const { openS3Store } = await import('../adapters/objects/s3/s3.store.js');
  const { provider } = objectStorage;
  const bucket = provider === 'minio' ? objectStorage.minio : objectStorage.s3;
  return { kind: 'bucket', store: await openS3Store({ provider, ...bucket }) };
}

export interface IndexParts {
  engine: DatabaseEngine;
  database: Database;
  /** Whether the database has the extension `vector`. */
  hasVector: boolean;
  models(): readonly EmbeddingModel[];
  logger: Logger;
  /** What is called outside of this process, followed where there are traces. */
  follow?: (stores: OutsideStores, name: string) => OutsideStores;
}

/** @throws NOT_CONFIGURED where pgvector is chosen and the server has none */
export async function openIndexes(settings: Config['vectorDatabase'], parts: IndexParts): Promise<Indexes> {
  if (settings.provider === 'pgvector') return indexesOver({ vectors: await openPgvector(parts), keywords: null, hybrid: null }, parts);
  const { follow = (stores) => stores } = parts;
  return indexesOver(follow(await openOutside(settings, parts), settings.provider), parts);
}

/**
 * What a store does not rank by words, the database does. A store that takes part in transactions is written to within them; behind
 * the commit the others are told. So for the services every index is transactional.
 */
export function indexesOver(stores: OutsideStores, { engine, database, logger }: Omit<IndexParts, 'hasVector' | 'models'>): Indexes {
  const { vectors, hybrid } = stores;
  const keywords = stores.keywords ?? keywordsInDatabase(engine);
  const [within, wordsWithin] = [vectors.capabilities.transactional, keywords.capabilities.transactional];
  const indexSync = new IndexSync({ database, stores, logger });
  return {
    vectors: within ? vectors : new DeferredVectors(vectors, database, indexSync),
    keywords: wordsWithin ? keywords : new DeferredKeywords(keywords, database, indexSync),
    hybrid,
    indexSync: within && wordsWithin ? null : indexSync,
  };
}

/** @throws NOT_CONFIGURED where the server has no such extension; CONFLICT where what is kept of a model that is used has another length */
export async function openPgvector({ engine, hasVector, models }: IndexParts): Promise<VectorStore> {
  if (!hasVector) {
    throw new StrataError(
      'NOT_CONFIGURED',
      'The PostgreSQL server has no extension "vector", which vector_database.provider "pgvector" needs. Install pgvector there (and let this user CREATE EXTENSION vector), or choose weaviate, chroma or pinecone.',
      { extensions: { feature: 'pgvector', setting: 'vector_database.provider' } },
    );
  }
  const { PgvectorStore } = await import('../adapters/vectors/pgvector.store.js');
  const used = models().filter(({ active, searched }) => active || searched === true);
  const store = new PgvectorStore(engine.sql, (work) => engine.transaction(({ sql }) => work(sql)), compileObjectFilter, spacesOf(used), (statement) => engine.upkeep(statement));
  // An empty space is known to no row that the models were held to before, and would refuse each first vector.
  await store.check();
  return store;
}

/** Not reached for yet: each call finds out for itself. */
export async function openOutside(settings: Exclude<Config['vectorDatabase'], { provider: 'pgvector' }>, { models }: Pick<IndexParts, 'models'>): Promise<OutsideStores> {
  switch (settings.provider) {
    case 'weaviate': {
      const { openWeaviate } = await import('../adapters/vectors/weaviate/open-weaviate.js');
      return openWeaviate({ ...settings.weaviate, spaces: spacesOf(models()) });
    }
    case 'chroma': {
      const { openChroma } = await import('../adapters/vectors/chroma/chroma.store.js');
      return { vectors: openChroma({ ...settings.chroma, spaces: spacesOf(models()) }), keywords: null, hybrid: null };
    }
    case 'pinecone': {
      const { openPinecone } = await import('../adapters/vectors/pinecone/pinecone.store.js');
      return { vectors: openPinecone({ ...settings.pinecone, spaces: spacesOf(models()) }), keywords: null, hybrid: null };
    }
  }
}

const spacesOf = (models: readonly EmbeddingModel[]): VectorSpace[] =>
  models.filter(({ available }) => available).map(({ name, dimensions }) => ({ model: name, dimensions }));

export function keywordsInDatabase(engine: DatabaseEngine): KeywordIndex {
  return new PostgresBm25Index(engine.sql, (work) => engine.transaction(({ sql }) => work(sql)), compileObjectFilter, (statement) => engine.upkeep(statement));
}
