import type { Transaction } from '../../ports/database.port.js';
import {
  MOST_OTHER_PASSAGES,
  type KeywordDocument,
  type KeywordHit,
  type KeywordIndex,
  type KeywordIndexCapabilities,
  type KeywordQuery,
} from '../../ports/keyword-index.port.js';
import type { CompileFilter, SqlClient, SqlTransact, SqlUpkeep } from '../../ports/sql.port.js';
import { rankPassages } from './bm25.js';
import { KeywordHousekeeping } from './postgres-bm25.housekeeping.js';
import { fewPassages, livePassages, passagesOfObjects, type EligiblePassages, type LivePassage } from './postgres-bm25.lookups.js';
import { withoutNumber, withParts, type NumberedHit } from './postgres-bm25.parts.js';
import { readPostings } from './postgres-bm25.postings.js';
import { indexPassages, removePassages } from './postgres-bm25.writes.js';
import type { RankedPassage, Ranking } from './ranking.js';
import { weighTerms } from './terms.js';

/** A filter that leaves so few passages is answered by ranking only them, rather than by walking down the ranking of all. */
const FEW_PASSAGES = 2_000;
/** Passages that are looked up at once, at most. */
const LARGEST_LOOKUP = 20_000;

/**
 * BM25 in PostgreSQL with exact statistics. Each write adds one row a term, with the postings packed into bytes; a query reads
 * the rows of its terms, the totals and the removals in one statement, hence one snapshot, and scores in this process. (The
 * same sum in SQL takes ten times as long.) The best passages are then looked up, in order of rank, for being live, the
 * tenant's and the filter's, until there are enough objects.
 *
 * Between these statements somebody may replace a passage: what was ranked is then gone, and what took its place was never ranked, so
 * that an object which matches before and after would be missing. Statements that are not of one mind tell so, and the search is made
 * once more within one snapshot, where nothing changes; it costs a search that meets with no change nothing.
 */
export class PostgresBm25Index implements KeywordIndex {
  readonly capabilities: KeywordIndexCapabilities = { filters: 'query', transactional: true };
  private readonly housekeeping: KeywordHousekeeping;

  constructor(
    private readonly sql: SqlClient,
    private readonly transact: SqlTransact,
    private readonly compileFilter: CompileFilter,
    upkeep: SqlUpkeep = (statement) => sql.query(statement),
  ) {
    this.housekeeping = new KeywordHousekeeping(sql, upkeep);
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
    const terms = weighTerms(query.terms, query.weights);
    if (terms.size === 0 || query.limit <= 0) return { hits: [], complete: true };
    const hits = await this.look(this.sql, query, terms).catch((error: unknown) => {
      if (!(error instanceof ReplacedMeanwhile)) throw error;
      return this.transact(async (sql) => {
        await sql.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
        return this.look(sql, query, terms);
      });
    });
    return { hits, complete: true };
  }

  /** Worth calling a few seconds after writes, and every few minutes; it does nothing where there is little to do. */
  async optimize(signal?: AbortSignal): Promise<void> {
    await this.housekeeping.run(signal);
  }

  async check(): Promise<void> {
    await this.sql.query('SELECT 1 FROM keyword_totals LIMIT 1');
  }

  async close(): Promise<void> {}

  /** @throws ReplacedMeanwhile */
  private async look(sql: SqlClient, query: KeywordQuery, terms: ReadonlyMap<string, number>): Promise<KeywordHit[]> {
    const eligible = query.objectIds === null ? null : await passagesOfObjects(sql, this.compileFilter, query, query.objectIds);
    query.signal?.throwIfAborted();
    if (eligible?.byNumber.size === 0) return [];

    const { found, statistics, removed, writes } = await readPostings(sql, query.tenantId, terms);
    query.signal?.throwIfAborted();
    ofOneMoment(eligible, writes);
    if (found.length === 0 || statistics.passages <= 0) return [];
    const ranking = await rankPassages(found, statistics, removed, eligible?.byNumber.keys() ?? null, query.signal);
    const hits = await this.walk(sql, query, ranking, eligible, writes);
    const sorted = [...hits.values()].sort(byScore);
    const { groups } = query;
    return groups === undefined ? sorted.map(withoutNumber) : withParts(sorted, { ...query, groups }, { found, statistics, removed });
  }

  /** Takes passages by rank until there are `limit` objects or no more passages; the first of an object's is its best. */
  private async walk(
    sql: SqlClient,
    query: KeywordQuery,
    ranking: Ranking,
    known: EligiblePassages | null,
    writes: string | null,
  ): Promise<Map<string, NumberedHit>> {
    const hits = new Map<string, NumberedHit>();
    let eligible = known?.byNumber ?? null;
    let looked = 0;
    // An object has a few passages, and some of them rank together.
    let size = Math.max(64, Math.ceil(query.limit * 1.5));
    while (ranking.size > 0 && hits.size < query.limit) {
      const ranked = ranking.take(size);
      looked += ranked.length;
      const live = eligible ?? (await this.live(sql, query, ranked));
      query.signal?.throwIfAborted();
      for (const { number, score } of ranked) {
        const passage = live.get(number);
        if (passage === undefined) continue;
        const known = hits.get(passage.object_id);
        if (known !== undefined) keepOther(known, { passageId: passage.passage_id, score });
        else if (hits.size < query.limit) hits.set(passage.object_id, { number, objectId: passage.object_id, passageId: passage.passage_id, score });
      }
      // As many as are missing at the rate so far, and some more.
      const missing = query.limit - hits.size;
      size = Math.min(LARGEST_LOOKUP, Math.max(64, Math.ceil((missing * looked * 1.3) / Math.max(1, hits.size))));
      if (eligible === null && query.filter !== null && missing > 0 && Math.min(size, ranking.size) > FEW_PASSAGES) {
        const few = await fewPassages(sql, this.compileFilter, query, FEW_PASSAGES);
        ofOneMoment(few, writes);
        eligible = few?.byNumber ?? null;
      }
    }
    return hits;
  }

  private async live(sql: SqlClient, query: KeywordQuery, ranked: readonly RankedPassage[]): Promise<Map<number, LivePassage>> {
    const { byNumber, anyGone } = await livePassages(sql, this.compileFilter, query, ranked.map(({ number }) => number));
    if (anyGone) throw new ReplacedMeanwhile();
    return byNumber;
  }
}

/** Something changed between two statements of a search. */
class ReplacedMeanwhile extends Error {
  constructor() {
    super('passages were replaced while they were searched');
    this.name = 'ReplacedMeanwhile';
  }
}

function ofOneMoment(eligible: EligiblePassages | null, writes: string | null): void {
  if (eligible !== null && eligible.byNumber.size > 0 && eligible.writes !== writes) throw new ReplacedMeanwhile();
}

/** They come by rank. */
function keepOther(hit: KeywordHit, other: NonNullable<KeywordHit['others']>[number]): void {
  if ((hit.others?.length ?? 0) < MOST_OTHER_PASSAGES) hit.others = [...(hit.others ?? []), other];
}

function byScore(left: KeywordHit, right: KeywordHit): number {
  return right.score - left.score || (left.objectId < right.objectId ? -1 : left.objectId > right.objectId ? 1 : 0);
}
