import type { VectorHit } from '../../ports/vector-store.port.js';

/** Rounding may carry a cosine past its bounds by a hair. */
export const asCosine = (value: number): number => Math.min(1, Math.max(-1, value));

/** Falling by score, ties by object, then by embedding. */
export function byScore(left: VectorHit, right: VectorHit): number {
  return right.score - left.score || compareIds(left.objectId, right.objectId) || compareIds(left.id, right.id);
}

export function compareIds(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Each object counts by its best vector. */
export function keepBest(best: Map<string, VectorHit>, hit: VectorHit): void {
  const rival = best.get(hit.objectId);
  if (rival === undefined || byScore(hit, rival) < 0) best.set(hit.objectId, hit);
}
