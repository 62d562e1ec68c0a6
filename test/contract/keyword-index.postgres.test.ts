import { describe } from 'vitest';
import { compileObjectFilter } from '../../src/adapters/db/filter-sql.js';
import { PostgresBm25Index } from '../../src/adapters/keywords/postgres-bm25.index.js';
import { withMigratedPostgres } from '../support/migrated-postgres.js';
import { postgresPrograms } from '../support/postgres.js';
import { searchObjects } from '../support/search-objects.js';
import { keywordIndexContract } from './keyword-index.contract.js';

// Here, unlike in the embedded database, statements truly run at the same time.
describe.skipIf(postgresPrograms === null)('with a PostgreSQL server', () => {
  const postgres = withMigratedPostgres();

  keywordIndexContract('postings in PostgreSQL', () => ({
    index: () =>
      new PostgresBm25Index(postgres.engine.sql, (work) => postgres.engine.transaction(({ sql }) => work(sql)), compileObjectFilter),
    objects: searchObjects(postgres),
  }));
});
