import { describe, expect, it } from 'vitest';
import type { WeaviateCollection } from '../../../../../src/adapters/vectors/weaviate/weaviate.collection.js';
import type { WeaviateConnection } from '../../../../../src/adapters/vectors/weaviate/weaviate.connection.js';
import { WeaviateRecords, type StoredRecord } from '../../../../../src/adapters/vectors/weaviate/weaviate.records.js';

/** Takes every batch, and remembers it. */
function recorder() {
  const batches: { properties: { terms: string } }[][] = [];
  const rest = {
    batch: { objectsBatcher: () => ({ withObjects: (...objects: { properties: { terms: string } }[]) => ({ do: async () => (batches.push(objects), []) }) }) },
  };
  const connection = { run: (work: (clients: unknown) => Promise<unknown>) => work({ rest }) } as unknown as WeaviateConnection;
  const collection = { name: 'Passage', ensure: async () => {} } as unknown as WeaviateCollection;
  return { records: new WeaviateRecords(connection, collection), batches };
}

const record = (id: number, characters: number): StoredRecord => ({ id: String(id), objectId: 'o', passageId: String(id), terms: 'x'.repeat(characters), vectors: new Map() });

describe('records on their way to Weaviate', () => {
  it('go in batches that are counted from their first record on', async () => {
    const { records, batches } = recorder();
    await records.put('tenant', Array.from({ length: 7 }, (_, i) => record(i, 400_000)));
    expect(batches.map((batch) => batch.length)).toEqual([2, 2, 2, 1]);
  });

  it('go alone where one is larger than a batch, and lose none', async () => {
    const { records, batches } = recorder();
    await records.put('tenant', [record(0, 10), record(1, 2_000_000), record(2, 10)]);
    expect(batches.map((batch) => batch.map(({ properties }) => properties.terms.length))).toEqual([[10], [2_000_000], [10]]);
  });
});
