import { conflict } from '../../../domain/errors.js';
import type { Json, JsonObject } from '../../../domain/model.js';
import type {
  IdempotencyRecord, IdempotencyRepository, PurgeRecord, PurgeRepository, SagaRecord, SagaRepository, SagaStatus, SagaStepRecord,
} from '../../../ports/repositories/ledger.repository.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';
import type { PrismaReads } from './prisma-reads.js';

export class SqlIdempotencyRepository implements IdempotencyRepository {
  constructor(private readonly sql: SqlClient) {}

  async find(tenantId: string, keys: readonly string[]): Promise<IdempotencyRecord[]> {
    const rows = await this.sql.query<{ key: string; operation: string; input_hash: string; response: Json }>(
      `SELECT key, operation, input_hash, response FROM idempotency_keys
        WHERE tenant_id = $1 AND key = ANY($2::text[]) AND created_at > now() - interval '24 hours'`,
      [tenantId, keys],
    );
    return rows.map((row) => ({ key: row.key, operation: row.operation, inputHash: row.input_hash, response: row.response }));
  }

  async insert(tenantId: string, records: readonly IdempotencyRecord[]): Promise<void> {
    if (records.length === 0) return;
    // A key older than a day is free again.
    const rows = await this.sql.query(
      `INSERT INTO idempotency_keys AS k (tenant_id, key, operation, input_hash, response)
       SELECT $1, n.key, n.operation, n.input_hash, n.response::jsonb FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS n (key, operation, input_hash, response)
        ORDER BY n.key
       ON CONFLICT (tenant_id, key) DO UPDATE SET operation = excluded.operation, input_hash = excluded.input_hash, response = excluded.response, created_at = now()
        WHERE k.created_at <= now() - interval '24 hours'
       RETURNING key`,
      [
        tenantId, records.map((record) => record.key), records.map((record) => record.operation), records.map((record) => record.inputHash),
        records.map((record) => JSON.stringify(record.response)),
      ],
    );
    if (rows.length < records.length) {
      throw conflict('Another request with the same idempotency key was answered at this moment. Send it again to get that answer.', ['idempotencyKey']);
    }
  }

  async prune(keepSeconds: number): Promise<number> {
    const rows = await this.sql.query('DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(secs => $1::float8) RETURNING key', [keepSeconds]);
    return rows.length;
  }
}

export class SqlPurgeRepository implements PurgeRepository {
  constructor(private readonly sql: SqlClient) {}

  async insert(tenantId: string, record: PurgeRecord): Promise<void> {
    await this.sql.query(
      'INSERT INTO purges (tenant_id, object_id, bytes_freed, annotations, embeddings) VALUES ($1, $2::uuid, $3::bigint, $4::int, $5::int)',
      [tenantId, record.objectId, record.bytesFreed, record.annotations, record.embeddings],
    );
  }

  async setBytesFreed(tenantId: string, objectId: string, bytes: number): Promise<void> {
    await this.sql.query('UPDATE purges SET bytes_freed = $3::bigint WHERE tenant_id = $1 AND object_id = $2::uuid', [tenantId, objectId, bytes]);
  }

  async find(tenantId: string, objectId: string): Promise<PurgeRecord | null> {
    const rows = await this.sql.query<{ bytes_freed: number; annotations: number; embeddings: number }>(
      'SELECT bytes_freed, annotations, embeddings FROM purges WHERE tenant_id = $1 AND object_id = $2::uuid',
      [tenantId, objectId],
    );
    const row = rows[0];
    return row ? { objectId, bytesFreed: Number(row.bytes_freed), annotations: row.annotations, embeddings: row.embeddings } : null;
  }
}

interface SagaRow {
  id: string;
  tenant_id: string;
  kind: string;
  status: SagaStatus;
  payload: JsonObject;
  steps: SagaStepRecord[];
  attempts: number;
  last_error: string | null;
}

const toSaga = (row: SagaRow): SagaRecord => ({
  id: row.id, tenantId: row.tenant_id, kind: row.kind, status: row.status, payload: row.payload, steps: row.steps,
  attempts: row.attempts, lastError: row.last_error,
});

export class SqlSagaRepository implements SagaRepository {
  constructor(
    private readonly sql: SqlClient,
    private readonly reads: PrismaReads,
  ) {}

  async insert(saga: SagaRecord, owner: string, seconds: number): Promise<void> {
    await this.sql.query(
      `INSERT INTO sagas (id, tenant_id, kind, status, payload, steps, attempts, owner, owner_until)
       VALUES ($1::uuid, $2, $3, $4, $5::jsonb, $6::jsonb, $7::int, $8::uuid, now() + make_interval(secs => $9::float8))`,
      [saga.id, saga.tenantId, saga.kind, saga.status, JSON.stringify(saga.payload), JSON.stringify(saga.steps), saga.attempts, owner, seconds],
    );
  }

  async save(saga: SagaRecord, owner: string, seconds: number): Promise<boolean> {
    const rows = await this.sql.query(
      `UPDATE sagas SET status = $2, payload = $3::jsonb, steps = $4::jsonb, attempts = $5::int, last_error = $6,
              owner_until = now() + make_interval(secs => $8::float8), updated_at = now()
        WHERE id = $1::uuid AND owner = $7::uuid AND jsonb_array_length(steps) <= jsonb_array_length($4::jsonb) RETURNING id`,
      [saga.id, saga.status, JSON.stringify(saga.payload), JSON.stringify(saga.steps), saga.attempts, saga.lastError, owner, seconds],
    );
    return rows.length > 0;
  }

  async find(id: string): Promise<SagaRecord | null> {
    const rows = await this.sql.query<SagaRow>('SELECT * FROM sagas WHERE id = $1::uuid', [id]);
    return rows[0] ? toSaga(rows[0]) : null;
  }

  async claimAbandoned(owner: string, seconds: number, limit: number, options: { everyOwner: boolean }): Promise<SagaRecord[]> {
    const rows = await this.sql.query<SagaRow>(
      `UPDATE sagas SET owner = $1::uuid, owner_until = now() + make_interval(secs => $2::float8)
        WHERE id IN (SELECT id FROM sagas
                      WHERE (status IN ('RUNNING', 'COMPENSATING') AND owner_until < now())
                         OR (status IN ('RUNNING', 'COMPENSATING', 'STUCK') AND $4::boolean AND owner <> $1::uuid)
                      ORDER BY created_at LIMIT $3::int FOR UPDATE SKIP LOCKED)
        RETURNING *`,
      [owner, seconds, limit, options.everyOwner],
    );
    return rows.map(toSaga);
  }

  async extend(ids: readonly string[], owner: string, seconds: number): Promise<void> {
    await this.sql.query('UPDATE sagas SET owner_until = now() + make_interval(secs => $3::float8) WHERE id = ANY($1::uuid[]) AND owner = $2::uuid', [ids, owner, seconds]);
  }

  async findStuck(limit: number): Promise<(SagaRecord & { updatedAt: Date })[]> {
    return this.reads.stuckSagas(limit);
  }

  async prune(keepSeconds: number): Promise<number> {
    const rows = await this.sql.query(
      `DELETE FROM sagas WHERE status IN ('DONE', 'COMPENSATED') AND updated_at < now() - make_interval(secs => $1::float8) RETURNING id`,
      [keepSeconds],
    );
    return rows.length;
  }
}
