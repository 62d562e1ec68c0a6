import { Filters } from 'weaviate-client';
import type {
  VectorHit,
  VectorQuery,
  VectorRecord,
  VectorSpace,
  VectorStore,
  VectorStoreCapabilities,
} from '../../../ports/vector-store.port.js';
import { batches } from '../../../domain/batches.js';
import { checkVector } from '../vector-bytes.js';
import { asCosine, hitOfObject } from '../vector-hits.js';
import { rankObjects, RecordsAnObject } from './ranking.js';
import { missedVectors, type NearRecord } from './missed-vectors.js';
import { allOf, inSpace, isNobodyLeft, restrictions } from './weaviate.filters.js';
import type { WeaviateRepair } from './weaviate.repair.js';
import { MOST_IDS, type StoredRecord, type Tenant, type WeaviateRecords } from './weaviate.records.js';

/** Vectors in Weaviate: a named vector a model, in the records that the words are in, too. */
export class WeaviateVectorStore implements VectorStore {
  readonly capabilities: VectorStoreCapabilities = { filters: 'ids', transactional: false, lagSeconds: 0 };
  private readonly rates = new RecordsAnObject();
  /** Whether a record was seen that has vectors of several models: then which is whose is asked, too. */
  private hasSeveral = false;

  constructor(
    private readonly records: WeaviateRecords,
    private readonly repair: WeaviateRepair,
    readonly check: () => Promise<void>,
    readonly close: () => Promise<void>,
  ) {}

  async ensureSpace(space: VectorSpace): Promise<void> {
    await this.records.collection.ensureSpace(space);
  }

  async upsert(tenantId: string, space: VectorSpace, records: readonly VectorRecord[]): Promise<void> {
    for (const { vector } of records) checkVector(vector, space.model, space.dimensions);
    if (records.length === 0) return;
    const name = await this.records.collection.ensureSpace(space);
    const unique = [...new Map(records.map((record) => [record.id, record])).values()];
    for (const some of batches(unique, MOST_IDS / 2)) {
      await this.records.change(
        tenantId,
        (tenant) =>
          Filters.or(
            tenant.filter.byId().containsAny(some.map(recordId)),
            hasEmbedding(
              tenant,
              some.map(({ id }) => id),
            ),
          ),
        (found) => withVectors(found, name, some),
      );
    }
  }

  async search(query: VectorQuery): Promise<{ hits: VectorHit[]; complete: boolean }> {
    query.signal?.throwIfAborted();
    checkVector(query.vector, query.space.model, query.space.dimensions);
    if (query.limit <= 0 || query.objectIds?.length === 0) return { hits: [], complete: true };
    const name = await this.records.collection.find(query.space);
    if (name === null) return { hits: [], complete: true };
    let isShort = false;
    const { objects, complete } = await rankObjects(
      async (size, without) => {
        const found = await this.near(query, name, size, without, false);
        if (found.length >= size) return found;
        const answer = await this.completed(query, name, size, without, found);
        isShort ||= answer.isShort;
        return answer.found;
      },
      { limit: query.limit, except: query.exceptObjectId ?? null, canLeaveOut: true, tenantId: query.tenantId, rates: this.rates },
    );
    const hits = [...objects.values()].map((records) =>
      hitOfObject(
        records.map(({ objectId, passageId, embeddingId: id, score }): VectorHit => ({ objectId, passageId, id, score })),
        query.perObject ?? 1,
      ),
    );
    return { hits, complete: complete && (!isShort || hits.length === query.limit) };
  }

  async fetch(tenantId: string, space: VectorSpace, ids: readonly string[]): Promise<Map<string, Float32Array>> {
    const name = ids.length === 0 ? null : await this.records.collection.find(space);
    const vectors = new Map<string, Float32Array>();
    if (name === null) return vectors;
    const wanted = new Set(ids);
    for (const some of batches([...wanted], MOST_IDS)) {
      for (const record of await this.records.read(tenantId, (tenant) => hasEmbedding(tenant, some), [name])) {
        const vector = record.vectors.get(name);
        if (vector?.numbers && wanted.has(vector.embeddingId))
          vectors.set(vector.embeddingId, Float32Array.from(vector.numbers));
      }
    }
    return vectors;
  }

  /** What is found by words, too, stays for them. */
  async deleteObjects(tenantId: string, objectIds: readonly string[]): Promise<number> {
    const names = objectIds.length === 0 ? [] : [...(await this.records.collection.allVectors())];
    if (names.length === 0) return 0;
    let deleted = 0;
    for (const some of batches(objectIds, MOST_IDS)) {
      const select = (tenant: Tenant) =>
        Filters.and(
          tenant.filter.byProperty('objectId').containsAny(some),
          tenant.filter.byProperty('spaces').containsAny(names),
        );
      // What has lost its vectors is not selected again.
      for (let more = true; more;) {
        const strip = (found: Map<string, StoredRecord>) => {
          more = found.size > 0;
          for (const { vectors } of found.values()) {
            deleted += vectors.size;
            vectors.clear();
          }
          return found.values();
        };
        await this.records.change(tenantId, select, strip, 'none');
      }
    }
    return deleted;
  }

