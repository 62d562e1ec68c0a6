import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withApi, type ApiClient } from '../../support/api.js';
import { writeOverlapEncoder } from '../../support/tiny-cross-encoder.js';

const folder = mkdtempSync(join(tmpdir(), 'strata-reranker-'));
writeOverlapEncoder(folder, 9);
const api = withApi({ settings: `embedding: {reranker: {path: ${JSON.stringify(folder)}, depth: 3}}` });
afterAll(() => rmSync(folder, { recursive: true }));

const FIND = `query($input: SearchInput!, $first: Int, $after: String) { search(input: $input, first: $first, after: $after) {
  incomplete warnings pageInfo { endCursor } edges { score node { filename } explanation { fusedScore rerankScore } } } }`;

let admin: ApiClient;
beforeAll(async () => {
  ({ admin } = api.tenant());
  await admin.texts([
    { text: 'cat', filename: 'short.txt' },
    { text: 'cat cat cat and a harbour', filename: 'middle.txt' },
    { text: 'cat cat cat cat cat, seen from the harbour wall by many people in the morning', filename: 'long.txt' },
    { text: 'bread', filename: 'bread.txt' },
  ]);
});

it('a cross-encoder that runs here orders the first results by its own scores, for every page', async () => {
  const find = async (input: object, first = 10, after?: string) => (await admin.ask(FIND, { input: { query: 'cat', mode: 'VECTOR', ...input }, first, after })).search;
  const plain = await find({});
  expect(plain.edges.at(-1).node.filename).toBe('bread.txt');
  const { edges, incomplete, warnings } = await find({ rerank: true });
  expect(edges.map((edge: { node: { filename: string } }) => edge.node.filename)).toEqual(['long.txt', 'middle.txt', 'short.txt', 'bread.txt']);
  const overlaps = [5, 3, 1];
  overlaps.forEach((overlap, i) => expect(edges[i].explanation.rerankScore).toBeCloseTo(1 / (1 + Math.exp(-overlap - 1)), 4));
  expect(edges[3].explanation.rerankScore).toBeNull();
  expect(edges.map((edge: { score: number }) => edge.score)).toEqual(plain.edges.map((edge: { score: number }) => edge.score));
  expect([incomplete, warnings]).toEqual([false, []]);
  const first = await find({ rerank: true }, 1);
  const rest = await find({ rerank: true }, 9, first.pageInfo.endCursor);
  expect([...first.edges, ...rest.edges]).toEqual(edges);
});

it('one that answers no number leaves the order as it was, with a warning', async () => {
  const find = async (rerank: boolean) => (await admin.ask(FIND, { input: { query: 'cat cat', mode: 'VECTOR', rerank }, first: 10 })).search;
  const plain = await find(false);
  const { edges, incomplete, warnings } = await find(true);
  const ofEdges = (all: { node: { filename: string } }[]) => all.map(({ node }) => node.filename);
  expect(ofEdges(edges)).toEqual(ofEdges(plain.edges));
  expect([incomplete, warnings]).toEqual([true, [expect.stringMatching(/is missing, and the results stand as they were fused: The model ".+" answered a score that is not a finite number/)]]);
});
