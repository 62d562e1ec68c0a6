import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { blocksOf, commandsOf, outputsOf, pattern, printed, scriptOf } from './support/documented.js';
import { cleanUp, ROOT, run, serve, strata, temporaryFolder } from './support/strata.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
afterAll(cleanUp);

const PAGE = join(ROOT, 'docs/moving.md');
const page = readFileSync(PAGE, 'utf8');

describe('the page about moving', () => {
  it('prints what it says when its commands are run', async () => {
    const cwd = temporaryFolder();
    const runnable = commandsOf(blocksOf(page));
    expect(runnable.length).toBe(2);
    const script = `ln -s '${ROOT}/bin' '${ROOT}/samples' .\n${scriptOf(runnable)}`;
    const { code, stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    for (const [index, { command, output }] of runnable.entries()) expect(printed(outputsOf(stdout)[index]!), command).toMatch(pattern(output!));
  });

  it('links to what is there', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !existsSync(join(dirname(PAGE), link)))).toEqual([]);
  });
});

describe('a running server', () => {
  it('is backed up, and lets nobody else do so from a web page', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    const server = await serve(dataDir);
    const file = join(temporaryFolder(), 'backup.tar');
    expect(await strata('backup', file, '--data-dir', dataDir)).toMatchObject({ code: 0 });
    expect(await strata('backup', file, '--data-dir', dataDir)).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') as string });
    const refused = await fetch(new URL('/admin/backup', server.url));
    expect(refused.status).toBe(403);
    const unknown = await fetch(new URL('/admin/anything', server.url), { headers: { 'x-strata-admin': 'test' } });
    expect(unknown.status).toBe(404);
    await server.stop();
  });
});