  async remove(tenantId: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0 || !(await this.records.collection.isThere())) return;
    for (const some of batches(ids, MOST_IDS)) {
      const gone = new Set(some);
      await this.records.change(
        tenantId,
        (tenant) => hasEmbedding(tenant, some),
        (found) => {
          for (const { vectors } of found.values()) {
            for (const [name, { embeddingId }] of vectors) if (gone.has(embeddingId)) vectors.delete(name);
          }
          return found.values();
        },
      );
    }
  }

  async count(tenantId: string, space: VectorSpace): Promise<number> {
    const name = await this.records.collection.find(space);
    if (name === null) return 0;
    return this.records.count(tenantId, (tenant) => inSpace(tenant, name));
  }

  async optimize(signal?: AbortSignal): Promise<void> {
    await this.repair.all(signal);
  }

  /** @param exactly names the space in the filter: then what is allowed is few enough, as a rule, to be looked at one by one */
  private async near(
    query: VectorQuery,
    name: string,
    size: number,
    without: readonly string[],
    exactly: boolean,
  ): Promise<NearRecord[]> {
    if (isNobodyLeft(query.objectIds, without)) return [];
    const answer = await this.records.ask(
      query.tenantId,
      (tenant, options) => {
        const filters = allOf(
          ...restrictions(tenant, query.objectIds, without),
          ...(exactly ? [inSpace(tenant, name)] : []),
        );
        return tenant.query.nearVector(
          // By its name: of an array alone the client writes all numbers into an error that it has at hand for each question.
          { [name]: [...query.vector] },
          {
            limit: size,
            ...(filters && { filters }),
            returnMetadata: ['distance'],
            returnProperties: this.hasSeveral ? [...PROPERTIES, 'spaces' as const] : [...PROPERTIES],
          },
          options,
        );
      },
      query.signal,
    );
    const found = answer?.objects ?? [];
    if (!this.hasSeveral && found.some(({ properties }) => properties.embeddings!.length > 1)) {
      this.hasSeveral = true;
      return this.near(query, name, size, without, exactly);
    }
    return found.map(({ properties, metadata }) => ({
      objectId: properties.objectId,
      passageId: properties.passageId ?? null,
      // What was found by a vector of this space, and has one, has this one.
      embeddingId: properties.embeddings![properties.spaces?.indexOf(name) ?? 0]!,
      score: asCosine(1 - metadata!.distance!),
    }));
  }

  /** HNSW may end before it has shown all there are, or have lost some. Where it did, they are looked at one by one. */
  private async completed(
    query: VectorQuery,
    name: string,
    size: number,
    without: readonly string[],
    found: NearRecord[],
  ) {
    if (isNobodyLeft(query.objectIds, without)) return { found, isShort: false };
    const among = (tenant: Tenant) => allOf(...restrictions(tenant, query.objectIds, without), inSpace(tenant, name))!;
    const all = await this.records.count(query.tenantId, among, query.signal);
    const wanted = Math.min(all, size);
    if (found.length >= wanted) return { found, isShort: false };
    const exact = await this.near(query, name, size, without, true);
    if (exact.length >= wanted) return { found: exact, isShort: false };
    const shown = new Set(exact.map(({ embeddingId, passageId }) => recordId({ id: embeddingId, passageId })));
    const { missed, isWhole } = await missedVectors(this.records, { ...query, name, among, shown });
    if (missed.length > 0 || !isWhole) this.repair.begin(query.tenantId);
    const known = [...exact, ...missed].sort((left, right) => right.score - left.score);
    return { found: known.slice(0, size), isShort: !isWhole && known.length < wanted };
  }
}

const PROPERTIES = ['objectId', 'passageId', 'embeddings'] as const;

const recordId = ({ id, passageId }: Pick<VectorRecord, 'id' | 'passageId'>): string => passageId ?? id;
const hasEmbedding = (tenant: Tenant, ids: string[]) => tenant.filter.byProperty('embeddings').containsAny(ids);

/** The records with the new vectors in them, and those that an embedding has left for another. */
function withVectors(found: Map<string, StoredRecord>, name: string, fresh: readonly VectorRecord[]): StoredRecord[] {
  const moved = new Map(fresh.map((record) => [record.id, recordId(record)]));
  for (const { id, vectors } of found.values()) {
    const embeddingId = vectors.get(name)?.embeddingId;
    if (embeddingId !== undefined && moved.has(embeddingId) && moved.get(embeddingId) !== id) vectors.delete(name);
  }
  for (const record of fresh) {
    const { objectId, passageId } = record;
    const known = found.get(recordId(record));
    const vectors: StoredRecord['vectors'] = known?.vectors ?? new Map();
    vectors.set(name, { embeddingId: record.id, numbers: [...record.vector] });
    found.set(recordId(record), { id: recordId(record), objectId, passageId, terms: known?.terms ?? '', vectors });
  }
  return [...found.values()];
}
