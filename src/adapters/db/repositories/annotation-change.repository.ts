import type { AnnotationChange, AnnotationChangeRepository } from '../../../ports/repositories/annotation-change.repository.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';

interface Row extends Record<string, unknown> {
  object_id: string;
  version: string | number;
}

const NEXT_VERSION = `nextval('annotation_changes_version_seq')`;

export class SqlAnnotationChangeRepository implements AnnotationChangeRepository {
  constructor(private readonly sql: SqlClient) {}

  async note(tenantId: string, objectIds: readonly string[]): Promise<void> {
    if (objectIds.length === 0) return;
    await this.sql.query(
      `INSERT INTO annotation_changes (object_id, tenant_id) SELECT id, $1 FROM unnest($2::uuid[]) AS n (id) ORDER BY id
       ON CONFLICT (object_id) DO UPDATE SET version = ${NEXT_VERSION}, changed_at = now()`,
      [tenantId, [...new Set(objectIds)]],
    );
  }

  async claim(tenantId: string, objectIds: readonly string[], seconds: number): Promise<AnnotationChange[]> {
    const rows = await this.sql.query<Row>(
      `UPDATE annotation_changes c SET claimed_until = now() + make_interval(secs => $3::float8)
         FROM (SELECT object_id FROM annotation_changes
                WHERE tenant_id = $1 AND object_id = ANY($2::uuid[]) AND (claimed_until IS NULL OR claimed_until < now())
                ORDER BY object_id FOR UPDATE SKIP LOCKED) free
        WHERE c.object_id = free.object_id RETURNING c.object_id, c.version`,
      [tenantId, objectIds, seconds],
    );
    return rows.map((row) => ({ objectId: row.object_id, version: Number(row.version) }));
  }

  async settle(tenantId: string, changes: readonly AnnotationChange[]): Promise<string[]> {
    if (changes.length === 0) return [];
    const rows = await this.sql.query<Row>(
      `WITH done AS (
         DELETE FROM annotation_changes c USING unnest($2::uuid[], $3::bigint[]) AS d (id, version)
          WHERE c.tenant_id = $1 AND c.object_id = d.id AND c.version = d.version RETURNING c.object_id
       ), free AS (
         UPDATE annotation_changes c SET claimed_until = NULL FROM unnest($2::uuid[], $3::bigint[]) AS d (id, version)
          WHERE c.tenant_id = $1 AND c.object_id = d.id AND c.version <> d.version
       )
       SELECT object_id FROM done`,
      [tenantId, changes.map(({ objectId }) => objectId), changes.map(({ version }) => version)],
    );
    return rows.map((row) => row.object_id);
  }

  async release(tenantId: string, objectIds: readonly string[]): Promise<void> {
    await this.sql.query('UPDATE annotation_changes SET claimed_until = NULL WHERE tenant_id = $1 AND object_id = ANY($2::uuid[])', [tenantId, objectIds]);
  }

  async takeOverdue(seconds: number, limit: number): Promise<{ tenantId: string; objectId: string }[]> {
    const rows = await this.sql.query<{ tenant_id: string; object_id: string }>(
      `UPDATE annotation_changes c SET changed_at = now()
         FROM (SELECT object_id FROM annotation_changes
                WHERE changed_at < now() - make_interval(secs => $1::float8) AND (claimed_until IS NULL OR claimed_until < now())
                ORDER BY changed_at LIMIT $2::int FOR UPDATE SKIP LOCKED) late
        WHERE c.object_id = late.object_id RETURNING c.tenant_id, c.object_id`,
      [seconds, limit],
    );
    return rows.map((row) => ({ tenantId: row.tenant_id, objectId: row.object_id }));
  }

  async endClaims(): Promise<void> {
    await this.sql.query('UPDATE annotation_changes SET claimed_until = NULL WHERE claimed_until IS NOT NULL');
  }
}
