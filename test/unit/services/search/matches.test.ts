import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';

import type { SearchRequest } from '../../../../src/domain/operations.js';
import { analyzeTerms } from '../../../../src/services/search/analysis.js';
import { highlightsIn } from '../../../../src/services/search/matches.js';
import { hybrid, IMAGE_MODEL, READER, SearchWorld } from './search-world.js';

let world: SearchWorld;
beforeEach(() => {
  world = new SearchWorld();
});
const matchesOf = async (request: Partial<SearchRequest>) => (await world.service().search(READER, hybrid(request), { first: 10 })).hits[0]!.matches;
const marked = (match: { text: string | null; highlights: { start: number; end: number }[] }) => match.highlights.map(({ start, end }) => match.text!.slice(start, end));

describe('matches', () => {
  it('are the best passage of each leg, the better ranked first', async () => {
    const id = world.add({ vector: undefined });
    const byMeaning = world.addPassage(id, 'Elms stood there.', { start: 0, end: 17, page: 1 });
    world.addVector(id, [1, 0, 0], { passageId: byMeaning });
    const byWords = world.addPassage(id, 'The oaks of old: an oak.', { start: 18, end: 42, page: 2 });
    world.addVector(id, [0, 1, 0], { passageId: byWords });
    const matches = await matchesOf({ query: 'old oak' });
    expect(matches).toEqual([
      { text: 'Elms stood there.', highlights: [], start: 0, end: 17, page: 1, startSeconds: null },
      { text: 'The oaks of old: an oak.', highlights: [{ start: 4, end: 8 }, { start: 12, end: 15 }, { start: 20, end: 23 }], start: 18, end: 42, page: 2, startSeconds: null },
    ]);
    // Better by words than by meaning: then the words' passage leads.
    world.add({ vector: [1, 0, 0] });
    world.embeddings.forEach((row) => row.passageId === byMeaning && (row.vector = [0.5, 0.5, 0]));
    const result = await world.service({ caches: false }).search(READER, hybrid({ query: 'old oak' }), { first: 10 });
    expect(result.hits.find((hit) => hit.object.id === id)!.matches.map((match) => match.page)).toEqual([2, 1]);
  });

  it('name a passage that both legs found once', async () => {
    world.add({ text: 'An oak.', vector: [1, 0, 0] });
    expect(await matchesOf({ query: 'oak' })).toHaveLength(1);
  });

  it('are highlighted wherever there are words', async () => {
    world.add({ text: 'Running oaks', vector: [1, 0, 0] });
    expect(marked((await matchesOf({ query: 'run', mode: 'VECTOR' }))[0]!)).toEqual(['Running']);
    expect(marked((await matchesOf({ vector: [1, 0, 0] }))[0]!)).toEqual([]);
  });

  it('of a moment have its time and no text', async () => {
    const id = world.add({ vector: [0.9, 0.1, 0, 0], model: IMAGE_MODEL.name, startSeconds: 1 });
    world.addVector(id, [1, 0, 0, 0], { model: IMAGE_MODEL.name, startSeconds: 12.5 });
    expect(await matchesOf({ vector: [1, 0, 0, 0] })).toEqual([{ text: null, highlights: [], start: null, end: null, page: null, startSeconds: 12.5 }]);
  });

  it('of a picture have neither', async () => {
    world.add({ vector: [1, 0, 0, 0], model: IMAGE_MODEL.name });
    expect(await matchesOf({ vector: [1, 0, 0, 0] })).toEqual([{ text: null, highlights: [], start: null, end: null, page: null, startSeconds: null }]);
  });

  it('in the fields show the fields that matched, and no place in the text', async () => {
    world.add({ fields: 'oak-street.jpg\nnothing here\nold oaks' });
    expect(await matchesOf({ query: 'oak' })).toEqual([
      { text: 'oak-street.jpg\nold oaks', highlights: [{ start: 0, end: 3 }, { start: 19, end: 23 }], start: null, end: null, page: null, startSeconds: null },
    ]);
  });

  it('in long fields show a stretch around the first word found', async () => {
    world.add({ fields: `${'elm 😀 '.repeat(3_000)}oak ${'elm '.repeat(3_000)}` });
    const [match] = await matchesOf({ query: 'oak' });
    expect(match!.text!.length).toBeLessThanOrEqual(1_000);
    expect(match!.text!.isWellFormed()).toBe(true);
    expect(marked(match!)).toEqual(['oak']);
  });

  it('are left out where their passage has gone', async () => {
    world.add({ text: 'oak', vector: [1, 0, 0] });
    const dependencies = world.dependencies();
    dependencies.database.passages.findByIds = async () => [];
    const { SearchService } = await import('../../../../src/services/search/search.service.js');
    const result = await new SearchService(dependencies).search(READER, hybrid({ query: 'oak' }), { first: 1 });
    expect(result.hits.map((hit) => hit.matches)).toEqual([[]]);
  });
});

describe('highlights', () => {
  it('are UTF-16 spans behind signs of two units', () => {
    const text = '😀 Ｏａｋ und oaks’ 木';
    expect(highlightsIn(text, new Set(analyzeTerms('oak 木'))).map(({ start, end }) => text.slice(start, end))).toEqual(['Ｏａｋ', 'oaks', '木']);
  });

  it('name a word that falls apart once', () => {
    expect(highlightsIn('½', new Set(['1', '2']))).toEqual([{ start: 0, end: 1 }]);
  });

  it('lie in order within any text, and hold the query’s terms', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.string({ unit: 'grapheme', maxLength: 20 }), (text, query) => {
        const terms = new Set(analyzeTerms(query));
        let last = 0;
        for (const { start, end } of highlightsIn(text, terms)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(analyzeTerms(text.slice(start, end)).some((term) => terms.has(term))).toBe(true);
          last = end;
        }
      }),
    );
  });
});
