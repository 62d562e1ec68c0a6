import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from '../../../src/adapters/models/hub/download.js';
import { HubClient } from '../../../src/adapters/models/hub/hub-client.js';
import { INCOMING, originOf, pullModel, type PullRequest } from '../../../src/adapters/models/hub/pull-model.js';
import { ModelHub } from '../../support/model-hub.js';

const WEIGHTS = Buffer.alloc(400_000);
for (let at = 0; at < WEIGHTS.length; at += 4) WEIGHTS.writeUInt32LE(at, at);
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const REPOSITORY = {
  'README.md': Buffer.from('# A model'),
  'config.json': json({ model_type: 'bert' }),
  'modules.json': json([]),
  'sentence_bert_config.json': json({ max_seq_length: 8 }),
  'tokenizer.json': json({ version: '1.0' }),
  'tokenizer_config.json': json({}),
  '1_Pooling/config.json': json({ word_embedding_dimension: 8 }),
  'pytorch_model.bin': Buffer.alloc(50_000),
  'onnx/model.onnx': WEIGHTS,
};

let hub: ModelHub;
let modelsFolder: string;
beforeEach(async () => {
  hub = await ModelHub.start();
  hub.add('acme/mini', { files: REPOSITORY, licence: 'apache-2.0' });
  modelsFolder = mkdtempSync(join(tmpdir(), 'strata-models-'));
});
afterEach(async () => {
  await hub.close();
  rmSync(modelsFolder, { recursive: true, force: true });
});

const MINI: PullRequest = { repository: 'acme/mini', revision: 'main', name: 'acme/mini' };
const pull = (request: Partial<PullRequest> = {}, { token, ...more }: { token?: string; signal?: AbortSignal; onWait?: (holder: string) => void; onBytes?: (here: number) => void; prove?: () => Promise<void> } = {}) =>
  pullModel(new HubClient({ url: hub.url, token }), { ...MINI, ...request }, { modelsFolder, signal: new AbortController().signal, pauseMs: 1, prove: async () => undefined, ...more });
const folder = () => join(modelsFolder, 'acme/mini');
const bytesAsked = () => hub.requests.filter(({ at, path }) => at === 'store' && path.endsWith('model.onnx'));
const aside = () => join(modelsFolder, INCOMING, `acme--mini@${hub.commit.slice(0, 12)}`);

