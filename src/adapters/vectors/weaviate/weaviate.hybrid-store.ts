import type { Fusion } from '../../../domain/operations.js';
import type { HybridHit, HybridQuery, HybridStore, PassageRecord } from '../../../ports/hybrid-store.port.js';
import { MOST_OTHER_PASSAGES } from '../../../ports/keyword-index.port.js';
import { batches } from '../../../domain/batches.js';
import { checkVector } from '../vector-bytes.js';
import { asCosine } from '../vector-hits.js';
import { explained, type LegName } from './explain-score.js';
import { isShort } from './missed-vectors.js';
import { rankObjects, type Ranked } from './ranking.js';
import { storedTerms } from './stored-terms.js';
import { allOf, inSpace, restrictions } from './weaviate.filters.js';
import { BM25_SCALE } from './weaviate.keyword-index.js';
import { MOST_IDS, type StoredRecord, type Tenant, type WeaviateRecords } from './weaviate.records.js';
import type { WeaviateRepair } from './weaviate.repair.js';

interface FusedRecord extends Ranked {
  id: string;
  passageId: string | null;
  /** In the space that was asked. */
  embeddingId: string | null;
  /** What each leg that found it said; null where it does not tell. */
  legs: Map<LegName, number | null>;
}

/** What of the records is looked at beside the words, and its weight. */
interface Among {
  alpha: number;
  vector?: number[];
  targetVector?: string;
}

const FUSION_TYPES = { RELATIVE_SCORE: 'RelativeScore', RANKED: 'Ranked' } as const satisfies Record<Fusion, string>;
/** Weaviate adds up weight/(60 + rank), so that 1/60 is the best attainable. */
const RANK_CONSTANT = 60;

/** Weaviate's own fusion of its BM25 and its vectors, record by record; an object counts by its best record. */
export class WeaviateHybridStore implements HybridStore {
  constructor(
    private readonly records: WeaviateRecords,
    private readonly repair: WeaviateRepair,
  ) {}

  async write(tenantId: string, records: readonly PassageRecord[]): Promise<void> {
    const names = new Map<string, string>();
    for (const { vectors } of records) {
      for (const { space, vector } of vectors) {
        checkVector(vector, space.model, space.dimensions);
        if (!names.has(space.model)) names.set(space.model, await this.records.collection.ensureSpace(space));
      }
    }
    const stored = records.flatMap((record) => storedRecord(record, names));
    await this.records.put(tenantId, [...new Map(stored.map((record) => [record.id, record])).values()]);
  }

  async hybrid(query: HybridQuery): Promise<{ hits: HybridHit[]; complete: boolean }> {
    query.signal?.throwIfAborted();
    checkVector(query.vector, query.space.model, query.space.dimensions);
    const objectIds = query.objectIds?.filter((id) => id !== query.exceptObjectId) ?? null;
    if (query.limit <= 0 || objectIds?.length === 0) return { hits: [], complete: true };
    const name = await this.records.collection.find(query.space);
    if (!(await this.records.collection.isThere())) return { hits: [], complete: true };
    const among: Among = name === null ? await this.wordsAlone() : { alpha: query.alpha, vector: [...query.vector], targetVector: name };
    const asked = { ...query, objectIds };
    let hasMissed = false;
    const ask = async (size: number) => {
      const found = await this.find(asked, name, among, size);
      // Fewer than were asked for: that is all that either leg found.
      if (found.length < size && name !== null && among.alpha > 0) hasMissed ||= await this.hasMissed(asked, name, found);
      return found;
    };
    const { objects, complete } = await rankObjects(ask, {
      limit: query.limit,
      except: query.exceptObjectId ?? null,
      // The scale of the scores is that of what is found.
      canLeaveOut: false,
      tenantId: query.tenantId,
      rates: null,
    });
    if (query.fusion === 'RANKED') await this.tellScores(query, name, [...objects.values()].flat());
    return { hits: [...objects].map(([objectId, found]) => hitOf(objectId, found)), complete: complete && !hasMissed };
  }

  /** Weaviate wants a named vector though it looks at none, where there are several. */
  private async wordsAlone(): Promise<Among> {
    const [any] = await this.records.collection.allVectors();
    return { alpha: 0, ...(any !== undefined && { targetVector: any }) };
  }

