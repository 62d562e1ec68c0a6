import { fuse, rankByKeyword, rankByVector, type FusedHit } from '../../domain/fusion.js';
import type { Fusion, SearchMode, SpaceExplanation } from '../../domain/operations.js';
import type { FacetBucket } from '../../ports/repositories/facet.repository.port.js';
import type { AnsweredLeg } from './legs.js';
import { otherMatches } from './other-matches.js';
import type { AskedTerms } from './term-contributions.js';

/** An object's place, and the passages that brought it there. */
export interface RankedObject extends FusedHit {
  /** Of its best vector. `passageId` is null where the vector stands for the whole object or for a moment of it. */
  vectorMatch: { embeddingId: string; passageId: string | null } | null;
  /** Its best passage by words. */
  keywordPassageId: string | null;
  /** What each of the words asked with comes to there; null where nobody asked for it, or the store does not tell. */
  keywordParts: readonly number[] | null;
  /** What else of it matched, best first: with the two above, enough for what is shown. */
  otherMatches: MatchPlace[];
  /** Every space that found it, the one that ranks it highest first. */
  spaces: SpaceExplanation[];
  /** What `score` was before the ranking was ordered anew; null where it was not. */
  fusedScore: number | null;
  /** 0 to 1, of a cross-encoder; null where none read it. */
  rerankScore: number | null;
}

/** A passage, or where there is none, a vector that stands for a moment or the whole. */
export type MatchPlace = { passageId: string; embeddingId: null } | { passageId: null; embeddingId: string };

/** What the pages of one search are cut from. */
export interface Ranking {
  objects: RankedObject[];
  facets: { field: string; buckets: FacetBucket[] }[];
  incomplete: boolean;
  /** As `SearchResult.mayFindMore`. */
  mayFindMore: boolean;
  warnings: string[];
  /** What it was asked with, where contributions are to be told. */
  asked?: AskedTerms;
}

export interface RankingRules {
  mode: SearchMode;
  alpha: number;
  fusion: Fusion;
  minScore: number | null;
  /** A cosine: what is below it is not in the vector leg at all. */
  minVectorScore: number | null;
}

export function rankObjects(answered: readonly AnsweredLeg[], rules: RankingRules): RankedObject[] {
  const legs = answered.map((leg) => nearEnough(leg, rules.minVectorScore));
  const vectorHits = new Map(legs.flatMap((leg) => (leg.kind === 'vector' ? [[leg.space, byObject(leg.hits)] as const] : [])));
  const spaces = spacesOf(legs);
  const keywordHits = byObject(legs.flatMap((leg) => (leg.kind === 'keyword' ? leg.hits : [])));
  /** Of the spaces that do not rank it highest. */
  const others = ({ objectId, space }: FusedHit) => [...vectorHits].flatMap(([name, hits]) => (name === space ? [] : (hits.get(objectId) ?? [])));
  const ranked = score(legs, rules).map((hit): RankedObject => {
    const vector = hit.space === null ? undefined : vectorHits.get(hit.space)?.get(hit.objectId);
    return {
      ...hit,
      vectorMatch: vector === undefined ? null : { embeddingId: vector.id, passageId: vector.passageId },
      keywordPassageId: keywordHits.get(hit.objectId)?.passageId ?? null,
      keywordParts: keywordHits.get(hit.objectId)?.parts ?? null,
      otherMatches: otherMatches([vector, ...others(hit)], keywordHits.get(hit.objectId)),
      spaces: (spaces.get(hit.objectId) ?? []).sort((left, right) => Number(right.model === hit.space) - Number(left.model === hit.space) || left.rank - right.rank),
      fusedScore: null,
      rerankScore: null,
    };
  });
  const { minScore } = rules;
  return minScore === null ? ranked : ranked.filter((object) => object.score >= minScore);
}

function spacesOf(legs: readonly AnsweredLeg[]): Map<string, SpaceExplanation[]> {
  const spaces = new Map<string, SpaceExplanation[]>();
  for (const leg of legs) {
    if (leg.kind !== 'vector') continue;
    leg.hits.forEach(({ objectId, score }, rank) => {
      const known = spaces.get(objectId);
      const seen = { model: leg.space, score, rank };
      if (known === undefined) spaces.set(objectId, [seen]);
      else known.push(seen);
    });
  }
  return spaces;
}

