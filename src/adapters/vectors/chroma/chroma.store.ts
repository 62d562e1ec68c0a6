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
import { ChromaConnection } from './chroma.connection.js';
import type { ChromaOptions } from './chroma.options.js';
import { toChroma, vectorOf, type RecordMetadata } from './chroma.records.js';
import { ChromaSearch } from './chroma.search.js';
import { ChromaSpaces } from './chroma.spaces.js';

/** Numbers in a request, at most: some 5 MB of them. A server takes 40 MB where nobody said otherwise. */
const NUMBERS_A_REQUEST = 1_000_000;
const IDS_A_REQUEST = 1_000;

/** Vectors in Chroma. No request is made before the first call. */
export function openChroma(options: ChromaOptions): VectorStore {
  return new ChromaStore(new ChromaConnection(options));
}

class ChromaStore implements VectorStore {
  readonly capabilities: VectorStoreCapabilities = { filters: 'ids', transactional: false, lagSeconds: 0 };
  private readonly spaces: ChromaSpaces;

  constructor(private readonly connection: ChromaConnection) {
    this.spaces = new ChromaSpaces(connection);
  }

  async ensureSpace(space: VectorSpace): Promise<void> {
    await this.spaces.ensure(space);
  }

  async upsert(tenantId: string, space: VectorSpace, records: readonly VectorRecord[]): Promise<void> {
    for (const { vector } of records) checkVector(vector, space.model, space.dimensions);
    if (!(await this.spaces.find(space))) throw notMade(space);
    if (records.length === 0) return;
    // Each id once: Chroma refuses a request that names one twice. The last counts.
    const unique = [...new Map(records.map((record) => [record.id, record])).values()];
    const size = Math.max(1, Math.min(await this.connection.maxBatchSize(), IDS_A_REQUEST, Math.floor(NUMBERS_A_REQUEST / space.dimensions)));
    await this.spaces.within(tenantId, space.model, true, async (collection) => {
      for (const batch of batches(unique, size)) {
        const converted = batch.map(toChroma);
        await this.connection.write((client) =>
          client.collection(collection).upsert({
            ids: converted.map(({ id }) => id),
            embeddings: converted.map(({ embedding }) => embedding),
            metadatas: converted.map(({ metadata }) => metadata),
          }),
        );
      }
    });
  }

  async search(query: VectorQuery): Promise<{ hits: VectorHit[]; complete: boolean }> {
    const { tenantId, space, limit, objectIds, signal } = query;
    signal?.throwIfAborted();
    checkVector(query.vector, space.model, space.dimensions);
    if (limit <= 0 || objectIds?.length === 0 || !(await this.spaces.find(space))) return { hits: [], complete: true };
    const hits = await this.spaces.within(tenantId, space.model, false, (collection) =>
      new ChromaSearch(this.connection, collection, query).run(),
    );
    return { hits: hits ?? [], complete: true };
  }

  async fetch(tenantId: string, space: VectorSpace, ids: readonly string[]): Promise<Map<string, Float32Array>> {
    const found = new Map<string, Float32Array>();
    if (ids.length === 0 || !(await this.spaces.find(space))) return found;
    await this.spaces.within(tenantId, space.model, false, async (collection) => {
      for (const batch of batches([...new Set(ids)], IDS_A_REQUEST)) {
        const page = await this.connection.read((client) =>
          client.collection(collection).get<RecordMetadata>({ ids: batch, include: ['embeddings', 'metadatas'] }),
        );
        page.ids.forEach((id, i) => found.set(id, vectorOf(page.embeddings[i]!, page.metadatas[i]!)));
      }
    });
    return found;
  }

  async deleteObjects(tenantId: string, objectIds: readonly string[]): Promise<number> {
    let deleted = 0;
    await this.everywhere(tenantId, objectIds, async (collection, batch) => {
      const where = { objectId: { $in: batch } };
      deleted += await this.connection.write(async (client) => (await client.collection(collection).delete({ where })).deleted ?? 0);
    });
    return deleted;
  }

  async remove(tenantId: string, ids: readonly string[]): Promise<void> {
    await this.everywhere(tenantId, ids, async (collection, batch) => {
      await this.connection.write((client) => client.collection(collection).delete({ ids: batch }));
    });
  }

  async count(tenantId: string, space: VectorSpace): Promise<number> {
    if (!(await this.spaces.find(space))) return 0;
    const count = await this.spaces.within(tenantId, space.model, false, (collection) =>
      this.connection.read((client) => client.collection(collection).count()),
    );
    return count ?? 0;
  }

  async check(): Promise<void> {
    await this.connection.check();
    await this.spaces.check();
  }

  /** Every call has its own end, and connections are Node's. */
  async close(): Promise<void> {}

  private async everywhere(tenantId: string, ids: readonly string[], work: (collection: string, batch: string[]) => Promise<void>): Promise<void> {
    if (ids.length === 0) return;
    for (const model of await this.spaces.all()) {
      for (const batch of batches([...new Set(ids)], IDS_A_REQUEST)) {
        await this.spaces.within(tenantId, model, false, (collection) => work(collection, batch));
      }
    }
  }
}
