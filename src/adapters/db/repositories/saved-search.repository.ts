import { notFound } from '../../../domain/errors.js';
import type { SavedSearch } from '../../../domain/operations.js';
import type { DueObject } from '../../../ports/repositories/due-object.port.js';
import type { DueForSearches, SavedSearchMatchRow, SavedSearchRepository } from '../../../ports/repositories/saved-search.repository.port.js';
import { SqlParams, type SqlClient } from '../../../ports/sql.port.js';
import { settleDue, toDue, type DueRow } from './due-objects.js';
import type { AnyRow } from './rows.js';

const COLUMNS = 's.id, s.tenant_id, s.name, s.input, s.request, s.owner_id, s.version, s.created_at, s.updated_at';

const toSavedSearch = (row: AnyRow): SavedSearch => ({
  id: row.id, tenantId: row.tenant_id, name: row.name, input: row.input, request: row.request, owner: row.owner_id, version: row.version,
  createdAt: row.created_at, updatedAt: row.updated_at,
});

export class SqlSavedSearchRepository implements SavedSearchRepository {
  constructor(private readonly sql: SqlClient) {}

  all(tenantId: string): Promise<SavedSearch[]> {
    return this.read(`SELECT ${COLUMNS} FROM saved_searches s WHERE s.tenant_id = $1 ORDER BY s.created_at DESC, s.id DESC`, [tenantId]);
  }

  findByIds(tenantId: string, ids: readonly string[]): Promise<SavedSearch[]> {
    return this.read(`SELECT ${COLUMNS} FROM saved_searches s WHERE s.tenant_id = $1 AND s.id = ANY($2::uuid[])`, [tenantId, ids]);
  }

  async lock(tenantId: string, id: string): Promise<SavedSearch | null> {
    const [search] = await this.read(`SELECT ${COLUMNS} FROM saved_searches s WHERE s.tenant_id = $1 AND s.id = $2::uuid FOR UPDATE`, [tenantId, id]);
    return search ?? null;
  }

