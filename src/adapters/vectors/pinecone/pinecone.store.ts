import { dependencyUnavailable } from '../../../domain/errors.js';
import type {
  VectorHit,
  VectorQuery,
  VectorRecord,
  VectorSpace,
  VectorStore,
  VectorStoreCapabilities,
} from '../../../ports/vector-store.port.js';
import { batches } from '../../../domain/batches.js';
import { notMade } from '../space-errors.js';
import { checkVector } from '../vector-bytes.js';
import { PineconeConnection } from './pinecone.connection.js';
import { FreshnessOfAll, LAG_SECONDS } from './pinecone.freshness.js';
import { MOST_MATCHES, PineconeNamespace } from './pinecone.namespace.js';
import { checkOptions, type PineconeOptions } from './pinecone.options.js';
import { nearestObjects } from './pinecone.search.js';
import { PineconeSpaces, type Place } from './pinecone.spaces.js';

/** Objects whose vectors are looked for in one request, when they are deleted. */
const OBJECTS_A_DELETION = 1_000;
/** Each of them deletes up to 10,000 vectors. */
const MOST_ROUNDS = 100;

/** Vectors in Pinecone. No request is made before the first call. @throws NOT_CONFIGURED for settings that cannot work */
export function openPinecone(options: PineconeOptions): VectorStore {
  checkOptions(options);
  return new PineconeStore(new PineconeConnection(options));
}

class PineconeStore implements VectorStore {
  readonly capabilities: VectorStoreCapabilities = { filters: 'ids', transactional: false, lagSeconds: LAG_SECONDS };
  private readonly spaces: PineconeSpaces;
  private readonly freshness = new FreshnessOfAll();

  constructor(private readonly connection: PineconeConnection) {
    this.spaces = new PineconeSpaces(connection);
  }

  async ensureSpace(space: VectorSpace): Promise<void> {
    await this.spaces.ensure(space);
  }

  async upsert(tenantId: string, space: VectorSpace, records: readonly VectorRecord[]): Promise<void> {
    for (const { vector } of records) checkVector(vector, space.model, space.dimensions);
    const namespace = await this.namespace(tenantId, space);
    if (namespace === null) throw notMade(space);
    // Each id once; the last counts.
    try {
      await namespace.upsert([...new Map(records.map((record) => [record.id, record])).values()]);
    } catch (error) {
      // It may have been removed and made again elsewhere: the next call asks where it is.
      this.spaces.forget(space.model);
      throw error;
    }
  }

  /** Where writes of this process are not seen yet after a moment's waiting, the answer is not `complete`. */
  async search(query: VectorQuery): Promise<{ hits: VectorHit[]; complete: boolean }> {
    const { tenantId, space, limit, objectIds, signal } = query;
    signal?.throwIfAborted();
    checkVector(query.vector, space.model, space.dimensions);
    if (limit <= 0 || objectIds?.length === 0) return { hits: [], complete: true };
    const namespace = await this.namespace(tenantId, space);
    if (namespace === null) return { hits: [], complete: true };
    const wasFresh = await namespace.becomesFresh(signal);
    return { hits: await nearestObjects(namespace, query), complete: wasFresh && namespace.isFresh };
  }

  async fetch(tenantId: string, space: VectorSpace, ids: readonly string[]): Promise<Map<string, Float32Array>> {
    const namespace = ids.length === 0 ? null : await this.namespace(tenantId, space);
    if (namespace === null) return new Map();
    await namespace.settle();
    return namespace.fetch([...new Set(ids)]);
  }

  /** Looks for them, deletes what it finds by id, waits until that is seen, and looks again, until nothing is found. */
  async deleteObjects(tenantId: string, objectIds: readonly string[]): Promise<number> {
    let deleted = 0;
    for (const place of objectIds.length === 0 ? [] : await this.spaces.all()) {
      const namespace = this.namespaceAt(place, tenantId);
      if (!(await namespace.settleAll())) continue;
      for (const batch of batches([...new Set(objectIds)], OBJECTS_A_DELETION)) deleted += await this.deleteAt(namespace, place, batch);
    }
    return deleted;
  }

  async remove(tenantId: string, ids: readonly string[]): Promise<void> {
    for (const place of ids.length === 0 ? [] : await this.spaces.all()) await this.namespaceAt(place, tenantId).remove([...new Set(ids)]);
  }

  async count(tenantId: string, space: VectorSpace): Promise<number> {
    const namespace = await this.namespace(tenantId, space);
    if (namespace === null) return 0;
    await namespace.settle();
    return namespace.count();
  }

  async check(): Promise<void> {
    await this.spaces.check();
  }

  /** Every call has its own end, and connections are Node's. */
  async close(): Promise<void> {}

  private async namespace(tenantId: string, space: VectorSpace): Promise<PineconeNamespace | null> {
    const place = await this.spaces.find(space);
    return place === null ? null : this.namespaceAt(place, tenantId);
  }

  private async deleteAt(namespace: PineconeNamespace, { dimensions }: Place, objectIds: string[]): Promise<number> {
    const direction = Array.from({ length: dimensions }, (_, i) => (i === 0 ? 1 : 0));
    let deleted = 0;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const found = await namespace.query(direction, MOST_MATCHES, { objectId: { $in: objectIds } });
      if (found.length === 0) return deleted;
      await namespace.remove(found.map(({ id }) => id));
      await namespace.settle();
      deleted += found.length;
    }
    throw dependencyUnavailable('vectors', new Error('Pinecone still shows vectors that were deleted.'));
  }

  private namespaceAt(place: Place, tenantId: string): PineconeNamespace {
    // ASCII, and never empty or "__default__", which mean the namespace without a name.
    const name = `tenant-${encodeURIComponent(tenantId)}`;
    return new PineconeNamespace(this.connection, place, name, this.freshness.of(place.host, name));
  }
}
