import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { EnginePool } from '../../src/adapters/db/engine/engine-pool.js';
import { PrismaClient } from '../../src/adapters/db/generated/client.js';
import { PrismaReads } from '../../src/adapters/db/repositories/prisma-reads.js';
import { createDatabase } from '../../src/adapters/db/sql-database.js';
import type { UploadSession } from '../../src/domain/model.js';
import type { SagaRecord } from '../../src/ports/repositories/ledger.repository.port.js';
import { withDatabase } from '../support/database.js';

const test = withDatabase();
const database = () => createDatabase(test.engine, { enqueue: () => Promise.reject(new Error('nothing is queued here')) });

const session = (tenantId: string, given: Partial<UploadSession> = {}): UploadSession => ({
  id: uuidv7(), tenantId, purpose: 'OBJECT', createdBy: 'alice', status: 'PENDING', filename: 'tide.pdf', fileSize: 2 ** 40, contentHash: 'ab'.repeat(32), type: 'DOCUMENT',
  metadata: { tags: ['a', { deep: null }] }, stagingKey: 'temp/x', partSize: 2 ** 33, partCount: 128, storeUploadId: 'store-1', objectId: null,
  ingestionId: null, replaces: randomUUID(), deduplicated: false, error: null, createdAt: new Date('2026-01-02T03:04:05.678Z'),
  expiresAt: new Date('2026-01-09T03:04:05.001Z'), ...given,
});

describe('uploads', () => {
  it('come back as they were written, every field of them', async () => {
    const tenantId = test.freshTenant();
    const full = session(tenantId);
    const bare = session(tenantId, { contentHash: null, type: null, metadata: {}, partSize: null, partCount: 0, storeUploadId: null, replaces: null });
    const { uploads } = database();
    await uploads.insert(full);
    await uploads.insert(bare);
    expect(await uploads.find(tenantId, full.id)).toEqual(full);
    expect(await uploads.find(tenantId, bare.id)).toEqual(bare);

    const verifier = randomUUID();
    const settled = { status: 'REJECTED' as const, error: { code: 'CONTENT_MISMATCH', message: 'other bytes', path: ['input', 'id'] } };
    await uploads.claim(tenantId, full.id, verifier, 30);
    expect(await uploads.settle(full.id, verifier, settled)).toBe(true);
    expect(await uploads.find(tenantId, full.id)).toEqual({ ...full, ...settled });
  });

  it('are read in one statement, and only the tenant’s own', async () => {
    const [tenantId, other] = [test.freshTenant(), test.freshTenant()];
    const { uploads } = database();
    const mine = [session(tenantId), session(tenantId)];
    const foreign = session(other);
    for (const each of [...mine, foreign]) await uploads.insert(each);
    let found: UploadSession[] = [];
    const statements = await test.statementsOf(async () => {
      found = await uploads.findByIds(tenantId, [mine[1]!.id, foreign.id, mine[0]!.id, randomUUID()]);
    });
    expect(statements).toHaveLength(1);
    expect(found.map(({ id }) => id).sort()).toEqual(mine.map(({ id }) => id).sort());
    expect(await uploads.findByIds(tenantId, [])).toEqual([]);
  });
});

describe('aggregations', () => {
  it('come back as they were finished', async () => {
    const [tenantId, other] = [test.freshTenant(), test.freshTenant()];
    const { aggregations } = database();
    const id = uuidv7();
    await aggregations.insert({ id, tenantId, type: 'CUSTOM', parameters: { limit: 3 }, createdBy: 'alice' }, { filter: {} });
    const finished = await aggregations.finish(tenantId, id, 7, [1.5, 'two', { three: null }]);
    let found: unknown;
    const statements = await test.statementsOf(async () => {
      found = await aggregations.findByIds(tenantId, [id, randomUUID()]);
    });
    expect(found).toEqual([finished]);
    expect(statements).toHaveLength(1);
    expect(await aggregations.findByIds(other, [id])).toEqual([]);
  });
});

describe('stuck sagas', () => {
  it('are those that need a person, longest stuck first, and no more than asked for', async () => {
    const tenantId = test.freshTenant();
    const { sagas } = database();
    const saga = (given: Partial<SagaRecord>): SagaRecord => ({
      id: uuidv7(), tenantId, kind: 'purge', status: 'STUCK', payload: { hash: 'x' }, steps: [{ name: 'rows', state: 'DONE' }], attempts: 2, lastError: null, ...given,
    });
    const [second, first, running] = [saga({}), saga({ steps: [] }), saga({ status: 'RUNNING' })];
    for (const each of [second, first, running]) await sagas.insert(each, randomUUID(), 30);
    await test.engine.sql.query(`UPDATE sagas SET updated_at = '2026-01-02T03:04:05.678Z', last_error = 'no' WHERE id = $1::uuid`, [first.id]);

    expect(await sagas.findStuck(10)).toEqual([{ ...first, lastError: 'no', updatedAt: new Date('2026-01-02T03:04:05.678Z') }, { ...second, updatedAt: expect.any(Date) as Date }]);
    expect(await test.statementsOf(async () => expect(await sagas.findStuck(1)).toMatchObject([{ id: first.id }]))).toHaveLength(1);
  });
});

describe('all of them', () => {
  it('are refused within a transaction, rather than run beside it', async () => {
    const tenantId = test.freshTenant();
    const within = database().transaction(async (tx) => {
      await tx.sql.query('SELECT 1');
      return tx.uploads.findByIds(tenantId, [uuidv7()]);
    });
    await expect(within).rejects.toThrow(/outside of the transaction/);
  });

  it('say which dependency is missing where nothing answers', async () => {
    const pool = new EnginePool({ host: '127.0.0.1', port: 1, connectionTimeoutMillis: 1_000 });
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
    const reads = new PrismaReads(() => prisma);
    await expect(reads.uploads('nobody', [uuidv7()])).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'database', retryable: true } });
    await prisma.$disconnect();
  });
});