  /** @param name null where there are no such vectors: then the words alone are asked, at their weight */
  private async find(query: HybridQuery, name: string | null, among: Among, size: number): Promise<FusedRecord[]> {
    const answer = await this.records.ask(
      query.tenantId,
      (tenant, options) => {
        const filters = allOf(...restrictions(tenant, query.objectIds, []));
        return tenant.query.hybrid(
          storedTerms(query.terms),
          {
            queryProperties: ['terms'],
            fusionType: FUSION_TYPES[query.fusion],
            ...among,
            limit: size,
            ...(filters && { filters }),
            returnMetadata: ['score', 'explainScore'],
            returnProperties: ['objectId', 'passageId', 'embeddings', 'spaces'],
          },
          options,
        );
      },
      query.signal,
    );
    const scale = (query.fusion === 'RANKED' ? RANK_CONSTANT : 1) * (name === null ? 1 - query.alpha : 1);
    return (answer?.objects ?? []).map(({ uuid, properties, metadata }) => {
      const legs = explained(metadata!.explainScore!);
      const bm25 = legs.get('keyword');
      if (typeof bm25 === 'number') legs.set('keyword', bm25 * BM25_SCALE);
      return {
        id: uuid,
        objectId: properties.objectId,
        passageId: properties.passageId ?? null,
        embeddingId: name === null ? null : (properties.embeddings?.[properties.spaces?.indexOf(name) ?? -1] ?? null),
        score: Math.min(1, Math.max(0, metadata!.score! * scale)),
        legs,
      };
    });
  }

  /** Whether the vectors' leg, of which this is all, lacks some: of HNSW that ended early, or has lost them. */
  private async hasMissed(query: HybridQuery, name: string, found: readonly FusedRecord[]): Promise<boolean> {
    const among = (tenant: Tenant) => allOf(...restrictions(tenant, query.objectIds, []), inSpace(tenant, name))!;
    const shown = new Set(found.filter(({ legs }) => legs.has('vector')).map(({ id }) => id));
    if (!(await isShort(this.records, { ...query, among, shown }))) return false;
    this.repair.begin(query.tenantId);
    return true;
  }

  /** A fusion by ranks does not tell the scores of its legs: each leg is asked for those of these records. */
  private async tellScores(query: HybridQuery, name: string | null, records: readonly FusedRecord[]): Promise<void> {
    const byId = new Map(records.map((record) => [record.id, record]));
    const tell = (id: string, leg: LegName, score: number) => {
      const legs = byId.get(id)!.legs;
      if (legs.has(leg)) legs.set(leg, score);
    };
    const foundBy = (leg: LegName) => records.filter(({ legs }) => legs.has(leg)).map(({ id }) => id);
    const near = [...batches(foundBy('vector'), MOST_IDS)].map(async (ids) => {
      const answer = await this.records.ask(
        query.tenantId,
        (tenant, options) => {
          const filters = tenant.filter.byId().containsAny(ids);
          const about = { targetVector: name!, limit: ids.length, filters, returnProperties: [] };
          return tenant.query.nearVector([...query.vector], { ...about, returnMetadata: ['distance'] }, options);
        },
        query.signal,
      );
      for (const { uuid, metadata } of answer?.objects ?? []) tell(uuid, 'vector', asCosine(1 - metadata!.distance!));
    });
    const words = [...batches(foundBy('keyword'), MOST_IDS)].map(async (ids) => {
      const answer = await this.records.ask(
        query.tenantId,
        (tenant, options) => {
          const filters = tenant.filter.byId().containsAny(ids);
          const about = { queryProperties: ['terms' as const], limit: ids.length, filters, returnProperties: [] };
          return tenant.query.bm25(storedTerms(query.terms), { ...about, returnMetadata: ['score'] }, options);
        },
        query.signal,
      );
      for (const { uuid, metadata } of answer?.objects ?? []) tell(uuid, 'keyword', metadata!.score! * BM25_SCALE);
    });
    await Promise.all([...near, ...words]);
  }
}

/** What holds neither words nor vectors is found by nobody. */
function storedRecord(
  { passageId, objectId, terms, vectors }: PassageRecord,
  names: ReadonlyMap<string, string>,
): StoredRecord[] {
  const id = passageId ?? vectors[0]?.embeddingId;
  if (id === undefined || (terms.length === 0 && vectors.length === 0)) return [];
  const named = vectors.map(
    ({ space, embeddingId, vector }) => [names.get(space.model)!, { embeddingId, numbers: [...vector] }] as const,
  );
  return [{ id, objectId, passageId, terms: storedTerms(terms), vectors: new Map(named) }];
}

/** Each leg's best of the object's records. */
function hitOf(objectId: string, records: readonly FusedRecord[]): HybridHit {
  const best = (leg: LegName) =>
    records
      .filter(({ legs }) => typeof legs.get(leg) === 'number')
      .sort((left, right) => right.legs.get(leg)! - left.legs.get(leg)!)
      .slice(0, 1 + MOST_OTHER_PASSAGES);
  const [near, ...alsoNear] = best('vector');
  const [said, ...alsoSaid] = best('keyword');
  return {
    objectId,
    score: records[0]!.score,
    vector: near?.embeddingId
      ? {
          objectId,
          passageId: near.passageId,
          id: near.embeddingId,
          score: asCosine(near.legs.get('vector')!),
          others: alsoNear.flatMap(({ embeddingId: id, passageId, legs }) =>
            id ? [{ id, passageId, score: asCosine(legs.get('vector')!) }] : [],
          ),
        }
      : null,
    keyword: said ? { objectId, passageId: said.id, score: said.legs.get('keyword')!, others: alsoSaid.map(({ id, legs }) => ({ passageId: id, score: legs.get('keyword')! })) } : null,
  };
}
