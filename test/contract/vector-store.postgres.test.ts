import { afterAll, beforeAll, describe } from 'vitest';
import type { DatabaseEngine } from '../../src/adapters/db/engine/database-engine.js';
import { startPostgresEngine } from '../../src/adapters/db/engine/postgres.js';
import { compileObjectFilter } from '../../src/adapters/db/filter-sql.js';
import { migrate } from '../../src/adapters/db/migrations/migrate.js';
import { PgvectorStore } from '../../src/adapters/vectors/pgvector.store.js';
import { postgresHasVector, postgresPrograms, withPostgres } from '../support/postgres.js';
import { searchObjects } from '../support/search-objects.js';
import { vectorStoreContract } from './vector-store.contract.js';

// Here, unlike in the embedded database, statements truly run at the same time.
describe.skipIf(postgresPrograms === null || !postgresHasVector)('with a PostgreSQL server that has pgvector', () => {
  const postgres = withPostgres();
  let engine: DatabaseEngine;
  let tenants = 0;
  beforeAll(async () => {
    engine = await startPostgresEngine(await postgres.freshDatabase());
    await migrate(engine);
  });
  afterAll(() => engine.stop());

  vectorStoreContract('pgvector in PostgreSQL', () => ({
    store: (spaces) => new PgvectorStore(engine.sql, (work) => engine.transaction(({ sql }) => work(sql)), compileObjectFilter, spaces),
    objects: searchObjects({ engine, freshTenant: () => `tenant-${++tenants}` }),
  }));
});
