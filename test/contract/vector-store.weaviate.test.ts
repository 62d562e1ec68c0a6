import { describe } from 'vitest';
import { withDatabase } from '../support/database.js';
import { searchObjects } from '../support/search-objects.js';
import { serviceAddress } from '../support/services.js';
import { withWeaviate } from '../support/weaviate.js';
import { vectorStoreContract } from './vector-store.contract.js';

const address = serviceAddress('weaviate');

describe.skipIf(address === null)('with a Weaviate server', () => {
  const database = withDatabase();
  const weaviate = withWeaviate(address);
  vectorStoreContract('Weaviate', () => ({ store: (spaces = []) => weaviate.open({ spaces }).vectors, objects: searchObjects(database) }));
});
