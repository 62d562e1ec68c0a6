import { afterAll, beforeAll, describe } from 'vitest';
import type { DatabaseEngine } from '../../src/adapters/db/engine/database-engine.js';
import { startPostgresEngine } from '../../src/adapters/db/engine/postgres.js';
import { compileObjectFilter } from '../../src/adapters/db/filter-sql.js';
import { migrate } from '../../src/adapters/db/migrations/migrate.js';
import { PostgresBm25Index } from '../../src/adapters/keywords/postgres-bm25.index.js';
import { postgresPrograms, withPostgres } from '../support/postgres.js';
import { searchObjects } from '../support/search-objects.js';
import { keywordIndexContract } from './keyword-index.contract.js';

// Here, unlike in the embedded database, statements truly run at the same time.
describe.skipIf(postgresPrograms === null)('with a PostgreSQL server', () => {
  const postgres = withPostgres();
  let engine: DatabaseEngine;
  let tenants = 0;
  beforeAll(async () => {
    engine = await startPostgresEngine(await postgres.freshDatabase());
    await migrate(engine);
  });
  afterAll(() => engine.stop());

  keywordIndexContract('postings in PostgreSQL', () => ({
    index: () =>
      new PostgresBm25Index(engine.sql, (work) => engine.transaction(({ sql }) => work(sql)), compileObjectFilter),
    objects: searchObjects({ engine, freshTenant: () => `tenant-${++tenants}` }),
  }));
});
