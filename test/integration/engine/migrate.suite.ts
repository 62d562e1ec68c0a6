import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { DatabaseEngine } from '../../../src/adapters/db/engine/database-engine.js';
import { migrate, migrationsPath } from '../../../src/adapters/db/migrations/migrate.js';

/** @param open an engine over the same, at first empty, database each time */
export function migrationSuite(name: string, hasVector: boolean, fresh: () => Promise<() => Promise<DatabaseEngine>>): void {
  describe(`migrations over ${name}`, () => {
    let folder: string;
    let open: () => Promise<DatabaseEngine>;
    let engine: DatabaseEngine;
    const write = async (migration: string, sql: string): Promise<void> => {
      await mkdir(join(folder, migration), { recursive: true });
      await writeFile(join(folder, migration, 'migration.sql'), sql);
    };
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'strata-migrations-'));
      open = await fresh();
      engine = await open();
    });
    afterEach(async () => {
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it('applies the program\'s own, once', async () => {
      const first = await migrate(engine);
      expect(first.applied[0]).toBe('0001_core');
      expect(first.hasVector).toBe(hasVector);
      expect(await migrate(engine)).toEqual({ applied: [], hasVector });
      const rows = await engine.sql.query<{ migration_name: string; applied_steps_count: number; checksum: string }>(
        'SELECT migration_name, applied_steps_count, checksum FROM _prisma_migrations ORDER BY migration_name',
      );
      expect(rows.map((row) => row.migration_name)).toEqual(first.applied);
      for (const row of rows) expect(row).toMatchObject({ applied_steps_count: 1, checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    });

    it('applies in order, and later only what is new', async () => {
      await write('0002_b', 'INSERT INTO a VALUES (1);');
      await write('0001_a', 'CREATE TABLE a (n int); -- a comment with a $1 and a ; in it\nCREATE INDEX a_n ON a (n);');
      expect((await migrate(engine, folder)).applied).toEqual(['0001_a', '0002_b']);
      await write('0003_c', 'INSERT INTO a VALUES (2);');
      expect((await migrate(engine, folder)).applied).toEqual(['0003_c']);
      expect(await engine.sql.query('SELECT n FROM a ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
    });

    it('applies each once when many start together', async () => {
      await write('0001_a', 'CREATE TABLE a (n int); INSERT INTO a VALUES (1);');
      await write('0002_b', 'INSERT INTO a VALUES (2);');
      const results = await Promise.all(Array.from({ length: 6 }, () => migrate(engine, folder)));
      expect(results.flatMap((result) => result.applied).sort()).toEqual(['0001_a', '0002_b']);
      expect(await engine.sql.query('SELECT n FROM a ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
    });

    it('leaves nothing of one that fails, and everything before it', async () => {
      await write('0001_a', 'CREATE TABLE a (n int);');
      await write('0002_b', 'INSERT INTO a VALUES (1); INSERT INTO nowhere VALUES (2);');
      await expect(migrate(engine, folder)).rejects.toMatchObject({ sqlState: '42P01' });
      expect(await engine.sql.query('SELECT n FROM a')).toEqual([]);
      await write('0002_b', 'INSERT INTO a VALUES (1);');
      expect((await migrate(engine, folder)).applied).toEqual(['0002_b']);
    });

    it('notices that an applied one was changed', async () => {
      await write('0001_a', 'CREATE TABLE a (n int);');
      await migrate(engine, folder);
      await write('0001_a', 'CREATE TABLE a (n bigint);');
      await expect(migrate(engine, folder)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('0001_a was changed') as string });
    });

    it('notices that the database is newer than the program', async () => {
      await cp(migrationsPath(), folder, { recursive: true });
      await write('9999_future', 'SELECT 1;');
      await migrate(engine, folder);
      await expect(migrate(engine)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('newer than this program: it has the migrations 9999_future') as string });
    });

    it('needs a few statements and no transaction where nothing is to be done', async () => {
      await migrate(engine);
      const statements: string[] = [];
      const end = engine.onStatement((text) => statements.push(text));
      await migrate(engine);
      end();
      expect(statements.length).toBeLessThanOrEqual(4);
      expect(statements).not.toContain('BEGIN');
    });

    it(`${hasVector ? 'applies' : 'leaves out'} what needs vectors`, async () => {
      await write('0001_a', 'CREATE TABLE a (n int);');
      await write('0002_v', '-- strata:requires vector\nCREATE TABLE v (e vector(3));');
      await write('0003_b', 'CREATE TABLE b (n int);');
      const { applied } = await migrate(engine, folder);
      expect(applied).toEqual(hasVector ? ['0001_a', '0002_v', '0003_b'] : ['0001_a', '0003_b']);
      expect((await migrate(engine, folder)).applied).toEqual([]);
      const [row] = await engine.sql.query<{ there: boolean }>(`SELECT to_regclass('v') IS NOT NULL AS there`);
      expect(row!.there).toBe(hasVector);
    });
  });
}
