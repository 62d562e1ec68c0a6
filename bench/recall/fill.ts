import type { SqlClient } from '../../src/ports/sql.port.js';
import type { VectorSpace, VectorStore } from '../../src/ports/vector-store.port.js';
import type { World } from './world.js';

const ROWS_A_STATEMENT = 5_000;
const VECTORS_A_CALL = 1_000;

/** The rows that filters are looked up in; what is there already stays. */
export async function fillObjects(sql: SqlClient, tenantId: string, { objects }: World): Promise<void> {
  for (let from = 0; from < objects.length; from += ROWS_A_STATEMENT) {
    const some = objects.slice(from, from + ROWS_A_STATEMENT);
    await sql.query(
      `INSERT INTO data_objects (id, tenant_id, object_type, status, content_hash, storage_location, mime_type, file_size_bytes, metadata, is_deleted)
       SELECT n.id, $1, 'TEXT', 'READY', encode(sha256(n.id::text::bytea), 'hex'), 'x', 'text/plain', 1, jsonb_build_object('lot', n.lot, 'topic', n.topic), n.is_deleted
         FROM unnest($2::uuid[], $3::int[], $4::int[], $5::boolean[]) AS n (id, lot, topic, is_deleted)
       ON CONFLICT DO NOTHING`,
      [tenantId, some.map(({ id }) => id), some.map(({ lot }) => lot), some.map(({ topic }) => topic), some.map(({ isDeleted }) => isDeleted)],
    );
  }
}

/** @param fresh so many, the last ones, come after the store has put the others in order */
export async function fillVectors(store: VectorStore, tenantId: string, space: VectorSpace, { records }: World, fresh: number): Promise<void> {
  await store.ensureSpace(space);
  const upTo = async (from: number, to: number) => {
    for (let start = from; start < to; start += VECTORS_A_CALL) await store.upsert(tenantId, space, records.slice(start, Math.min(to, start + VECTORS_A_CALL)), null);
  };
  await upTo(0, records.length - fresh);
  await store.optimize?.();
  await upTo(records.length - fresh, records.length);
}