describe('a model that is pulled', () => {
  it('is the files that its kind needs, and says where it is from', async () => {
    const seen: unknown[] = [];
    const pulled = await pullModel(new HubClient({ url: hub.url }), MINI, {
      modelsFolder, signal: new AbortController().signal, pauseMs: 1, prove: async () => undefined,
      onModel: ({ licence }, kind, bytes) => seen.push([licence, kind, bytes]),
    });
    expect(pulled).toMatchObject({ already: false, folder: folder() });
    const wanted = Object.keys(REPOSITORY).filter((file) => !['README.md', 'pytorch_model.bin'].includes(file));
    for (const file of wanted) expect(readFileSync(join(folder(), file)).equals(REPOSITORY[file as keyof typeof REPOSITORY]), file).toBe(true);
    expect(readdirSync(folder()).sort()).toEqual(['1_Pooling', 'config.json', 'modules.json', 'onnx', 'sentence_bert_config.json', 'strata-model.json', 'tokenizer.json', 'tokenizer_config.json']);
    expect(await originOf(folder())).toEqual({ repository: 'acme/mini', commit: hub.commit, licence: 'apache-2.0', licenceLink: null, weights: 'onnx/model.onnx' });
    expect(seen).toEqual([['apache-2.0', 'onnx-text', wanted.reduce((sum, file) => sum + REPOSITORY[file as keyof typeof REPOSITORY].length, 0)]]);
  });

  it('goes on where the connection was cut, with the tag of what is here', async () => {
    hub.cuts.push({ after: 100_000 }, { after: 50_000 });
    const small = Object.values(REPOSITORY).reduce((sum, { length }) => sum + length, 0) - WEIGHTS.length - 50_000 - REPOSITORY['README.md'].length;
    await pull({}, { onBytes: (here) => [100_000, 150_000].includes(here - small) && hub.cut() });
    expect(readFileSync(join(folder(), 'onnx/model.onnx')).equals(WEIGHTS)).toBe(true);
    const [first, ...further] = bytesAsked();
    expect(first!.range).toBeUndefined();
    const tag = `"${createHash('sha256').update(WEIGHTS).digest('hex')}"`;
    expect(further.map(({ range, ifRange }) => [range, ifRange])).toEqual([['bytes=100000-', tag], ['bytes=150000-', tag]]);
  });

  it('is loaded anew where what is here is of other bytes', async () => {
    mkdirSync(dirname(join(aside(), 'onnx/model.onnx')), { recursive: true });
    writeFileSync(join(aside(), 'onnx/model.onnx.partial'), Buffer.alloc(1_000, 7));
    writeFileSync(join(aside(), 'onnx/model.onnx.partial.etag'), '"of another file"');
    await pull();
    expect(bytesAsked().map(({ range }) => range)).toEqual(['bytes=1000-']);
    expect(readFileSync(join(folder(), 'onnx/model.onnx')).equals(WEIGHTS)).toBe(true);
  });

  it('is loaded anew where what an earlier process left turns out to be damaged', async () => {
    mkdirSync(dirname(join(aside(), 'onnx/model.onnx')), { recursive: true });
    writeFileSync(join(aside(), 'onnx/model.onnx.partial'), Buffer.alloc(1_000, 7));
    await pull();
    expect(bytesAsked().map(({ range }) => range)).toEqual(['bytes=1000-', undefined]);
    expect(readFileSync(join(folder(), 'onnx/model.onnx')).equals(WEIGHTS)).toBe(true);
  });

  it('stops when nobody wants it any longer, and the next one goes on from there', async () => {
    const stop = new AbortController();
    hub.cuts.push({ after: 120_000 });
    hub.onHold = () => stop.abort(new Error('enough'));
    await expect(pull({}, { signal: stop.signal })).rejects.toThrow('enough');
    expect(existsSync(folder())).toBe(false);
    await pull();
    expect(readFileSync(join(folder(), 'onnx/model.onnx')).equals(WEIGHTS)).toBe(true);
    expect(existsSync(aside())).toBe(false);
  });

  it('is loaded once where two want it at once', async () => {
    const waited: string[] = [];
    const both = await Promise.all([1, 2].map(() => pull({}, { onWait: (holder) => waited.push(holder) })));
    expect(both.map(({ already }) => already).sort()).toEqual([false, true]);
    expect(bytesAsked()).toHaveLength(1);
    expect(waited).toHaveLength(1);
  });

  it('has no place where it cannot run', async () => {
    await expect(pull({}, { prove: () => Promise.reject(new Error('no model')) })).rejects.toThrow('no model');
    expect(existsSync(folder())).toBe(false);
  });

  it('is not replaced by another one', async () => {
    await pull();
    expect((await pull()).already).toBe(true);
    hub.commit = 'd'.repeat(40);
    await expect(pull()).rejects.toThrow('There is a model "acme/mini" already, of acme/mini at c0ffeec0ffee. Vectors of two models are not compared, so it is not replaced: give this one another name with --as, or remove that folder first.');
    expect(await pull({ name: 'mini-2' })).toMatchObject({ already: false, folder: join(modelsFolder, 'mini-2') });
  });

  it('that is here is known to be, where the hub is not', async () => {
    await pull();
    await hub.close();
    hub = await ModelHub.start();
    const away = new HubClient({ url: 'http://127.0.0.1:9' });
    expect(await pullModel(away, MINI, { modelsFolder, signal: new AbortController().signal, pauseMs: 1, prove: async () => undefined })).toMatchObject({ already: true });
  });
});