  async insert({ id, tenantId, name, input, request, owner }: Parameters<SavedSearchRepository['insert']>[0], most: number): Promise<SavedSearch | null> {
    // Of two that count at one moment each would leave the other out.
    await this.sql.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 11))', [`saved searches of ${tenantId}`]);
    const [search] = await this.read(
      `INSERT INTO saved_searches AS s (id, tenant_id, name, input, request, owner_id)
       SELECT $1::uuid, $2, $3, $4::jsonb, $5::jsonb, $6 WHERE (SELECT count(*) FROM saved_searches c WHERE c.tenant_id = $2) < $7::int RETURNING ${COLUMNS}`,
      [id, tenantId, name, JSON.stringify(input), JSON.stringify(request), owner, most],
    );
    return search ?? null;
  }

  async update(tenantId: string, id: string, { name, input, request }: Parameters<SavedSearchRepository['update']>[2]): Promise<SavedSearch> {
    const params = new SqlParams();
    const set = ['version = version + 1', 'updated_at = now()'];
    if (name !== undefined) set.push(`name = ${params.add(name)}`);
    if (input !== undefined) set.push(`input = ${params.add(JSON.stringify(input))}::jsonb`);
    if (request !== undefined) set.push(`request = ${params.add(JSON.stringify(request))}::jsonb`);
    if (request !== undefined) await this.sql.query('DELETE FROM saved_search_matches WHERE tenant_id = $1 AND saved_search_id = $2::uuid', [tenantId, id]);
    const [search] = await this.read(`UPDATE saved_searches s SET ${set.join(', ')} WHERE s.tenant_id = ${params.add(tenantId)} AND s.id = ${params.add(id)}::uuid RETURNING ${COLUMNS}`, params.values);
    if (search === undefined) throw notFound('SavedSearch', id);
    return search;
  }

  async delete(tenantId: string, id: string): Promise<boolean> {
    return (await this.sql.query('DELETE FROM saved_searches WHERE tenant_id = $1 AND id = $2::uuid RETURNING id', [tenantId, id])).length > 0;
  }

  async note(tenantId: string, objectIds: readonly string[]): Promise<void> {
    if (objectIds.length === 0) return;
    await this.sql.query(
      `INSERT INTO saved_searches_due (object_id, tenant_id)
       SELECT o.id, o.tenant_id FROM data_objects o
        WHERE o.tenant_id = $1 AND o.id = ANY($2::uuid[]) AND o.status = 'READY' AND NOT o.is_deleted
          AND EXISTS (SELECT FROM saved_searches s WHERE s.tenant_id = $1)
        ORDER BY o.id
       ON CONFLICT (object_id) DO UPDATE SET noted = nextval('saved_searches_due_noted_seq'), noted_at = clock_timestamp(), attempts = 0, retry_at = NULL`,
      [tenantId, objectIds],
    );
  }

  async due(limit: number, olderThanSeconds: number): Promise<DueForSearches[]> {
    const isDue = `d.noted_at <= clock_timestamp() - make_interval(secs => $2::float8) AND (d.retry_at IS NULL OR d.retry_at <= clock_timestamp())
          AND NOT EXISTS (SELECT FROM index_changes c WHERE c.tenant_id = d.tenant_id AND c.object_id = d.object_id)`;
    const rows = await this.sql.query<DueRow & { noted_at: Date; attempts: number }>(
      `SELECT d.tenant_id, d.object_id, d.noted, d.noted_at, d.attempts FROM saved_searches_due d
        WHERE ${isDue} AND d.tenant_id = (SELECT d.tenant_id FROM saved_searches_due d WHERE ${isDue} ORDER BY d.noted LIMIT 1)
        ORDER BY d.noted LIMIT $1::int`,
      [limit, olderThanSeconds],
    );
    return rows.map((row) => ({ ...toDue(row), notedAt: row.noted_at, attempts: row.attempts }));
  }

  settle(notes: readonly DueObject[]): Promise<void> {
    return settleDue(this.sql, 'saved_searches_due', notes);
  }

  async postpone(notes: Parameters<SavedSearchRepository['postpone']>[0]): Promise<void> {
    await this.sql.query(
      `UPDATE saved_searches_due d SET attempts = d.attempts + 1, retry_at = clock_timestamp() + make_interval(secs => n.seconds)
         FROM unnest($1::uuid[], $2::bigint[], $3::float8[]) AS n (object_id, noted, seconds) WHERE d.object_id = n.object_id AND d.noted = n.noted`,
      [notes.map(({ objectId }) => objectId), notes.map(({ noted }) => noted), notes.map(({ seconds }) => seconds)],
    );
  }

  async record(tenantId: string, matches: readonly SavedSearchMatchRow[]): Promise<SavedSearchMatchRow[]> {
    if (matches.length === 0) return [];
    const asked = [...new Map(matches.map(({ savedSearchId, request }) => [savedSearchId, request]))];
    // Locked, so that a search which somebody deletes or changes at this moment is waited for, and then seen to be gone or another.
    const rows = await this.sql.query<{ saved_search_id: string; object_id: string }>(
      `WITH present AS MATERIALIZED (
         SELECT s.id, s.request FROM saved_searches s WHERE s.tenant_id = $1 AND s.id = ANY($2::uuid[]) ORDER BY s.id FOR SHARE),
       unchanged AS MATERIALIZED (
         SELECT s.id FROM present s JOIN unnest($2::uuid[], $3::text[]) AS a (id, request) ON a.id = s.id AND a.request::jsonb = s.request)
       INSERT INTO saved_search_matches AS m (saved_search_id, object_id, tenant_id, object_version)
       SELECT s.id, n.object_id, $1, n.object_version
         FROM unnest($4::uuid[], $5::uuid[], $6::int[]) AS n (saved_search_id, object_id, object_version)
         JOIN unchanged s ON s.id = n.saved_search_id
        ORDER BY s.id, n.object_id
       ON CONFLICT (saved_search_id, object_id) DO UPDATE SET object_version = excluded.object_version WHERE m.object_version < excluded.object_version
       RETURNING saved_search_id, object_id`,
      [
        tenantId, asked.map(([id]) => id), asked.map(([, request]) => JSON.stringify(request)),
        matches.map(({ savedSearchId }) => savedSearchId), matches.map(({ objectId }) => objectId), matches.map(({ objectVersion }) => objectVersion),
      ],
    );
    const recorded = new Set(rows.map((row) => `${row.saved_search_id} ${row.object_id}`));
    return matches.filter(({ savedSearchId, objectId }) => recorded.has(`${savedSearchId} ${objectId}`));
  }

  private async read(text: string, values: readonly unknown[]): Promise<SavedSearch[]> {
    return (await this.sql.query<AnyRow>(text, values)).map(toSavedSearch);
  }
}
