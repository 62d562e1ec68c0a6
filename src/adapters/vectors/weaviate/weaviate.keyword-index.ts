import type {
  KeywordDocument,
  KeywordHit,
  KeywordIndex,
  KeywordIndexCapabilities,
  KeywordQuery,
} from '../../../ports/keyword-index.port.js';
import { batches } from '../../../domain/batches.js';
import { withOthers } from './keyword-hit.js';
import { LARGEST_ASKING, rankObjects, RecordsAnObject, type Ranked } from './ranking.js';
import { storedTerms } from './stored-terms.js';
import { allOf, isNobodyLeft, restrictions } from './weaviate.filters.js';
import { MOST_IDS, type StoredRecord, type WeaviateRecords } from './weaviate.records.js';
import { groupsOf, rankWeighted } from './weighted-words.js';

/** Weaviate leaves out the factor k1 + 1, which changes no order. */
export const BM25_SCALE = 2.2;

interface WordRecord extends Ranked {
  passageId: string;
}

/** Weaviate's own BM25, over words that Strata has stemmed. */
export class WeaviateKeywordIndex implements KeywordIndex {
  readonly capabilities: KeywordIndexCapabilities = { filters: 'ids', transactional: false };
  private readonly rates = new RecordsAnObject();

  constructor(
    private readonly records: WeaviateRecords,
    readonly check: () => Promise<void>,
    readonly close: () => Promise<void>,
  ) {}

  async index(tenantId: string, documents: readonly KeywordDocument[]): Promise<void> {
    const unique = [...new Map(documents.map((document) => [document.passageId, document])).values()];
    if (unique.length > 0) await this.records.collection.ensure();
    for (const some of batches(unique, MOST_IDS)) {
      const ids = some.map(({ passageId }) => passageId);
      await this.records.change(
        tenantId,
        (tenant) => tenant.filter.byId().containsAny(ids),
        (found) =>
          some.map(({ passageId, objectId, terms }): StoredRecord => ({
            id: passageId,
            objectId,
            passageId,
            terms: storedTerms(terms),
            vectors: found.get(passageId)?.vectors ?? new Map(),
          })),
      );
    }
  }

  /** What has vectors, too, stays for them. */
  async remove(tenantId: string, passages: readonly { passageId: string }[]): Promise<void> {
    if (passages.length === 0 || !(await this.records.collection.isThere())) return;
    for (const some of batches(
      passages.map(({ passageId }) => passageId),
      MOST_IDS,
    )) {
      await this.records.change(
        tenantId,
        (tenant) => tenant.filter.byId().containsAny(some),
        (found) => [...found.values()].map((record) => ({ ...record, terms: '' })),
      );
    }
  }

  async search(query: KeywordQuery): Promise<{ hits: KeywordHit[]; complete: boolean }> {
    query.signal?.throwIfAborted();
    const groups = groupsOf(query);
    const isEmpty = query.limit <= 0 || !groups.some(({ weight }) => weight > 0) || query.objectIds?.length === 0;
    if (isEmpty || !(await this.records.collection.isThere())) return { hits: [], complete: true };
    const [only] = groups;
    if (groups.length > 1) {
      return rankWeighted(groups, query.limit, {
        best: (terms) => this.best({ ...query, terms }),
        passages: (terms, objectIds) => this.passages({ ...query, terms, objectIds }),
      });
    }
    const { hits, complete } = await this.best({ ...query, terms: only!.terms });
    return { hits: hits.map((hit) => ({ ...hit, score: only!.weight * hit.score })), complete };
  }

  private async best(query: KeywordQuery): Promise<{ hits: KeywordHit[]; complete: boolean }> {
    const { objects, complete } = await rankObjects((size, without) => this.find(query, size, without), {
      limit: query.limit,
      canLeaveOut: true,
      tenantId: query.tenantId,
      rates: this.rates,
    });
    return { hits: [...objects.values()].map(withOthers), complete };
  }

  private async passages(query: KeywordQuery): Promise<{ hits: KeywordHit[]; complete: boolean }> {
    const hits = await this.find(query, LARGEST_ASKING, []);
    return { hits, complete: hits.length < LARGEST_ASKING };
  }

  /** Weaviate merges by itself. */
  async optimize(): Promise<void> {}

  private async find(query: KeywordQuery, size: number, without: readonly string[]): Promise<WordRecord[]> {
    if (isNobodyLeft(query.objectIds, without)) return [];
    const answer = await this.records.ask(
      query.tenantId,
      (tenant, options) => {
        const filters = allOf(...restrictions(tenant, query.objectIds, without));
        return tenant.query.bm25(
          storedTerms(query.terms),
          {
            queryProperties: ['terms'],
            limit: size,
            ...(filters && { filters }),
            returnMetadata: ['score'],
            returnProperties: ['objectId'],
          },
          options,
        );
      },
      query.signal,
    );
    return (answer?.objects ?? []).map(({ uuid, properties, metadata }) => ({
      objectId: properties.objectId,
      passageId: uuid,
      score: metadata!.score! * BM25_SCALE,
    }));
  }
}
