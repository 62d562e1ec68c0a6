import type { BlobRepository, BlobReservation } from '../../../ports/repositories/blob.repository.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';

export class SqlBlobRepository implements BlobRepository {
  constructor(private readonly sql: SqlClient) {}

  async reserve(tenantId: string, blobs: Parameters<BlobRepository['reserve']>[1]): Promise<BlobReservation[]> {
    // DO UPDATE rather than DO NOTHING: it waits for whoever holds the row's lock, and answers the row as it is then.
    const rows = await this.sql.query<{ content_hash: string; storage_key: string; incarnation: string; reference_count: number }>(
      `INSERT INTO blobs (tenant_id, content_hash, storage_key, size_bytes, mime_type, reference_count)
       SELECT $1, n.content_hash, n.storage_key, n.size_bytes, n.mime_type, 0
         FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) AS n (content_hash, storage_key, size_bytes, mime_type)
        ORDER BY n.content_hash
       ON CONFLICT (tenant_id, content_hash) DO UPDATE SET size_bytes = excluded.size_bytes
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

  async lockUnreferenced(tenantId: string, hashes: readonly string[]): Promise<{ contentHash: string; storageKey: string; size: number }[]> {
    const rows = await this.sql.query<{ content_hash: string; storage_key: string; size_bytes: number }>(
      `SELECT content_hash, storage_key, size_bytes FROM blobs
        WHERE tenant_id = $1 AND content_hash = ANY($2::text[]) AND reference_count = 0 ORDER BY content_hash FOR UPDATE`,
      [tenantId, hashes],
    );
    return rows.map((row) => ({ contentHash: row.content_hash, storageKey: row.storage_key, size: Number(row.size_bytes) }));
  }

  async delete(tenantId: string, hashes: readonly string[]): Promise<void> {
    await this.sql.query('DELETE FROM blobs WHERE tenant_id = $1 AND content_hash = ANY($2::text[]) AND reference_count = 0', [tenantId, hashes]);
  }

  async totalBytes(): Promise<number> {
    const rows = await this.sql.query<{ total: number }>('SELECT coalesce(sum(size_bytes), 0)::bigint AS total FROM blobs');
    return Number(rows[0]!.total);
  }
}
