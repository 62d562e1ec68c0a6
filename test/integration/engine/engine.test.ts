import { randomBytes, randomUUID } from 'node:crypto';

import { afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { DatabaseEngine } from '../../../src/adapters/db/engine/database-engine.js';
import { SqlError } from '../../../src/ports/sql.port.js';
import { withDatabase } from '../../support/database.js';

const database = withDatabase();
let engine: DatabaseEngine;

beforeAll(async () => {
  engine = database.engine;
  await engine.sql.query('CREATE TABLE engine_test (id int PRIMARY KEY, n int NOT NULL DEFAULT 0 CHECK (n >= 0))');
});
afterEach(async () => {
  await engine.sql.query('DELETE FROM engine_test');
});

describe('statements', () => {
  it('carry every kind of value there and back', async () => {
    const bytes = [randomBytes(300), Buffer.alloc(0), new Uint8Array([0, 255, 92, 34])];
    const ids = [randomUUID(), randomUUID()];
    const [row] = await engine.sql.query(
      `SELECT $1::bigint AS big, $2::bytea[] AS bytes, $3::jsonb AS json, $4::uuid[] AS ids, $5::text[] AS texts,
              $6::float8 AS number, $7::timestamptz AS moment, $8::bytea AS one, ARRAY[1, 2]::bigint[] AS bigs, count(*) AS counted,
              $9::int[] AS empty, NULL::bigint AS nothing`,
      [
        2 ** 52, bytes, JSON.stringify({ a: [1, 'ü'] }), ids, ['a', 'with "quotes", {braces}, \\ and\nlines', '', null],
        0.1, new Date('2026-01-02T03:04:05.678Z'), new Uint8Array([1, 2]), [],
      ],
    );
    expect(row).toEqual({
      big: 2 ** 52, bytes: bytes.map((one) => Buffer.from(one)), json: { a: [1, 'ü'] }, ids,
      texts: ['a', 'with "quotes", {braces}, \\ and\nlines', '', null], number: 0.1, moment: new Date('2026-01-02T03:04:05.678Z'),
      one: Buffer.from([1, 2]), bigs: [1, 2], counted: 1, empty: [], nothing: null,
    });
  });

  it('take a thousand rows at once', async () => {
    await engine.sql.query('CREATE TABLE wide (id uuid, vector bytea, text text)');
    const ids = Array.from({ length: 1000 }, () => randomUUID());
    const vectors = ids.map(() => randomBytes(1536));
    await engine.sql.query('INSERT INTO wide SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::text[])', [ids, vectors, ids]);
    const rows = await engine.sql.query<{ id: string; vector: Buffer }>('SELECT id, vector FROM wide WHERE id = ANY($1::uuid[])', [ids.slice(0, 10)]);
    for (const row of rows) expect(row.vector.equals(vectors[ids.findIndex((id) => id === row.id)]!)).toBe(true);
    expect(rows).toHaveLength(10);
  });

  it('do not get into each other\'s way when many run at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 500 }, async (_value, n) => {
        const [row] = await engine.sql.query<{ n: number; text: string }>(`SELECT $1::int AS n, $2::text AS text, ${n} AS inline`, [n, `t${n}`]);
        return row;
      }),
    );
    expect(answers).toEqual(Array.from({ length: 500 }, (_value, n) => ({ n, text: `t${n}`, inline: n })));
  });

  it('are planned anew as tables grow, though they were prepared when there was next to nothing', async () => {
    await engine.sql.query('CREATE TABLE growing (id int PRIMARY KEY, name text)');
    await engine.sql.query(`INSERT INTO growing SELECT n, 'n' FROM generate_series(1, 5) n`);
    await engine.sql.query('ANALYZE growing');
    const text = 'SELECT name FROM growing WHERE id = $1';
    for (let n = 0; n < 20; n += 1) await engine.sql.query(text, [3]);
    const [prepared] = await engine.sql.query<{ name: string }>('SELECT name FROM pg_prepared_statements WHERE statement = $1', [text]);
    const plan = async () => JSON.stringify(await engine.sql.query(`EXPLAIN EXECUTE ${prepared!.name}(3)`));
    expect(await plan()).toContain('Seq Scan');
    const grow = (from: number) => engine.transaction(({ sql }) => sql.query(`INSERT INTO growing SELECT n, 'n' FROM generate_series($1::int, $1::int + 99) n`, [from]));
    for (let n = 0; n < 64; n += 1) await grow(1_000 + 100 * n);
    expect(await plan()).toContain('Index');
  });

  it('are refused with the code and the constraint', async () => {
    await engine.sql.query('INSERT INTO engine_test VALUES (1, 1)');
    const duplicate = engine.sql.query('INSERT INTO engine_test VALUES ($1)', [1]);
    await expect(duplicate).rejects.toBeInstanceOf(SqlError);
    await expect(duplicate).rejects.toMatchObject({ sqlState: '23505', constraint: 'engine_test_pkey' });
    await expect(engine.sql.query('INSERT INTO engine_test VALUES (2, -1)')).rejects.toMatchObject({ sqlState: '23514', constraint: 'engine_test_n_check' });
    await expect(engine.sql.query('SELEC 1')).rejects.toMatchObject({ sqlState: '42601', constraint: null });
    await expect(engine.sql.query('SELECT * FROM nowhere')).rejects.toMatchObject({ sqlState: '42P01' });
  });

  it('are counted, whoever sends them', async () => {
    const before = engine.stats().statements;
    const statements = await database.statementsOf(async () => {
      await engine.sql.query('SELECT 1');
      await engine.prisma.blob.findMany({ where: { tenantId: 'x' } });
      await engine.transaction(({ sql }) => sql.query('SELECT 2'));
    });
    expect(statements).toEqual(['SELECT 1', expect.stringMatching(/^SELECT .*"blobs"/) as string, 'BEGIN', 'SELECT 2', 'COMMIT']);
    expect(engine.stats().statements - before).toBe(5);
  });
});

