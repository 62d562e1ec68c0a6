import { beforeAll, describe, expect, it } from 'vitest';

import { withDatabase } from '../../support/database.js';
import { Library, LOOKS, WORDS } from './library.js';

const test = withDatabase({ models: [WORDS, LOOKS] });
let library: Library;
let ids: string[];
const name = (id: string) => ['heron', 'eel', 'both', 'twin', 'soup', 'painting', 'photograph', 'film'][ids.indexOf(id)];
const names = (found: { hits: { object: { id: string } }[] }) => found.hits.map(({ object }) => name(object.id));

beforeAll(async () => {
  library = await Library.open(test);
  ids = await library.add(
    { passages: ['heron heron marsh'] },
    { passages: ['eel river'] },
    { passages: ['heron eel'] },
    { passages: ['heron heron marsh reeds'] },
    { passages: ['soup butter'] },
    // A picture and what is said about it.
    { type: 'IMAGE', looks: [{ vector: [1, 0, 0, 0], startSeconds: null }], passages: ['heron painted'] },
    { type: 'IMAGE', looks: [{ vector: [0.9, 0.1, 0, 0], startSeconds: null }] },
    { type: 'VIDEO', looks: [{ vector: [0, 1, 0, 0], startSeconds: 0 }, { vector: [0.7, 0.7, 0, 0], startSeconds: 12 }] },
  );
});

describe('over the stores as they are', () => {
  it('words weigh, and those below 0 lower what says them', async () => {
    const found = await library.search({ terms: [{ query: 'heron', weight: 2 }, { query: 'marsh', weight: 0.5 }, { query: 'eel', weight: -4 }], mode: 'KEYWORD' });
    expect(names(found).sort()).toEqual(['heron', 'painting', 'twin']);
    expect(found.hits[0]!.score).toBe(1);
    expect(names(found).slice(0, 2).sort()).toEqual(['heron', 'twin']);
  });

  it('vectors weigh, and those below 0 push away', async () => {
    const near = await library.search({ terms: [{ query: 'heron', weight: 1 }, { query: 'eel', weight: 1 }], mode: 'VECTOR', model: WORDS.name });
    expect(names(near)[0]).toBe('both');
    const away = await library.search({ terms: [{ query: 'heron', weight: 1 }, { query: 'eel', weight: -1 }], mode: 'VECTOR', model: WORDS.name });
    const order = names(away);
    expect(order.indexOf('heron')).toBeLessThan(order.indexOf('both'));
    expect(order.at(-1)).toBe('eel');
  });

  it('a picture finds pictures, moments of films, and passages by what is said about it', async () => {
    const found = await library.search({ objectId: ids[5]! });
    expect(names(found)).not.toContain('painting');
    expect(names(found)).toEqual(expect.arrayContaining(['photograph', 'film', 'heron']));
    expect(names(found).slice(0, 3)).toContain('photograph');
    const film = found.hits.find(({ object }) => object.id === ids[7])!;
    expect(film.matches[0]!.startSeconds).toBe(12);
    expect(film.explanation.spaces.map(({ model }) => model)).toEqual([LOOKS.name]);
  });

  it('likes and dislikes recommend, and are not among what they find', async () => {
    const found = await library.service().recommend(library.viewer, { liked: [ids[0]!, ids[2]!], disliked: [ids[1]!] }, { first: 5 });
    expect(names(found)[0]).toBe('twin');
    for (const one of ['heron', 'both', 'eel']) expect(names(found)).not.toContain(one);
  });

  it('what each term comes to adds up to the cosine and the BM25, on every page', async () => {
    const terms = [{ query: 'heron', weight: 2 }, { query: 'marsh reeds', weight: 0.5 }, { query: 'eel', weight: -0.5 }, { objectId: ids[3]!, weight: 0.25 }];
    const first = await library.search({ terms, model: WORDS.name, alpha: 0.5 }, { first: 2, contributions: true });
    const second = await library.search({ terms, model: WORDS.name, alpha: 0.5 }, { first: 2, after: first.hits.at(-1)!.cursor, contributions: true });
    const hits = [...first.hits, ...second.hits];
    expect(hits).toHaveLength(4);
    const sum = (values: (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
    for (const { explanation } of hits) {
      const { contributions, vectorScore, keywordScore } = explanation;
      expect(contributions.map(({ term }) => term)).toEqual(['terms.0.query', 'terms.1.query', 'terms.2.query', 'terms.3.objectId']);
      expect(sum(contributions.map(({ vector }) => vector))).toBeCloseTo(vectorScore!, 4);
      expect(contributions[2]!.vector).toBeLessThan(0);
      // What ranks words elsewhere need not tell.
      if (keywordScore !== null && contributions[0]!.keyword !== null) expect(sum(contributions.map(({ keyword }) => keyword))).toBeCloseTo(keywordScore, 4);
    }
    const both = hits.find(({ object }) => name(object.id) === 'both');
    if (both?.explanation.contributions[0]!.keyword != null) expect(both.explanation.contributions[2]!.keyword).toBeLessThan(0);
    const plain = await library.search({ terms, model: WORDS.name, alpha: 0.5 }, { first: 2 });
    expect(plain.hits.map(({ explanation, score }) => [explanation.contributions, score])).toEqual(first.hits.map(({ score }) => [[], score]));
  });

  it('what is liked and disliked comes to the cosine', async () => {
    const { hits } = await library.service().recommend(library.viewer, { liked: [ids[0]!, ids[2]!], disliked: [ids[1]!] }, { first: 3, contributions: true });
    const [{ explanation }] = hits as [(typeof hits)[number]];
    expect(explanation.contributions.map(({ term, keyword }) => [term, keyword])).toEqual([['liked.0', null], ['liked.1', null], ['disliked.0', null]]);
    expect(explanation.contributions.reduce((sum, { vector }) => sum + vector!, 0)).toBeCloseTo(explanation.vectorScore!, 4);
    expect(explanation.contributions[2]!.vector).toBeLessThan(0);
  });

  it('diversity puts the unlike before the almost same', async () => {
    const plain = names(await library.search({ query: 'heron marsh', mode: 'VECTOR', model: WORDS.name }));
    expect(plain.slice(0, 2).sort()).toEqual(['heron', 'twin']);
    const diverse = await library.search({ query: 'heron marsh', mode: 'VECTOR', model: WORDS.name, diversity: 0.6 });
    expect(names(diverse)[0]).toBe(plain[0]);
    expect(names(diverse)[1]).not.toBe(plain[1]);
    expect([...names(diverse)].sort()).toEqual([...plain].sort());
    const scores = diverse.hits.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((left, right) => right - left));
  });
});
