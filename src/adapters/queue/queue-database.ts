import type { SqlClient } from '../../ports/sql.port.js';

interface QueueConnection {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  release(error?: Error | boolean): void;
}

/** What the queue needs of the database it lives in; the database engine is one. */
export interface QueueDatabase {
  readonly kind: 'embedded' | 'postgres';
  readonly sql: SqlClient;
  readonly pool: {
    // pg-boss reads the rows itself, in the shapes that `pg` gives them.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    query(text: string, values?: unknown[]): Promise<any>;
    connect(): Promise<QueueConnection>;
  };
}
