import { describe } from 'vitest';
import { withDatabase } from '../support/database.js';
import { searchObjects } from '../support/search-objects.js';
import { serviceAddress } from '../support/services.js';
import { withWeaviate } from '../support/weaviate.js';
import { keywordIndexContract } from './keyword-index.contract.js';

const address = serviceAddress('weaviate');

describe.skipIf(address === null)('with a Weaviate server', () => {
  const database = withDatabase();
  const weaviate = withWeaviate(address);
  let stores: ReturnType<typeof weaviate.open> | null = null;
  keywordIndexContract('Weaviate', () => ({
    index: () => (stores ??= weaviate.open()).keywords,
    objects: searchObjects(database),
    statisticsSettle: true,
  }));
});
