import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { filesOf, ModelHub } from '../support/model-hub.js';
import { begin, cleanUp, ROOT, run, serve, STRATA, temporaryFolder } from './support/strata.js';

// Whole processes, which start slowly where much else is going on.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
afterAll(cleanUp);

const MINILM = join(ROOT, 'models/all-MiniLM-L6-v2');
const WEIGHTS = 'onnx/model_quantized.onnx';
/** Gives a command a terminal. */
const hasScript = spawnSync('script', ['--version']).status === 0;

let hub: ModelHub;
let dataDir: string;
beforeEach(async () => {
  hub = await ModelHub.start();
  hub.add('acme/mini', { files: filesOf(MINILM), licence: 'apache-2.0', token: 'hub-secret' });
  dataDir = join(temporaryFolder(), 'data');
});
afterEach(() => hub.close());

const env = () => ({ STRATA_HUB_URL: hub.url, STRATA_HUB_TOKEN: 'hub-secret' });
const models = (args: string[], given: Record<string, string> = env()) => run(STRATA, ['models', ...args, '--data-dir', dataDir], { env: given, cwd: temporaryFolder() });
const serving = (settings: string) => run(STRATA, ['doctor', '--data-dir', dataDir, '--json'], { cwd: withSettings(settings) });

describe('strata models pull', () => {
  it('goes on where a process that was killed had come to, and the program runs with what it brought', async () => {
    hub.cuts.push({ after: 9_000_000 });
    const held = new Promise<void>((resolve) => (hub.onHold = resolve));
    const first = begin(STRATA, ['models', 'pull', 'acme/mini', '--data-dir', dataDir], { env: env() });
    await held;
    const partial = join(dataDir, 'models/.incoming', `acme--mini@${hub.commit.slice(0, 12)}`, `${WEIGHTS}.partial`);
    await vi.waitUntil(() => existsSync(partial) && readFileSync(partial).length > 1_000_000, { timeout: 60_000 });
    first.kill('SIGKILL');
    await once(first, 'exit');
    hub.cut();
    expect(existsSync(join(dataDir, 'models/acme'))).toBe(false);
    const here = readFileSync(partial).length;

    const { code, stdout, stderr } = await models(['pull', 'acme/mini']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `acme/mini is here: ${join(dataDir, 'models/acme/mini')}\n` });
    expect(stderr).toMatch(/^acme\/mini at c0ffeec0ffee, 2\d\.\d MB; licence apache-2\.0\nloading .* MB of .* MB\n/);
    expect(hub.requests.filter(({ at }) => at === 'store').at(-1)).toMatchObject({ range: `bytes=${here}-` });
    expect(readFileSync(join(dataDir, 'models/acme/mini', WEIGHTS)).equals(readFileSync(join(MINILM, WEIGHTS)))).toBe(true);

    const listed = await models(['list']);
    expect(listed.stdout).toMatch(/acme\/mini +│ sentence-transformers: texts +│ 384 +│ here +│ apache-2\.0/);
    expect(listed.stdout).toMatch(/all-MiniLM-L6-v2 +│ sentence-transformers: texts +│ 384 +│ configured +│ apache-2\.0/);
    expect(listed.stdout).toMatch(/clip-vit-base-patch32 .* not here/);
    expect(listed.stdout).toContain(`\nacme/mini: ${join(dataDir, 'models/acme/mini')}\n`);
    expect(listed.stdout).toContain('\nNo server is up here: what is in use is as the configuration has it,');
    expect((await models(['pull', 'acme/mini'])).stdout).toMatch(/^acme\/mini was here already: /);

    const checked = await serving('embedding: { text_model: acme/mini }\n');
    expect(checked.code, checked.stderr).toBe(0);
    expect(JSON.parse(checked.stdout)).toContainEqual(expect.objectContaining({ part: 'acme/mini', state: 'ok' }));
  });

  it.skipIf(!hasScript)('shows a bar where somebody looks on, and leaves the cursor as it was (needs util-linux)', async () => {
    const { code, stdout } = await run('script', ['--quiet', '--return', '--command', `stty cols 100; exec ${STRATA} models pull acme/mini --data-dir ${dataDir}`, '/dev/null'], { env: env(), cwd: temporaryFolder() });
    expect(code, stdout).toBe(0);
    const [said, ...rest] = stdout.split('\r\n');
    expect(said).toMatch(/^acme\/mini at c0ffeec0ffee, 2\d\.\d MB; licence apache-2\.0$/);
    const bar = stripVTControlCharacters(rest.join('\n'));
    expect(bar).toMatch(/^loading +░{28} 0% {2}/);
    expect(bar).toMatch(/loading +█{28} 100% {2}(2\d\.\d MB) of \1\n/);
    expect(stdout.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stdout.lastIndexOf('\u001b[?25l'));
    expect(stdout).toMatch(new RegExp(`acme/mini is here: ${join(dataDir, 'models/acme/mini')}\r\n$`));
  });

  it('says in one sentence what is in the way, and without a hub what would do by hand', async () => {
    const without = await models(['pull', 'clip-vit-base-patch32'], {});
    expect({ code: without.code, stdout: without.stdout }).toEqual({ code: 1, stdout: '' });
    const folder = join(dataDir, 'models/clip-vit-base-patch32');
    expect(without.stderr).toBe(
      'strata: There is no hub to load "clip-vit-base-patch32" from. Set embedding.hub_url, or STRATA_HUB_URL, to the address of one; or put the model\'s files there by hand:\n' +
        ['', '  config.json', '  preprocessor_config.json', '  tokenizer.json', '  tokenizer_config.json', '  onnx/vision_model.onnx', '  onnx/text_model.onnx'].map((line) => (line === '' ? `  ${folder}/\n` : `  ${line}\n`)).join(''),
    );
    const away = await models(['pull', 'all-mpnet-base-v2'], { STRATA_HUB_URL: 'http://127.0.0.1:9' });
    expect(away.stderr).toMatch(/^strata: The hub 127\.0\.0\.1:9 cannot be reached \(.+\)\. What was loaded is kept; the same command goes on from there\. Where there is no way to it, put the model's files there by hand:\n {2}\S+all-mpnet-base-v2\/\n {4}config\.json\n/);
    expect((await models(['pull', 'acme/mini'], { STRATA_HUB_URL: hub.url })).stderr).toMatch(/^strata: The hub \S+ answers 401 for acme\/mini@main: there is no such model, or it is shown to some alone\..*\n$/);
    expect(existsSync(join(dataDir, 'models/acme'))).toBe(false);
    expect(await models(['pull', 'all-MiniLM-L6-v2'], {})).toMatchObject({ code: 0, stdout: `all-MiniLM-L6-v2 comes with the program: ${MINILM}\n` });
    expect((await models(['pull', 'wav2vec2-base'], {})).stderr).toMatch(/^strata: No hub is known to hold "wav2vec2-base" in ONNX's format\. Name a repository that has it \("strata models pull ORG\/REPO --as wav2vec2-base"\)/);
  });
});

describe('a model that the configuration names by the hub\'s name', () => {
  const config = (hubUrl: string) => ['--config', join(withSettings(`embedding: { text_model: acme/mini, hub_url: '${hubUrl}', hub_token: hub-secret }\n`), 'data_layer.yaml')];

  it('is loaded by the first start, and used', async () => {
    const named = config(hub.url);
    const server = await serve(dataDir, ...named);
    const { stdout } = await run(STRATA, ['models', 'list', '--data-dir', dataDir, ...named]);
    expect(stdout).toMatch(/acme\/mini +│ sentence-transformers: texts +│ 384 +│ searched, written +│ apache-2\.0/);
    await server.stop();
    // It is here, and nobody is asked.
    const again = await serve(dataDir, ...config('http://127.0.0.1:9'));
    await again.stop();
  });

  it('is not loaded by a start that is told to end meanwhile', async () => {
    hub.cuts.push({ after: 1_000_000 });
    const held = new Promise<void>((resolve) => (hub.onHold = resolve));
    const starting = begin(STRATA, ['serve', '--port', '0', '--data-dir', dataDir, ...config(hub.url)]);
    await held;
    starting.kill('SIGTERM');
    const [code] = (await once(starting, 'exit')) as [number];
    hub.cut();
    expect(code).toBe(143);
    expect(existsSync(join(dataDir, 'models/acme'))).toBe(false);
  });
});

describe('strata models list', () => {
  it('says of each model what the server uses it for, whatever the configuration would', async () => {
    const config = join(withSettings(`embedding: { models: [{ name: second, path: ${MINILM} }] }\n`), 'data_layer.yaml');
    const server = await serve(dataDir, '--config', config);
    const states = async () => {
      const { stdout } = await run(STRATA, ['models', 'list', '--data-dir', dataDir, '--config', config]);
      expect(stdout.replace(/\s+/g, ' ')).toContain(`What is in use says the server at ${server.url}.`);
      return ['all-MiniLM-L6-v2', 'second', 'wav2vec2-base'].map((name) => new RegExp(`│ ${name} .*│ ([^│]*?) +│ [^│]*│$`, 'm').exec(stdout)?.[1]);
    };
    const change = (action: string, ...args: string[]) => run(STRATA, ['model-change', action, ...args, '--data-dir', dataDir, '--config', config]);
    expect(await states()).toEqual(['searched, written', 'here', 'not here']);
    await change('start', 'second');
    expect(await states()).toEqual(['searched, written', 'written', 'not here']);
    await change('cut-over');
    expect(await states()).toEqual(['written, old', 'searched, written', 'not here']);
    const { stdout } = await run(STRATA, ['models', 'list', '--json', '--data-dir', dataDir, '--config', config]);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ name: 'second', state: 'here', uses: ['searched', 'written'] }));
    await server.stop();
  });
});

describe('a model that cannot run', () => {
  it('keeps the program from starting where the configuration names it, and is told of otherwise', async () => {
    const folder = join(dataDir, 'models/broken');
    mkdirSync(join(dataDir, 'models'), { recursive: true });
    cpSync(MINILM, folder, { recursive: true });
    truncateSync(join(folder, WEIGHTS), 20_000_000);
    const sentence = `The model "broken" cannot run: its ${WEIGHTS} was cut off: it has 20000000 bytes and should have more; load it again.`;
    const named = await serving('embedding: { text_model: broken }\n');
    expect(named.code).toBe(1);
    expect(JSON.parse(named.stdout)).toContainEqual(expect.objectContaining({ part: 'start', state: 'fault', says: sentence }));
    const refused = await run(STRATA, ['serve', '--port', '0', '--data-dir', dataDir], { env: {}, cwd: withSettings('embedding: { models: [broken] }\n') });
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(`strata: ${sentence}\n`);
    expect((await models(['list'])).stdout.replace(/\s+/g, ' ')).toContain(sentence);
    expect(readdirSync(folder)).toContain('config.json');
    expect((await serving('')).code).toBe(0);
  });
});

function withSettings(settings: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'data_layer.yaml'), settings);
  return folder;
}
