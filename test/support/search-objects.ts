import { createHash, randomUUID } from 'node:crypto';
import type { DatabaseEngine } from '../../src/adapters/db/engine/database-engine.js';
import type { DataType, JsonObject } from '../../src/domain/model.js';
import type { Transaction } from '../../src/ports/database.port.js';

/** What the suites of the search indexes need beside the index: objects to filter by, and transactions. */
export interface SearchObjects {
  freshTenant(): string;
  /** Live objects; answers their ids in order. */
  add(tenantId: string, objects: readonly { type?: DataType; metadata?: JsonObject }[]): Promise<string[]>;
  setDeleted(id: string, isDeleted: boolean): Promise<void>;
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

export function searchObjects(database: { engine: DatabaseEngine; freshTenant(): string }): SearchObjects {
  return {
    freshTenant: () => database.freshTenant(),
    async add(tenantId, objects) {
      const ids = objects.map(() => randomUUID());
      await database.engine.sql.query(
        `INSERT INTO data_objects (id, tenant_id, object_type, status, content_hash, storage_location, mime_type, file_size_bytes, metadata)
         SELECT n.id, $1, n.type, 'READY', n.hash, 'x', 'text/plain', 1, n.metadata::jsonb
           FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS n (id, type, hash, metadata)`,
        [
          tenantId,
          ids,
          objects.map(({ type }) => type ?? 'TEXT'),
          ids.map((id) => createHash('sha256').update(id).digest('hex')),
          objects.map(({ metadata }) => JSON.stringify(metadata ?? {})),
        ],
      );
      return ids;
    },
    async setDeleted(id, isDeleted) {
      await database.engine.sql.query('UPDATE data_objects SET is_deleted = $2 WHERE id = $1', [id, isDeleted]);
    },
    // The indexes use nothing of a transaction but its SQL.
    transaction: (work) => database.engine.transaction(({ sql }) => work({ sql } as Transaction)),
  };
}
