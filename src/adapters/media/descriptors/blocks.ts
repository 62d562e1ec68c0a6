/** A part of a descriptor with its weight: the share of the cosine that it decides, before shares are made to sum to 1. */
export interface Block {
  values: ArrayLike<number>;
  weight: number;
  /** A shorter block counts for less than its weight, in proportion: what hardly differs from nothing is mostly noise. */
  floor?: number;
}

/**
 * Joins blocks into one vector of length 1. Each block is scaled to length √weight first, so that the cosine of two such
 * vectors is the weighted mean of the blocks' own cosines. A block of zeros stays so.
 */
export function joinBlocks(blocks: readonly Block[]): Float32Array {
  const size = blocks.reduce((sum, { values }) => sum + values.length, 0);
  const joined = new Float64Array(size);
  let offset = 0;
  for (const { values, weight, floor = 0 } of blocks) {
    const scale = Math.sqrt(weight) / (Math.max(norm(values), floor) || 1);
    for (let i = 0; i < values.length; i++) joined[offset + i] = values[i]! * scale;
    offset += values.length;
  }
  const length = norm(joined) || 1;
  return Float32Array.from(joined, (value) => value / length);
}

export function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
}

/** Square roots with their sign: takes the edge off a few large values (Hellinger's kernel, for histograms). */
export function roots(values: Float64Array): Float64Array {
  return values.map((value) => Math.sign(value) * Math.sqrt(Math.abs(value)));
}

/** Less its mean, so that what all have in common does not make all alike. */
export function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
  return values.map((value) => value - mean);
}
