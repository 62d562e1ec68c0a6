import { compileObjectFilter } from '../../src/adapters/db/filter-sql.js';
import { PgvectorStore } from '../../src/adapters/vectors/pgvector.store.js';
import { withDatabase } from '../support/database.js';
import { searchObjects } from '../support/search-objects.js';
import { vectorStoreContract } from './vector-store.contract.js';

const database = withDatabase();

vectorStoreContract('pgvector in the embedded database', () => ({
  store: (spaces) =>
    new PgvectorStore(
      database.engine.sql,
      (work) => database.engine.transaction(({ sql }) => work(sql)),
      compileObjectFilter,
      spaces,
    ),
  objects: searchObjects(database),
}));
