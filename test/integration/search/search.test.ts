import { beforeEach, describe, expect, it } from 'vitest';

import type { SearchResult } from '../../../src/domain/operations.js';
import { withDatabase } from '../../support/database.js';
import { STACK } from '../../support/stacks.js';
import { bagOfWords, Library, LOOKS, WORDS } from './library.js';

const database = withDatabase({ models: [WORDS, LOOKS] });
let library: Library;
beforeEach(async () => {
  library = await Library.open(database);
});

const ids = (result: SearchResult) => result.hits.map((hit) => hit.object.id);

describe('search over real stores', () => {
  it('finds passages by words and by likeness, with their places and highlights', async () => {
    const [harbour, bread] = await library.add(
      { passages: ['Ships lie in the harbour.', 'The lighthouse keeper counts passing ships at night.'], type: 'DOCUMENT' },
      { passages: ['Bread rises overnight.'] },
    );
    const result = await library.search({ query: 'ship passing the lighthouse' });
    expect(ids(result)[0]).toBe(harbour);
    expect(ids(result)).toContain(bread); // the vector leg knows a likeness for everything
    const best = result.hits[0]!;
    expect(best.score).toBe(1);
    expect(best.explanation).toMatchObject({ vectorRank: 0, keywordRank: 0, model: 'bag-of-words' });
    expect(best.matches).toHaveLength(1);
    expect(best.matches[0]).toMatchObject({ start: 1_000, page: 2, startSeconds: null });
    const { text, highlights } = best.matches[0]!;
    expect(highlights.map(({ start, end }) => text!.slice(start, end))).toEqual(['lighthouse', 'passing', 'ships']);
  });

  it('shows the three passages of an object that match best, the best first', async () => {
    const tides = ['The tide turns at the weir.', 'The tide was high.', 'Bread and salt.', 'The tide, the tide at the weir turns.', 'At the weir the tide turns once.'];
    const [id] = await library.add({ passages: tides }, { passages: ['Something else.'] });
    for (const mode of ['HYBRID', 'KEYWORD', 'VECTOR'] as const) {
      const { hits } = await library.search({ query: 'the tide turns at the weir', mode });
      expect(hits[0]!.object.id).toBe(id);
      const texts = hits[0]!.matches.map(({ text }) => text!);
      expect(texts, mode).toHaveLength(3);
      expect(texts, mode).not.toContain(tides[2]);
      expect(new Set(texts).size).toBe(3);
    }
  });

  it('finds names, metadata and annotations by words', async () => {
    const [named, described, labelled] = await library.add(
      { filename: 'Heron Point.jpg', type: 'IMAGE' },
      { metadata: { place: { name: 'the old heronry' }, year: 1901 }, passages: ['Nothing of birds.'] },
      { labels: ['grey heron'], type: 'IMAGE' },
    );
    const result = await library.search({ query: 'herons', mode: 'KEYWORD' });
    expect(new Set(ids(result))).toEqual(new Set([named, labelled]));
    expect(result.hits.find((hit) => hit.object.id === named)!.matches).toEqual([
      { text: 'Heron Point.jpg', highlights: [{ start: 0, end: 5 }], start: null, end: null, page: null, startSeconds: null },
    ]);
    expect(ids(await library.search({ query: 'heronry', mode: 'KEYWORD' }))).toEqual([described]);
  });

  it('finds moments of films like a picture, and the picture’s like without itself', async () => {
    const [picture, film, other] = await library.add(
      { type: 'IMAGE', looks: [{ vector: [1, 0, 0, 0], startSeconds: null }] },
      { type: 'VIDEO', looks: [{ vector: [0, 1, 0, 0], startSeconds: 0 }, { vector: [0.9, 0.1, 0, 0], startSeconds: 4.5 }] },
      { type: 'IMAGE', looks: [{ vector: [0, 0, 1, 0], startSeconds: null }] },
    );
    const result = await library.search({ objectId: picture });
    expect(ids(result)).toEqual([film, other]);
    expect(result.hits[0]!.matches).toEqual([{ text: null, highlights: [], start: null, end: null, page: null, startSeconds: 4.5 }]);
    expect(result.hits[0]!.explanation).toMatchObject({ model: LOOKS.name, keywordScore: null });
    const [similar] = await library.service().similarTo(library.viewer, [picture!], { first: 1, model: null });
    expect(ids(similar as SearchResult)).toEqual([film]);
    expect(ids(await library.search({ vector: [0, 0, 1, 0] }))[0]).toBe(other);
  });

  it('holds filters inside both legs, and gives each min(n, depth)', async () => {
    await library.add(...Array.from({ length: 150 }, (_, i) => ({ passages: [`oak oak oak ${i}`], metadata: { wood: 'common' } })));
    const rare = await library.add(...Array.from({ length: 3 }, (_, i) => ({ passages: [`an elm beside one oak number ${i} of many other trees`], metadata: { wood: 'rare' } })));
    const filter = { metadata: [{ path: ['wood'], equals: 'rare' }] };
    for (const mode of ['HYBRID', 'VECTOR', 'KEYWORD'] as const) {
      const result = await library.search({ query: 'oak', mode, filter });
      expect(ids(result).sort()).toEqual([...rare].sort());
      expect([result.totalCount, result.incomplete, result.hasNextPage]).toEqual([3, false, false]);
    }
    expect((await library.search({ query: 'oak', mode: 'VECTOR' })).totalCount).toBe(100);
  });

  it('keeps tenants apart', async () => {
    const [mine] = await library.add({ passages: ['an oak'] });
    const other = await Library.open(database);
    await other.add({ passages: ['another oak'] });
    expect(ids(await library.search({ query: 'oak' }))).toEqual([mine]);
  });

  it('never shows the bin, and shows again what is taken out of it', async () => {
    const [id] = await library.add({ passages: ['an oak'] });
    const found = async () => ids(await library.search({ query: 'oak', filter: { includeDeleted: true } }));
    expect(await found()).toEqual([id]);
    await library.bin(id!);
    expect(await found()).toEqual([]);
    await library.bin(id!, false);
    expect(await found()).toEqual([id]);
  });

  it('gives pages that join to the whole ranking while others write', async () => {
    await library.add(...Array.from({ length: 30 }, (_, i) => ({ passages: [`oak ${'leaf '.repeat(i % 7)} ${i}`] })));
    const whole = ids(await library.search({ query: 'oak leaf' }, { first: 100 }));
    const seen: string[] = [];
    let page = await library.search({ query: 'oak leaf' }, { first: 7 });
    for (seen.push(...ids(page)); page.hasNextPage; seen.push(...ids(page))) {
      await library.add({ passages: ['oak leaf oak leaf'] });
      page = await library.search({ query: 'oak leaf' }, { first: 7, after: page.hits.at(-1)!.cursor });
    }
    expect(seen).toEqual(whole);
  });

  it('scores vectors by (1 + cosine)/2', async () => {
    await library.add({ passages: ['oak and elm'] });
    const vector = [...bagOfWords('oak')];
    const { hits } = await library.search({ vector });
    expect(hits[0]!.score).toBeCloseTo((1 + hits[0]!.explanation.vectorScore!) / 2, 12);
    expect(hits[0]!.explanation.vectorScore).toBeCloseTo(vector.reduce((sum, value, i) => sum + value * bagOfWords('oak and elm')[i]!, 0), 4);
  });

  it('answers the same with and without caches', async () => {
    await library.add(...Array.from({ length: 20 }, (_, i) => ({ passages: [`oak ${i % 5} elm ${i % 3}`], metadata: { i } })));
    const request = { query: 'oak 3', mode: 'HYBRID' as const, fusion: 'RELATIVE_SCORE' as const, facets: [{ field: 'metadata.i', limit: 5 }] };
    const plain = ({ hits, ...rest }: SearchResult) => ({ ...rest, hits: hits.map(({ cursor: _, ...hit }) => hit) });
    const fresh = await library.service({ caches: false }).search(library.viewer, request, { first: 5 });
    await library.search(request, { first: 5 });
    expect(plain(await library.search(request, { first: 5 }))).toEqual(plain(fresh));
  });
});

