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

/** Each object counts by its best vector; of the others the next best are kept, `perObject` with it. A vector may come twice. */
export function keepBest(best: Map<string, VectorHit>, hit: VectorHit, perObject = 1): void {
  const rival = best.get(hit.objectId);
  if (rival === undefined) best.set(hit.objectId, hit);
  else if (perObject <= 1) {
    if (byScore(hit, rival) < 0) best.set(hit.objectId, hit);
  } else if (rival.id !== hit.id) {
    const { others = [], ...first } = rival;
    best.set(hit.objectId, hitOfObject([first, hit, ...others.filter(({ id }) => id !== hit.id).map((other) => ({ ...first, ...other }))].sort(byScore), perObject));
  }
}

/** @param found of one object, best first */
export function hitOfObject(found: readonly VectorHit[], perObject: number): VectorHit {
  const others = found.slice(1, perObject).map(({ id, passageId, score }) => ({ id, passageId, score }));
  return others.length === 0 ? found[0]! : { ...found[0]!, others };
}
