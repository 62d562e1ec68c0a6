/**
 * The mean over the first `count` of the rows that begin at `offset` (what lies behind them is padding), at length 1.
 * The mean's divisor falls out of the normalisation.
 */
export function meanOfRows(states: Float32Array, offset: number, count: number, into: Float32Array): void {
  const dimensions = into.length;
  for (let row = 0, at = offset; row < count; row++) {
    for (let d = 0; d < dimensions; d++) into[d]! += states[at++]!;
  }
  normalize(into);
}

/** One after another. */
export function concatenated(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** What a model answered is no use: not for want of a try, and not a moment later either. */
export class UnusableAnswer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnusableAnswer';
  }
}

/** To length 1 (L2). Throws UnusableAnswer where there is no direction to keep: such a vector must not be stored. */
export function normalize(vector: Float32Array): void {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares)) throw new UnusableAnswer('answered a vector with a value that is not a finite number');
  if (squares === 0) throw new UnusableAnswer('answered a vector of zeros, which has no direction');
  const length = Math.sqrt(squares);
  for (let d = 0; d < vector.length; d++) vector[d]! /= length;
}
