import type { Ingestion, IngestionError, IngestionStage, IngestionStatus } from '../../../domain/model.js';
import type { IngestionRepository, Lease, LeasedIngestion } from '../../../ports/repositories/ingestion.repository.port.js';
import type { KeysetQuery } from '../../../ports/repositories/keyset.js';
import { SqlParams, type SqlClient } from '../../../ports/sql.port.js';
import { countRows } from './counting.js';
import { CREATED_AT, keysetSql } from './keyset-sql.js';
import { INGESTION_COLUMNS, toIngestion, type AnyRow } from './rows.js';

/**
 * Rows whose lease is still the caller's; every write of a worker is bound by it. A lease that was given back is nobody's, though
 * its epoch is the last: a heartbeat or a word of progress that comes late must not take it again.
 */
const IS_HELD = `i.lease_epoch = l.epoch AND i.status = 'RUNNING' AND i.lease_until IS NOT NULL`;
const HELD = `FROM unnest($1::uuid[], $2::int[]) AS l (id, epoch) WHERE i.id = l.id AND ${IS_HELD}`;
const leaseArrays = (leases: readonly Lease[]): [string[], number[]] => [leases.map((lease) => lease.ingestionId), leases.map((lease) => lease.epoch)];

export class SqlIngestionRepository implements IngestionRepository {
  constructor(
    private readonly sql: SqlClient,
    private readonly transact: <T>(work: (sql: SqlClient) => Promise<T>) => Promise<T>,
  ) {}

  async findByIds(tenantId: string, ids: readonly string[]): Promise<Ingestion[]> {
    return this.read(`SELECT ${INGESTION_COLUMNS()} FROM ingestions i WHERE i.tenant_id = $1 AND i.id = ANY($2::uuid[])`, [tenantId, ids]);
  }

  async newestForObjects(tenantId: string, objectIds: readonly string[]): Promise<Ingestion[]> {
    return this.read(
      `SELECT DISTINCT ON (i.object_id) ${INGESTION_COLUMNS()} FROM ingestions i
        WHERE i.tenant_id = $1 AND i.object_id = ANY($2::uuid[]) ORDER BY i.object_id, i.created_at DESC, i.id DESC`,
      [tenantId, objectIds],
    );
  }

