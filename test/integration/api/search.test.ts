import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { dependencyUnavailable } from '../../../src/domain/errors.js';
import { sha256 } from '../../support/app.js';
import { withApi, type ApiClient } from '../../support/api.js';
import { forgetInRedis } from '../../support/stack.js';
import { notOn } from '../../support/stacks.js';

const api = withApi();
const SAMPLES = resolve(import.meta.dirname, '../../../samples');

const LIST = 'query($filter: DataObjectFilter) { dataObjects(filter: $filter) { totalCount nodes { filename } } }';
const FIND = `query($input: SearchInput!, $first: Int, $after: String) { search(input: $input, first: $first, after: $after) {
  totalCount incomplete warnings pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { id }
  facets { field buckets { value count } }
  edges { cursor score node { id filename } explanation { vectorScore vectorRank keywordScore keywordRank model } matches { text highlights { start end } start end page startSeconds } }
} }`;

let admin: ApiClient;
/** Ids by filename, without its ending. */
const ids: Record<string, string> = {};
const TEXTS = [
  { name: 'owl', text: 'A barn owl sleeps in the oil store by day and hunts over the marsh at night.', metadata: { kind: 'bird', seen: 3, tags: ['night', 'owl'], place: { name: 'oil store', floor: 1 }, 'a.b': true, checked: null } },
  { name: 'heron', text: 'The grey heron stands in the shallows and waits for eels.', metadata: { kind: 'bird', seen: 12, tags: ['day'], place: { name: 'shallows' } } },
  { name: 'lens', text: 'The keeper mended the lens of the lighthouse in April; it had cracked in the frost.', metadata: { kind: 'log', seen: '12', tags: [] } },
  { name: 'boat', text: 'Marigold ran aground on the bar at low water and was towed off by the evening tide.', metadata: { kind: 'log', place: 'bar' } },
  { name: 'soup', text: 'Chop the leeks, warm the butter, and let the potatoes simmer until they are soft.', metadata: {} },
];

beforeAll(async () => {
  admin = api.tenant().admin;
  const made = await admin.texts(TEXTS.map(({ name, text, metadata }) => ({ text, metadata, filename: `${name}.txt` })));
  TEXTS.forEach(({ name }, i) => (ids[name] = made[i]!));
  for (const [name, sample] of [['chart', 'images/chart-depths.png'], ['dusk', 'images/lighthouse-dusk.jpg'], ['fog', 'images/lighthouse-fog.jpg'], ['guide', 'documents/heron-point-handbook.pdf'], ['bell', 'audio/bell-buoy.mp3'], ['horn', 'audio/fog-horn-across-the-bay.mp3']] as const) {
    ids[name] = (await admin.upload(await readFile(resolve(SAMPLES, sample)), { filename: `${name}.${sample.split('.')[1]}` })).id;
  }
  await admin.ask('mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { ... on UserError { message } } }', {
    input: [
      { objectId: ids.owl, type: 'CLASSIFICATION', content: { labels: [{ label: 'owl', score: 0.9 }, { label: 'bird' }] }, confidence: 0.9 },
      { objectId: ids.heron, type: 'CLASSIFICATION', content: { labels: [{ label: 'bird' }] }, confidence: 0.4 },
      { objectId: ids.dusk, type: 'DETECTION', content: { boxes: [{ label: 'tower', x: 0.1, y: 0.1, width: 0.2, height: 0.5 }] }, annotatorId: 'someone' },
      { objectId: ids.boat, type: 'SUMMARY', content: { text: 'a stranding with a zeugma in it' } },
    ],
  });
});

const listed = async (filter: object): Promise<string[]> => {
  const { dataObjects } = await admin.ask(LIST, { filter });
  expect(dataObjects.totalCount).toBe(dataObjects.nodes.length);
  return dataObjects.nodes.map((node: { filename: string }) => node.filename.split('.')[0]).sort();
};
const search = async (input: object, page: object = {}) => (await admin.ask(FIND, { input, first: 10, ...page })).search;
const names = (found: { edges: { node: { filename: string } }[] }) => found.edges.map((edge) => edge.node.filename.split('.')[0]!);

