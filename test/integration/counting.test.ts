import { describe, expect, it } from 'vitest';
import { countRows } from '../../src/adapters/db/repositories/counting.js';
import { SqlParams, type SqlClient } from '../../src/ports/sql.port.js';
import { withDatabase } from '../support/database.js';

describe('counting', () => {
  const database = withDatabase();
  const transact = <T>(work: (sql: SqlClient) => Promise<T>) => database.engine.transaction(({ sql }) => work(sql));

  async function fill(tenantId: string, rows: number): Promise<void> {
    await database.engine.sql.query(
      `INSERT INTO data_objects (id, tenant_id, object_type, status, content_hash, storage_location, mime_type, file_size_bytes, metadata)
       SELECT gen_random_uuid(), $1, 'TEXT', 'READY', encode(sha256(($1 || n)::bytea), 'hex'), 'k', 'text/plain', 1, jsonb_build_object('n', n)
         FROM generate_series(1, $2::int) n`,
      [tenantId, rows],
    );
  }
  const counted = (tenantId: string, matching = `(o.metadata ->> 'n')::int % 2 = 0`) => ({
    table: 'data_objects' as const, alias: 'o', tenantId, matching, params: new SqlParams(),
  });

  it('is right over several slices, and over none', async () => {
    const tenant = database.freshTenant();
    await fill(tenant, 20_001);
    await fill(database.freshTenant(), 5);
    expect(await countRows(transact, 60_000, counted(tenant))).toBe(10_000);
    expect(await countRows(transact, 60_000, counted(tenant, 'true'))).toBe(20_001);
    expect(await countRows(transact, 60_000, counted('nobody'))).toBe(0);
  });

  it('gives null once its time is over, at the end of a slice', async () => {
    const tenant = database.freshTenant();
    await fill(tenant, 10_001);
    let clock = 0;
    const statements = await database.statementsOf(async () => {
      expect(await countRows(transact, 2_000, counted(tenant), () => (clock += 1_500))).toBeNull();
    });
    expect(statements.filter((text) => text.includes('count(*)'))).toHaveLength(1);
  });
});
