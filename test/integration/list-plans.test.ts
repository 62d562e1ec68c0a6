import { beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '../../src/adapters/db/sql-database.js';
import type { ObjectOrderField } from '../../src/domain/operations.js';
import { withDatabase } from '../support/database.js';

const test = withDatabase();
const TENANT = 'lists';

beforeAll(async () => {
  await test.engine.sql.query(
    `INSERT INTO data_objects (id, tenant_id, object_type, status, content_hash, storage_location, filename, mime_type, file_size_bytes, created_at, updated_at)
     SELECT gen_random_uuid(), $1, 'TEXT', CASE WHEN n % 1000 = 0 THEN 'FAILED' ELSE 'READY' END, encode(sha256(n::text::bytea), 'hex'), 'x',
            CASE WHEN n % 10 > 0 THEN 'f' || n END, 'text/plain', n, now() - n * interval '1 second', now() - n * interval '1 second'
       FROM generate_series(1, 8000) AS n`,
    [TENANT],
  );
  await test.engine.sql.query(
    `INSERT INTO ingestions (id, tenant_id, object_id, status, stage, created_at) SELECT gen_random_uuid(), tenant_id, id,
            CASE status WHEN 'READY' THEN 'SUCCEEDED' ELSE status END, 'DONE', created_at FROM data_objects WHERE tenant_id = $1`,
    [TENANT],
  );
  await test.engine.sql.query('ANALYZE');
});

/** How the one statement that `work` sends is run, with the parameters that it sends. */
async function planOf(work: (database: ReturnType<typeof createDatabase>) => Promise<unknown>): Promise<string> {
  const plans: string[] = [];
  const { engine } = test;
  const explaining = {
    ...engine,
    sql: {
      async query(text: string, params?: readonly unknown[]) {
        const lines = await engine.sql.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, params);
        plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'));
        return [];
      },
    } as typeof engine.sql,
  };
  await work(createDatabase(explaining, { enqueue: () => Promise.reject(new Error('nothing is queued here')) }));
  expect(plans).toHaveLength(1);
  return plans[0]!;
}

const page = { limit: 50, backward: false, after: null, before: null, fingerprint: '' };

describe('a page of a long list', () => {
  const fields: ObjectOrderField[] = ['CREATED_AT', 'UPDATED_AT', 'FILE_SIZE', 'FILENAME'];
  it.each(fields.flatMap((field) => (['ASC', 'DESC'] as const).map((direction) => ({ field, direction }))))(
    'of objects by $field $direction is read from an index, without a sort',
    async ({ field, direction }) => {
      const forwards = await planOf(({ objects }) => objects.page(TENANT, null, { ...page, field, direction }));
      const backwards = await planOf(({ objects }) => objects.page(TENANT, null, { ...page, backward: true, field, direction }));
      for (const plan of [forwards, backwards]) {
        expect(plan).toMatch(/Index Scan/);
        expect(plan).not.toMatch(/Sort|Seq Scan/);
      }
    },
  );

  it('finds the few that failed without a look at the others', async () => {
    const order = { ...page, field: 'CREATED_AT', direction: 'DESC' } as const;
    expect(await planOf(({ objects }) => objects.page(TENANT, { status: ['FAILED'] }, order))).toMatch(/data_objects_failed_idx/);
    expect(await planOf(({ ingestions }) => ingestions.page(TENANT, ['FAILED'], order))).toMatch(/ingestions_failed_idx/);
  });
});
