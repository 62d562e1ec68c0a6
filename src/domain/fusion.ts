import type { Fusion } from './operations.js';

/** How the legs of a hybrid search become one ranking. */

export interface LegHit {
  objectId: string;
  /** Cosine of a vector leg, BM25 of a keyword leg. */
  score: number;
}

/** What one index answered. Several vector legs are several spaces, one a model. */
export interface Leg {
  kind: 'vector' | 'keyword';
  /** The model of a vector leg. */
  space?: string;
  hits: readonly LegHit[];
}

export interface FusedHit {
  objectId: string;
  /** 0 to 1. */
  score: number;
  /** The cosine, in the space that ranks the object highest; null where no vector leg found it. */
  vectorScore: number | null;
  /** From 0, among all that the vector legs found. */
  vectorRank: number | null;
  /** The space that `vectorScore` is of. */
  space: string | null;
  /** BM25. */
  keywordScore: number | null;
  /** From 0. */
  keywordRank: number | null;
}

/** The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009). */
const RANK_CONSTANT = 60;

/**
 * RELATIVE_SCORE: alpha × vector + (1 − alpha) × keyword, each leg scaled by (s − min)/(max − min); all equal is 1, absent 0.
 * RANKED: weight/(60 + rank), added up and divided by the best attainable. Several spaces are scaled each by itself before
 * they meet. Falling by score; ties by vector score, then by id.
 * @param alpha 0: keywords alone; 1: vectors alone
 */
export function fuse(input: { legs: readonly Leg[]; alpha: number; method: Fusion }): FusedHit[] {
  const vectors = rankLeg(input.legs.filter((leg) => leg.kind === 'vector'));
  const keywords = rankLeg(input.legs.filter((leg) => leg.kind === 'keyword'));
  const share = input.method === 'RANKED' ? shareOfRank : (entry: Entry) => entry.scaled;
  return assemble(vectors, keywords, (vector, keyword) => {
    const sum =
      (vector === undefined ? 0 : input.alpha * share(vector)) +
      (keyword === undefined ? 0 : (1 - input.alpha) * share(keyword));
    return Math.min(1, sum);
  });
}

/**
 * The vector leg by itself. In one space `score` is (1 + cosine)/2. Where several have found something, it is the cosine scaled
 * by (s − min)/(max − min) within its space, the best of the spaces: cosines of different models say nothing of each other, and
 * one whose are high by nature (texts to texts 0.3 to 0.8) would drown one whose are low (texts to images 0.2 to 0.3).
 */
export function rankByVector(legs: readonly Leg[]): FusedHit[] {
  const answering = legs.filter((leg) => leg.kind === 'vector' && leg.hits.length > 0);
  if (answering.length > 1) return assemble(rankLeg(answering), new Map(), (vector) => vector!.scaled);
  const ranked = rankLeg(answering, (score) => score);
  return assemble(ranked, new Map(), (vector) => Math.min(1, Math.max(0, (1 + vector!.score) / 2)));
}

/** The keyword leg by itself: `score` is s/max. */
export function rankByKeyword(legs: readonly Leg[]): FusedHit[] {
  const ranked = rankLeg(legs.filter((leg) => leg.kind === 'keyword'));
  const [first] = ranked.values();
  const best = first?.score ?? 0;
  return assemble(new Map(), ranked, (_, keyword) => (best > 0 ? keyword!.score / best : 0));
}

interface Entry {
  objectId: string;
  score: number;
  /** 0 to 1 within its space. */
  scaled: number;
  space: string | null;
  /** From 0 within all legs of the kind. */
  rank: number;
}

/** Each object once, by its best place in any of the legs; in order of rank. */
function rankLeg(legs: readonly Leg[], scaling?: (score: number) => number): Map<string, Entry> {
  const best = new Map<string, Entry>();
  for (const leg of legs) {
    const scale = scaling ?? scalingOf(leg.hits);
    for (const { objectId, score } of leg.hits) {
      const entry = { objectId, score, scaled: scale(score), space: leg.space ?? null, rank: 0 };
      const known = best.get(objectId);
      if (known === undefined || byPlace(entry, known) < 0) best.set(objectId, entry);
    }
  }
  const ranked = [...best.values()].sort(byPlace);
  return new Map(ranked.map((entry, rank) => [entry.objectId, { ...entry, rank }]));
}

function byPlace(left: Entry, right: Entry): number {
  return (
    right.scaled - left.scaled ||
    right.score - left.score ||
    compareText(left.objectId, right.objectId) ||
    compareText(left.space ?? '', right.space ?? '')
  );
}

function scalingOf(hits: readonly LegHit[]): (score: number) => number {
  let min = Infinity;
  let max = -Infinity;
  for (const { score } of hits) {
    min = Math.min(min, score);
    max = Math.max(max, score);
  }
  return max > min ? (score) => (score - min) / (max - min) : () => 1;
}

/** Of the best attainable, which is rank 0 in both legs. */
function shareOfRank(entry: Entry): number {
  return RANK_CONSTANT / (RANK_CONSTANT + entry.rank);
}

function assemble(
  vectors: ReadonlyMap<string, Entry>,
  keywords: ReadonlyMap<string, Entry>,
  scoreOf: (vector: Entry | undefined, keyword: Entry | undefined) => number,
): FusedHit[] {
  const hits = [...new Set([...vectors.keys(), ...keywords.keys()])].map((objectId): FusedHit => {
    const vector = vectors.get(objectId);
    const keyword = keywords.get(objectId);
    return {
      objectId,
      score: scoreOf(vector, keyword),
      vectorScore: vector?.score ?? null,
      vectorRank: vector?.rank ?? null,
      space: vector?.space ?? null,
      keywordScore: keyword?.score ?? null,
      keywordRank: keyword?.rank ?? null,
    };
  });
  return hits.sort(byScore);
}

function byScore(left: FusedHit, right: FusedHit): number {
  return (
    right.score - left.score ||
    byVectorScore(left.vectorScore, right.vectorScore) ||
    compareText(left.objectId, right.objectId)
  );
}

/** Falling; what no vector leg found comes last. */
function byVectorScore(left: number | null, right: number | null): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return right - left;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
