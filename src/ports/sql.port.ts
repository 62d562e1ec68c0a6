import type { ObjectFilter } from '../domain/filters.js';

/** A connection to the one relational database, for the adapters that keep their data in it. Services never see it. */
export interface SqlClient {
  /**
   * Runs one statement. `$1`-style parameters; arrays as arrays, bytea as Buffer, jsonb as JSON text, int8 comes back as number.
   * Vendor errors arrive as StrataError (DEPENDENCY_UNAVAILABLE) or as `SqlError`. Statements of one transaction may be sent before
   * the answers to earlier ones are there: they run in that order.
   */
  query<Row = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<Row[]>;
}

/** A statement that the database refused. `sqlState` is PostgreSQL's five-character code. */
export class SqlError extends Error {
  constructor(
    readonly sqlState: string,
    message: string,
    readonly constraint: string | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SqlError';
  }
}

/**
 * Collects the parameters of one statement: `const p = new SqlParams(); sql = \`… WHERE id = ${p.add(id)}::uuid\``.
 * Nothing that a user sent ever becomes SQL text.
 */
export class SqlParams {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** Runs `work` within one transaction of its own, on one connection; what it throws rolls everything back. */
export type SqlTransact = <T>(work: (sql: SqlClient) => Promise<T>) => Promise<T>;

/** Runs one statement without parameters that may take as long as it does, as VACUUM: no statement timeout holds for it. */
export type SqlUpkeep = (statement: string) => Promise<unknown>;

/**
 * Turns a filter into a boolean SQL expression over `data_objects AS <alias>`, never NULL. Tenancy and the bin are the
 * caller's. Handed to the stores that live in the same database, since adapters know nothing of one another.
 */
export type CompileFilter = (filter: ObjectFilter | null, params: SqlParams, alias: string) => string;
