import { afterAll, beforeAll, describe } from 'vitest';
import { openPinecone } from '../../src/adapters/vectors/pinecone/pinecone.store.js';
import { withDatabase } from '../support/database.js';
import { PineconeServer } from '../support/pinecone-server.js';
import { searchObjects } from '../support/search-objects.js';
import { vectorStoreContract } from './vector-store.contract.js';

// Pinecone is a service alone; what stands in for it follows the public description of its API. The client is the real one.
for (const lag of [0, 3]) {
  describe(`a stand-in for Pinecone whose reads lag by ${lag}`, () => {
    const database = withDatabase();
    let server: PineconeServer;
    beforeAll(async () => (server = await PineconeServer.start({ lag, readyAfter: lag })));
    afterAll(() => server.close());

    vectorStoreContract(`Pinecone, lagging by ${lag}`, () => ({
      store: (spaces) => openPinecone({ apiKey: 'key', url: server.url, index: 'strata', cloud: 'aws', region: 'us-east-1', spaces, timeouts: { poll: 1 } }),
      objects: searchObjects(database),
      settle: () => server.settle(),
    }));
  });
}
