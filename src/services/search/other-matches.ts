import type { KeywordHit } from '../../ports/keyword-index.port.js';
import type { VectorHit, VectorMatch } from '../../ports/vector-store.port.js';
import type { MatchPlace } from './ranking.js';

/** Passages and moments of an object that are shown at most, best first. */
export const MOST_MATCHES = 3;
/** What matched less than so much as the best of its leg says more about the object than about the query. */
const LEAST_SHARE = 0.5;

export const placeOf = ({ passageId, id }: Pick<VectorMatch, 'passageId' | 'id'>): MatchPlace =>
  passageId === null ? { passageId, embeddingId: id } : { passageId, embeddingId: null };

/**
 * What matched of an object besides its best by vectors and its best by words. Scores of different legs cannot be held against each
 * other, so they take turns: the second of each, the third of each; the best of a further space comes before all of these.
 * @param vectors the object's hits, that of the space which ranks it highest first
 */
export function otherMatches(vectors: readonly (VectorHit | undefined)[], keyword: KeywordHit | undefined): MatchPlace[] {
  const [first, ...further] = vectors;
  const lists = [
    goodOthers(first).map(placeOf),
    goodOthers(keyword).map(({ passageId }): MatchPlace => ({ passageId, embeddingId: null })),
    ...further.map((hit) => goodOthers(hit).map(placeOf)),
  ];
  const known = new Set([first?.passageId ?? first?.id, keyword?.passageId]);
  const found = new Map<string, MatchPlace>();
  const add = (place: MatchPlace | undefined) => {
    const key = place?.passageId ?? place?.embeddingId;
    if (place !== undefined && key != null && !known.has(key)) found.set(key, place);
  };
  for (const hit of further) add(hit === undefined ? undefined : placeOf(hit));
  for (let turn = 0; turn < MOST_MATCHES - 1; turn += 1) for (const list of lists) add(list[turn]);
  return [...found.values()].slice(0, MOST_MATCHES - 1);
}

function goodOthers<Other extends { score: number }>(hit: { score: number; others?: readonly Other[] } | undefined): readonly Other[] {
  return hit?.others?.filter(({ score }) => score >= hit.score * LEAST_SHARE) ?? [];
}
