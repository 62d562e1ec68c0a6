import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);

describe('the program', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-home-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('leaves nothing in the home of whoever runs it: not even its libraries do', async () => {
    const home = join(folder, 'home');
    await mkdir(home);
    await writeFile(join(folder, 'note.txt'), 'The tide turns at noon.');
    const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
    await run('bin/strata', ['ingest', join(folder, 'note.txt'), '--data-dir', join(folder, 'data')], { env: { ...env, HOME: home, XDG_CACHE_HOME: '' } });
    expect(await readdir(home)).toEqual([]);
  });

  it('may be built by another than runs it', async () => {
    const template = 'dist/database-template';
    const unreadable: string[] = [];
    for (const entry of await readdir(template, { recursive: true, withFileTypes: true })) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      if ((mode & 0o004) === 0 || (entry.isDirectory() && (mode & 0o001) === 0)) unreadable.push(entry.name);
    }
    expect(unreadable).toEqual([]);
    // The copy is its owner's alone.
    expect((await stat(join(folder, 'data', 'database'))).mode & 0o077).toBe(0);
  });
});
