import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  openDataFolder, readServerInfo, removeServerInfo, writeServerInfo,
} from '../../../src/adapters/db/engine/data-folder.js';
import { workerEntry } from '../../../src/adapters/worker-entry.js';

let parent: string;
let path: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'strata-folder-'));
  path = join(parent, 'data');
});
afterEach(async () => {
  await rm(parent, { recursive: true, force: true });
});

/** Another process that opens the folder, says so or why not, and stays until it is killed. */
async function holder(folder: string): Promise<{ child: ChildProcess; said: string }> {
  const { url, execArgv } = workerEntry('hold-data-folder', import.meta.url);
  const child = spawn(process.execPath, [...execArgv, url.pathname, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: line.toString().trim() };
}

describe('the data folder', () => {
  it('is made for its owner alone and keeps its identity', async () => {
    const first = await openDataFolder(path);
    await first.close();
    const second = await openDataFolder(path);
    await second.close();
    expect(second.installationId).toBe(first.installationId);
    expect(second.createdAt).toEqual(first.createdAt);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(JSON.parse(await readFile(join(path, 'strata.json'), 'utf8'))).toMatchObject({ format: 1 });
    expect((await readdir(path)).sort()).toEqual(['strata.json', 'strata.lock']);
  });

  it('opens once within a process', async () => {
    const first = await openDataFolder(path);
    await expect(openDataFolder(path)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `The data folder "data" is open in process ${process.pid} already. Use that server, stop it, or choose another folder with --data-dir.`,
    });
    await first.close();
    await (await openDataFolder(path)).close();
  });

  it('opens once across processes, and again when the holder was killed', async () => {
    const { child, said } = await holder(path);
    expect(said).toBe('open');
    await expect(openDataFolder(path)).rejects.toMatchObject({ message: expect.stringContaining(`process ${child.pid}`) as string });
    expect((await holder(path)).said).toContain(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await openDataFolder(path)).close();
  });

  it('leaves a foreign folder as it was', async () => {
    await mkdir(path);
    await writeFile(join(path, 'thesis.txt'), 'mine');
    await expect(openDataFolder(path)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('not made by Strata') as string });
    expect(await readdir(path)).toEqual(['thesis.txt']);
  });

  it('goes on where a first start was interrupted', async () => {
    await mkdir(path);
    await writeFile(join(path, 'strata.lock'), '1');
    await writeFile(join(path, 'strata.json.1f.tmp'), '{');
    await (await openDataFolder(path)).close();
  });

  it.each([
    ['a newer format', '{"format": 2, "installationId": "x", "createdAt": "2030-01-01T00:00:00Z"}', 'has format 2'],
    ['a damaged stamp', '{"format":', 'is damaged'],
    ['a stamp that says nothing', 'null', 'is damaged'],
  ])('refuses %s, and lets go of the lock', async (_what, stamp, message) => {
    await (await openDataFolder(path)).close();
    await writeFile(join(path, 'strata.json'), stamp);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(openDataFolder(path)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(message) as string });
    }
  });

  it('says when a file is in the way', async () => {
    await writeFile(path, '');
    await expect(openDataFolder(path)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('in the way') as string });
  });
});

describe('where the server listens', () => {
  const info = { url: 'http://127.0.0.1:4000/graphql', pid: 1, startedAt: '2026-01-01T00:00:00Z' };

  it('is known while the folder is open', async () => {
    expect(await readServerInfo(path)).toBeNull();
    const folder = await openDataFolder(path);
    expect(await readServerInfo(path)).toBeNull();
    await writeServerInfo(path, info);
    expect(await readServerInfo(path)).toEqual(info);
    await folder.close();
    expect(await readServerInfo(path)).toBeNull();
  });

  it('is forgotten on request', async () => {
    const folder = await openDataFolder(path);
    await writeServerInfo(path, info);
    await removeServerInfo(path);
    await removeServerInfo(path);
    expect(await readServerInfo(path)).toBeNull();
    await folder.close();
  });
});
