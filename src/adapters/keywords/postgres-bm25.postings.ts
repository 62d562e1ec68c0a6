import type { SqlClient } from '../../ports/sql.port.js';
import type { Statistics, TermPostings } from './bm25.js';
import { writesOf } from './postgres-bm25.lookups.js';

/** What a ranking is made from, as it was at one moment. */
export interface ReadPostings {
  /** Of the terms that occur, in their order. */
  found: (TermPostings & { term: string })[];
  statistics: Statistics;
  /** Numbers of passages that are in the postings and no longer count. */
  removed: Set<number>;
  /** See `writesOf`; null where there never were any. */
  writes: string | null;
}

/** One statement. @param terms with what each weighs */
export async function readPostings(sql: SqlClient, tenantId: string, terms: ReadonlyMap<string, number>): Promise<ReadPostings> {
  const rows = await sql.query<Row>(
    `SELECT NULL AS term, gone.numbers AS postings, total.passages - gone.passages AS passages, total.tokens - gone.tokens AS tokens,
            ${writesOf('$1')} AS writes
       FROM (SELECT COALESCE(sum(passages), 0)::bigint AS passages, COALESCE(sum(tokens), 0)::bigint AS tokens
               FROM keyword_totals WHERE tenant_id = $1) total,
            (SELECT string_agg(int8send(number), ''::bytea) AS numbers, count(*) AS passages, COALESCE(sum(length), 0)::bigint AS tokens
               FROM keyword_removals WHERE tenant_id = $1) gone
     UNION ALL
     SELECT term, string_agg(postings, ''::bytea), NULL, NULL, NULL
       FROM keyword_postings WHERE tenant_id = $1 AND term = ANY($2::text[]) GROUP BY term`,
    [tenantId, [...terms.keys()]],
  );
  const summary = rows.find((row) => row.term === null)!;
  const byTerm = new Map(rows.map((row) => [row.term, row.postings]));
  const found = [...terms].flatMap(([term, weight]) => {
    const postings = byTerm.get(term);
    return postings ? [{ term, weight, postings }] : [];
  });
  const statistics = { passages: Number(summary.passages), tokens: Number(summary.tokens) };
  return { found, statistics, removed: removedNumbers(summary.postings), writes: summary.writes };
}

/** Of a term; without one, of the tenant, with the removed numbers, eight bytes each, in the place of postings. */
interface Row {
  term: string | null;
  postings: Buffer | null;
  passages: number | null;
  tokens: number | null;
  writes: string | null;
}

function removedNumbers(packed: Buffer | null): Set<number> {
  const numbers = new Set<number>();
  for (let at = 0; packed !== null && at < packed.length; at += 8) numbers.add(Number(packed.readBigInt64BE(at)));
  return numbers;
}
