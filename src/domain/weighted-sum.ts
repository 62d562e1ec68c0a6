export interface WeightedVector {
  /** Above 0 draws near, below 0 pushes away; never 0. */
  weight: number;
  /** Of length 1. */
  vector: Float32Array;
}

/** What is left of a sum, of all weights, where its vectors cancel each other out: less has no direction but that of rounding. */
const NOTHING_LEFT = 1e-6;

/**
 * The direction of Σ weight × vector, of length 1; null where the vectors cancel each other out. A single vector that draws near is
 * its own sum.
 * @param vectors of one space, at least one
 */
export function weightedSum(vectors: readonly WeightedVector[]): Float32Array | null {
  const [only] = vectors;
  if (vectors.length === 1 && only!.weight > 0) return only!.vector;
  const sum = new Float64Array(only!.vector.length);
  let weights = 0;
  for (const { weight, vector } of vectors) {
    weights += Math.abs(weight);
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * vector[i]!;
  }
  const length = Math.hypot(...sum);
  return length <= NOTHING_LEFT * weights ? null : Float32Array.from(sum, (value) => value / length);
}

/** How much of the disliked is taken from the liked. */
const DISLIKED_SHARE = 0.5;

/**
 * Weights for the mean of the liked less half the mean of the disliked (Rocchio, 1971, with β 1 and γ ½): in proportion the
 * "average vector" 2 × liked − disliked that Qdrant recommends by. With as much taken away as given, likes and dislikes of one
 * subject would leave a direction that is near neither.
 * @param liked which of the vectors at hand are; the others are disliked
 */
export function rocchioWeights(liked: readonly boolean[]): number[] {
  const likes = liked.filter(Boolean).length;
  return liked.map((isLiked) => (isLiked ? 1 / likes : -DISLIKED_SHARE / (liked.length - likes)));
}
