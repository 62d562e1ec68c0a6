import { describe, expect, it } from 'vitest';
import { isRefusedContent, translated } from '../../../../../src/adapters/vectors/weaviate/weaviate.errors.js';
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

/** A server that says of items, by their words, why it does not take them; what it takes it keeps. */
function choosy(reasonOf: (terms: string, tries: number) => string | null) {
  const taken: string[] = [];
  const tries = new Map<string, number>();
  const answer = ({ properties: { terms } }: { properties: { terms: string } }) => {
    tries.set(terms, (tries.get(terms) ?? 0) + 1);
    const reason = reasonOf(terms, tries.get(terms)!);
    if (reason === null) taken.push(terms);
    return { result: reason === null ? { status: 'SUCCESS' } : { status: 'FAILED', errors: { error: [{ message: reason }] } } };
  };
  const rest = { batch: { objectsBatcher: () => ({ withObjects: (...objects: Parameters<typeof answer>[0][]) => ({ do: async () => objects.map(answer) }) }) } };
  const run = (work: (clients: unknown) => Promise<unknown>) => work({ rest }).catch((error: unknown) => Promise.reject(translated(error)));
  const connection = { run } as unknown as WeaviateConnection;
  const collection = { name: 'Passage', ensure: async () => {} } as unknown as WeaviateCollection;
  return { records: new WeaviateRecords(connection, collection), taken, tries };
}

const of = (terms: string): StoredRecord => ({ id: `record ${terms}`, objectId: `object ${terms}`, passageId: terms, terms, vectors: new Map() });

describe('records that Weaviate does not take', () => {
  it.each([
    'Validate vector index m_a for target vector x: new node has a vector with length 3. Existing nodes have vectors with length 2: vector dimensions do not match the index dimensions',
    "invalid text property 'terms' on class 'Passage': not a string, but json.Number",
  ])('for their content are named, are not tried again, and keep none of the others away: %s', async (reason) => {
    const { records, taken, tries } = choosy((terms) => (terms === 'odd' ? reason : null));
    const refusal = await records.put('tenant', [of('fine'), of('odd'), of('fair')]).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'CONFLICT', extensions: { dependency: 'vectors' } });
    for (const part of ['record odd', 'object odd', reason]) expect((refusal as Error).message).toContain(part);
    expect([taken, tries.get('odd')]).toEqual([['fine', 'fair'], 1]);
  });

  it('for the moment are tried again, and unavailable at last, whatever else is refused', async () => {
    const reason = 'store is read-only due to: disk usage too high';
    const { records, taken, tries } = choosy((terms, tries) => (terms === 'odd' ? 'invalid object: odd' : terms === 'late' || (terms === 'slow' && tries < 2) ? reason : null));
    await expect(records.put('tenant', [of('slow'), of('late'), of('odd')])).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'vectors' } });
    expect([taken, tries.get('slow'), tries.get('late')]).toEqual([['slow'], 2, 4]);
  });

  it.each(["tenant not active: 't'", 'context deadline exceeded', 'memory pressure: cannot process batch', 'collection Passage does not have configuration for vector m_a'])('may be taken later where it says "%s"', (reason) => {
    expect(isRefusedContent(reason)).toBe(false);
  });
});

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
