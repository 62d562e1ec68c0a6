import { SqlError, type SqlClient } from '../../../ports/sql.port.js';

const QUERY_CANCELED = '57014';

/** Runs a counting statement under a time limit of its own transaction; null where it ran out. */
export async function countWithin<Row>(
  transact: <T>(work: (sql: SqlClient) => Promise<T>) => Promise<T>,
  timeoutMs: number,
  text: string,
  values: readonly unknown[],
): Promise<Row[] | null> {
  try {
    return await transact(async (sql) => {
      await sql.query(`SET LOCAL statement_timeout = ${Math.max(1, Math.round(timeoutMs))}`);
      return sql.query<Row>(text, values);
    });
  } catch (error) {
    if (error instanceof SqlError && error.sqlState === QUERY_CANCELED) return null;
    throw error;
  }
}