/**
 * The generation, two of each leg that lies in the database, which objects may be found where one does not, objects, passages. The objects
 * come with the check of what an outside store found: all of them where it alone ranks, and else perhaps not all.
 */
const STATEMENTS = { embedded: [7], full: [3], chroma: [5, 6] }[STACK];

describe('statements', () => {
  it(`are ${STATEMENTS.join(' or ')} for a hybrid search however many hits, one for a cached one, two for a later page`, async () => {
    await library.add(...Array.from({ length: 80 }, (_, i) => ({ passages: [`oak ${i}`, `elm ${i}`], filename: `oak-${i}.txt` })));
    await library.search({ query: 'warm up the list of spaces' });
    let first: SearchResult | undefined;
    expect(STATEMENTS).toContain((await library.statements(async () => (first = await library.search({ query: 'oak elm' }, { first: 60 })))).length);
    expect(first!.hits).toHaveLength(60);
    expect(await library.statements(() => library.search({ query: 'oak elm' }, { first: 60 }))).toHaveLength(1);
    expect(await library.statements(() => library.search({ query: 'oak elm' }, { first: 60, after: first!.hits[9]!.cursor }))).toHaveLength(2);
  });

  it('are one more for all facets together', async () => {
    await library.add({ passages: ['oak'], labels: ['tree'] });
    await library.search({ query: 'warm up' });
    const facets = ['type', 'mimeType', 'label', 'annotatorId', 'metadata.a', 'facts.b'].map((field) => ({ field, limit: 3 }));
    expect(STATEMENTS.map((count) => count + 1)).toContain((await library.statements(() => library.search({ query: 'oak', facets }))).length);
  });
});

