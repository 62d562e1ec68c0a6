import { describe, expect, it } from 'vitest';
import type { SearchRequest } from '../../../../src/domain/operations.js';
import type { EmbeddingModel } from '../../../../src/ports/embedder.port.js';
import { waitsForModel, withModelsOfVectors } from '../../../../src/services/saved-searches/models-of-vectors.js';
import { checkSearch } from '../../../../src/services/search/search-request.js';

const model = (name: string, own: Partial<EmbeddingModel> = {}): EmbeddingModel => ({
  name, revision: '1', modalities: ['TEXT'], dimensions: 2, active: true, available: true, readsWords: true, defaultAlpha: null, duplicateCosine: null, setting: '', description: '', ...own,
});
const MODELS = [model('texts'), model('looks', { dimensions: 3, readsWords: false })];
const request = (own: Partial<SearchRequest>): SearchRequest => ({ mode: 'HYBRID', fusion: 'RELATIVE_SCORE', ...own });
const check = (asked: SearchRequest, models = MODELS) => checkSearch(asked, { first: 1 }, models, { maxQueryLength: 100 });
const kept = (own: Partial<SearchRequest>) => withModelsOfVectors(request(own), check(request(own)).vectors);

describe('a search that is saved', () => {
  it('keeps whose its vectors are, and stays bound to no model in what else it asks with', () => {
    expect(kept({ vector: [1, 0] })).toEqual(request({ vector: [1, 0], vectorModel: 'texts' }));
    expect(kept({ query: 'terns', vector: [1, 0], terms: [{ query: 'gulls', weight: 1 }] })).toEqual(
      request({ query: 'terns', vector: [1, 0], vectorModel: 'texts', terms: [{ query: 'gulls', weight: 1 }] }),
    );
    expect(kept({ terms: [{ query: 'gulls', weight: 1 }, { vector: [1, 0, 0], weight: -1 }] })).toEqual(
      request({ terms: [{ query: 'gulls', weight: 1 }, { vector: [1, 0, 0], weight: -1, model: 'looks' }] }),
    );
    for (const own of [{ query: 'terns' }, { vector: [1, 0], model: 'texts' }, { query: 'terns', mode: 'KEYWORD' as const }]) expect(kept(own)).toEqual(request(own));
  });

  it('is refused once that model is gone, however long the vectors of another are', () => {
    const later = [model('texts', { active: false, searched: false, unsearchable: 'Its vectors were taken out.' }), model('new')];
    for (const own of [{ vector: [1, 0] }, { terms: [{ vector: [1, 0], weight: 1 }] }]) {
      expect(() => check(kept(own), later)).toThrow('Its vectors were taken out.');
    }
  });

  it('waits where a model that it names is being filled', () => {
    const filling = [model('texts'), model('new', { isFilling: true })];
    const waits = (own: Partial<SearchRequest>) => waitsForModel(request(own), filling);
    expect([{ vectorModel: 'new' }, { model: 'new' }, { terms: [{ vector: [1, 0], model: 'new', weight: 1 }] }].map(waits)).toEqual([true, true, true]);
    expect([{ vectorModel: 'texts' }, { query: 'terns' }].map(waits)).toEqual([false, false]);
  });
});
