import { SqlError, type SqlClient, type SqlUpkeep } from '../../ports/sql.port.js';
import { packPostings, unpackPostings } from './postings.js';

/** A tenant's terms are merged once so many writes have added to them. */
const WRITES_BEFORE_MERGE = 16;
/** A term is merged once it has so many rows that are not full. */
const ROWS_BEFORE_MERGE = 4;
/** Bytes; a row of that size is left alone, so that long lists are not copied again and again. */
const FULL_ROW = 8_192;
/** Rows looked at in one statement: a few tens of milliseconds, which is what a search beside it may have to wait. */
const ROWS_A_STATEMENT = 2_000;
const TERMS_A_PAGE = 500;
const ROWS_BEFORE_VACUUM = 5_000;
const DEADLOCK = '40P01';
/** Removals are read by every query: from so many on, or from that share of the passages on, their postings are taken out. */
const REMOVALS_BEFORE_PURGE = 1_000;
const REMOVED_SHARE_BEFORE_PURGE = 0.1;

interface TenantState {
  tenant_id: string;
  writes: number;
  passages: number;
  removals: number;
}

/**
 * Merges what many small writes left, and takes out what was removed. Each statement by itself leaves the index right, so
 * searches and writes go on beside it, it may be killed anywhere, and two at once only share the work.
 */
export class KeywordHousekeeping {
  constructor(
    private readonly sql: SqlClient,
    private readonly upkeep: SqlUpkeep,
  ) {}

  async run(signal?: AbortSignal): Promise<void> {
    for (const tenant of await this.tenants()) {
      if (isPurgeDue(tenant)) await this.purge(tenant.tenant_id, signal);
      if (tenant.writes >= WRITES_BEFORE_MERGE) await this.merge(tenant.tenant_id, signal);
    }
  }

  private async tenants(): Promise<TenantState[]> {
    return this.sql.query<TenantState>(
      `SELECT t.tenant_id, t.writes, t.passages, COALESCE(r.removals, 0) AS removals
         FROM (SELECT tenant_id, count(*) AS writes, sum(passages)::bigint AS passages FROM keyword_totals GROUP BY tenant_id) t
         LEFT JOIN (SELECT tenant_id, count(*) AS removals FROM keyword_removals GROUP BY tenant_id) r USING (tenant_id)`,
    );
  }

  private async merge(tenantId: string, signal: AbortSignal | undefined): Promise<void> {
    let merged = 0;
    let after: string | null = '';
    while (after !== null) {
      signal?.throwIfAborted();
      const page: TermRows[] = await this.termsBehind(tenantId, after);
      const due = page.filter(({ small }) => small >= ROWS_BEFORE_MERGE);
      for (const terms of portions(due, ({ small }) => small)) {
        signal?.throwIfAborted();
        await this.mergeTerms(tenantId, terms);
      }
      merged += due.reduce((sum, { small }) => sum + small, 0);
      after = page.at(-1)?.term ?? null;
    }
    await this.sql.query(
      `WITH old AS (DELETE FROM keyword_totals WHERE tenant_id = $1 RETURNING passages, tokens)
       INSERT INTO keyword_totals (tenant_id, passages, tokens)
       SELECT $1, sum(passages), sum(tokens) FROM old HAVING count(*) > 0`,
      [tenantId],
    );
    // What the merge left behind doubles the time of a search until it is cleared away; no autovacuum does so in the
    // embedded database.
    if (merged >= ROWS_BEFORE_VACUUM) await this.upkeep('VACUUM (ANALYZE) keyword_postings');
  }

  /** The next terms in order, with how many rows each has. Hops from term to term in the index, whatever the planner believes. */
  private async termsBehind(tenantId: string, after: string): Promise<TermRows[]> {
    return this.sql.query<TermRows>(
      `WITH RECURSIVE terms AS (
         SELECT $2::text COLLATE "C" AS term, 0 AS place
         UNION ALL
         SELECT next.term, terms.place + 1
           FROM terms CROSS JOIN LATERAL (
             SELECT p.term FROM keyword_postings p WHERE p.tenant_id = $1 AND p.term > terms.term ORDER BY p.term LIMIT 1
           ) next
          WHERE terms.place < $3
       )
       SELECT terms.term, counted.rows, counted.small
         FROM terms CROSS JOIN LATERAL (
           SELECT count(*)::int AS rows, (count(*) FILTER (WHERE octet_length(p.postings) < $4))::int AS small
             FROM keyword_postings p WHERE p.tenant_id = $1 AND p.term = terms.term
         ) counted
        WHERE terms.place > 0 ORDER BY terms.place`,
      [tenantId, after, TERMS_A_PAGE, FULL_ROW],
    );
  }

