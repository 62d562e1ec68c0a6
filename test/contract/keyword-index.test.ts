import { compileObjectFilter } from '../../src/adapters/db/filter-sql.js';
import { PostgresBm25Index } from '../../src/adapters/keywords/postgres-bm25.index.js';
import { withDatabase } from '../support/database.js';
import { searchObjects } from '../support/search-objects.js';
import { keywordIndexContract } from './keyword-index.contract.js';

const database = withDatabase();

keywordIndexContract('postings in the embedded database', () => ({
  index: () =>
    new PostgresBm25Index(
      database.engine.sql,
      (work) => database.engine.transaction(({ sql }) => work(sql)),
      compileObjectFilter,
    ),
  objects: searchObjects(database),
}));