  async page(tenantId: string, status: readonly IngestionStatus[] | null, query: KeysetQuery<'CREATED_AT'>): Promise<Ingestion[]> {
    const params = new SqlParams();
    const matching = this.matching(tenantId, status, params);
    const keyset = keysetSql(CREATED_AT('i'), 'i.id', query, params);
    return this.read(
      `SELECT ${INGESTION_COLUMNS()} FROM ingestions i WHERE ${matching} AND ${keyset.where} ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      params.values,
    );
  }

  async count(tenantId: string, status: readonly IngestionStatus[] | null, timeoutMs: number): Promise<number | null> {
    const params = new SqlParams();
    const matching = this.matching(tenantId, status, params);
    return countRows(this.transact, timeoutMs, { table: 'ingestions', alias: 'i', tenantId, matching, params });
  }

  async insert(ingestions: readonly { id: string; tenantId: string; objectId: string }[]): Promise<Ingestion[]> {
    return this.read(
      `INSERT INTO ingestions AS i (id, tenant_id, object_id, status, stage)
       SELECT n.id, n.tenant_id, n.object_id, 'QUEUED', 'STORE' FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS n (id, tenant_id, object_id)
       RETURNING ${INGESTION_COLUMNS()}`,
      [ingestions.map((each) => each.id), ingestions.map((each) => each.tenantId), ingestions.map((each) => each.objectId)],
    );
  }

  async claim(ids: readonly string[], work: 'ingest' | 'annotate', owner: string, leaseSeconds: number): Promise<LeasedIngestion[]> {
    // Clocks of a server's processes differ by a little, and may be set back; a job that came a moment early would not come again.
    // A first claim, a due retry and a takeover each count as an attempt; carrying on with ANNOTATE under a returned lease does not.
    const rows = await this.sql.query<AnyRow>(
      `WITH free AS (
         SELECT id, status = 'RUNNING' AND lease_until IS NOT NULL AS taken_over FROM ingestions
          WHERE id = ANY($1::uuid[]) AND status IN ('QUEUED', 'RUNNING') AND (lease_until IS NULL OR lease_until < now())
            AND (retry_at IS NULL OR retry_at <= now() + interval '100 milliseconds')
            AND (stage = 'ANNOTATE') = $4::boolean
          ORDER BY id FOR UPDATE SKIP LOCKED)
       UPDATE ingestions i
          SET attempts = i.attempts + CASE WHEN i.status = 'RUNNING' AND i.lease_until IS NULL THEN 0 ELSE 1 END,
              progress = CASE WHEN i.status = 'RUNNING' AND i.lease_until IS NULL THEN i.progress ELSE 0 END,
              status = 'RUNNING', lease_epoch = i.lease_epoch + 1, lease_owner = $2::uuid,
              lease_until = now() + make_interval(secs => $3::float8), retry_at = NULL, error = NULL, updated_at = now()
         FROM free WHERE i.id = free.id RETURNING ${INGESTION_COLUMNS()}, i.runs_alone, free.taken_over`,
      [ids, owner, leaseSeconds, work === 'annotate'],
    );
    return rows.map((row) => ({ ...toIngestion(row), epoch: row.lease_epoch, takenOver: row.taken_over, runsAlone: row.runs_alone }));
  }

  async beginAlone({ ingestionId, epoch }: Lease): Promise<void> {
    await this.sql.query('UPDATE ingestions SET runs_alone = runs_alone + 1 WHERE id = $1::uuid AND lease_epoch = $2::int', [ingestionId, epoch]);
  }

  async endAlone({ ingestionId, epoch }: Lease): Promise<void> {
    await this.sql.query('UPDATE ingestions SET runs_alone = 0 WHERE id = $1::uuid AND lease_epoch = $2::int', [ingestionId, epoch]);
  }

  async extendLeases(leases: readonly Lease[], leaseSeconds: number): Promise<Lease[]> {
    const rows = await this.sql.query<{ id: string; epoch: number }>(
      `UPDATE ingestions i SET lease_until = now() + make_interval(secs => $3::float8) ${HELD} RETURNING i.id, i.lease_epoch AS epoch`,
      [...leaseArrays(leases), leaseSeconds],
    );
    return rows.map((row) => ({ ingestionId: row.id, epoch: row.epoch }));
  }

  async lockLeases(leases: readonly Lease[]): Promise<Lease[]> {
    const rows = await this.sql.query<{ id: string; epoch: number }>(
      `SELECT i.id, i.lease_epoch AS epoch FROM ingestions i JOIN unnest($1::uuid[], $2::int[]) AS l (id, epoch)
           ON i.id = l.id WHERE ${IS_HELD} ORDER BY i.id FOR UPDATE OF i`,
      leaseArrays(leases),
    );
    return rows.map((row) => ({ ingestionId: row.id, epoch: row.epoch }));
  }

  async advance(leases: readonly Lease[], to: Parameters<IngestionRepository['advance']>[1]): Promise<Ingestion[]> {
    const handOver = to.isHandedOver === true ? ', lease_until = NULL, lease_owner = NULL' : '';
    return this.read(
      `UPDATE ingestions i SET stage = $3, progress = greatest(i.progress, $4::float8), updated_at = now()${handOver} ${HELD} RETURNING ${INGESTION_COLUMNS()}`,
      [...leaseArrays(leases), to.stage, to.progress],
    );
  }

  async addWarnings(items: Parameters<IngestionRepository['addWarnings']>[0]): Promise<void> {
    if (items.length === 0) return;
    await this.sql.query(
      `UPDATE ingestions i SET warnings = (SELECT coalesce(jsonb_agg(DISTINCT w), '[]') FROM jsonb_array_elements(i.warnings || l.warnings::jsonb) AS w)
         FROM unnest($1::uuid[], $2::int[], $3::text[]) AS l (id, epoch, warnings) WHERE i.id = l.id AND ${IS_HELD}`,
      [...leaseArrays(items.map(({ lease }) => lease)), items.map(({ warnings }) => JSON.stringify(warnings))],
    );
  }

  async succeed(leases: readonly Lease[]): Promise<Ingestion[]> {
    return this.read(
      `UPDATE ingestions i SET status = 'SUCCEEDED', stage = 'DONE', progress = 1, lease_until = NULL, lease_owner = NULL,
              finished_at = now(), updated_at = now() ${HELD} RETURNING ${INGESTION_COLUMNS()}`,
      leaseArrays(leases),
    );
  }

  async fail(lease: Lease, error: IngestionError, retryInSeconds: number | null): Promise<Ingestion | null> {
    const rows = await this.read(
      `UPDATE ingestions i SET status = $3, error = $4::jsonb, retry_at = now() + make_interval(secs => $5::float8), lease_until = NULL, lease_owner = NULL,
              finished_at = CASE WHEN $3 = 'FAILED' THEN now() END, updated_at = now() ${HELD} RETURNING ${INGESTION_COLUMNS()}`,
      [...leaseArrays([lease]), retryInSeconds === null ? 'FAILED' : 'QUEUED', JSON.stringify(error), retryInSeconds],
    );
    return rows[0] ?? null;
  }

  async supersede(tenantId: string, objectIds: readonly string[]): Promise<void> {
    const error: IngestionError = { code: 'NO_CONTENT', message: 'The content was replaced before it was processed. The newer ingestion is about what is there now.', retryable: false };
    await this.sql.query(
      `UPDATE ingestions SET status = 'FAILED', error = $3::jsonb, retry_at = NULL, lease_until = NULL, lease_owner = NULL, finished_at = now(), updated_at = now()
        WHERE tenant_id = $1 AND object_id = ANY($2::uuid[]) AND status IN ('QUEUED', 'RUNNING')`,
      [tenantId, objectIds, JSON.stringify(error)],
    );
  }

  async release(leases: readonly Lease[]): Promise<void> {
    await this.sql.query(`UPDATE ingestions i SET lease_until = NULL, lease_owner = NULL ${HELD}`, leaseArrays(leases));
  }

  async requeue(tenantId: string, id: string): Promise<Ingestion | null> {
    const rows = await this.read(
      `UPDATE ingestions i SET status = 'QUEUED', error = NULL, retry_at = NULL, finished_at = NULL, progress = 0, runs_alone = 0, updated_at = now()
        WHERE i.tenant_id = $1 AND i.id = $2::uuid AND i.status = 'FAILED' RETURNING ${INGESTION_COLUMNS()}`,
      [tenantId, id],
    );
    return rows[0] ?? null;
  }

  async takeAbandoned(limit: number): Promise<{ id: string; stage: IngestionStage }[]> {
    // Jobs commit with their rows and the queue hands them out until they are done, so waiting rows without a job are rare.
    return this.sql.query<{ id: string; stage: IngestionStage }>(
      `UPDATE ingestions SET updated_at = now() WHERE id IN (
         SELECT id FROM ingestions
          WHERE (status = 'RUNNING' AND lease_until < now() AND (updated_at <= lease_until OR updated_at < now() - interval '1 minute'))
             OR (status IN ('QUEUED', 'RUNNING') AND lease_until IS NULL AND coalesce(retry_at, updated_at) < now() - interval '10 minutes'
                 AND updated_at < now() - interval '10 minutes')
          ORDER BY created_at, id LIMIT $1::int FOR UPDATE SKIP LOCKED)
       RETURNING id, stage`,
      [limit],
    );
  }

  async endLeases(): Promise<void> {
    await this.sql.query(
      `UPDATE ingestions SET lease_until = now() - interval '1 second', updated_at = least(updated_at, now() - interval '1 second')
        WHERE status = 'RUNNING' AND lease_until IS NOT NULL`,
    );
  }

  private matching(tenantId: string, status: readonly IngestionStatus[] | null, params: SqlParams): string {
    const tenancy = `i.tenant_id = ${params.add(tenantId)}`;
    return status === null ? tenancy : `${tenancy} AND i.status = ANY(${params.add(status)}::text[])`;
  }

  private async read(text: string, values: readonly unknown[]): Promise<Ingestion[]> {
    return (await this.sql.query<AnyRow>(text, values)).map(toIngestion);
  }
}
