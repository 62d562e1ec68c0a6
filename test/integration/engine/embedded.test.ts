import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startEmbeddedEngine } from '../../../src/adapters/db/engine/embedded.js';
import { workerEntry } from '../../../src/adapters/worker-entry.js';
import { migratedTemplate } from '../../support/database.js';

let dataDir: string;
let templateDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'strata-embedded-'));
  templateDir = await migratedTemplate();
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

/** Lets another process write until it has said so many lines, and kills it there. @returns the last number it committed */
async function writeAndKill(lines: number): Promise<number> {
  const { url, execArgv } = workerEntry('write-until-killed', import.meta.url);
  const child = spawn(process.execPath, [...execArgv, url.pathname, dataDir, templateDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = 0;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (/^\d+$/.test(line)) last = Number(line);
    seen += 1;
    if (seen === lines) child.kill('SIGKILL');
  }
  if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  return last;
}

describe('the embedded database', () => {
  it('keeps what it holds from one start to the next', async () => {
    const first = await startEmbeddedEngine({ dataDir, templateDir });
    await first.sql.query('CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
    await first.stop();
    await first.stop();
    const second = await startEmbeddedEngine({ dataDir, templateDir });
    expect(await second.sql.query('SELECT count(*) AS n FROM kept')).toEqual([{ n: 1000 }]);
    await second.stop();
  });

  it('keeps every commit of a process that was killed, and no half of one', async () => {
    let committed = 0;
    // In the midst of the first start, at the first commits, and later on, each time upon what the last one left.
    for (const lines of [1, 2, 9, 80]) committed = Math.max(committed, await writeAndKill(lines));
    const engine = await startEmbeddedEngine({ dataDir, templateDir });
    const [row] = await engine.sql.query<{ last: number; pairs: number; halves: number }>(
      'SELECT max(n) AS last, count(DISTINCT n) AS pairs, count(*) AS halves FROM pairs',
    );
    expect(committed).toBeGreaterThan(80);
    // What it said is there; at most, it died between a commit and saying so.
    expect(row!.last).toBeGreaterThanOrEqual(committed);
    expect(row!.pairs).toBe(row!.last);
    expect(row!.halves).toBe(2 * row!.pairs);
    await engine.stop();
    expect(await readdir(dataDir)).toEqual(['database']);
  }, 120_000);

  it('starts anew where a first start was interrupted', async () => {
    await writeFile(join(dataDir, 'database.partial'), 'rubbish');
    const engine = await startEmbeddedEngine({ dataDir, templateDir });
    await engine.check();
    await engine.stop();
    expect(await readdir(dataDir)).toEqual(['database']);
  });

  it('listens where nobody else can reach it, and leaves nothing there', async () => {
    const engine = await startEmbeddedEngine({ dataDir, templateDir });
    const folder = (engine.pool.options as { host: string }).host;
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await engine.stop();
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says so when it breaks down, to those who wait and to those who come', async () => {
    const { promise: failed, resolve: onFailure } = Promise.withResolvers<Error>();
    const engine = await startEmbeddedEngine({ dataDir, templateDir, onFailure });
    const unavailable = { code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'database' } };
    const folder = (engine.pool.options as { host: string }).host;
    // Never answered: it waits behind a transaction when the database goes.
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: open, resolve: close } = Promise.withResolvers<void>();
    const transaction = engine.transaction(async ({ sql }) => {
      await sql.query('SELECT 1');
      begin();
      await open;
      await sql.query('SELECT 2');
    });
    await begun;
    const waiting = engine.sql.query('SELECT 3');
    const outcomes = Promise.allSettled([transaction, waiting]);

    // A greeting that PostgreSQL gives up at, as a stand-in for whatever may break it.
    const socket = net.connect(join(folder, '.s.PGSQL.5432'));
    socket.on('error', () => undefined);
    socket.write(Buffer.from([0, 0, 0, 12, 0, 3, 0, 0, 1, 1, 1, 1]));
    // It is read once the session is free.
    close();
    await failed;
    const [, lost] = await outcomes;
    if (lost.status === 'rejected') expect(lost.reason).toMatchObject(unavailable);
    await expect(engine.sql.query('SELECT 4')).rejects.toMatchObject(unavailable);
    await expect(engine.transaction(({ sql }) => sql.query('SELECT 5'))).rejects.toMatchObject(unavailable);
    await expect(engine.check()).rejects.toMatchObject(unavailable);
    await engine.stop();
    // What is on disk took no harm.
    const again = await startEmbeddedEngine({ dataDir, templateDir });
    await again.check();
    await again.stop();
  });

  it('says in its own words why it could not be copied', async () => {
    const engine = await startEmbeddedEngine({ dataDir, templateDir });
    await writeFile(join(dataDir, 'in-the-way'), '');
    await expect(engine.copyTo!(join(dataDir, 'in-the-way', 'copy'))).rejects.toMatchObject({
      name: 'StrataError',
      code: 'DEPENDENCY_UNAVAILABLE',
      message: 'The database could not be copied: it was refused (ENOTDIR). Look after the disk, and try again.',
      extensions: { dependency: 'database' },
    });
    await engine.stop();
    await expect(engine.copyTo!(join(dataDir, 'copy'))).rejects.toMatchObject({ name: 'StrataError', code: 'DEPENDENCY_UNAVAILABLE' });
  });

  it('clears away the socket of a process that was killed', async () => {
    await writeAndKill(3);
    const left = await readFile(join(dataDir, 'database.socket'), 'utf8');
    expect((await readdir(left)).length).toBe(1);
    const engine = await startEmbeddedEngine({ dataDir, templateDir });
    await expect(stat(left)).rejects.toMatchObject({ code: 'ENOENT' });
    await engine.stop();
  });

  it('says why it cannot start', async () => {
    await writeFile(join(dataDir, 'database'), 'a file where the folder should be');
    await expect(startEmbeddedEngine({ dataDir, templateDir })).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
  });
});