describe('facets', () => {
  const FIELDS = ['type', 'mimeType', 'label', 'annotatorId', 'metadata.tags', 'metadata.place.name', 'metadata.n', 'facts.image.format', 'metadata.nowhere', 'metadata.a\u0000b'];

  it('count every candidate by every field, whatever the page', async () => {
    await library.add(
      { passages: ['oak'], metadata: { tags: ['b', 'a', 'a'], place: { name: 'Rye' }, n: 2 }, labels: ['tree', 'old'] },
      { passages: ['oak'], metadata: { tags: ['b', null], place: { name: 'Ely' }, n: 10 }, labels: ['tree'] },
      { passages: ['oak'], metadata: { tags: 'b', place: { name: 'Ely' }, n: null }, type: 'IMAGE', mimeType: 'image/png', facts: { image: { format: 'png' } } },
      { passages: ['elm'], metadata: { tags: ['never'] } },
    );
    const { facets } = await library.search({ query: 'oak', mode: 'KEYWORD', facets: FIELDS.map((field) => ({ field, limit: 10 })) }, { first: 1 });
    expect(facets.map(({ field }) => field)).toEqual(FIELDS);
    const buckets = Object.fromEntries(facets.map((facet) => [facet.field, facet.buckets.map(({ value, count }) => [value, count])]));
    expect(buckets).toEqual({
      type: [['TEXT', 2], ['IMAGE', 1]],
      mimeType: [['text/plain', 2], ['image/png', 1]],
      label: [['tree', 2], ['old', 1]],
      annotatorId: [['reader of tree', 2], ['reader of old', 1]],
      'metadata.tags': [['b', 3], ['a', 1]],
      'metadata.place.name': [['Ely', 2], ['Rye', 1]],
      'metadata.n': [[2, 1], [10, 1]],
      'facts.image.format': [['png', 1]],
      'metadata.nowhere': [],
      'metadata.a\u0000b': [],
    });
  });

  it('stop at the limit, the most frequent first, then by value', async () => {
    await library.add(...['d', 'c', 'b', 'a', 'd'].map((tag, i) => ({ passages: [`oak ${i}`], metadata: { tag } })));
    const { facets } = await library.search({ query: 'oak', facets: [{ field: 'metadata.tag', limit: 3 }] });
    expect(facets[0]!.buckets).toEqual([{ value: 'd', count: 2 }, { value: 'a', count: 1 }, { value: 'b', count: 1 }]);
  });

  it('do not see labels of annotations in the bin, nor objects of others', async () => {
    const [id] = await library.add({ passages: ['oak'], labels: ['tree', 'old'] });
    const [annotations] = [...(await library.database.annotations.pagesOfObjects(library.viewer.tenantId, [id!], null, { field: 'CREATED_AT', direction: 'ASC', limit: 5, backward: false, after: null, before: null })).values()];
    const old = annotations!.find((annotation) => annotation.annotatorId === 'reader of old')!;
    await library.database.annotations.update(library.viewer.tenantId, old.id, { isDeleted: true, raiseVersion: false });
    const count = (tenantId: string) => library.database.facets.count(tenantId, [id!], [{ field: { kind: 'label' }, limit: 5 }, { field: { kind: 'type' }, limit: 5 }]);
    expect(await count(library.viewer.tenantId)).toEqual([[{ value: 'tree', count: 1 }], [{ value: 'TEXT', count: 1 }]]);
    expect(await count('nobody')).toEqual([[], []]);
  });
});
