import { randomUUID } from 'node:crypto';
import type { Index } from '@pinecone-database/pinecone';
import { dependencyUnavailable } from '../../../domain/errors.js';
import type { VectorRecord } from '../../../ports/vector-store.port.js';
import { batches } from '../../../domain/batches.js';
import type { PineconeConnection } from './pinecone.connection.js';
import { isMissing, translated } from './pinecone.errors.js';
import type { Freshness } from './pinecone.freshness.js';
import type { Place } from './pinecone.spaces.js';

/** Pinecone takes 1,000 records and advises 100; a request may have 2 MB. */
const RECORDS_A_REQUEST = 100;
const BYTES_A_REQUEST = 1_900_000;
/** A number of nine digits with its sign, exponent and comma; and what stands around a vector. */
const BYTES_A_NUMBER = 16;
const BYTES_A_RECORD = 256;
/** They are part of an address, and few servers take one of more than 8 KB. */
const IDS_A_FETCH = 100;
const IDS_A_DELETION = 1_000;
/** Matches of a query, at most; and values of one condition. */
export const MOST_MATCHES = 10_000;

export type Metadata = { objectId: string; passageId?: string };
export interface Match {
  id: string;
  score: number;
  metadata: Metadata;
}
export type Filter = Record<string, unknown>;

/** The vectors of one tenant in one index. */
export class PineconeNamespace {
  constructor(
    private readonly connection: PineconeConnection,
    private readonly place: Place,
    private readonly name: string,
    private readonly freshness: Freshness,
  ) {}

  get isFresh(): boolean {
    return this.freshness.isFresh;
  }

  async upsert(records: readonly VectorRecord[]): Promise<void> {
    const bytes = this.place.dimensions * BYTES_A_NUMBER + BYTES_A_RECORD;
    const size = Math.max(1, Math.min(RECORDS_A_REQUEST, Math.floor(BYTES_A_REQUEST / bytes)));
    // A batch that fails is sent again by itself, and only it.
    for (const batch of batches(records, size)) {
      const done = await this.write((index) => index.upsert({ records: batch.map(toPinecone) }).then(() => true));
      // A namespace is made by its first record; what is missing is the index.
      if (done === null) throw dependencyUnavailable('vectors', new Error(`There is no index at ${this.place.host} any more.`));
    }
  }

  async query(vector: readonly number[], topK: number, filter: Filter | null, signal?: AbortSignal): Promise<Match[]> {
    const answer = await this.read(
      (index) => index.query({ vector: [...vector], topK, includeMetadata: true, ...(filter === null ? {} : { filter }) }),
      signal,
    );
    return (answer?.matches ?? []).map(({ id, score, metadata }) => ({ id, score: score ?? 0, metadata: metadata! }));
  }

  async fetch(ids: readonly string[]): Promise<Map<string, Float32Array>> {
    const found = new Map<string, Float32Array>();
    for (const batch of batches(ids, IDS_A_FETCH)) {
      const answer = await this.read((index) => index.fetch({ ids: batch }));
      for (const [id, { values }] of Object.entries(answer?.records ?? {})) found.set(id, Float32Array.from(values ?? []));
    }
    return found;
  }

  async count(): Promise<number> {
    const answer = await this.read((index) => index.describeIndexStats());
    return answer?.namespaces?.[this.name]?.recordCount ?? 0;
  }

  /** @returns false where there is no such namespace, and so nothing to delete */
  async remove(ids: readonly string[]): Promise<boolean> {
    for (const batch of batches(ids, IDS_A_DELETION)) {
      if ((await this.write((index) => index.deleteMany({ ids: batch }).then(() => true))) === null) return false;
    }
    return true;
  }

  /** Whether what this process wrote is seen, after waiting for it as long as a search may. */
  async becomesFresh(signal?: AbortSignal): Promise<boolean> {
    const { fresh, poll } = this.connection.timeouts;
    return this.reached(fresh, poll, signal);
  }

  /** Waits until what this process wrote is seen. @throws DEPENDENCY_UNAVAILABLE where that takes too long */
  async settle(): Promise<void> {
    const { settle, poll } = this.connection.timeouts;
    if (await this.reached(settle, poll)) return;
    throw dependencyUnavailable('vectors', new Error(`Pinecone does not show what was written ${settle} ms ago.`));
  }

  /**
   * Waits until what any process wrote before is seen: a write of ours, here the removal of what is not there, has a number behind
   * all of theirs. @returns false where there is no such namespace
   */
  async settleAll(): Promise<boolean> {
    if (!(await this.remove([randomUUID()]))) return false;
    await this.settle();
    return true;
  }

  private reached(budget: number, poll: number, signal?: AbortSignal): Promise<boolean> {
    // The cheapest read there is.
    const direction = Array.from({ length: this.place.dimensions }, (_, i) => (i === 0 ? 1 : 0));
    return this.freshness.reached(() => this.read((index) => index.query({ vector: direction, topK: 1 }), signal), { budget, poll, signal });
  }

  private read<Answer>(work: (index: Index<Metadata>) => Promise<Answer>, signal?: AbortSignal): Promise<Answer | null> {
    return this.call(work, { timeout: this.connection.timeouts.read, headers: this.freshness.afterRead, signal });
  }

  private write<Answer>(work: (index: Index<Metadata>) => Promise<Answer>): Promise<Answer | null> {
    return this.call(work, { timeout: this.connection.timeouts.write, headers: this.freshness.afterWrite });
  }

  /** Null where the namespace, which is made by its first record, is not there. */
  private async call<Answer>(
    work: (index: Index<Metadata>) => Promise<Answer>,
    options: Parameters<PineconeConnection['call']>[1],
  ): Promise<Answer | null> {
    try {
      return await this.connection.call((client) => work(client.index<Metadata>({ host: this.place.host, namespace: this.name })), options);
    } catch (error) {
      if (isMissing(error)) return null;
      options.signal?.throwIfAborted();
      throw translated(error);
    }
  }
}

/** Records are found by their own id, which is the embedding's; the object is a field of it, to filter by. */
function toPinecone({ id, objectId, passageId, vector }: VectorRecord) {
  // Nine digits say a 32-bit number to its last bit; as 64-bit numbers they would be sent with seventeen. There is no null.
  return { id, values: Array.from(vector, (value) => Number(value.toPrecision(9))), metadata: { objectId, ...(passageId === null ? {} : { passageId }) } };
}
