import { describe, expect, it } from 'vitest';
import { conflict } from '../../../../src/domain/errors.js';
import type { DataObject } from '../../../../src/domain/model.js';
import type { SavedSearch, SearchHit, SearchRequest } from '../../../../src/domain/operations.js';
import type { EmbeddingModel } from '../../../../src/ports/embedder.port.js';
import type { SavedSearchMatchRow } from '../../../../src/ports/repositories/saved-search.repository.port.js';
import { Percolator } from '../../../../src/services/saved-searches/percolator.js';

type Dependencies = ConstructorParameters<typeof Percolator>[0];

const COMMON = { revision: '1', dimensions: 2, active: true, available: true, readsWords: true, defaultAlpha: null, duplicateCosine: null, setting: '', description: '' };
const MODELS: EmbeddingModel[] = [
  { ...COMMON, name: 'texts', modalities: ['TEXT'], matchCosines: { words: 0.5, likeness: 0.6 } },
  { ...COMMON, name: 'clip', modalities: ['IMAGE'], matchCosines: { words: 0.28 } },
];
const object = { id: 'o', version: 3, status: 'READY', isDeleted: false, contentHash: 'h' } as unknown as DataObject;

/** What is recorded of one object that lies so near in these spaces, the first of which ranks it highest. */
async function recorded(request: Partial<SearchRequest>, spaces: readonly [model: string, cosine: number][]): Promise<number[]> {
  const search = { id: 's', version: 1, tenantId: 't', request: { mode: 'HYBRID', fusion: 'RELATIVE_SCORE', query: 'terns', ...request } } as unknown as SavedSearch;
  const hit = {
    object, matches: [],
    explanation: { keywordRank: null, vectorScore: spaces[0]![1], model: spaces[0]![0], spaces: spaces.map(([model, score]) => ({ model, score, rank: 0 })) },
  } as unknown as SearchHit;
  const due = [[{ tenantId: 't', objectId: 'o', noted: 1, notedAt: new Date(), attempts: 0 }], []];
  const scores: number[] = [];
  const savedSearches = {
    due: async () => due.shift()!,
    all: async () => [search],
    record: async (_: string, matches: readonly SavedSearchMatchRow[]) => (scores.push(...matches.map(({ score }) => score)), []),
    settle: async () => undefined,
  };
  const tx = { savedSearches, objects: { lockByIds: async () => [object] }, events: { append: async () => undefined } };
  const database = { savedSearches, objects: { findByIds: async () => [object] }, transaction: (work: (of: typeof tx) => unknown) => work(tx) };
  const deps = {
    database, vectors: { capabilities: { lagSeconds: 0 } }, embedder: { models: () => MODELS },
    search: { search: async () => ({ hits: [hit], mayFindMore: false }) },
  };
  await new Percolator(deps as unknown as Dependencies).run(new AbortController().signal);
  return scores;
}

/** What becomes of the note of an object while a search is refused so. */
async function noteAfter(request: Partial<SearchRequest>, models: EmbeddingModel[]): Promise<'settled' | 'postponed'> {
  const search = { id: 's', version: 1, tenantId: 't', request: { mode: 'VECTOR', fusion: 'RELATIVE_SCORE', ...request } } as unknown as SavedSearch;
  const note = { tenantId: 't', objectId: 'o', noted: 1, notedAt: new Date(), attempts: 0 };
  const due = [[note], []];
  const postponed: unknown[] = [];
  const savedSearches = {
    due: async () => due.shift()!, all: async () => [search], record: async () => [], settle: async () => undefined,
    postpone: async (notes: readonly unknown[]) => void postponed.push(...notes),
  };
  const tx = { savedSearches, objects: { lockByIds: async () => [] }, events: { append: async () => undefined } };
  const deps = {
    database: { savedSearches, objects: { findByIds: async () => [object] }, transaction: (work: (of: typeof tx) => unknown) => work(tx) },
    vectors: { capabilities: { lagSeconds: 0 } }, embedder: { models: () => models }, logger: { warn: () => undefined },
    search: { search: async () => Promise.reject(conflict('The space may not be searched now.')) },
  };
  await new Percolator(deps as unknown as Dependencies).run(new AbortController().signal);
  return postponed.length > 0 ? 'postponed' : 'settled';
}

it('an object waits for a search whose model’s vectors are still being made, and for none whose model’s were taken out', async () => {
  const unsearchable = { ...MODELS[0]!, searched: false, unsearchable: 'now' };
  expect(await noteAfter({ vector: [1, 0], vectorModel: 'texts' }, [{ ...unsearchable, isFilling: true }])).toBe('postponed');
  expect(await noteAfter({ vector: [1, 0], vectorModel: 'texts' }, [unsearchable])).toBe('settled');
});

describe('an object that a saved search has found', () => {
  it('matches by the bound of each space, and not by that of the one that ranks it highest', async () => {
    expect(await recorded({}, [['clip', 0.29]])).toEqual([0.29]);
    expect(await recorded({}, [['clip', 0.27]])).toEqual([]);
    expect(await recorded({}, [['texts', 0.4], ['clip', 0.3]])).toEqual([0.3]);
    expect(await recorded({}, [['clip', 0.2], ['texts', 0.55]])).toEqual([0.55]);
    expect(await recorded({}, [['texts', 0.4], ['clip', 0.2]])).toEqual([]);
  });

  it('by what the search asks for, where it says so', async () => {
    expect(await recorded({ minVectorScore: 0.4 }, [['texts', 0.4], ['clip', 0.3]])).toEqual([0.4]);
    expect(await recorded({ minVectorScore: 0.6 }, [['texts', 0.55]])).toEqual([]);
  });
});
