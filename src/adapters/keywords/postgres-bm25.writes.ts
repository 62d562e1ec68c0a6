import { setImmediate } from 'node:timers/promises';
import type { KeywordDocument } from '../../ports/keyword-index.port.js';
import type { SqlClient } from '../../ports/sql.port.js';
import { packPostings, type Posting } from './postings.js';
import { countTerms } from './terms.js';

/** Passages that are packed in one go: some ten milliseconds of work. */
const PASSAGES_A_TURN = 256;

/**
 * Adds passages; those whose ordinal is indexed already are passed over, so that a repeated job counts nothing twice.
 * @param sql a transaction: the statements belong together
 */
export async function indexPassages(
  sql: SqlClient,
  tenantId: string,
  documents: readonly KeywordDocument[],
): Promise<void> {
  // In one order for all, so that two writers of the same passages never wait for each other.
  const ordered = [...documents].sort((left, right) => left.ordinal - right.ordinal);
  for (let start = 0; start < ordered.length; start += PASSAGES_A_TURN) {
    if (start > 0) await setImmediate();
    await indexBatch(sql, tenantId, ordered.slice(start, start + PASSAGES_A_TURN));
  }
}

async function indexBatch(sql: SqlClient, tenantId: string, documents: readonly KeywordDocument[]): Promise<void> {
  const rows = await sql.query<{ number: number; ordinal: number }>(
    `INSERT INTO keyword_passages (tenant_id, ordinal, passage_id, object_id, length)
     SELECT $1, d.ordinal, d.passage_id, d.object_id, d.length
       FROM unnest($2::bigint[], $3::uuid[], $4::uuid[], $5::int[]) AS d (ordinal, passage_id, object_id, length)
     ON CONFLICT (tenant_id, ordinal) DO NOTHING
     RETURNING number, ordinal`,
    [
      tenantId,
      documents.map(({ ordinal }) => ordinal),
      documents.map(({ passageId }) => passageId),
      documents.map(({ objectId }) => objectId),
      documents.map(({ terms }) => terms.length),
    ],
  );
  if (rows.length === 0) return;
  const numbers = new Map(rows.map((row) => [Number(row.ordinal), Number(row.number)]));
  const added: NumberedPassage[] = [];
  for (const { ordinal, terms } of documents) {
    const number = numbers.get(ordinal);
    if (number === undefined) continue;
    added.push({ number, terms });
    // A second passage of the same ordinal in one call is as one that was indexed before.
    numbers.delete(ordinal);
  }
  const postings = invert(added);
  await sql.query(
    `WITH counted AS (INSERT INTO keyword_totals (tenant_id, passages, tokens) VALUES ($1, $2::bigint, $3::bigint))
     INSERT INTO keyword_postings (tenant_id, term, postings)
     SELECT $1, p.term, p.postings FROM unnest($4::text[], $5::bytea[]) AS p (term, postings)`,
    [
      tenantId,
      added.length,
      added.reduce((sum, { terms }) => sum + terms.length, 0),
      [...postings.keys()],
      [...postings.values()].map(packPostings),
    ],
  );
}

interface NumberedPassage {
  number: number;
  terms: readonly string[];
}

/** From passages' terms to terms' passages. */
function invert(passages: readonly NumberedPassage[]): Map<string, Posting[]> {
  const byTerm = new Map<string, Posting[]>();
  const rising = [...passages].sort((left, right) => left.number - right.number);
  for (const { number, terms } of rising) {
    for (const [term, frequency] of countTerms(terms)) {
      const posting = { number, frequency, length: terms.length };
      const list = byTerm.get(term);
      if (list === undefined) byTerm.set(term, [posting]);
      else list.push(posting);
    }
  }
  return byTerm;
}

/** Their postings stay for now; the removals take them out of every count. What is not there is passed over. */
export async function removePassages(sql: SqlClient, tenantId: string, ordinals: readonly number[]): Promise<void> {
  await sql.query(
    `WITH chosen AS (
       SELECT number FROM keyword_passages WHERE tenant_id = $1 AND ordinal = ANY($2::bigint[]) ORDER BY number FOR UPDATE
     ), gone AS (
       DELETE FROM keyword_passages WHERE number IN (SELECT number FROM chosen) RETURNING number, length
     )
     INSERT INTO keyword_removals (tenant_id, number, length) SELECT $1, number, length FROM gone`,
    [tenantId, ordinals],
  );
}