/** Both ways to open a transaction keep the same promises. */
describe.each([false, true])('a transaction (through Prisma: %s)', (prisma) => {
  const options = { prisma } as { prisma: true };
  const count = async (): Promise<number> => (await engine.sql.query<{ n: number }>('SELECT count(*) AS n FROM engine_test'))[0]!.n;

  it('commits and answers', async () => {
    const answer = await engine.transaction(async ({ sql }) => {
      await sql.query('INSERT INTO engine_test VALUES ($1)', [1]);
      return 'done';
    }, options);
    expect(answer).toBe('done');
    expect(await count()).toBe(1);
  });

  it('leaves nothing when the work throws, and throws the same', async () => {
    const failure = new Error('changed my mind');
    const broken = engine.transaction(async ({ sql }) => {
      await sql.query('INSERT INTO engine_test VALUES (1)');
      throw failure;
    }, options);
    await expect(broken).rejects.toBe(failure);
    expect(await count()).toBe(0);
  });

  it('leaves nothing when a statement is refused', async () => {
    const broken = engine.transaction(async ({ sql }) => {
      await sql.query('INSERT INTO engine_test VALUES (1)');
      await sql.query('INSERT INTO engine_test VALUES (1)');
    }, options);
    await expect(broken).rejects.toMatchObject({ sqlState: '23505' });
    expect(await count()).toBe(0);
  });

  it('does not mix with others that run at once', async () => {
    await engine.sql.query('INSERT INTO engine_test VALUES (0)');
    await Promise.all(
      Array.from({ length: 40 }, async (_value, n) => {
        const raise = engine.transaction(async ({ sql }) => {
          const [row] = await sql.query<{ n: number }>('SELECT n FROM engine_test WHERE id = 0 FOR UPDATE');
          await new Promise((resolve) => setImmediate(resolve));
          await sql.query('UPDATE engine_test SET n = $1 WHERE id = 0', [row!.n + 1]);
          if (n % 4 === 0) throw new Error('every fourth takes it back');
        }, options);
        await raise.catch((error: Error) => expect(error.message).toMatch('every fourth'));
      }),
    );
    expect(await engine.sql.query('SELECT n FROM engine_test')).toEqual([{ n: 30 }]);
  });

  it('runs again when it lost against another one, and gives up in the end', async () => {
    let attempts = 0;
    const once = await engine.transaction(async ({ sql }) => {
      attempts += 1;
      await sql.query('INSERT INTO engine_test VALUES ($1)', [attempts]);
      if (attempts < 3) throw new SqlError(attempts === 1 ? '40001' : '40P01', 'lost');
      return attempts;
    }, options);
    expect(once).toBe(3);
    expect(await engine.sql.query('SELECT id FROM engine_test')).toEqual([{ id: 3 }]);

    attempts = 0;
    const never = engine.transaction(async () => {
      attempts += 1;
      throw new SqlError('40001', 'lost');
    }, options);
    await expect(never).rejects.toMatchObject({ sqlState: '40001' });
    expect(attempts).toBe(4);
  });

  it('refuses statements that would run beside it', async () => {
    await engine.transaction(async ({ sql }) => {
      await sql.query('SELECT 1');
      await expect(engine.sql.query('SELECT 1')).rejects.toThrow('outside of the transaction');
      await expect(engine.transaction(() => Promise.resolve())).rejects.toThrow('outside of the transaction');
    }, options);
    await engine.sql.query('SELECT 1');
  });

  it('refuses statements that come too late', async () => {
    let late!: () => Promise<unknown>;
    await engine.transaction(async ({ sql }) => {
      late = () => sql.query('INSERT INTO engine_test VALUES (9)');
    }, options);
    await expect(late()).rejects.toThrow('after the end of its transaction');
    expect(await count()).toBe(0);
  });

  it('ends when it takes too long', async () => {
    const stuck = engine.transaction(async ({ sql }) => {
      await sql.query('INSERT INTO engine_test VALUES (1)');
      await new Promise(() => undefined);
    }, { ...options, timeoutMs: 50 });
    await expect(stuck).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'database' } });
    expect(await count()).toBe(0);
  });
});

