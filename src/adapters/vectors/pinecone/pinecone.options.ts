import type { VectorSpace } from '../../../ports/vector-store.port.js';
import { misconfigured } from './pinecone.errors.js';

/** In milliseconds. */
export interface PineconeTimeouts {
  check: number;
  /** A read, and a write, with what is tried again. */
  read: number;
  write: number;
  /** Until a new index is ready. */
  create: number;
  /** How long a search waits for writes of this process that no read shows yet. After that it says that it may lack some. */
  fresh: number;
  /** How long a deletion, a count and a look-up by id wait for them. After that they fail: they must not be wrong. */
  settle: number;
  /** Between two looks while waiting. */
  poll: number;
}

export interface PineconeOptions {
  apiKey: string;
  /** Of the control plane. */
  url: string;
  /** The first part of the name of each index; small letters, digits and dashes, at most 36. */
  index: string;
  cloud: 'aws' | 'gcp' | 'azure';
  region: string;
  /** Of the pods that Pinecone had: refused, with what replaces it. */
  environment?: string;
  /** Of the models that are here; `check` holds what is stored to them. */
  spaces?: readonly VectorSpace[];
  timeouts?: Partial<PineconeTimeouts>;
}

export const PINECONE_TIMEOUTS: PineconeTimeouts = {
  check: 3_000,
  read: 10_000,
  write: 30_000,
  create: 120_000,
  fresh: 1_000,
  settle: 15_000,
  poll: 200,
};

/** An index has a name of at most 45 characters, of which the model's digest takes 9. */
const LONGEST_INDEX = 36;

export function checkOptions({ index, environment, cloud, region }: PineconeOptions): void {
  if (environment !== undefined) {
    const instead = serverlessOf(environment) ?? { cloud, region };
    throw misconfigured(
      `"vector_database.pinecone.environment" belongs to the pods that Pinecone no longer makes. Leave it out and say where in its place: cloud: ${instead.cloud}, region: ${instead.region}.`,
      'vector_database.pinecone.environment',
    );
  }
  if (index.length > LONGEST_INDEX) {
    throw misconfigured(
      `"vector_database.pinecone.index" has ${index.length} characters; ${LONGEST_INDEX} are the most, since the name of the model follows it.`,
      'vector_database.pinecone.index',
    );
  }
}

/** `us-east-1-aws` was the region `us-east-1` of `aws`. */
function serverlessOf(environment: string): { cloud: string; region: string } | null {
  const parts = /^([a-z0-9-]+\d[a-z]?)-(aws|gcp|azure)$/.exec(environment);
  return parts === null ? null : { region: parts[1]!, cloud: parts[2]! };
}
