import { describe, expect, it } from 'vitest';
import { usualMatchCosines } from '../../../../src/domain/match-cosines.js';
import type { SearchRequest } from '../../../../src/domain/operations.js';
import type { EmbeddingModel } from '../../../../src/ports/embedder.port.js';
import { boundIn } from '../../../../src/services/saved-searches/match-bounds.js';

const model = (name: string, own: Partial<EmbeddingModel>): EmbeddingModel => ({
  name, revision: '1', modalities: ['TEXT'], dimensions: 2, active: true, available: true, readsWords: true, defaultAlpha: null, duplicateCosine: null, setting: '', description: '', ...own,
});
const texts = model('texts', { matchCosines: { words: 0.5, likeness: 0.6 } });
const clip = model('clip', { modalities: ['IMAGE'], dimensions: 3, matchCosines: { words: 0.28 } });
const looks = model('looks', { modalities: ['IMAGE'], dimensions: 4, readsWords: false, duplicateCosine: 0.85 });
const request = (own: Partial<SearchRequest>): SearchRequest => ({ mode: 'HYBRID', fusion: 'RELATIVE_SCORE', ...own });

describe('the bound of a saved search', () => {
  it('is each model’s own, and another for words than for what is alike', () => {
    expect([texts, clip].map((each) => boundIn(each, request({ query: 'terns' })))).toEqual([0.5, 0.28]);
    expect([texts, clip, looks].map((each) => boundIn(each, request({ objectId: 'o' })))).toEqual([0.6, 0.98, 0.85]);
  });

  it('is what the search says, in every space', () => {
    expect([texts, clip, looks].map((each) => boundIn(each, request({ query: 'terns', minVectorScore: 0.1 })))).toEqual([0.1, 0.1, 0.1]);
    expect(boundIn(looks, request({ objectId: 'o', minVectorScore: 0 }))).toBe(0);
  });

  it('is the strictest of what draws near, whatever pushes away', () => {
    const by = (...terms: SearchRequest['terms'] & object) => boundIn(clip, request({ terms }));
    expect(by({ query: 'terns', weight: 1 }, { objectId: 'o', weight: 0.1 })).toBe(0.98);
    expect(by({ query: 'terns', weight: 1 }, { objectId: 'o', weight: -1 })).toBe(0.28);
    expect(boundIn(clip, request({ query: 'terns', terms: [{ objectId: 'o', weight: 1 }] }))).toBe(0.98);
  });

  it('takes a vector for a likeness, in the space that it is of', () => {
    const ofClip = [1, 0, 0];
    expect(boundIn(clip, request({ query: 'terns', vector: ofClip }))).toBe(0.98);
    expect([texts, clip].map((each) => boundIn(each, request({ terms: [{ query: 'terns', weight: 1 }, { vector: ofClip, weight: 1 }] })))).toEqual([0.5, 0.98]);
    const other = { ...clip, name: 'other' };
    expect([clip, other].map((each) => boundIn(each, request({ terms: [{ query: 'terns', weight: 1 }, { vector: ofClip, model: 'clip', weight: 1 }] })))).toEqual([0.98, 0.28]);
  });
});

it('models that nobody has measured are held to strict bounds', () => {
  expect(usualMatchCosines({ modalities: ['TEXT', 'DOCUMENT'], duplicateCosine: null })).toEqual({ words: 0.85, likeness: 0.85 });
  expect(usualMatchCosines({ modalities: ['AUDIO'], duplicateCosine: null })).toEqual({ words: 0.3, likeness: 0.98 });
  expect(usualMatchCosines({ modalities: ['IMAGE'], duplicateCosine: 0.85, matchCosines: { likeness: 0.7 } })).toEqual({ words: 0.3, likeness: 0.7 });
});