const TEXT_NAMES = TEXTS.map(({ name }) => name).sort();
const EVERYTHING = [...TEXT_NAMES, 'bell', 'chart', 'dusk', 'fog', 'guide', 'horn'].sort();

/** Each filter with what it leaves. */
const FILTERS: [string, object, string[]][] = [
  ['nothing', {}, EVERYTHING],
  ['types', { types: ['IMAGE', 'DOCUMENT'] }, ['chart', 'dusk', 'fog', 'guide']],
  ['no types', { types: [] }, []],
  ['status', { status: ['READY'] }, EVERYTHING],
  ['another status', { status: ['FAILED', 'PROCESSING'] }, []],
  ['tiers', { tiers: ['STANDARD'] }, EVERYTHING],
  ['mimeTypes', { mimeTypes: ['image/png', 'audio/mpeg'] }, ['bell', 'chart', 'horn']],
  ['contentHash', { contentHash: sha256(TEXTS[0]!.text) }, ['owl']],
  ['contentHash in upper case', { contentHash: sha256(TEXTS[0]!.text).toUpperCase() }, ['owl']],
  ['createdAt', { createdAt: { gte: '2020-01-01T00:00:00+02:00', lt: '2999-01-01T00:00:00Z' } }, EVERYTHING],
  ['an older createdAt', { createdAt: { lt: '2020-01-01T00:00:00Z' } }, []],
  ['fileSize', { fileSize: { lte: 60 } }, ['heron']],
  ['fileSize from', { fileSize: { gte: 60, lte: 200 } }, TEXT_NAMES.filter((name) => name !== 'heron')],
  ['equals', { metadata: [{ path: 'kind', equals: 'bird' }] }, ['heron', 'owl']],
  ['equals within', { metadata: [{ path: 'place.name', equals: 'oil store' }] }, ['owl']],
  ['equals a list', { metadata: [{ path: 'tags', equals: [] }] }, ['lens']],
  ['equals an object', { metadata: [{ path: 'place', equals: { floor: 1, name: 'oil store' } }] }, ['owl']],
  ['equals null', { metadata: [{ path: 'checked', equals: null }] }, ['owl']],
  ['equals at an index', { metadata: [{ path: 'tags.0', equals: 'night' }] }, ['owl']],
  ['equals of a key with a dot', { metadata: [{ path: 'a\\.b', equals: true }] }, ['owl']],
  ['notEquals', { metadata: [{ path: 'kind', notEquals: 'bird' }] }, ['boat', 'lens']],
  ['in', { metadata: [{ path: 'seen', in: [3, '12'] }] }, ['lens', 'owl']],
  ['in nothing', { metadata: [{ path: 'seen', in: [] }] }, []],
  ['gt of numbers alone', { metadata: [{ path: 'seen', gt: 3 }] }, ['heron']],
  ['gte and lt', { metadata: [{ path: 'seen', gte: 3, lt: 12 }] }, ['owl']],
  ['lte of texts alone', { metadata: [{ path: 'seen', lte: '2' }] }, ['lens']],
  ['contains an element', { metadata: [{ path: 'tags', contains: 'owl' }] }, ['owl']],
  ['contains a part', { metadata: [{ path: 'place', contains: { floor: 1 } }] }, ['owl']],
  ['exists', { metadata: [{ path: 'place', exists: true }] }, ['boat', 'heron', 'owl']],
  ['exists of a null', { metadata: [{ path: 'checked', exists: true }] }, ['owl']],
  ['does not exist', { types: ['TEXT'], metadata: [{ path: 'kind', exists: false }] }, ['soup']],
  ['several conditions', { metadata: [{ path: 'kind', equals: 'bird' }, { path: 'seen', gt: 5 }] }, ['heron']],
  ['facts', { facts: [{ path: 'document.pages', gte: 1 }] }, ['guide']],
  ['an annotation', { annotation: { types: ['DETECTION'] } }, ['dusk']],
  ['a label', { annotation: { label: 'bird' } }, ['heron', 'owl']],
  ['a label of a box', { annotation: { label: 'tower' } }, ['dusk']],
  ['an annotator', { annotation: { annotatorIds: ['someone'] } }, ['dusk']],
  ['a label and a confidence', { annotation: { label: 'bird', minConfidence: 0.5 } }, ['owl']],
  ['no label', { types: ['TEXT'], not: { annotation: { label: 'bird' } } }, ['boat', 'lens', 'soup']],
  ['and', { and: [{ types: ['TEXT'] }, { metadata: [{ path: 'kind', equals: 'log' }] }] }, ['boat', 'lens']],
  ['and of nothing', { and: [] }, EVERYTHING],
  ['or', { or: [{ types: ['AUDIO'] }, { metadata: [{ path: 'kind', equals: 'bird' }] }] }, ['bell', 'heron', 'horn', 'owl']],
  ['or of nothing', { or: [] }, []],
  ['not', { not: { types: ['TEXT', 'AUDIO', 'IMAGE'] } }, ['guide']],
  ['not not', { not: { not: { types: ['AUDIO'] } } }, ['bell', 'horn']],
  ['not over a path that leads nowhere', { types: ['TEXT'], not: { metadata: [{ path: 'kind', equals: 'log' }] } }, ['heron', 'owl', 'soup']],
];

