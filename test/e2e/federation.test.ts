import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { blocksOf, commandsOf, outputsOf, pattern, printed, scriptOf } from './support/documented.js';
import { cleanUp, ROOT, run, runScript, temporaryFolder } from './support/strata.js';

// Whole processes, which start slowly where much else is going on.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
afterAll(cleanUp);

const EXAMPLE = join(ROOT, 'examples/federation');
const readme = readFileSync(join(EXAMPLE, 'README.md'), 'utf8');
const blocks = blocksOf(readme);
const GATEWAY = /^gateway\s+(http:\/\/127\.0\.0\.1:\d+\/graphql)/;

describe('the example of federation', () => {
  it('prints what its README says when its commands are run, and ends when it is told to', async () => {
    const example = await runScript('example:federation', GATEWAY, '--port', '0', '--data-dir', join(temporaryFolder(), 'data'));
    const { host } = new URL(example.url);
    const shown = (text: string) => text.replaceAll(host, '127.0.0.1:4100');
    const commands = commandsOf(blocks);
    expect(commands.length).toBeGreaterThan(4);
    const { code, stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', `exec 2>&1\n${scriptOf(commands).replaceAll('127.0.0.1:4100', host)}`], { cwd: temporaryFolder() });
    expect({ code, output: code === 0 ? '' : stdout, stderr }).toEqual({ code: 0, output: '', stderr: '' });
    const outputs = outputsOf(shown(stdout));
    for (const [index, { command, output }] of commands.entries()) {
      if (output !== null) expect(printed(outputs[index]!), command).toMatch(pattern(output));
    }
    const page = await (await fetch(example.url, { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('Strata in a supergraph');
    expect((await example.stop('SIGINT')).code).toBe(0);
    // What it says itself, once it listens: of a program that runs until it is stopped, and so is no command to wait for.
    const announced = blocks[blocks.findIndex(({ kind }) => kind === 'sh server') + 1]!;
    expect(printed(shown(example.stdout()))).toMatch(pattern(announced.text));
  });

  it('says why where it cannot start', async () => {
    const example = runScript('example:federation', GATEWAY, '--port', '99999', '--data-dir', join(temporaryFolder(), 'data'));
    await expect(example).rejects.toThrow(/port/i);
  });

  it('links to what is there, and gives Strata the people that it knows, with their keys', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !existsSync(join(EXAMPLE, link)))).toEqual([]);
    const people = JSON.parse(readFileSync(join(EXAMPLE, 'people.json'), 'utf8')) as { id: string; tenant: string; key: string }[];
    const settings = parse(readFileSync(join(EXAMPLE, 'data_layer.yaml'), 'utf8')) as { server: { api_keys: { key: string; viewer: string; tenant: string }[] } };
    expect(settings.server.api_keys.map(({ key, viewer, tenant }) => ({ key, id: viewer, tenant }))).toEqual(people.map(({ key, id, tenant }) => ({ key, id, tenant })));
  });
});
