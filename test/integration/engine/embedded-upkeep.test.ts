import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';

import { EmbeddedUpkeep } from '../../../src/adapters/db/engine/embedded-upkeep.js';
import { migratedTemplate } from '../../support/database.js';

let folder: string;
let database: PGlite;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-upkeep-'));
  await cp(await migratedTemplate(), join(folder, 'database'), { recursive: true });
  database = await PGlite.create({ dataDir: join(folder, 'database') });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const upkeep = (quiet: boolean): EmbeddedUpkeep =>
  new EmbeddedUpkeep(database, (work) => work(), () => quiet, () => undefined, (error) => {
    throw error;
  });
const one = async <Value>(sql: string): Promise<Value> => Object.values((await database.query<Record<string, Value>>(sql)).rows[0]!)[0]!;

describe('the upkeep of the embedded database', () => {
  it('writes a checkpoint once the log has grown', async () => {
    const behind = (): Promise<number> => one('SELECT (pg_current_wal_lsn() - redo_lsn)::float8 FROM pg_control_checkpoint()');
    await database.exec('CREATE TABLE grown AS SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 110000) n');
    expect(await behind()).toBeGreaterThan(64 * 1024 * 1024);
    await upkeep(true).look();
    expect(await behind()).toBeLessThan(1024 * 1024);
  });

  it('has the planner know how many rows there are, though everyone is busy', async () => {
    await database.exec('CREATE TABLE counted AS SELECT generate_series(1, 10000) AS n');
    await upkeep(false).look();
    expect(await one(`SELECT reltuples::int FROM pg_class WHERE relname = 'counted'`)).toBe(10_000);
  });

  it('removes what is dead, in a quiet moment', async () => {
    const dead = (): Promise<number> => one(`SELECT n_dead_tup::int FROM pg_stat_user_tables WHERE relname = 'worn'`);
    await database.exec('CREATE TABLE worn AS SELECT generate_series(1, 10000) AS n; UPDATE worn SET n = -n WHERE n > 5000');
    await upkeep(false).look();
    expect(await dead()).toBe(5000);
    await upkeep(true).look();
    expect(await dead()).toBe(0);
  });

  it('waits for a quiet moment only so long', async () => {
    const dead = (): Promise<number> => one(`SELECT n_dead_tup::int FROM pg_stat_user_tables WHERE relname = 'restless'`);
    await database.exec('CREATE TABLE restless AS SELECT generate_series(1, 10000) AS n; UPDATE restless SET n = -n WHERE n > 5000');
    const busy = upkeep(false);
    const now = vi.spyOn(performance, 'now');
    onTestFinished(() => now.mockRestore());
    now.mockReturnValue(1_000);
    await busy.look();
    now.mockReturnValue(1_000 + 9 * 60_000);
    await busy.look();
    expect(await dead()).toBe(5000);
    now.mockReturnValue(1_000 + 11 * 60_000);
    await busy.look();
    expect(await dead()).toBe(0);
  });

  it('tells when tables were analysed, and not where none needed it', async () => {
    let told = 0;
    const counting = new EmbeddedUpkeep(database, (work) => work(), () => true, () => void (told += 1), (error) => {
      throw error;
    });
    await database.exec('CREATE TABLE looked_at AS SELECT generate_series(1, 10000) AS n');
    await counting.look();
    await counting.look();
    expect(told).toBe(1);
  });
});
