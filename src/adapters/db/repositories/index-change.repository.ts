import { packedVector, unpackedVector } from '../../../domain/packed-vector.js';
import type { IndexChange, IndexChangeRepository, PendingIndexChange } from '../../../ports/repositories/index-change.repository.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';

interface Row {
  id: string;
  object_id: string;
  kind: IndexChange['kind'];
  operation: IndexChange['operation'];
  model_name: string | null;
  passage_id: string | null;
  ordinal: string | number | null;
  vector: string | null;
  version: string | number;
}

export class SqlIndexChangeRepository implements IndexChangeRepository {
  constructor(private readonly sql: SqlClient) {}

  async add(tenantId: string, changes: readonly IndexChange[]): Promise<void> {
    // An entry twice in one call: the last counts, as one statement can write it once.
    const last = [...new Map(changes.map((change) => [change.id, change])).values()];
    if (last.length === 0) return;
    await this.sql.query(
      `INSERT INTO index_changes AS c (tenant_id, id, object_id, kind, operation, model_name, passage_id, ordinal, vector)
       SELECT $1, n.id, n.object_id, n.kind, n.operation, n.model_name, n.passage_id, n.ordinal, decode(n.vector, 'base64')
         FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::bigint[], $9::text[])
              AS n (id, object_id, kind, operation, model_name, passage_id, ordinal, vector)
        ORDER BY n.id
       ON CONFLICT (tenant_id, id) DO UPDATE
          SET operation = excluded.operation, model_name = excluded.model_name, passage_id = excluded.passage_id, ordinal = excluded.ordinal,
              vector = excluded.vector, version = nextval('index_changes_version_seq'), changed_at = now()`,
      [
        tenantId, last.map(({ id }) => id), last.map(({ objectId }) => objectId), last.map(({ kind }) => kind), last.map(({ operation }) => operation),
        last.map((change) => ('model' in change ? change.model : null)), last.map((change) => ('passageId' in change ? change.passageId : null)),
        last.map((change) => ('ordinal' in change ? change.ordinal : null)), last.map((change) => ('vector' in change ? packedVector(change.vector) : null)),
      ],
    );
  }

  async addRemovals(tenantId: string, objectIds: readonly string[]): Promise<number> {
    if (objectIds.length === 0) return 0;
    const rows = await this.sql.query<{ count: number }>(
      `WITH gone AS (
         SELECT id, object_id FROM embeddings WHERE tenant_id = $1 AND object_id = ANY($2::uuid[])
       ), doomed AS (
         SELECT id, object_id FROM gone
         UNION
         SELECT id, object_id FROM index_changes WHERE tenant_id = $1 AND object_id = ANY($2::uuid[]) AND kind = 'VECTOR'
       ), written AS (
         INSERT INTO index_changes AS c (tenant_id, id, object_id, kind, operation)
         SELECT $1, id, object_id, 'VECTOR', 'REMOVE' FROM doomed ORDER BY id
         ON CONFLICT (tenant_id, id) DO UPDATE
            SET operation = 'REMOVE', vector = NULL, version = nextval('index_changes_version_seq'), changed_at = now()
       )
       SELECT count(*) AS count FROM gone`,
      [tenantId, objectIds],
    );
    return Number(rows[0]!.count);
  }

  async pending(tenantId: string, objectIds: readonly string[], limit: number): Promise<PendingIndexChange[]> {
    const rows = await this.sql.query<Row>(
      `SELECT id, object_id, kind, operation, model_name, passage_id, ordinal, translate(encode(vector, 'base64'), E'\\n', '') AS vector, version
         FROM index_changes WHERE tenant_id = $1 AND object_id = ANY($2::uuid[]) ORDER BY coalesce(passage_id, id), version LIMIT $3::int`,
      [tenantId, objectIds, limit],
    );
    return rows.map(toChange);
  }

  async settle(tenantId: string, changes: readonly { id: string; version: number }[]): Promise<string[]> {
    const rows = await this.sql.query<{ id: string }>(
      `DELETE FROM index_changes c USING unnest($2::uuid[], $3::bigint[]) AS s (id, version)
        WHERE c.tenant_id = $1 AND c.id = s.id AND c.version = s.version RETURNING c.id`,
      [tenantId, changes.map(({ id }) => id), changes.map(({ version }) => version)],
    );
    return rows.map(({ id }) => id);
  }

  async removeStrays(tenantId: string, entries: Parameters<IndexChangeRepository['removeStrays']>[1]): Promise<void> {
    if (entries.length === 0) return;
    await this.sql.query(
      `INSERT INTO index_changes (tenant_id, id, object_id, kind, operation, ordinal)
       SELECT $1, n.id, n.object_id, n.kind, 'REMOVE', n.ordinal
         FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bigint[]) AS n (id, object_id, kind, ordinal)
        WHERE NOT EXISTS (SELECT FROM embeddings e WHERE e.tenant_id = $1 AND e.id = n.id)
          AND NOT EXISTS (SELECT FROM passages p WHERE p.tenant_id = $1 AND p.id = n.id)
       ON CONFLICT (tenant_id, id) DO NOTHING`,
      [tenantId, entries.map(({ id }) => id), entries.map(({ objectId }) => objectId), entries.map(({ kind }) => kind), entries.map(({ ordinal }) => ordinal)],
    );
  }

  async arePassagesPending(tenantId: string, passageIds: readonly string[]): Promise<boolean> {
    const rows = await this.sql.query(
      "SELECT FROM index_changes WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND kind = 'PASSAGE' AND operation = 'PUT' LIMIT 1",
      [tenantId, passageIds],
    );
    return rows.length > 0;
  }

  async overdue(seconds: number, limit: number): Promise<{ tenantId: string; objectId: string }[]> {
    const rows = await this.sql.query<{ tenant_id: string; object_id: string }>(
      `SELECT tenant_id, object_id FROM index_changes WHERE changed_at < now() - make_interval(secs => $1::float8)
        GROUP BY tenant_id, object_id ORDER BY min(changed_at) LIMIT $2::int`,
      [seconds, limit],
    );
    return rows.map((row) => ({ tenantId: row.tenant_id, objectId: row.object_id }));
  }

  async count(): Promise<number> {
    const rows = await this.sql.query<{ count: number }>('SELECT count(*) AS count FROM index_changes');
    return Number(rows[0]!.count);
  }

  async clear(): Promise<void> {
    await this.sql.query('DELETE FROM index_changes');
  }
}

function toChange(row: Row): PendingIndexChange {
  const entry = { id: row.id, objectId: row.object_id, version: Number(row.version) };
  if (row.kind === 'PASSAGE') return { ...entry, kind: 'PASSAGE', operation: row.operation, ordinal: Number(row.ordinal) };
  if (row.operation === 'REMOVE') return { ...entry, kind: 'VECTOR', operation: 'REMOVE' };
  return { ...entry, kind: 'VECTOR', operation: 'PUT', model: row.model_name!, passageId: row.passage_id, vector: unpackedVector(row.vector!) };
}
