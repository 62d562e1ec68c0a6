import type { Metadata } from 'chromadb';
import type { VectorRecord } from '../../../ports/vector-store.port.js';

/**
 * What stands beside a vector. Chroma merges the metadata of a second upsert into the first and keeps what is given as null:
 * so every field is always written, and empty text is none.
 */
export interface RecordMetadata extends Metadata {
  objectId: string;
  passageId: string;
  /** The vector as it was, little-endian in base64, where it was not of length one. */
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
    metadata: { objectId, passageId: passageId ?? '', vector: isUnit ? '' : encode(vector) },
  };
}

export function vectorOf(embedding: readonly number[], metadata: RecordMetadata): Float32Array {
  return metadata.vector === '' ? Float32Array.from(embedding) : decode(metadata.vector);
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

function encode(vector: Float32Array): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4);
  vector.forEach((value, i) => bytes.writeFloatLE(value, i * 4));
  return bytes.toString('base64');
}

function decode(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}
