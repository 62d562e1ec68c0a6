import type { Embedder } from '../../src/ports/embedder.port.js';
import { analyzeTerms } from '../../src/services/search/analysis.js';
import type { LegHit } from '../../src/domain/fusion.js';
import { dot } from '../dot.js';
import { bm25 } from './bm25.js';
import type { Collection } from './collection.js';
import type { KeptVectors } from './kept-vectors.js';

export interface PassageLength {
  target: number;
  overlap: number;
}

/** What both indexes answer to one query, best first, as deep as was asked. */
export interface QueryLegs {
  id: string;
  vector: readonly LegHit[];
  keyword: readonly LegHit[];
}

/** Passages cut, embedded and scored as the program does it, with no index that could miss any. */
export async function legsOf(embedder: Embedder, model: string, kept: KeptVectors, collection: Collection, length: PassageLength, depth: number): Promise<{ legs: QueryLegs[]; passages: number }> {
  const { documents, queries } = collection;
  const spans = await embedder.splitPassages(model, documents, length);
  const passages = documents.flatMap(({ id, text }, i) => spans[i]!.map(({ start, end }) => ({ objectId: id, text: text.slice(start, end) })));
  const vectors = await kept.of(passages.map(({ text }) => text));
  const queryVectors = await kept.of(queries.map(({ text }) => text));
  const keywords = bm25(passages.map(({ text }) => analyzeTerms(text)));
  const best = (scores: ArrayLike<number>, least: number) => bestObjects(passages, scores, least, depth);
  const legs = queries.map(({ id, text }, q) => ({
    id,
    vector: best(vectors.map((vector) => dot(vector, queryVectors[q]!)), -1),
    keyword: best(keywords(analyzeTerms(text)), 0),
  }));
  return { legs, passages: passages.length };
}

/** An object counts by its best passage. @param least what is not above it was not found */
function bestObjects(passages: readonly { objectId: string }[], scores: ArrayLike<number>, least: number, depth: number): LegHit[] {
  const objects = new Map<string, number>();
  passages.forEach(({ objectId }, i) => {
    const score = scores[i]!;
    if (score > least && score > (objects.get(objectId) ?? -Infinity)) objects.set(objectId, score);
  });
  return [...objects].map(([objectId, score]) => ({ objectId, score })).sort((a, b) => b.score - a.score).slice(0, depth);
}
