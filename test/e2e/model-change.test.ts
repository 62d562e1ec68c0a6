import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { blocksOf, commandsOf, outputsOf, pattern, printed, scriptOf } from './support/documented.js';
import { cleanUp, ROOT, run, strata, temporaryFolder } from './support/strata.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
afterAll(cleanUp);

const PAGE = join(ROOT, 'docs/model-change.md');
const page = readFileSync(PAGE, 'utf8');

describe('the page about changing the model', () => {
  it('prints what it says when its commands are run', async () => {
    const cwd = temporaryFolder();
    const runnable = commandsOf(blocksOf(page));
    expect(runnable.length).toBe(1);
    const script = `ln -s '${ROOT}/bin' '${ROOT}/samples' '${ROOT}/models' .\n${scriptOf(runnable)}`;
    const { code, stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    for (const [index, { command, output }] of runnable.entries()) expect(printed(outputsOf(stdout)[index]!), command).toMatch(pattern(output!));
  });

  it('links to what is there', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !existsSync(join(dirname(PAGE), link)))).toEqual([]);
  });
});

describe('the command', () => {
  it('says what is wrong with it', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    expect(await strata('model-change', 'begin', '--data-dir', dataDir)).toMatchObject({ code: 2, stderr: expect.stringContaining('is none of estimate, start') as string });
    expect(await strata('model-change', 'start', '--data-dir', dataDir)).toMatchObject({ code: 2, stderr: expect.stringContaining('Say which model to change to') as string });
    expect(await strata('model-change', 'cut-over', '--data-dir', dataDir)).toMatchObject({ code: 1, stderr: expect.stringContaining('No model has been changed here') as string });
    expect(await strata('model-change', 'start', 'none', '--data-dir', dataDir)).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no model "none"') as string });
  });
});
