import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { serviceAddress } from '../../support/services.js';
import { freshWeaviate } from '../../support/weaviate.js';

const address = serviceAddress('weaviate');
const space = { model: 'two numbers', dimensions: 2 };

describe.skipIf(address === null)('the collection in Weaviate', () => {
  it('is made once by many at the same time, each with a model of its own', async () => {
    const weaviate = freshCollection();
    const spaces = Array.from({ length: 6 }, (_, i) => ({ model: `model ${i}`, dimensions: i + 2 }));
    const clients = spaces.map((own) => weaviate.open({ spaces: [own] }));
    await Promise.all(clients.map((client, i) => client.vectors.ensureSpace(spaces[i]!)));
    const { vectorConfig } = (await (await weaviate.http('GET', `/schema/${weaviate.collection}`)).json()) as {
      vectorConfig: Record<string, { vectorIndexConfig: { distance: string; rq?: { enabled: boolean } } }>;
    };
    expect(Object.keys(vectorConfig)).toHaveLength(6);
    for (const { vectorIndexConfig } of Object.values(vectorConfig)) {
      expect(vectorIndexConfig.distance).toBe('cosine');
      expect(vectorIndexConfig.rq?.enabled ?? false).toBe(false);
    }
    for (const client of clients) for (const each of spaces) expect(await client.vectors.count('nobody', each)).toBe(0);
  });

  it('takes one number of dimensions a model, even when two are asked for at once', async () => {
    const weaviate = freshCollection();
    const outcomes = await Promise.allSettled(
      [3, 4].map((dimensions) => weaviate.open().vectors.ensureSpace({ model: 'disputed', dimensions })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { reason } = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(reason).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/ stored with [34] dimensions/) as string,
    });
  });

  it.each([
    ['keeps no tenants apart', { multiTenancyConfig: { enabled: false } }],
    ['does not make tenants by itself', { multiTenancyConfig: { enabled: true, autoTenantCreation: false } }],
    ['has no property "objectId"', { properties: [] }],
    ['its property "terms" is tokenised by "word" and not by "whitespace"', { tokenization: 'word' }],
    [
      'its BM25 has k1 2 and b 0.5',
      { invertedIndexConfig: { bm25: { k1: 2, b: 0.5 }, stopwords: { preset: 'none' } } },
    ],
    [
      'it has stop words of its own',
      { invertedIndexConfig: { bm25: { k1: 1.2, b: 0.75 }, stopwords: { preset: 'en' } } },
    ],
    ['its vectors "theirs" belong to no model of Strata\'s', { vector: 'theirs' }],
    ['are compared by dot and not by cosine', { vector: 'm_x_0123456789ab_2', distance: 'dot' }],
  ])(
    'is refused where it was made by someone else: %s',
    async (why, { tokenization, vector, distance, ...other }: Foreign) => {
      const weaviate = freshCollection();
      const made = await weaviate.http('POST', '/schema', {
        class: weaviate.collection,
        multiTenancyConfig: { enabled: true, autoTenantCreation: true },
        invertedIndexConfig: { bm25: { k1: 1.2, b: 0.75 }, stopwords: { preset: 'none' } },
        properties: [
          { name: 'objectId', dataType: ['uuid'], indexFilterable: true },
          { name: 'passageId', dataType: ['uuid'], indexFilterable: false },
          { name: 'embeddings', dataType: ['uuid[]'], indexFilterable: true },
          {
            name: 'spaces',
            dataType: ['text[]'],
            tokenization: 'field',
            indexFilterable: true,
            indexSearchable: false,
          },
          {
            name: 'terms',
            dataType: ['text'],
            tokenization: tokenization ?? 'whitespace',
            indexFilterable: false,
            indexSearchable: true,
          },
        ],
        ...(vector && {
          vectorConfig: {
            [vector]: {
              vectorizer: { none: {} },
              vectorIndexType: 'hnsw',
              vectorIndexConfig: { distance: distance ?? 'cosine' },
            },
          },
        }),
        ...other,
      });
      expect(made.status).toBe(200);
      const stores = weaviate.open();
      for (const call of [
        () => stores.check(),
        () => stores.vectors.ensureSpace(space),
        () =>
          stores.keywords.index(
            'someone',
            [{ passageId: randomUUID(), ordinal: 1, objectId: randomUUID(), terms: ['sea'] }],
            null,
          ),
      ]) {
        await expect(call()).rejects.toMatchObject({
          code: 'CONFLICT',
          message: expect.stringContaining(why) as string,
        });
      }
    },
  );

  type Foreign = { tokenization?: string; vector?: string; distance?: string } & Record<string, unknown>;
  const ends: (() => Promise<void>)[] = [];
  afterAll(async () => void (await Promise.all(ends.map((end) => end()))));

  function freshCollection() {
    const weaviate = freshWeaviate(address!);
    ends.push(() => weaviate.end());
    return weaviate;
  }
});
