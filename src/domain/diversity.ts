/** A candidate of a ranking, as far as diversity is concerned. */
export interface DiversityCandidate {
  /** 0 to 1; what the ranking says of it. */
  relevance: number;
  /** Of length 1; null where it has none: it then resembles nothing. */
  vector: Float32Array | null;
  /** Vectors of different spaces are never compared: what lies in different ones does not resemble each other. */
  space: string | null;
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein, 1998): again and again the candidate is taken whose
 * (1 − diversity) × relevance − diversity × (greatest cosine to one that was taken, 0 where that is below 0) is greatest; ties
 * in the order given. Answers their indexes, each once. At 0 the order is that of relevance; done again over its own answer it
 * changes nothing. Takes n²/2 products of vectors: for the head of a ranking.
 * @param diversity 0 to 1
 */
export function diversify(candidates: readonly DiversityCandidate[], diversity: number): number[] {
  const likeness = new Float64Array(candidates.length);
  const left = candidates.map((_, index) => index);
  const taken: number[] = [];
  while (left.length > 0) {
    const place = bestOf(left, (index) => (1 - diversity) * candidates[index]!.relevance - diversity * likeness[index]!);
    const [next] = left.splice(place, 1);
    taken.push(next!);
    for (const index of left) likeness[index] = Math.max(likeness[index]!, likenessOf(candidates[index]!, candidates[next!]!));
  }
  return taken;
}

function bestOf(indexes: readonly number[], valueOf: (index: number) => number): number {
  let best = 0;
  let most = -Infinity;
  indexes.forEach((index, place) => {
    const value = valueOf(index);
    if (value > most) [best, most] = [place, value];
  });
  return best;
}

function likenessOf(left: DiversityCandidate, right: DiversityCandidate): number {
  if (left.vector === null || right.vector === null || left.space !== right.space) return 0;
  let product = 0;
  for (let i = 0; i < left.vector.length; i++) product += left.vector[i]! * right.vector[i]!;
  return Math.max(0, product);
}
