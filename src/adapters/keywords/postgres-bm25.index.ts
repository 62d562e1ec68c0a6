import type { Transaction } from '../../ports/database.port.js';
import type {
  KeywordDocument,
  KeywordHit,
  KeywordIndex,
  KeywordIndexCapabilities,
  KeywordQuery,
} from '../../ports/keyword-index.port.js';
import type { CompileFilter, SqlClient, SqlTransact } from '../../ports/sql.port.js';
import { rankPassages, type Statistics, type TermPostings } from './bm25.js';
import { KeywordHousekeeping } from './postgres-bm25.housekeeping.js';
import { fewPassages, livePassages, passagesOfObjects, type LivePassage } from './postgres-bm25.lookups.js';
import { indexPassages, removePassages } from './postgres-bm25.writes.js';
import type { Ranking } from './ranking.js';
import { countTerms } from './terms.js';

/** A filter that leaves so few passages is answered by ranking only them, rather than by walking down the ranking of all. */
const FEW_PASSAGES = 2_000;
/** Passages that are looked up at once, at most. */
const LARGEST_LOOKUP = 20_000;

/**
 * BM25 in PostgreSQL with exact statistics. Each write adds one row a term, with the postings packed into bytes; a query reads
 * the rows of its terms, the totals and the removals in one statement, hence one snapshot, and scores in this process. (The
 * same sum in SQL takes ten times as long.) The best passages are then looked up, in order of rank, for being live, the
 * tenant's and the filter's, until there are enough objects.
 */
export class PostgresBm25Index implements KeywordIndex {
  readonly capabilities: KeywordIndexCapabilities = { filters: 'query', transactional: true };
  private readonly housekeeping: KeywordHousekeeping;

  constructor(
    private readonly sql: SqlClient,
    private readonly transact: SqlTransact,
    private readonly compileFilter: CompileFilter,
  ) {
    this.housekeeping = new KeywordHousekeeping(sql);
  }

  async index(tenantId: string, documents: readonly KeywordDocument[], tx: Transaction | null): Promise<void> {
    if (documents.length === 0) return;
    if (tx !== null) return indexPassages(tx.sql, tenantId, documents);
    await this.transact((sql) => indexPassages(sql, tenantId, documents));
  }

  async remove(
    tenantId: string,
    passages: readonly { passageId: string; ordinal: number }[],
    tx: Transaction | null,
  ): Promise<void> {
    if (passages.length > 0)
      await removePassages(
        tx?.sql ?? this.sql,
        tenantId,
        passages.map(({ ordinal }) => ordinal),
      );
  }

  async search(query: KeywordQuery): Promise<{ hits: KeywordHit[]; complete: boolean }> {
    const terms = countTerms(query.terms);
    if (terms.size === 0 || query.limit <= 0) return { hits: [], complete: true };
    const eligible =
      query.objectIds === null ? null : await passagesOfObjects(this.sql, this.compileFilter, query, query.objectIds);
    query.signal?.throwIfAborted();
    if (eligible?.size === 0) return { hits: [], complete: true };

    const { found, statistics, removed } = await this.read(query.tenantId, terms);
    query.signal?.throwIfAborted();
    if (found.length === 0 || statistics.passages <= 0) return { hits: [], complete: true };
    const ranking = await rankPassages(found, statistics, removed, eligible?.keys() ?? null, query.signal);
    const hits = await this.walk(query, ranking, eligible);
    return { hits: [...hits.values()].sort(byScore), complete: true };
  }

  /** Worth calling a few seconds after writes, and every few minutes; it does nothing where there is little to do. */
  async optimize(signal?: AbortSignal): Promise<void> {
    await this.housekeeping.run(signal);
  }

  async check(): Promise<void> {
    await this.sql.query('SELECT 1 FROM keyword_totals LIMIT 1');
  }

  async close(): Promise<void> {}

  private async read(tenantId: string, terms: ReadonlyMap<string, number>) {
    const rows = await this.sql.query<{
      term: string | null;
      postings: Buffer | null;
      passages: number | null;
      tokens: number | null;
    }>(
      `SELECT NULL AS term, gone.numbers AS postings, total.passages - gone.passages AS passages, total.tokens - gone.tokens AS tokens
         FROM (SELECT COALESCE(sum(passages), 0)::bigint AS passages, COALESCE(sum(tokens), 0)::bigint AS tokens
                 FROM keyword_totals WHERE tenant_id = $1) total,
              (SELECT string_agg(int8send(number), ''::bytea) AS numbers, count(*) AS passages, COALESCE(sum(length), 0)::bigint AS tokens
                 FROM keyword_removals WHERE tenant_id = $1) gone
       UNION ALL
       SELECT term, string_agg(postings, ''::bytea), NULL, NULL
         FROM keyword_postings WHERE tenant_id = $1 AND term = ANY($2::text[]) GROUP BY term`,
      [tenantId, [...terms.keys()]],
    );
    const summary = rows.find((row) => row.term === null)!;
    const byTerm = new Map(rows.map((row) => [row.term, row.postings]));
    const found = [...terms].flatMap(([term, weight]): TermPostings[] => {
      const postings = byTerm.get(term);
      return postings ? [{ weight, postings }] : [];
    });
    const statistics: Statistics = { passages: Number(summary.passages), tokens: Number(summary.tokens) };
    return { found, statistics, removed: removedNumbers(summary.postings) };
  }

  /** Takes passages by rank until there are `limit` objects or no more passages; the first of an object's is its best. */
  private async walk(
    query: KeywordQuery,
    ranking: Ranking,
    known: Map<number, LivePassage> | null,
  ): Promise<Map<string, KeywordHit>> {
    const hits = new Map<string, KeywordHit>();
    let eligible = known;
    let looked = 0;
    // An object has a few passages, and some of them rank together.
    let size = Math.max(64, Math.ceil(query.limit * 1.5));
    while (ranking.size > 0 && hits.size < query.limit) {
      const ranked = ranking.take(size);
      looked += ranked.length;
      const live =
        eligible ??
        (await livePassages(
          this.sql,
          this.compileFilter,
          query,
          ranked.map(({ number }) => number),
        ));
      query.signal?.throwIfAborted();
      for (const { number, score } of ranked) {
        const passage = live.get(number);
        if (passage === undefined || hits.has(passage.object_id) || hits.size >= query.limit) continue;
        hits.set(passage.object_id, { objectId: passage.object_id, passageId: passage.passage_id, score });
      }
      // As many as are missing at the rate so far, and some more.
      const missing = query.limit - hits.size;
      size = Math.min(LARGEST_LOOKUP, Math.max(64, Math.ceil((missing * looked * 1.3) / Math.max(1, hits.size))));
      if (eligible === null && query.filter !== null && missing > 0 && Math.min(size, ranking.size) > FEW_PASSAGES) {
        eligible = await fewPassages(this.sql, this.compileFilter, query, FEW_PASSAGES);
      }
    }
    return hits;
  }
}

function removedNumbers(packed: Buffer | null): Set<number> {
  const numbers = new Set<number>();
  for (let at = 0; packed !== null && at < packed.length; at += 8) numbers.add(Number(packed.readBigInt64BE(at)));
  return numbers;
}

function byScore(left: KeywordHit, right: KeywordHit): number {
  return right.score - left.score || (left.objectId < right.objectId ? -1 : left.objectId > right.objectId ? 1 : 0);
}
