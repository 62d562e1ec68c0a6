import type { Metadata } from 'chromadb';
import { packedVector, unpackedVector } from '../../../domain/packed-vector.js';
import type { VectorRecord } from '../../../ports/vector-store.port.js';

/**
 * What stands beside a vector. Chroma merges the metadata of a second upsert into the first and keeps what is given as null:
 * so every field is always written, and empty text is none.
 */
export interface RecordMetadata extends Metadata {
  objectId: string;
  passageId: string;
  /** The vector as it was, packed, where it was not of length one. */
  vector: string;
}

/** As far as a model's own scaling to length one may be off: less than a score shows. */
const UNIT = 1e-6;

export interface ChromaRecord {
  id: string;
  embedding: number[];
  metadata: RecordMetadata;
}

export function toChroma({ id, objectId, passageId, vector }: VectorRecord): ChromaRecord {
  const length = lengthOf(vector);
  const isUnit = Math.abs(length - 1) <= UNIT;
  return {
    id,
    embedding: isUnit ? Array.from(vector) : scaled(vector, length),
    metadata: { objectId, passageId: passageId ?? '', vector: isUnit ? '' : packedVector(vector) },
  };
}

export function vectorOf(embedding: readonly number[], metadata: RecordMetadata): Float32Array {
  return metadata.vector === '' ? Float32Array.from(embedding) : unpackedVector(metadata.vector);
}

export function unit(vector: ArrayLike<number>): number[] {
  return scaled(vector, lengthOf(vector));
}

/** In two steps: the square of a tiny number is zero, of a huge one infinite, in 32 bits as in 64. */
function lengthOf(vector: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! ** 2;
  return Math.sqrt(squares);
}

function scaled(vector: ArrayLike<number>, length: number): number[] {
  return Array.from(vector, (value) => value / length);
}
