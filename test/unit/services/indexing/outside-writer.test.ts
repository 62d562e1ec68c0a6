import { describe, expect, it } from 'vitest';
import type { HybridStore, PassageRecord } from '../../../../src/ports/hybrid-store.port.js';
import type { KeywordDocument, KeywordIndex } from '../../../../src/ports/keyword-index.port.js';
import type { VectorRecord, VectorSpace, VectorStore } from '../../../../src/ports/vector-store.port.js';
import { OutsideWriter, type VectorToWrite } from '../../../../src/services/indexing/outside-writer.js';

/** Stores that keep what they were told, in order. */
function stores({ isHybrid = false, ranksWords = true } = {}) {
  const told: unknown[][] = [];
  const vectors = {
    ensureSpace: async (space: VectorSpace) => void told.push(['space', space]),
    upsert: async (_tenant: string, space: VectorSpace, records: readonly VectorRecord[]) => void told.push(['vectors', space, records]),
    remove: async (_tenant: string, ids: readonly string[]) => void told.push(['remove vectors', ids]),
  } as unknown as VectorStore;
  const keywords = {
    index: async (_tenant: string, documents: readonly KeywordDocument[]) => void told.push(['words', documents]),
    remove: async (_tenant: string, passages: unknown) => void told.push(['remove words', passages]),
  } as unknown as KeywordIndex;
  const hybrid = { write: async (_tenant: string, records: readonly PassageRecord[]) => void told.push(['records', records]) } as unknown as HybridStore;
  return { told, writer: new OutsideWriter({ vectors, keywords: ranksWords ? keywords : null, hybrid: isHybrid ? hybrid : null }) };
}

const oaks = { id: 'p1', objectId: 'o', ordinal: 7, text: 'The oaks' };
const empty = { id: 'p2', objectId: 'o', ordinal: 8, text: 'the' };
const vectorOf = (id: string, passageId: string | null, model = 'words'): VectorToWrite => ({ id, objectId: 'o', passageId, model, vector: Float32Array.of(1, 0) });
const record = ({ model: _model, ...rest }: VectorToWrite): VectorRecord => rest;
const SPACE = { model: 'words', dimensions: 2 };

describe('what stores outside the database are told', () => {
  it('is words and vectors apart, where no store holds both', async () => {
    const { told, writer } = stores();
    const [one, two, look] = [vectorOf('v1', 'p1'), vectorOf('v2', 'p2'), vectorOf('v3', null, 'looks')];
    await writer.put('t', [oaks, empty], [one, look, two]);
    expect(told).toEqual([
      ['space', SPACE], ['space', { model: 'looks', dimensions: 2 }],
      ['words', [{ passageId: 'p1', objectId: 'o', ordinal: 7, terms: ['oak'] }]],
      ['vectors', SPACE, [record(one), record(two)]], ['vectors', { model: 'looks', dimensions: 2 }, [record(look)]],
    ]);
  });

  it('is whole records, where one does; vectors of passages that it has already are added to them', async () => {
    const { told, writer } = stores({ isHybrid: true });
    await writer.put('t', [oaks, empty], [vectorOf('v1', 'p1'), vectorOf('v3', null), vectorOf('v4', 'earlier')]);
    const written = (embeddingId: string) => ({ space: SPACE, embeddingId, vector: Float32Array.of(1, 0) });
    expect(told).toEqual([
      ['space', SPACE],
      ['records', [
        { passageId: 'p1', objectId: 'o', terms: ['oak'], vectors: [written('v1')] },
        { passageId: 'p2', objectId: 'o', terms: [], vectors: [] },
        { passageId: null, objectId: 'o', terms: [], vectors: [written('v3')] },
      ]],
      ['vectors', SPACE, [record(vectorOf('v4', 'earlier'))]],
    ]);
  });

  it('is nothing of words, where the database ranks those', async () => {
    const { told, writer } = stores({ ranksWords: false });
    await writer.put('t', [oaks], []);
    await writer.remove('t', [{ kind: 'PASSAGE', id: 'p1', ordinal: 7 }]);
    expect(told).toEqual([]);
  });

  it('is what has to go, of each kind', async () => {
    const { told, writer } = stores();
    await writer.remove('t', [{ kind: 'VECTOR', id: 'v1' }, { kind: 'PASSAGE', id: 'p1', ordinal: 7 }]);
    expect(told).toEqual([['remove words', [{ passageId: 'p1', ordinal: 7 }]], ['remove vectors', ['v1']]]);
  });
});
