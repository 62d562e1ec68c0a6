import { compileObjectFilter } from '../adapters/db/filter-sql.js';
import type { DatabaseEngine } from '../adapters/db/engine/database-engine.js';
import { PostgresBm25Index } from '../adapters/keywords/postgres-bm25.index.js';
import { FilesystemStore } from '../adapters/objects/filesystem.store.js';
import { PgvectorStore } from '../adapters/vectors/pgvector.store.js';
import type { Config } from '../config/config.js';
import { notConfigured, notInThisVersion } from '../domain/errors.js';
import type { KeywordIndex } from '../ports/keyword-index.port.js';
import type { VectorStore } from '../ports/vector-store.port.js';

/** One registry a port: a new vendor is one adapter, one arm of the configuration and one line here. */

export function openObjectStore(config: Config, signing: { secret: string; baseUrl: () => string }): Promise<FilesystemStore> {
  const { objectStorage } = config;
  if (objectStorage.provider !== 'filesystem') {
    throw notInThisVersion(`Object storage "${objectStorage.provider}"`, 'object_storage.provider');
  }
  return FilesystemStore.open({
    root: objectStorage.filesystem.path,
    dataDir: config.dataDir,
    signingSecret: signing.secret,
    baseUrl: signing.baseUrl,
  });
}

export function openVectorStore(config: Config, engine: DatabaseEngine, hasVector: boolean): VectorStore {
  const { provider } = config.vectorDatabase;
  if (provider !== 'pgvector') throw notInThisVersion(`The vector database "${provider}"`, 'vector_database.provider');
  if (!hasVector) {
    throw notConfigured('The PostgreSQL server has no extension "vector", so vectors', 'database.provider: embedded, or a server with pgvector installed');
  }
  return new PgvectorStore(engine.sql, (work) => engine.transaction(({ sql }) => work(sql)), compileObjectFilter);
}

export function openKeywordIndex(engine: DatabaseEngine): KeywordIndex {
  return new PostgresBm25Index(engine.sql, (work) => engine.transaction(({ sql }) => work(sql)), compileObjectFilter);
}
