import { describe } from 'vitest';
import { compileObjectFilter } from '../../src/adapters/db/filter-sql.js';
import { PgvectorStore } from '../../src/adapters/vectors/pgvector.store.js';
import { withMigratedPostgres } from '../support/migrated-postgres.js';
import { postgresHasVector, postgresPrograms } from '../support/postgres.js';
import { searchObjects } from '../support/search-objects.js';
import { vectorStoreContract } from './vector-store.contract.js';

// Here, unlike in the embedded database, statements truly run at the same time.
describe.skipIf(postgresPrograms === null || !postgresHasVector)('with a PostgreSQL server that has pgvector', () => {
  const postgres = withMigratedPostgres();

  vectorStoreContract('pgvector in PostgreSQL', () => ({
    store: (spaces) => new PgvectorStore(postgres.engine.sql, (work) => postgres.engine.transaction(({ sql }) => work(sql)), compileObjectFilter, spaces),
    objects: searchObjects(postgres),
  }));
});
