import { badInput } from '../../domain/errors.js';

const FLOAT4 = 700;

/**
 * Vectors as one `real[]` in PostgreSQL's binary format, end to end; node-postgres sends a Buffer in that format whatever the
 * parameter's type. As text, pgvector's parser takes fifteen times as long for them as everything else together (measured in
 * the embedded database: 1.7 ms a vector of 384).
 */
export function packVectors(vectors: readonly ArrayLike<number>[]): Buffer {
  const count = vectors.reduce((sum, vector) => sum + vector.length, 0);
  const bytes = Buffer.allocUnsafe(20 + count * 8);
  // One dimension, no nulls, the element's type, how many, the first index.
  [1, 0, FLOAT4, count, 1].forEach((word, i) => bytes.writeInt32BE(word, i * 4));
  let at = 20;
  for (const vector of vectors) {
    for (let i = 0; i < vector.length; i++) {
      bytes.writeInt32BE(4, at);
      bytes.writeFloatBE(vector[i]!, at + 4);
      at += 8;
    }
  }
  return bytes;
}

/** What pgvector's `vector_send` gives: the number of dimensions and a spare in 16 bits each, then the values. */
export function unpackVector(bytes: Buffer): Float32Array {
  const vector = new Float32Array(bytes.readUInt16BE(0));
  for (let i = 0; i < vector.length; i++) vector[i] = bytes.readFloatBE(4 + i * 4);
  return vector;
}

/** Of the right length, finite, and not zero, which has no direction and so no cosine with anything. */
export function checkVector(vector: ArrayLike<number>, model: string, dimensions: number): void {
  if (vector.length !== dimensions)
    throw badInput(`A vector of "${model}" has ${dimensions} numbers; this one has ${vector.length}.`);
  let squares = 0;
  for (let i = 0; i < vector.length; i++) {
    const value = Math.fround(vector[i]!);
    squares += value * value;
  }
  if (!Number.isFinite(squares))
    throw badInput(`A vector of "${model}" consists of finite 32-bit numbers; this one does not.`);
  if (squares === 0) throw badInput(`A vector of "${model}" needs a direction; this one is all zeros.`);
}