function nearEnough(leg: AnsweredLeg, minVectorScore: number | null): AnsweredLeg {
  if (leg.kind !== 'vector' || minVectorScore === null) return leg;
  const near = ({ score }: { score: number }) => score >= minVectorScore;
  return { ...leg, hits: leg.hits.filter(near).map((hit) => (hit.others === undefined ? hit : { ...hit, others: hit.others.filter(near) })) };
}

function score(legs: readonly AnsweredLeg[], { mode, alpha, fusion }: RankingRules): FusedHit[] {
  if (mode === 'VECTOR') return rankByVector(legs);
  if (mode === 'KEYWORD') return rankByKeyword(legs);
  return fuse({ legs, alpha: remainingAlpha(legs, alpha), method: fusion });
}

/** The leg that is left when the other failed has all the weight, or its share would order nothing at alpha 0 and 1. */
function remainingAlpha(legs: readonly AnsweredLeg[], alpha: number): number {
  const kinds = new Set(legs.map((leg) => leg.kind));
  if (kinds.size !== 1) return alpha;
  return kinds.has('vector') ? 1 : 0;
}

const byObject = <Hit extends { objectId: string }>(hits: readonly Hit[]) => new Map(hits.map((hit) => [hit.objectId, hit]));

type PackedObject = [
  objectId: string, score: number, vectorScore: number | null, vectorRank: number | null, space: string | null, embeddingId: string | null,
  passageId: string | null, keywordScore: number | null, keywordRank: number | null, keywordPassageId: string | null,
  spaces: (string | number)[], fusedScore: number | null, rerankScore: number | null,
  otherMatches: [passageId: string | null, embeddingId: string | null][], keywordParts: readonly number[] | null,
];

/** As the cache keeps it: text without the repeated names. */
export function packRanking({ objects, ...rest }: Ranking): string {
  const packed = objects.map((object): PackedObject => [
    object.objectId, object.score, object.vectorScore, object.vectorRank, object.space, object.vectorMatch?.embeddingId ?? null,
    object.vectorMatch?.passageId ?? null, object.keywordScore, object.keywordRank, object.keywordPassageId,
    object.spaces.flatMap(({ model, score, rank }) => [model, score, rank]), object.fusedScore, object.rerankScore,
    object.otherMatches.map(({ passageId, embeddingId }) => [passageId, embeddingId]), object.keywordParts,
  ]);
  return JSON.stringify({ ...rest, objects: packed });
}

export function unpackRanking(text: string): Ranking {
  const { objects, ...rest } = JSON.parse(text) as Omit<Ranking, 'objects'> & { objects: PackedObject[] };
  return { ...rest, objects: objects.map(unpackObject) };
}

/** What an older program kept for its cursors, in a cache that is shared, lacks the last five. */
function unpackObject(packed: PackedObject): RankedObject {
  const [
    objectId, score, vectorScore, vectorRank, space, embeddingId, passageId, keywordScore, keywordRank, keywordPassageId, spaces = [], fusedScore = null,
    rerankScore = null, otherMatches = [], keywordParts = null,
  ] = packed;
  const vectorMatch = embeddingId === null ? null : { embeddingId, passageId };
  return { objectId, score, vectorScore, vectorRank, space, vectorMatch, keywordScore, keywordRank, keywordPassageId, spaces: unpackSpaces(spaces), fusedScore, rerankScore, otherMatches: otherMatches.map(unpackPlace), keywordParts };
}

const unpackPlace = ([passageId, embeddingId]: PackedObject[13][number]): MatchPlace =>
  passageId === null ? { passageId, embeddingId: embeddingId! } : { passageId, embeddingId: null };

const unpackSpaces = (packed: PackedObject[10]): SpaceExplanation[] =>
  Array.from({ length: packed.length / 3 }, (_, i) => ({ model: packed[3 * i] as string, score: packed[3 * i + 1] as number, rank: packed[3 * i + 2] as number }));
