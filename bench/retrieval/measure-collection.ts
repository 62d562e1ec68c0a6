import type { Embedder, EmbeddingModel } from '../../src/ports/embedder.port.js';
import type { Collection } from './collection.js';
import type { KeptVectors } from './kept-vectors.js';
import { legsOf, type PassageLength, type QueryLegs } from './legs.js';
import { heldOut, interval, mean, scoresOf } from './scores.js';

export const ALPHAS = Array.from({ length: 21 }, (_, i) => i / 20);
export const DEPTHS = [20, 50, 100, 200, 500] as const;
const DEPTH = 100;
const DEEPEST = Math.max(...DEPTHS);
/** Choices whose difference from the best is smaller are alike. */
const PLATEAU = 0.005;

export interface CollectionFigures {
  collection: string;
  model: string;
  alpha: number;
  keyword: number;
  vector: number;
  hybrid: number;
  /** Of what hybrid has above its better leg, 95 %. */
  gain: [number, number];
  /** By share of the vectors, from 0 to 1. */
  relative: number[];
  ranked: number[];
  /** The lowest and the highest share that is as good as the best. */
  plateau: [number, number];
  /** With the share chosen on one half of the queries, on the other. */
  heldOut: number;
  /** By depth. */
  depths: number[];
  lengths: { length: PassageLength; passages: number; vector: number; keyword: number; hybrid: number }[];
}

/** @param lengths of passages; the first is the program's own, which everything else is measured with */
export async function measureCollection(embedder: Embedder, model: EmbeddingModel, kept: KeptVectors, collection: Collection, alpha: number, lengths: readonly PassageLength[]): Promise<CollectionFigures> {
  const byLength = [];
  for (const length of lengths) {
    console.error(`${model.name}, ${collection.name}, passages of ${length.target} tokens, overlapping ${length.overlap}`);
    byLength.push({ length, ...(await legsOf(embedder, model.name, kept, collection, length, DEEPEST)) });
  }
  const { legs } = byLength[0]!;
  const scores = (of: readonly QueryLegs[], share: number, method: 'RELATIVE_SCORE' | 'RANKED' = 'RELATIVE_SCORE', depth = DEPTH) => scoresOf(of, collection, { alpha: share, method, depth });
  const shares = ALPHAS.map((share) => scores(legs, share));
  const [keyword, vector, hybrid] = [scores(legs, 0), scores(legs, 1), scores(legs, alpha)];
  const better = mean(vector) > mean(keyword) ? vector : keyword;
  const relative = shares.map(mean);
  const alike = ALPHAS.filter((_, i) => relative[i]! >= Math.max(...relative) - PLATEAU);
  return {
    collection: collection.name, model: model.name, alpha, keyword: mean(keyword), vector: mean(vector), hybrid: mean(hybrid),
    gain: interval(hybrid.map((score, i) => score - better[i]!)),
    relative, ranked: ALPHAS.map((share) => mean(scores(legs, share, 'RANKED'))),
    plateau: [alike[0]!, alike.at(-1)!],
    heldOut: heldOut(shares).score,
    depths: DEPTHS.map((depth) => mean(scores(legs, alpha, 'RELATIVE_SCORE', depth))),
    lengths: byLength.map(({ length, passages, legs: its }) => ({ length, passages, vector: mean(scores(its, 1)), keyword: mean(scores(its, 0)), hybrid: mean(scores(its, alpha)) })),
  };
}