describe('filters', () => {
  it.each(FILTERS)('over lists: %s', async (_name, filter, left) => {
    expect(await listed(filter)).toEqual(left);
  });

  it.each(['VECTOR', 'KEYWORD', 'HYBRID'])('inside both legs, in %s', async (mode) => {
    const words = 'owl heron lens marigold leeks lighthouse';
    const all = names(await search({ query: words, mode })).sort();
    expect(all).toEqual(expect.arrayContaining(TEXT_NAMES));
    for (const [name, filter, left] of FILTERS) {
      const found = await search({ query: words, mode, filter });
      expect(names(found).sort(), name).toEqual(all.filter((each) => left.includes(each)));
      expect([found.incomplete, found.totalCount], name).toEqual([false, found.edges.length]);
    }
  });
});

describe('search', () => {
  it('runs the legs that the mode names, and explains each', async () => {
    const query = 'who repaired the lighthouse lens';
    const vector = await search({ query, mode: 'VECTOR' });
    expect(names(vector)[0]).toBe('lens');
    for (const [rank, edge] of vector.edges.entries()) {
      expect(edge.explanation).toMatchObject({ vectorRank: rank, keywordRank: null, keywordScore: null, model: 'all-MiniLM-L6-v2' });
      expect(edge.score).toBeCloseTo((1 + edge.explanation.vectorScore) / 2, 6);
    }
    const keyword = await search({ query, mode: 'KEYWORD' });
    expect(names(keyword)[0]).toBe('lens');
    expect(keyword.edges[0].score).toBe(1);
    for (const [rank, edge] of keyword.edges.entries()) {
      expect(edge.explanation).toMatchObject({ vectorRank: null, vectorScore: null, keywordRank: rank, model: null });
      expect(edge.score).toBeCloseTo(edge.explanation.keywordScore / keyword.edges[0].explanation.keywordScore, 6);
    }
    for (const fusion of ['RELATIVE_SCORE', 'RANKED', null]) {
      const hybrid = await search({ query, alpha: 0.5, fusion });
      const [first] = hybrid.edges;
      expect(first.node.id).toBe(ids.lens);
      expect(first.explanation).toMatchObject({ vectorRank: 0, keywordRank: 0 });
      expect(first.score).toBeCloseTo(1, 6);
      const scores = hybrid.edges.map((edge: { score: number }) => edge.score);
      expect([...scores].sort((a, b) => b - a)).toEqual(scores);
      for (const score of scores) expect(score).toBeGreaterThanOrEqual(0);
    }
    expect(names(await search({ query, alpha: 1 }))).toEqual(names(vector));
    expect(names(await search({ query, alpha: 0 }))).toEqual(names(keyword));
  });

  it.skipIf(notOn(['full'], 'Weaviate fuses passages by itself, and groups them then'))('scores by hand: RELATIVE_SCORE and RANKED over what the legs gave', async () => {
    const query = 'barn owl at night over the marsh and the tide';
    type Edge = { node: { id: string }; score: number; explanation: { vectorScore: number; keywordScore: number; vectorRank: number; keywordRank: number } };
    const vectorLeg = ((await search({ query, mode: 'VECTOR' })).edges as Edge[]).map((edge) => [edge.node.id, edge.explanation.vectorScore] as const);
    const keywordLeg = ((await search({ query, mode: 'KEYWORD' })).edges as Edge[]).map((edge) => [edge.node.id, edge.explanation.keywordScore] as const);
    expect(keywordLeg.length).toBeGreaterThanOrEqual(2);
    const scaled = (leg: (readonly [string, number])[]) => {
      const values = leg.map(([, score]) => score);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return new Map(leg.map(([id, score]) => [id, high === low ? 1 : (score - low) / (high - low)]));
    };
    const alpha = 0.3;
    const [vectors, keywords] = [scaled(vectorLeg), scaled(keywordLeg)];
    for (const edge of (await search({ query, alpha, fusion: 'RELATIVE_SCORE' })).edges as Edge[]) {
      expect(edge.score).toBeCloseTo(alpha * (vectors.get(edge.node.id) ?? 0) + (1 - alpha) * (keywords.get(edge.node.id) ?? 0), 5);
    }
    const rankIn = (leg: (readonly [string, number])[], id: string) => leg.findIndex(([each]) => each === id);
    for (const edge of (await search({ query, alpha, fusion: 'RANKED' })).edges as Edge[]) {
      const part = (weight: number, rank: number) => (rank < 0 ? 0 : weight / (60 + rank));
      const raw = part(alpha, rankIn(vectorLeg, edge.node.id)) + part(1 - alpha, rankIn(keywordLeg, edge.node.id));
      expect(edge.score).toBeCloseTo(raw / (1 / 60), 5);
    }
  });

  it('shows the passages that matched, with highlights and their places', async () => {
    const { edges } = await search({ query: 'cracking keepers', mode: 'KEYWORD' });
    const [match] = edges[0].matches;
    expect(match).toMatchObject({ text: TEXTS[2]!.text, start: 0, end: TEXTS[2]!.text.length, page: null });
    expect(match.highlights.map(({ start, end }: { start: number; end: number }) => match.text.slice(start, end))).toEqual(['keeper', 'cracked']);
    const paged = (await search({ query: 'handbook heron point', mode: 'KEYWORD', filter: { types: ['DOCUMENT'] } })).edges[0];
    expect(paged.node.id).toBe(ids.guide);
    expect(paged.matches.some((each: { page: number | null }) => each.page !== null && each.page >= 1) || paged.matches.some((each: { start: number | null }) => each.start === null)).toBe(true);
    const fields = await search({ query: 'zeugma', mode: 'KEYWORD' });
    expect(names(fields)).toEqual(['boat']);
    expect(fields.edges[0].matches[0]).toMatchObject({ start: null, end: null });
    expect(names(await search({ query: 'shallows', mode: 'KEYWORD' }))).toEqual(['heron']);
    expect(names(await search({ query: 'chart', mode: 'KEYWORD' }))).toContain('chart');
  });

  it('sees a change of metadata, filename and annotations at the next search', async () => {
    const other = api.tenant().admin;
    const [id] = await other.texts([{ text: 'Something plain.' }]);
    const find = async (query: string) => (await other.ask(FIND, { input: { query, mode: 'KEYWORD' } })).search.edges.length as number;
    expect(await find('quagga')).toBe(0);
    await other.ask('mutation($id: ID!) { updateDataObject(input: { id: $id, metadata: { animal: "quagga" }, filename: "okapi.txt" }) { id } }', { id });
    expect([await find('quagga'), await find('okapi')]).toEqual([1, 1]);
    await other.ask('mutation($id: ID!) { updateDataObject(input: { id: $id, metadata: { animal: null } }) { id } }', { id });
    expect([await find('quagga'), await find('okapi')]).toEqual([0, 1]);
    const { createAnnotations } = await other.ask('mutation($id: ID!) { createAnnotations(input: [{ objectId: $id, type: CAPTION, content: { text: "an axolotl" } }]) { ... on Annotation { id } } }', { id });
    expect(await find('axolotl')).toBe(1);
    await other.ask('mutation($id: ID!) { updateAnnotation(input: { id: $id, content: { text: "a tapir" } }) { id } }', { id: createAnnotations[0].id });
    expect([await find('axolotl'), await find('tapir')]).toEqual([0, 1]);
    await other.texts([{ text: 'Another tapir.' }]);
    expect(await find('tapir')).toBe(2);
  });

  it('counts facets over all candidates, not the page', async () => {
    const facets = [{ field: 'type' }, { field: 'mimeType', limit: 1 }, { field: 'metadata.kind' }, { field: 'label' }, { field: 'annotatorId' }, { field: 'metadata.place.name' }, { field: 'metadata.seen' }];
    const found = await search({ query: 'owl heron lens marigold leeks', mode: 'KEYWORD', facets, filter: { types: ['TEXT'] } }, { first: 2 });
    expect(found.edges).toHaveLength(2);
    expect(found.totalCount).toBe(5);
    const by = Object.fromEntries(found.facets.map((facet: { field: string; buckets: { value: unknown; count: number }[] }) => [facet.field, facet.buckets]));
    expect(Object.keys(by)).toEqual(facets.map(({ field }) => field));
    expect(by.type).toEqual([{ value: 'TEXT', count: 5 }]);
    expect(by.mimeType).toEqual([{ value: 'text/plain', count: 5 }]);
    expect(by['metadata.kind']).toEqual(expect.arrayContaining([{ value: 'bird', count: 2 }, { value: 'log', count: 2 }]));
    expect(by.label[0]).toEqual({ value: 'bird', count: 2 });
    expect(by.annotatorId).toEqual(expect.arrayContaining([{ value: admin.viewer, count: 3 }]));
    expect(by['metadata.place.name']).toHaveLength(2);
    expect(by['metadata.seen']).toEqual(expect.arrayContaining([{ value: 12, count: 1 }, { value: '12', count: 1 }, { value: 3, count: 1 }]));
  });

  it('finds the like of an object, of a vector, and by words with a vector', async () => {
    const alike = await search({ objectId: ids.owl });
    expect(names(alike)).not.toContain('owl');
    expect(alike.edges[0].explanation).toMatchObject({ vectorRank: 0, keywordRank: null });
    const pictures = await search({ objectId: ids.dusk }, { first: 2 });
    expect(new Set(names(pictures))).toEqual(new Set(['fog', 'chart']));
    expect(names(await search({ objectId: ids.bell }))).toEqual(['horn']);
    const { dataObject } = await admin.ask('query($id: ID!) { dataObject(id: $id) { embeddings { vector modelName dimensions } similar(first: 3) { nodes { id } totalCount } } }', { id: ids.owl });
    expect(dataObject.similar.nodes.map((node: { id: string }) => node.id)).toEqual(alike.nodes.slice(0, 3).map((node: { id: string }) => node.id));
    const { vector } = dataObject.embeddings[0];
    expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    const near = await search({ vector, model: 'all-MiniLM-L6-v2' });
    expect(names(near)[0]).toBe('owl');
    expect(near.edges[0].explanation.vectorScore).toBeCloseTo(1, 3);
    expect(near.edges[0].explanation.keywordRank).toBeNull();
    const both = await search({ query: 'marigold', vector, alpha: 0.5 });
    expect(new Set(names(both).slice(0, 2))).toEqual(new Set(['owl', 'boat']));
    expect(names(await search({ vector, minVectorScore: 0.99 }))).toEqual(['owl']);
    expect(names(await search({ query: 'owl', mode: 'KEYWORD', minScore: 0.999 }))).toEqual(['owl']);
  });

  it.each([
    [{}, ['input']],
    [{ query: 'a', objectId: 'OWL' }, ['input']],
    [{ objectId: 'OWL', vector: [1] }, ['input']],
    [{ query: 'a', vector: [1], mode: 'KEYWORD' }, ['input']],
    [{ query: 'a', vector: [1], mode: 'VECTOR' }, ['input']],
    [{ mode: 'KEYWORD', objectId: 'OWL' }, ['input']],
    [{ mode: 'KEYWORD', vector: [1] }, ['input']],
    [{ query: '' }, ['input', 'query']],
    [{ query: 'a', alpha: -0.1 }, ['input', 'alpha']],
    [{ query: 'a', alpha: 2, mode: 'KEYWORD' }, ['input', 'alpha']],
    [{ vector: [0.5, 0.5] }, ['input', 'vector']],
    [{ vector: [1, 2], model: 'all-MiniLM-L6-v2' }, ['input', 'vector']],
    [{ query: 'a'.repeat(10_001) }, ['input', 'query']],
    [{ query: 'a', facets: [{ field: 'type', limit: 0 }] }, ['input', 'facets', '0', 'limit']],
    [{ query: 'a', filter: { metadata: [{ path: 'x' }] } }, ['input', 'filter', 'metadata', '0']],
  ])('refuses what contradicts itself: %j', async (input, path) => {
    const error = await admin.refused('BAD_USER_INPUT', FIND, { input: JSON.parse(JSON.stringify(input).replace('OWL', ids.owl!)) });
    expect(error.extensions.path?.slice(0, path.length), error.message).toEqual(path);
  });

  it('says when the words are none', async () => {
    const found = await search({ query: 'the of and', mode: 'KEYWORD' });
    expect(found).toMatchObject({ totalCount: 0, incomplete: false });
    expect(found.warnings.join()).toMatch(/stop words/);
  });

  it.skipIf(notOn(['full'], 'Weaviate is both legs in one; it is away or not'))('leaves out nothing when a leg fails but says so, and is DEPENDENCY_UNAVAILABLE when both do', async () => {
    const { vectors, keywords } = api.serving.app.vectorHome.indexes.now();
    const originals = { vectors: vectors.search, keywords: keywords.search };
    const broken = () => Promise.reject(new Error('the index at 10.0.0.7 is gone'));
    try {
      vectors.search = broken;
      const found = await search({ query: 'heron owl unheard-of' });
      expect(found.incomplete).toBe(true);
      expect(found.warnings.join()).toMatch(/vector leg/);
      expect(JSON.stringify(found)).not.toContain('10.0.0.7');
      expect(new Set(names(found))).toEqual(new Set(['owl', 'heron', 'guide'].filter((name) => names(found).includes(name))));
      expect(names(found)).toEqual(expect.arrayContaining(['owl', 'heron']));
      keywords.search = broken;
      const error = await admin.refused('DEPENDENCY_UNAVAILABLE', FIND, { input: { query: 'another unheard-of' } });
      expect(error.extensions).toMatchObject({ dependency: expect.any(String), retryable: true });
      expect(JSON.stringify(error)).not.toContain('10.0.0.7');
    } finally {
      vectors.search = originals.vectors;
      keywords.search = originals.keywords;
    }
    expect((await search({ query: 'heron owl unheard-of' })).incomplete).toBe(false);
  });
});

