import pg from 'pg';

import { internal } from '../../../domain/errors.js';
import type { SqlClient } from '../../../ports/sql.port.js';
import { isStalePlan, translateDatabaseError } from './sql-errors.js';
import type { StatementNames } from './statement-names.js';

const TIMESTAMPTZ = 1184;
const INT8 = 20;
const INT8_ARRAY = 1016;

/**
 * Results as the SqlClient promises them: int8 and its arrays as numbers (counts, sizes and ordinals stay far below 2^53).
 * The rest is pg's own: jsonb parsed, bytea as Buffer, timestamptz as Date, numeric as text.
 */
const RESULT_TYPES: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      if (oid === INT8) return Number;
      if (oid === TIMESTAMPTZ) return parseTimestamp;
      if (oid === INT8_ARRAY) return (text: string) => parseTextArray(text);
    }
    return pg.types.getTypeParser(oid, format as 'text');
  },
} as pg.CustomTypesConfig;

/**
 * `2026-03-01 12:30:00.123456+00`, as a session in UTC writes it, to the millisecond; ten times as fast as pg's own parser, which
 * gets everything else (other offsets, infinity, distant years). A page of annotations holds thousands of them.
 */
export function parseTimestamp(text: string): unknown {
  if (!UTC_TIMESTAMP.test(text)) return (pg.types.getTypeParser(TIMESTAMPTZ, 'text') as (source: string) => unknown)(text);
  const digits = (from: number, to: number): number => {
    let value = 0;
    for (let i = from; i < to; i++) value = value * 10 + (text.charCodeAt(i) - ZERO);
    return value;
  };
  const fraction = Math.min(3, Math.max(0, text.length - '+00'.length - '2026-03-01 12:30:00.'.length));
  const milliseconds = digits(20, 20 + fraction) * 10 ** (3 - fraction);
  return new Date(Date.UTC(digits(0, 4), digits(5, 7) - 1, digits(8, 10), digits(11, 13), digits(14, 16), digits(17, 19), milliseconds));
}

const UTC_TIMESTAMP = /^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/;
const ZERO = '0'.charCodeAt(0);

/** pg's text parser of int8[] keeps nesting and nulls, and gives strings. */
function parseTextArray(text: string): unknown {
  const toNumbers = (value: unknown): unknown => (Array.isArray(value) ? value.map(toNumbers) : value === null ? null : Number(value));
  return toNumbers((pg.types.getTypeParser(INT8_ARRAY as never, 'text') as (source: string) => unknown)(text));
}

interface Queryable {
  query(config: pg.QueryConfig): Promise<pg.QueryResult>;
}

/**
 * Straight through pg.
 * @param names null: every statement unnamed
 */
export function sqlClientOver(queryable: Queryable, names: StatementNames | null, withinTransaction = false): SqlClient {
  return {
    async query<Row>(text: string, params: readonly unknown[] = []): Promise<Row[]> {
      try {
        return await send<Row>(queryable, text, params, names);
      } catch (error) {
        if (names === null || !isStalePlan(error)) throw error;
        names.forget();
        // A transaction is broken by it, and is run again as one that lost against another.
        if (withinTransaction) throw error;
        return send<Row>(queryable, text, params, names);
      }
    },
  };
}

async function send<Row>(queryable: Queryable, text: string, params: readonly unknown[], names: StatementNames | null): Promise<Row[]> {
  try {
    const config: pg.QueryConfig = { text, types: RESULT_TYPES };
    // Without parameters the simple protocol is used, which takes several statements at once.
    if (params.length > 0) {
      config.values = params as unknown[];
      const name = names?.of(text);
      if (name !== undefined) config.name = name;
    }
    const result = await queryable.query(config);
    return (Array.isArray(result) ? (result.at(-1) as pg.QueryResult).rows : result.rows) as Row[];
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

/**
 * The same, over the connection of a transaction, for as long as that is open. Several statements may be under way: they run in the
 * order in which they were sent, and where one fails, those behind it fail in its words.
 */
export function sqlClientWithin(client: Queryable, isOpen: () => boolean, names: StatementNames | null): SqlClient {
  const inner = sqlClientOver(client, names, true);
  let first: { error: unknown } | null = null;
  return {
    async query<Row>(text: string, params?: readonly unknown[]) {
      if (!isOpen()) throw internal('A statement came after the end of its transaction.');
      try {
        return await inner.query<Row>(text, params);
      } catch (error) {
        first ??= { error };
        throw first.error;
      }
    },
  };
}
