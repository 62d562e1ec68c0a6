import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildASTSchema, parse, validate } from 'graphql';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { blocksOf, commandsOf, outputsOf, pattern, printed, scriptOf } from './support/documented.js';
import { cleanUp, ROOT, run, serve, STRATA, temporaryFolder } from './support/strata.js';

// Whole processes, which start slowly where much else is going on.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
afterAll(cleanUp);

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const blocks = blocksOf(readme);
const ofKind = (kind: string) => blocks.filter((block) => block.kind === kind).map(({ text }) => text);

describe('the README', () => {
  it('prints what it says when its commands are run', async () => {
    const server = await serve(join(temporaryFolder(), 'data'));
    const cwd = temporaryFolder();
    const { host } = new URL(server.url);
    const runnable = commandsOf(blocks);
    expect(runnable.length).toBeGreaterThan(5);
    // As somebody types them in the repository's folder, but for what they leave behind.
    const setup = `ln -s '${ROOT}/bin' '${ROOT}/samples' .\n`;
    const script = setup + scriptOf(runnable).replaceAll('127.0.0.1:4000', host);
    const { code, stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', `exec 2>&1\n${script}`], {
      cwd,
      env: { STRATA_DATA_DIR: dataDirOf(server.process.spawnargs) },
    });
    expect({ code, output: code === 0 ? '' : stdout, stderr }).toEqual({ code: 0, output: '', stderr: '' });
    const outputs = outputsOf(stdout.replaceAll(host, '127.0.0.1:4000'));
    for (const [index, { command, output }] of runnable.entries()) {
      if (output !== null) expect(printed(outputs[index]!), command).toMatch(pattern(output));
    }
    await server.stop();
  });

  it('shows operations and settings that are valid', async () => {
    const schema = buildASTSchema(parse(readFileSync(join(ROOT, 'schema.graphql'), 'utf8')), { assumeValidSDL: true });
    expect(ofKind('graphql').length).toBeGreaterThan(1);
    for (const operation of ofKind('graphql')) expect(validate(schema, parse(operation)), operation).toEqual([]);

    const file = join(temporaryFolder(), 'data_layer.yaml');
    expect(ofKind('yaml').length).toBeGreaterThan(1);
    for (const settings of ofKind('yaml')) {
      writeFileSync(file, settings);
      const { code, stderr } = await run(STRATA, ['config', '--config', file]);
      expect({ settings, code, stderr }).toEqual({ settings, code: 0, stderr: '' });
    }
  });

  it('links to what is there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !existsSync(join(dirname(join(ROOT, 'README.md')), link)))).toEqual([]);
  });

  it('names scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name]) => name!).filter((name) => !['ci', 'run'].includes(name));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

const dataDirOf = (args: readonly string[]) => args[args.indexOf('--data-dir') + 1]!;
