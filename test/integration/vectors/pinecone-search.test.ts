import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPinecone } from '../../../src/adapters/vectors/pinecone/pinecone.store.js';
import { indexesOver } from '../../../src/app/stores.js';
import type { Viewer } from '../../../src/domain/model.js';
import type { SearchResult } from '../../../src/domain/operations.js';
import { withApp } from '../../support/app.js';
import { PineconeServer } from '../../support/pinecone-server.js';

/** Over the other stores test/integration/search/unified.test.ts says the same. */
describe('terms and recommending over Pinecone, by a stand-in', () => {
  let server: PineconeServer;
  beforeAll(async () => (server = await PineconeServer.start()));
  afterAll(() => server.close());
  const test = withApp({
    openIndexes: (_config, parts) =>
      Promise.resolve(indexesOver({ vectors: openPinecone({ apiKey: 'key', url: server.url, index: 'strata', cloud: 'aws', region: 'us-east-1', timeouts: { poll: 1 } }), keywords: null, hybrid: null }, parts)),
  });
  let viewer: Viewer;
  const ids: string[] = [];
  beforeAll(async () => {
    viewer = test.viewer();
    for (const text of ['The grey heron waits at the weir for eels.', 'Herons and egrets wade in shallow water.', 'Bread is baked in a wood oven.', 'Loaves and buns from the bakery.']) {
      const { object, ingestion } = await test.ingestText(viewer, text);
      await test.ended(viewer, ingestion!.id);
      ids.push(object.id);
    }
  });
  const places = ({ hits }: SearchResult) => hits.map(({ object }) => ids.indexOf(object.id));

  it('words weigh, and those below 0 push away; each is told', async () => {
    const { search } = test.app.services;
    const terms = [{ query: 'wading birds', weight: 1 }, { query: 'a bakery', weight: -0.5 }];
    const found = await search.search(viewer, { terms, mode: 'VECTOR', fusion: 'RELATIVE_SCORE' }, { first: 4, contributions: true });
    expect(places(found).slice(0, 2).sort()).toEqual([0, 1]);
    for (const { explanation } of found.hits) {
      expect(explanation.contributions.reduce((sum, { vector }) => sum + vector!, 0)).toBeCloseTo(explanation.vectorScore!, 4);
    }
  });

  it('likes and dislikes recommend, and are not among what they find', async () => {
    const found = await test.app.services.search.recommend(viewer, { liked: [ids[0]!], disliked: [ids[2]!] }, { first: 4 });
    expect(places(found)).toEqual([1, 3]);
  });
});