describe('a transaction', () => {
  it('does not report as committed what was rolled back', async () => {
    const swallowed = engine.transaction(async ({ sql }) => {
      await sql.query('INSERT INTO engine_test VALUES (1)');
      await sql.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow('rolled back');
    expect(await engine.sql.query('SELECT * FROM engine_test')).toEqual([]);
  });

  it('is one for Prisma and for SQL', async () => {
    const tenantId = database.freshTenant();
    const blob = { tenantId, contentHash: 'h', storageKey: 'k', sizeBytes: 1n, mimeType: 'text/plain', referenceCount: 1 };
    const rolledBack = engine.transaction(async (tx) => {
      await tx.prisma.blob.create({ data: blob });
      expect(await tx.sql.query('SELECT storage_key FROM blobs WHERE tenant_id = $1', [tenantId])).toEqual([{ storage_key: 'k' }]);
      await tx.sql.query('UPDATE blobs SET reference_count = 2 WHERE tenant_id = $1', [tenantId]);
      expect((await tx.prisma.blob.findFirst({ where: { tenantId } }))?.referenceCount).toBe(2);
      throw new Error('back');
    }, { prisma: true });
    await expect(rolledBack).rejects.toThrow('back');
    expect(await engine.prisma.blob.count({ where: { tenantId } })).toBe(0);
  });

  it('translates what Prisma refuses', async () => {
    const tenantId = database.freshTenant();
    const blob = { tenantId, contentHash: 'h', storageKey: 'k', sizeBytes: 1n, mimeType: 'text/plain', referenceCount: 1 };
    const twice = engine.transaction(async ({ prisma }) => {
      await prisma.blob.create({ data: blob });
      await prisma.blob.create({ data: blob });
    }, { prisma: true });
    await expect(twice).rejects.toMatchObject({ name: 'SqlError', sqlState: '23505' });
  });
});
