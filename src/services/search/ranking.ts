import { fuse, rankByKeyword, rankByVector, type FusedHit } from '../../domain/fusion.js';
import type { Fusion, SearchMode } from '../../domain/operations.js';
import type { FacetBucket } from '../../ports/repositories/facet.repository.port.js';
import type { AnsweredLeg } from './legs.js';

/** An object's place, and the passages that brought it there. */
export interface RankedObject extends FusedHit {
  /** Of its best vector. `passageId` is null where the vector stands for the whole object or for a moment of it. */
  vectorMatch: { embeddingId: string; passageId: string | null } | null;
  /** Its best passage by words. */
  keywordPassageId: string | null;
}

/** What the pages of one search are cut from. */
export interface Ranking {
  objects: RankedObject[];
  facets: { field: string; buckets: FacetBucket[] }[];
  incomplete: boolean;
  warnings: string[];
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
  const keywordHits = byObject(legs.flatMap((leg) => (leg.kind === 'keyword' ? leg.hits : [])));
  const ranked = score(legs, rules).map((hit): RankedObject => {
    const vector = hit.space === null ? undefined : vectorHits.get(hit.space)?.get(hit.objectId);
    return {
      ...hit,
      vectorMatch: vector === undefined ? null : { embeddingId: vector.id, passageId: vector.passageId },
      keywordPassageId: keywordHits.get(hit.objectId)?.passageId ?? null,
    };
  });
  const { minScore } = rules;
  return minScore === null ? ranked : ranked.filter((object) => object.score >= minScore);
}

function nearEnough(leg: AnsweredLeg, minVectorScore: number | null): AnsweredLeg {
  if (leg.kind !== 'vector' || minVectorScore === null) return leg;
  return { ...leg, hits: leg.hits.filter((hit) => hit.score >= minVectorScore) };
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
];

/** As the cache keeps it: text without the repeated names. */
export function packRanking({ objects, ...rest }: Ranking): string {
  const packed = objects.map((object): PackedObject => [
    object.objectId, object.score, object.vectorScore, object.vectorRank, object.space, object.vectorMatch?.embeddingId ?? null,
    object.vectorMatch?.passageId ?? null, object.keywordScore, object.keywordRank, object.keywordPassageId,
  ]);
  return JSON.stringify({ ...rest, objects: packed });
}

export function unpackRanking(text: string): Ranking {
  const { objects, ...rest } = JSON.parse(text) as Omit<Ranking, 'objects'> & { objects: PackedObject[] };
  return { ...rest, objects: objects.map(unpackObject) };
}

function unpackObject(packed: PackedObject): RankedObject {
  const [objectId, score, vectorScore, vectorRank, space, embeddingId, passageId, keywordScore, keywordRank, keywordPassageId] = packed;
  const vectorMatch = embeddingId === null ? null : { embeddingId, passageId };
  return { objectId, score, vectorScore, vectorRank, space, vectorMatch, keywordScore, keywordRank, keywordPassageId };
}
