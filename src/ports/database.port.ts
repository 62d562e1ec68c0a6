import type { SqlClient } from './sql.port.js';

/** A database transaction under way. Everything written through it exists together or not at all. */
export interface Transaction {
  /** For adapters that keep their data in the same database. */
  readonly sql: SqlClient;
}
