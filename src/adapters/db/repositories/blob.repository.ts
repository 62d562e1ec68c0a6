import type { BlobRepository, BlobReservation, LockedBlob } from '../../../ports/repositories/blob.repository.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';

/** The incarnation of a row whose life has ended: a UUID that is never given. */
const DOOMED = `'00000000-0000-0000-0000-000000000000'::uuid`;

export class SqlBlobRepository implements BlobRepository {
  constructor(private readonly sql: SqlClient) {}

  async reserve(tenantId: string, blobs: Parameters<BlobRepository['reserve']>[1]): Promise<BlobReservation[]> {
    // DO UPDATE rather than DO NOTHING: it waits for whoever holds the row's lock, and answers the row as it is then.
    const rows = await this.sql.query<{ content_hash: string; storage_key: string; incarnation: string; reference_count: number }>(
      `INSERT INTO blobs AS b (tenant_id, content_hash, storage_key, size_bytes, mime_type, reference_count)
       SELECT $1, n.content_hash, n.storage_key, n.size_bytes, n.mime_type, 0
         FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) AS n (content_hash, storage_key, size_bytes, mime_type)
        ORDER BY n.content_hash
       ON CONFLICT (tenant_id, content_hash) DO UPDATE SET
              incarnation = CASE WHEN b.incarnation = ${DOOMED} THEN excluded.incarnation ELSE b.incarnation END,
              storage_key = CASE WHEN b.incarnation = ${DOOMED} THEN excluded.storage_key ELSE b.storage_key END,
              size_bytes  = CASE WHEN b.incarnation = ${DOOMED} THEN excluded.size_bytes ELSE b.size_bytes END,
              mime_type   = CASE WHEN b.incarnation = ${DOOMED} THEN excluded.mime_type ELSE b.mime_type END
       RETURNING content_hash, storage_key, incarnation, reference_count`,
      [tenantId, blobs.map((blob) => blob.contentHash), blobs.map((blob) => blob.storageKey), blobs.map((blob) => blob.size), blobs.map((blob) => blob.mimeType)],
    );
    return rows.map((row) => ({
      contentHash: row.content_hash, storageKey: row.storage_key, incarnation: row.incarnation, referenceCount: row.reference_count,
    }));
  }

  async addReferences(tenantId: string, references: readonly { contentHash: string; incarnation: string }[]): Promise<string[]> {
    const rows = await this.sql.query<{ content_hash: string }>(
      `WITH held AS (
         SELECT b.content_hash FROM blobs b JOIN unnest($2::text[], $3::uuid[]) AS n (content_hash, incarnation)
             ON b.content_hash = n.content_hash AND b.incarnation = n.incarnation
          WHERE b.tenant_id = $1 ORDER BY b.content_hash FOR UPDATE OF b)
       UPDATE blobs b SET reference_count = b.reference_count + 1 FROM held
        WHERE b.tenant_id = $1 AND b.content_hash = held.content_hash RETURNING b.content_hash`,
      [tenantId, references.map((reference) => reference.contentHash), references.map((reference) => reference.incarnation)],
    );
    return rows.map((row) => row.content_hash);
  }

  async dropReference(tenantId: string, contentHash: string): Promise<number> {
    const rows = await this.sql.query<{ reference_count: number }>(
      'UPDATE blobs SET reference_count = reference_count - 1 WHERE tenant_id = $1 AND content_hash = $2 RETURNING reference_count',
      [tenantId, contentHash],
    );
    return rows[0]?.reference_count ?? 0;
  }

  async doom(tenantId: string, blobs: Parameters<BlobRepository['doom']>[1]): Promise<void> {
    const hashes = blobs.map((blob) => blob.contentHash);
    await this.sql.query(
      `INSERT INTO blobs (tenant_id, content_hash, storage_key, size_bytes, mime_type, reference_count, incarnation)
       SELECT $1, n.content_hash, n.storage_key, 0, 'application/octet-stream', 0, ${DOOMED}
         FROM unnest($2::text[], $3::text[]) AS n (content_hash, storage_key) ORDER BY n.content_hash
       ON CONFLICT (tenant_id, content_hash) DO NOTHING`,
      [tenantId, hashes, blobs.map((blob) => blob.storageKey)],
    );
    await this.sql.query(
      `WITH chosen AS (
         SELECT b.content_hash FROM blobs b JOIN unnest($2::text[], $3::uuid[]) AS n (content_hash, incarnation) ON b.content_hash = n.content_hash
          WHERE b.tenant_id = $1 AND b.reference_count = 0 AND (n.incarnation IS NULL OR b.incarnation = n.incarnation)
          ORDER BY b.content_hash FOR UPDATE OF b)
       UPDATE blobs b SET incarnation = ${DOOMED} FROM chosen WHERE b.tenant_id = $1 AND b.content_hash = chosen.content_hash`,
      [tenantId, hashes, blobs.map((blob) => blob.incarnation)],
    );
  }

  async lock(tenantId: string, hashes: readonly string[]): Promise<LockedBlob[]> {
    const rows = await this.sql.query<{ content_hash: string; storage_key: string; size_bytes: number; is_doomed: boolean }>(
      `SELECT content_hash, storage_key, size_bytes, reference_count = 0 AND incarnation = ${DOOMED} AS is_doomed FROM blobs
        WHERE tenant_id = $1 AND content_hash = ANY($2::text[]) ORDER BY content_hash FOR UPDATE`,
      [tenantId, hashes],
    );
    return rows.map((row) => ({ contentHash: row.content_hash, storageKey: row.storage_key, size: Number(row.size_bytes), isDoomed: row.is_doomed }));
  }

  async delete(tenantId: string, hashes: readonly string[]): Promise<void> {
    await this.sql.query(`DELETE FROM blobs WHERE tenant_id = $1 AND content_hash = ANY($2::text[]) AND reference_count = 0 AND incarnation = ${DOOMED}`, [tenantId, hashes]);
  }

  async totalBytes(): Promise<number> {
    const rows = await this.sql.query<{ total: number }>('SELECT coalesce(sum(size_bytes), 0)::bigint AS total FROM blobs');
    return Number(rows[0]!.total);
  }
}