  private async mergeTerms(tenantId: string, terms: readonly string[]): Promise<void> {
    await this.write(
      `WITH old AS (
         DELETE FROM keyword_postings WHERE tenant_id = $1 AND term = ANY($2::text[]) AND octet_length(postings) < $3
         RETURNING term, chunk, postings
       )
       INSERT INTO keyword_postings (tenant_id, term, postings)
       SELECT $1, term, string_agg(postings, ''::bytea ORDER BY chunk) FROM old GROUP BY term`,
      [tenantId, terms, FULL_ROW],
    );
  }

  /** Goes through all of the tenant's rows once, then forgets the removals that there were when it began. */
  private async purge(tenantId: string, signal: AbortSignal | undefined): Promise<void> {
    const removals = await this.sql.query<{ number: number }>(
      'SELECT number FROM keyword_removals WHERE tenant_id = $1',
      [tenantId],
    );
    const numbers = new Set(removals.map(({ number }) => Number(number)));
    let after: string | null = '';
    while (after !== null) {
      const page: TermRows[] = await this.termsBehind(tenantId, after);
      for (const terms of portions(page, ({ rows }) => rows)) {
        signal?.throwIfAborted();
        // A merge may take rows away between reading and writing; then what it made of them is looked at again.
        while (!(await this.purgeTerms(tenantId, terms, numbers))) signal?.throwIfAborted();
      }
      after = page.at(-1)?.term ?? null;
    }
    await this.sql.query(
      `WITH gone AS (DELETE FROM keyword_removals WHERE tenant_id = $1 AND number = ANY($2::bigint[]) RETURNING length)
       INSERT INTO keyword_totals (tenant_id, passages, tokens)
       SELECT $1, -count(*), -sum(length) FROM gone HAVING count(*) > 0`,
      [tenantId, [...numbers]],
    );
  }

  /** Takes the numbers out of the terms' rows. Answers whether every row that held any was still there to be written. */
  private async purgeTerms(tenantId: string, terms: readonly string[], numbers: ReadonlySet<number>): Promise<boolean> {
    const rows = await this.sql.query<{ term: string; chunk: number; postings: Buffer }>(
      'SELECT term, chunk, postings FROM keyword_postings WHERE tenant_id = $1 AND term = ANY($2::text[])',
      [tenantId, terms],
    );
    const changed = rows.flatMap((row) => {
      const postings = unpackPostings(row.postings);
      const kept = postings.filter(({ number }) => !numbers.has(number));
      return kept.length === postings.length
        ? []
        : [{ ...row, postings: packPostings(kept.sort((a, b) => a.number - b.number)) }];
    });
    if (changed.length === 0) return true;
    const [written] = await this.write<{ count: number }>(
      `WITH fresh AS (SELECT * FROM unnest($2::text[], $3::bigint[], $4::bytea[]) AS f (term, chunk, postings)),
       updated AS (
         UPDATE keyword_postings p SET postings = f.postings FROM fresh f
          WHERE p.tenant_id = $1 AND p.term = f.term AND p.chunk = f.chunk AND f.postings <> ''::bytea RETURNING 1
       ), deleted AS (
         DELETE FROM keyword_postings p USING fresh f
          WHERE p.tenant_id = $1 AND p.term = f.term AND p.chunk = f.chunk AND f.postings = ''::bytea RETURNING 1
       )
       SELECT (SELECT count(*) FROM updated) + (SELECT count(*) FROM deleted) AS count`,
      [
        tenantId,
        changed.map(({ term }) => term),
        changed.map(({ chunk }) => chunk),
        changed.map(({ postings }) => postings),
      ],
    );
    return Number(written!.count) === changed.length;
  }

  /** Two housekeepers at once may lock rows crosswise; PostgreSQL then refuses one of them, which begins again. */
  private async write<Row = object>(text: string, params: readonly unknown[]): Promise<Row[]> {
    for (;;) {
      try {
        return await this.sql.query<Row>(text, params);
      } catch (error) {
        if (!(error instanceof SqlError && error.sqlState === DEADLOCK)) throw error;
      }
    }
  }
}

interface TermRows {
  term: string;
  rows: number;
  /** Of them, those that are not full. */
  small: number;
}

/** Terms whose rows together make a statement of bearable length; a term is never split. */
function portions(terms: readonly TermRows[], rowsOf: (term: TermRows) => number): string[][] {
  const parts: string[][] = [];
  let total = Infinity;
  for (const entry of terms) {
    if (total + rowsOf(entry) > ROWS_A_STATEMENT) {
      parts.push([]);
      total = 0;
    }
    parts.at(-1)!.push(entry.term);
    total += rowsOf(entry);
  }
  return parts;
}

function isPurgeDue({ removals, passages }: TenantState): boolean {
  return Number(removals) >= REMOVALS_BEFORE_PURGE || Number(removals) > Number(passages) * REMOVED_SHARE_BEFORE_PURGE;
}