describe('a token', () => {
  it('goes to the hub, and not to where it redirects', async () => {
    hub.add('acme/mini', { files: REPOSITORY, token: 'hf_secret' });
    await pull({}, { token: 'hf_secret' });
    const at = (place: string) => [...new Set(hub.requests.filter((request) => request.at === place).map(({ authorization }) => authorization))];
    expect(at('hub')).toEqual(['Bearer hf_secret']);
    expect(at('store')).toEqual([undefined]);
  });

  it('is asked for where the hub does not show a model to everybody', async () => {
    hub.add('acme/mini', { files: REPOSITORY, token: 'hf_secret' });
    await expect(pull()).rejects.toThrow(/^The hub 127\.0\.0\.1:\d+ answers 401 for acme\/mini@main: there is no such model, or it is shown to some alone\. See that the name is right; for a private or gated one set embedding\.hub_token \(STRATA_HUB_TOKEN\)\.$/);
    await expect(pull({}, { token: 'wrong' })).rejects.toThrow(/answers 403 for acme\/mini@main: whoever the token of embedding\.hub_token \(STRATA_HUB_TOKEN\) belongs to may not load it/);
  });
});

describe('what a hub answers that is no model', () => {
  const refusal = async (request: Partial<PullRequest> = {}, token?: string) => (await pull(request, { token }).then(() => 'pulled', (error: Error) => error.message));

  it('is told in one sentence, and nothing has its place', async () => {
    expect(await refusal({ repository: 'acme/none' }, 'x')).toMatch(/answers 404 for acme\/none@main: there is no such model, revision or file\./);
    hub.instead.set('/api/models/acme/mini/revision/main', { status: 200, type: 'text/html', body: '<html>Sign in</html>' });
    expect(await refusal()).toMatch(/^127\.0\.0\.1 answered a web page instead of the listing of acme\/mini@main\.|^127\.0\.0\.1:?\d* answered a web page instead of the listing/);
    hub.instead.set('/api/models/acme/mini/revision/main', { status: 200, type: 'application/json', body: '{"sha": 1}' });
    expect(await refusal()).toMatch(/answered something else instead of the listing/);
    hub.instead.set('/api/models/acme/mini/revision/main', { status: 500, type: 'text/plain', body: '' });
    expect(await refusal()).toMatch(/answers 500 for acme\/mini@main\. Try again in a while; what was loaded is kept\./);
    hub.instead.clear();
    hub.instead.set(`/acme/mini/resolve/${hub.commit}/onnx/model.onnx`, { status: 200, type: 'text/html; charset=utf-8', body: '<html>Sign in</html>' });
    expect(await refusal()).toMatch(/answered a web page instead of onnx\/model\.onnx/);
    expect(existsSync(folder())).toBe(false);
  });

  it('cannot be written outside of the model’s folder', async () => {
    const outside = Object.fromEntries(['onnx/model.onnx_data/../../../outside', 'onnx/model.onnx_data/../../../../outside', '/onnx/model.onnx_data', 'onnx/../../../outside/config.json'].map((path) => [path, Buffer.from('outside')]));
    hub.add('acme/mini', { files: { ...REPOSITORY, ...outside } });
    expect(await refusal()).toBe('pulled');
    expect(hub.requests.filter(({ path }) => path.includes('outside') || path.includes('..'))).toEqual([]);
    expect([modelsFolder, join(modelsFolder, INCOMING), folder(), join(folder(), 'onnx')].map((each) => readdirSync(each).filter((name) => name === 'outside'))).toEqual([[], [], [], []]);
    expect(readdirSync(join(folder(), 'onnx'))).toEqual(['model.onnx']);
    // Whatever lists it: where it would be written, it is refused.
    const client = new HubClient({ url: hub.url });
    const model = await client.model('acme/mini', 'main');
    const file = { path: 'onnx/model.onnx_data/../../../outside', size: 7, checksum: { algorithm: 'sha256' as const, hex: createHash('sha256').update('outside').digest('hex') } };
    await expect(download(client, model, file, folder(), { signal: new AbortController().signal })).rejects.toThrow('The hub lists "onnx/model.onnx_data/../../../outside", which is no path of a file in a model\'s folder.');
    expect(existsSync(join(modelsFolder, 'outside'))).toBe(false);
  });

  it('is found out by its checksum, and nothing of it is kept', async () => {
    hub.checksums.set('onnx/model.onnx', 'a'.repeat(64));
    expect(await refusal()).toMatch(/^onnx\/model\.onnx came with another checksum than the hub lists\. Nothing of it was kept; try again/);
    expect(existsSync(join(aside(), 'onnx/model.onnx'))).toBe(false);
    expect(existsSync(join(aside(), 'onnx/model.onnx.partial'))).toBe(false);
    hub.checksums.clear();
    expect((await pull()).already).toBe(false);
  });

  it('is told where it is of a kind that cannot run, or has no weights, or several', async () => {
    hub.add('acme/gpt', { files: { 'config.json': json({ model_type: 'gpt2' }) } });
    expect(await refusal({ repository: 'acme/gpt' })).toBe('acme/gpt is of the type "gpt2"; sentence-transformers, CLIP, wav2vec 2.0 and cross-encoders can run here.');
    const { 'onnx/model.onnx': _, ...bare } = REPOSITORY;
    hub.add('acme/bare', { files: bare });
    expect(await refusal({ repository: 'acme/bare' })).toMatch(/^acme\/bare has no weights in ONNX's format\./);
    hub.add('acme/several', { files: { ...bare, 'onnx/a.onnx': WEIGHTS, 'onnx/b.onnx': WEIGHTS } });
    expect(await refusal({ repository: 'acme/several' })).toMatch(/several weights; name one with --weights: onnx\/a\.onnx, onnx\/b\.onnx\.$/);
    expect(await refusal({ repository: 'acme/several', name: 'b', weights: 'onnx/b.onnx' })).toBe('pulled');
    const { 'tokenizer.json': __, ...mute } = REPOSITORY;
    hub.add('acme/mute', { files: mute });
    expect(await refusal({ repository: 'acme/mute' })).toBe('acme/mute has no tokenizer.json, which a model of its kind needs.');
  });
});

describe.skipIf(!existsSync('/dev/full'))('a disk that is full', () => {
  it('is told in one sentence, and what was loaded is kept', async () => {
    mkdirSync(join(aside(), 'onnx'), { recursive: true });
    symlinkSync('/dev/full', join(aside(), 'onnx/model.onnx.partial'));
    await expect(pull()).rejects.toThrow('The disk is full: onnx/model.onnx has 400000 bytes. What was loaded is kept; make room, and the same command goes on from there.');
    expect(existsSync(join(aside(), 'tokenizer.json'))).toBe(true);
    rmSync(join(aside(), 'onnx/model.onnx.partial'));
    expect((await pull()).already).toBe(false);
  });
});

describe('a hub that is away', () => {
  it('is told in one sentence', async () => {
    await expect(pullModel(new HubClient({ url: 'http://127.0.0.1:9' }), MINI, { modelsFolder, signal: new AbortController().signal, pauseMs: 1, prove: async () => undefined })).rejects.toThrow(/^The hub 127\.0\.0\.1:9 cannot be reached \(.+\)\. What was loaded is kept; the same command goes on from there\.$/);
  });

  it('is given up where it falls silent', async () => {
    hub.cuts.push(...Array.from({ length: 9 }, () => ({ after: 0 })));
    const quick = new HubClient({ url: hub.url, idleMs: 100 });
    await expect(pullModel(quick, MINI, { modelsFolder, signal: new AbortController().signal, pauseMs: 1, prove: async () => undefined })).rejects.toThrow(/no byte came for 0\.1 seconds/);
  }, 30_000);
});
