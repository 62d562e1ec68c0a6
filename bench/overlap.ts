import { randomUUID } from 'node:crypto';
import type { OnnxTextEmbedder } from '../src/adapters/models/onnx-text.embedder.js';
import type { WeaviateStores } from '../src/adapters/vectors/weaviate/open-weaviate.js';
import { fuse, rankByKeyword, rankByVector, type Leg } from '../src/domain/fusion.js';
import type { Fusion } from '../src/domain/operations.js';
import { analyzeTerms } from '../src/services/search/analysis.js';
import { dot } from './dot.js';

const MODEL = 'all-MiniLM-L6-v2';
const TENANT = 'overlap';
const TOP = 10;
/** Objects a leg, as for a page of ten. */
const DEPTH = 100;

export interface Passage {
  objectId: string;
  passageId: string;
  terms: string[];
  vector: Float32Array;
}
export interface Query {
  terms: string[];
  vector: Float32Array;
}

/** Texts and questions as the program itself would cut, embed and analyse them. */
export async function prepared(embedder: OnnxTextEmbedder, texts: readonly string[], questions: readonly string[]) {
  const documents = texts.map((text) => ({ id: randomUUID(), text }));
  const spans = await embedder.splitPassages(MODEL, documents);
  const cut = documents.flatMap(({ id, text }, i) =>
    spans[i]!.map(({ start, end }) => ({ id, text: text.slice(start, end) })),
  );
  const vectors = await embedder.embedTexts(
    MODEL,
    cut.map(({ text }) => text),
  );
  const asked = await embedder.embedTexts(MODEL, [...questions]);
  const passages = cut.map(({ id, text }, i): Passage => ({
    objectId: id,
    passageId: randomUUID(),
    terms: analyzeTerms(text),
    vector: vectors[i]!,
  }));
  return { passages, queries: questions.map((text, i): Query => ({ terms: analyzeTerms(text), vector: asked[i]! })) };
}

export async function fill(stores: WeaviateStores, tenantId: string, passages: readonly Passage[]): Promise<void> {
  const space = { model: MODEL, dimensions: passages[0]!.vector.length };
  await stores.vectors.ensureSpace(space);
  await stores.hybrid.write(
    tenantId,
    passages.map(({ objectId, passageId, terms, vector }) => ({
      passageId,
      objectId,
      terms,
      vectors: [{ space, embeddingId: randomUUID(), vector }],
    })),
  );
}

/** The mean share of the first ten objects that the store and the built-in fusion have in common, an alpha and a fusion each. */
export async function overlaps(
  stores: WeaviateStores,
  { passages, queries }: { passages: readonly Passage[]; queries: readonly Query[] },
  { alphas, fusions }: { alphas: readonly number[]; fusions: readonly Fusion[] },
): Promise<{ alpha: number; fusion: Fusion; overlap: number }[]> {
  await fill(stores, TENANT, passages);
  const words = bm25(passages.map(({ terms }) => terms));
  const legs = queries.map((query): Leg[] => [
    {
      kind: 'vector',
      space: MODEL,
      hits: best(
        passages,
        passages.map(({ vector }) => dot(vector, query.vector)),
      ),
    },
    { kind: 'keyword', hits: best(passages, words(query.terms), 0) },
  ]);
  const results: { alpha: number; fusion: Fusion; overlap: number }[] = [];
  for (const fusion of fusions) {
    for (const alpha of alphas) {
      const shares: number[] = [];
      for (const [i, query] of queries.entries()) {
        const expected = ranked(legs[i]!, alpha, fusion).slice(0, TOP);
        const found = new Set(await ask(stores, query, alpha, fusion));
        shares.push(expected.filter((id) => found.has(id)).length / Math.max(1, expected.length));
      }
      results.push({ alpha, fusion, overlap: shares.reduce((sum, share) => sum + share, 0) / shares.length });
    }
  }
  return results;
}

function ranked(legs: readonly Leg[], alpha: number, method: Fusion): string[] {
  const hits = alpha === 0 ? rankByKeyword(legs) : alpha === 1 ? rankByVector(legs) : fuse({ legs, alpha, method });
  return hits.map(({ objectId }) => objectId);
}

/** To the depth that the program asks for; at the ends one leg is asked alone. */
async function ask(stores: WeaviateStores, { terms, vector }: Query, alpha: number, fusion: Fusion): Promise<string[]> {
  const space = { model: MODEL, dimensions: vector.length };
  const common = { tenantId: TENANT, limit: DEPTH, filter: null, objectIds: null };
  const { hits } =
    alpha === 0
      ? await stores.keywords.search({ ...common, terms })
      : alpha === 1
        ? await stores.vectors.search({ ...common, space, vector })
        : await stores.hybrid.hybrid({ ...common, space, vector, terms, alpha, fusion });
  return hits.slice(0, TOP).map(({ objectId }) => objectId);
}

function best(passages: readonly Passage[], scores: readonly number[], above = -Infinity): Leg['hits'] {
  const objects = new Map<string, number>();
  for (const [i, score] of scores.entries()) {
    const { objectId } = passages[i]!;
    if (score > above && score > (objects.get(objectId) ?? -Infinity)) objects.set(objectId, score);
  }
  return [...objects]
    .map(([objectId, score]) => ({ objectId, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, DEPTH);
}

/** The port's formula, the slow way. */
function bm25(texts: readonly (readonly string[])[]): (query: readonly string[]) => number[] {
  const average = texts.reduce((sum, terms) => sum + terms.length, 0) / texts.length;
  const counts = texts.map((terms) => {
    const count = new Map<string, number>();
    for (const term of terms) count.set(term, (count.get(term) ?? 0) + 1);
    return count;
  });
  return (query) => {
    const scores = texts.map(() => 0);
    for (const term of query) {
      const holding = counts.filter((count) => count.has(term)).length;
      const idf = Math.log(1 + (texts.length - holding + 0.5) / (holding + 0.5));
      for (const [i, count] of counts.entries()) {
        const tf = count.get(term) ?? 0;
        scores[i]! += (idf * tf * 2.2) / (tf + 1.2 * (0.25 + (0.75 * texts[i]!.length) / average));
      }
    }
    return scores;
  };
}
