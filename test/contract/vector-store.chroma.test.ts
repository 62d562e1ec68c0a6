import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { openChroma } from '../../src/adapters/vectors/chroma/chroma.store.js';
import { withDatabase } from '../support/database.js';
import { searchObjects } from '../support/search-objects.js';
import { serviceAddress } from '../support/services.js';
import { vectorStoreContract } from './vector-store.contract.js';

const address = serviceAddress('chroma');

describe.skipIf(address === null)('a real Chroma (STRATA_TEST_CHROMA_URL)', () => {
  const database = withDatabase();
  const collectionPrefix = `t${randomUUID().replaceAll('-', '').slice(0, 12)}`;

  vectorStoreContract('Chroma', () => ({
    store: (spaces) => openChroma({ url: address!.url, tenant: 'default_tenant', database: 'default_database', collectionPrefix, spaces }),
    objects: searchObjects(database),
  }));
});