describe('a vector', () => {
  it('out of reach is null with an error, and the rest of the answer stands', async () => {
    const { vectors } = api.serving.app.vectorHome.indexes.now();
    const original = vectors.fetch;
    vectors.fetch = () => Promise.reject(dependencyUnavailable('vectors', new Error('gone')));
    try {
      const { data, errors } = await admin.post('query($id: ID!) { dataObject(id: $id) { filename embeddings { modelName vector } } }', { id: ids.owl });
      expect(data.dataObject).toEqual({ filename: 'owl.txt', embeddings: [{ modelName: 'all-MiniLM-L6-v2', vector: null }] });
      expect(errors).toMatchObject([{ path: ['dataObject', 'embeddings', 0, 'vector'], extensions: { code: 'DEPENDENCY_UNAVAILABLE', dependency: 'vectors', retryable: true } }]);
    } finally {
      vectors.fetch = original;
    }
  });
});

describe('pages of a search', () => {
  const WORDS = { query: 'the harbour log', mode: 'HYBRID', alpha: 0.5 };

  it('neither repeat nor skip, whatever is written meanwhile', async () => {
    const other = api.tenant().admin;
    const made = await other.texts(Array.from({ length: 12 }, (_, i) => ({ text: `Harbour log ${i}: ${'wind and tide. '.repeat(i + 1)}` })));
    const page = async (after: string | null, first = 5) => (await other.ask(FIND, { input: WORDS, first, after })).search;
    const one = await page(null);
    expect(one).toMatchObject({ totalCount: 12, pageInfo: { hasNextPage: true, hasPreviousPage: false, endCursor: one.edges[4].cursor, startCursor: one.edges[0].cursor } });
    await other.texts([{ text: 'The harbour log of the harbour log.' }]);
    const [gone] = made.filter((id) => !one.nodes.some((node: { id: string }) => node.id === id));
    await other.ask('mutation($id: ID!) { deleteDataObject(id: $id) { id } }', { id: gone });
    const two = await page(one.pageInfo.endCursor);
    const three = await page(two.pageInfo.endCursor);
    const seen = [one, two, three].flatMap((each) => each.nodes.map((node: { id: string }) => node.id)) as string[];
    expect(seen).toHaveLength(11);
    expect(new Set(seen)).toEqual(new Set(made.filter((id) => id !== gone)));
    expect(two.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: true });
    expect(three.pageInfo.hasNextPage).toBe(false);
    const fresh = await page(null, 50);
    expect(fresh.totalCount).toBe(12);
    expect((await page(null, 0)).edges).toEqual([]);
    const again = await page(one.edges[1].cursor, 2);
    expect(again.nodes).toEqual(one.nodes.slice(2, 4));
  });

  it('refuse a cursor of another search, of a list, and none that is too old', async () => {
    const first = await search({ query: 'owl heron' }, { first: 1 });
    const after = first.pageInfo.endCursor as string;
    expect((await search({ query: 'owl heron' }, { first: 3, after })).edges.length).toBeGreaterThan(0);
    await admin.refused('BAD_USER_INPUT', FIND, { input: { query: 'owl' }, after });
    await admin.refused('BAD_USER_INPUT', FIND, { input: { query: 'owl heron', filter: { types: ['TEXT'] } }, after });
    const { dataObjects } = await admin.ask('{ dataObjects(first: 1) { pageInfo { endCursor } } }');
    expect((await admin.refused('BAD_USER_INPUT', FIND, { input: { query: 'owl heron' }, after: dataObjects.pageInfo.endCursor })).extensions.path).toEqual(['after']);
    await admin.refused('BAD_USER_INPUT', FIND, { input: { query: 'owl heron' }, after: 'nonsense' });
    await admin.refused('BAD_USER_INPUT', '{ dataObjects(after: "AFTER") { totalCount } }'.replace('AFTER', after));
    await admin.refused('BAD_USER_INPUT', FIND, { input: { query: 'owl heron' }, first: 501 });
    await admin.refused('BAD_USER_INPUT', FIND, { input: { query: 'owl heron' }, first: -1 });
    await api.tenant().admin.refused('CURSOR_EXPIRED', FIND, { input: { query: 'owl heron' }, after });
    // 300 seconds later, as the caches tell the time.
    await forgetInRedis(api.serving.app.config, 'ranking:');
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + 301_000);
    const error = await admin.refused('CURSOR_EXPIRED', FIND, { input: { query: 'owl heron' }, after }).finally(() => clock.mockRestore());
    expect(error.extensions.path).toEqual(['after']);
    const { search: afresh } = await admin.ask(FIND, { input: { query: 'owl heron' }, first: 1 });
    expect(afresh.nodes).toEqual(first.nodes);
    expect((await search({ query: 'owl heron' }, { first: 1, after: afresh.pageInfo.endCursor })).nodes).not.toEqual(first.nodes);
  });
});
