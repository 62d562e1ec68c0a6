import type { UploadSession } from '../../../domain/model.js';
import type { UploadRepository } from '../../../ports/repositories/upload.repository.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';
import type { PrismaReads } from './prisma-reads.js';
import { toUpload, type AnyRow } from './rows.js';

export class SqlUploadRepository implements UploadRepository {
  constructor(
    private readonly sql: SqlClient,
    private readonly reads: PrismaReads,
  ) {}

  async insert(session: UploadSession): Promise<void> {
    await this.sql.query(
      `INSERT INTO upload_sessions (id, tenant_id, status, filename, file_size_bytes, content_hash, object_type, metadata, staging_key, part_size,
                                    part_count, store_upload_id, replaces, created_by, created_at, expires_at, purpose)
       VALUES ($1::uuid, $2, $3, $4, $5::bigint, $6, $7, $8::jsonb, $9, $10::bigint, $11::int, $12, $13::uuid, $14, $15::timestamptz, $16::timestamptz, $17)`,
      [
        session.id, session.tenantId, session.status, session.filename, session.fileSize, session.contentHash, session.type,
        JSON.stringify(session.metadata), session.stagingKey, session.partSize, session.partCount, session.storeUploadId, session.replaces,
        session.createdBy, session.createdAt, session.expiresAt, session.purpose,
      ],
    );
  }

  async openQueries(tenantId: string, createdBy: string): Promise<number> {
    const [row] = await this.sql.query<{ open: number }>(
      `SELECT count(*)::int AS open FROM upload_sessions
        WHERE tenant_id = $1 AND created_by = $2 AND purpose = 'QUERY' AND status = 'PENDING' AND expires_at > now()`,
      [tenantId, createdBy],
    );
    return row!.open;
  }

  async find(tenantId: string, id: string): Promise<UploadSession | null> {
    return (await this.findByIds(tenantId, [id]))[0] ?? null;
  }

  async findByIds(tenantId: string, ids: readonly string[]): Promise<UploadSession[]> {
    return this.reads.uploads(tenantId, ids);
  }

  async claim(tenantId: string, id: string, verifier: string, seconds: number): Promise<UploadSession | null> {
    const rows = await this.read(
      `UPDATE upload_sessions SET status = 'VERIFYING', verifier = $3::uuid, verifier_until = now() + make_interval(secs => $4::float8)
        WHERE tenant_id = $1 AND id = $2::uuid AND (status = 'PENDING' OR (status = 'VERIFYING' AND verifier_until < now()))
        RETURNING *`,
      [tenantId, id, verifier, seconds],
    );
    return rows[0] ?? null;
  }

  async extendClaim(id: string, verifier: string, seconds: number): Promise<boolean> {
    const rows = await this.sql.query(
      `UPDATE upload_sessions SET verifier_until = now() + make_interval(secs => $3::float8)
        WHERE id = $1::uuid AND verifier = $2::uuid AND status = 'VERIFYING' RETURNING id`,
      [id, verifier, seconds],
    );
    return rows.length > 0;
  }

  async settle(id: string, verifier: string, change: Parameters<UploadRepository['settle']>[2]): Promise<boolean> {
    const rows = await this.sql.query(
      `UPDATE upload_sessions SET status = $3, object_id = coalesce($4::uuid, object_id), ingestion_id = coalesce($5::uuid, ingestion_id),
              deduplicated = coalesce($6::boolean, deduplicated), error = $7::jsonb, verifier = NULL, verifier_until = NULL
        WHERE id = $1::uuid AND verifier = $2::uuid AND status = 'VERIFYING' RETURNING id`,
      [id, verifier, change.status, change.objectId ?? null, change.ingestionId ?? null, change.deduplicated ?? null, change.error ? JSON.stringify(change.error) : null],
    );
    return rows.length > 0;
  }

  async abort(tenantId: string, id: string): Promise<UploadSession | null> {
    await this.sql.query(`UPDATE upload_sessions SET status = 'ABORTED' WHERE tenant_id = $1 AND id = $2::uuid AND status = 'PENDING'`, [tenantId, id]);
    return this.find(tenantId, id);
  }

  async releaseAbandoned(options: { everyClaim: boolean }): Promise<void> {
    await this.sql.query(
      `UPDATE upload_sessions SET status = 'PENDING', verifier = NULL, verifier_until = NULL
        WHERE status = 'VERIFYING' AND ($1::boolean OR verifier_until < now())`,
      [options.everyClaim],
    );
  }

  async openAmong(ids: readonly string[]): Promise<string[]> {
    const rows = await this.sql.query<{ id: string }>(`SELECT id FROM upload_sessions WHERE id = ANY($1::uuid[]) AND status IN ('PENDING', 'VERIFYING')`, [ids]);
    return rows.map((row) => row.id);
  }

  async endedMultiparts(limit: number): Promise<UploadSession[]> {
    return this.read(`SELECT * FROM upload_sessions WHERE store_upload_id IS NOT NULL AND status NOT IN ('PENDING', 'VERIFYING') LIMIT $1::int`, [limit]);
  }

  async forgetMultiparts(ids: readonly string[]): Promise<void> {
    await this.sql.query('UPDATE upload_sessions SET store_upload_id = NULL WHERE id = ANY($1::uuid[])', [ids]);
  }

  async noteRefusal(id: string, refusal: NonNullable<UploadSession['error']>): Promise<void> {
    await this.sql.query(`UPDATE upload_sessions SET error = $2::jsonb WHERE id = $1::uuid AND status = 'PENDING'`, [id, JSON.stringify(refusal)]);
  }

  async expire(limit: number): Promise<UploadSession[]> {
    return this.read(
      `UPDATE upload_sessions SET status = 'EXPIRED'
        WHERE id IN (SELECT id FROM upload_sessions WHERE status = 'PENDING' AND expires_at < now() ORDER BY expires_at LIMIT $1::int FOR UPDATE SKIP LOCKED)
        RETURNING *`,
      [limit],
    );
  }

  async prune(keepSeconds: number): Promise<number> {
    const rows = await this.sql.query(
      `DELETE FROM upload_sessions
        WHERE status IN ('COMPLETED', 'REJECTED', 'ABORTED', 'EXPIRED') AND expires_at < now() - make_interval(secs => $1::float8) AND store_upload_id IS NULL
        RETURNING id`,
      [keepSeconds],
    );
    return rows.length;
  }

  private async read(text: string, values: readonly unknown[]): Promise<UploadSession[]> {
    return (await this.sql.query<AnyRow>(text, values)).map(toUpload);
  }
}
