import { appendFileSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fingerprints } from '../../../src/adapters/models/fingerprints.js';
import { fittingTo, notRunning, openCatalogue } from '../../../src/adapters/models/model-catalogue.js';
import { readModelFolder } from '../../../src/adapters/models/model-folder.js';
import { BUNDLED_MODELS } from '../../../src/adapters/models/registry.js';
import { filesOf } from '../../support/model-hub.js';
import { tinyOnnx } from '../../support/tiny-onnx.js';

const MINILM = join(BUNDLED_MODELS, 'all-MiniLM-L6-v2');
const SHARED = resolve('../shared/models');
const json = (value: unknown) => JSON.stringify(value);
const WORDS = ['input_ids', 'attention_mask'];

/** Weights of a graph without nodes. @param outputs with their shapes, null for a length that is not fixed; @param beside a file with a constant, and up to which byte */
function onnxFile({ inputs, outputs, beside }: { inputs: readonly string[]; outputs: Record<string, readonly (number | null)[]>; beside?: readonly [string, number] }): Buffer {
  const float = (shape: readonly (number | null)[]) => ({ type: 'float' as const, dims: shape.map((length) => length ?? 'n') });
  return tinyOnnx({
    nodes: [],
    inputs: Object.fromEntries(inputs.map((name) => [name, float([null, null])])),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, shape]) => [name, float(shape)])),
    ...(beside && { beside: { weight: { file: beside[0], bytes: beside[1] } } }),
  });
}

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'strata-models-'));
  folder = join(root, 'model');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string | Buffer>, into = folder): string {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(into, file)), { recursive: true });
    writeFileSync(join(into, file), content);
  }
  return into;
}

/** A sentence-transformers model as small as can be, whose weights are a graph of no nodes. */
const TEXT = {
  'config.json': json({ model_type: 'bert' }),
  'modules.json': json([
    { type: 'sentence_transformers.models.Transformer', path: '' },
    { type: 'sentence_transformers.models.Pooling', path: '1_Pooling' },
  ]),
  'sentence_bert_config.json': json({ max_seq_length: 8 }),
  'tokenizer.json': json({}),
  'tokenizer_config.json': json({}),
  '1_Pooling/config.json': json({ word_embedding_dimension: 8, pooling_mode_mean_tokens: true, pooling_mode_cls_token: false }),
  'onnx/model.onnx': onnxFile({ inputs: WORDS, outputs: { last_hidden_state: [null, null, 8] } }),
};
const read = (files: Record<string, string | Buffer>) => readModelFolder('mine', write(files), new Fingerprints(null));
const refusal = (files: Record<string, string | Buffer>) => read(files).then(() => 'it can run', (error: Error) => error.message.replace('The model "mine" cannot run: ', ''));

describe('a model’s folder', () => {
  it('says its kind, the length of its vectors and the revision of its weights', async () => {
    expect(await readModelFolder('x', MINILM, new Fingerprints(null))).toMatchObject({ kind: 'onnx-text', dimensions: 384, revision: 'onnx-int8-1', files: { weights: 'onnx/model_quantized.onnx' } });
    expect(await read(TEXT)).toMatchObject({ name: 'mine', kind: 'onnx-text', dimensions: 8, revision: expect.stringMatching(/^sha256:[0-9a-f]{16}$/) as string });
  });

  it.skipIf(!existsSync(SHARED))('may be of any kind (../shared/models)', async () => {
    const of = async (name: string) => readModelFolder(name, join(SHARED, name), new Fingerprints(null));
    expect(await of('all-mpnet-base-v2')).toMatchObject({ kind: 'onnx-text', dimensions: 768, revision: 'onnx-w8-1' });
    expect(await of('clip-tiny-random')).toMatchObject({ kind: 'onnx-clip', dimensions: 64, files: { weights: 'onnx/vision_model.onnx', textWeights: 'onnx/text_model.onnx' } });
    expect(await of('wav2vec2-tiny-random')).toMatchObject({ kind: 'onnx-wav2vec2', dimensions: 48 });
  });

  it('may be a link, with its weights under a name of their own', async () => {
    write({ ...TEXT, 'onnx/model.onnx': '' }, join(root, 'real'));
    unlinkSync(join(root, 'real/onnx/model.onnx'));
    write({ 'onnx/best.onnx': TEXT['onnx/model.onnx'] }, join(root, 'real'));
    symlinkSync(join(root, 'real'), folder);
    expect((await readModelFolder('mine', folder, new Fingerprints(null))).files.weights).toBe('onnx/best.onnx');
  });

  it.each<[string, Record<string, string | Buffer>, string]>([
    ['a pointer', { 'onnx/model.onnx': 'version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 90\n' }, 'its onnx/model.onnx is a pointer of Git LFS, not what it points to; load the file itself.'],
    ['a web page', { 'onnx/model.onnx': '\n<!DOCTYPE html><html>Sign in</html>' }, 'its onnx/model.onnx is a web page.'],
    ['a file of PyTorch', { 'onnx/model.onnx': Buffer.from('PK\u0003\u0004archive/data.pkl', 'latin1') }, "its onnx/model.onnx is a file of PyTorch; weights in ONNX's format are needed."],
    ['safetensors', { 'onnx/model.onnx': Buffer.concat([Buffer.from([64, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"a":{}}')]) }, "its onnx/model.onnx is a safetensors file; weights in ONNX's format are needed."],
    ['a JSON file', { 'onnx/model.onnx': '{"error": "no"}' }, "its onnx/model.onnx is a JSON file; weights in ONNX's format are needed."],
    ['noise', { 'onnx/model.onnx': Buffer.alloc(2_000, 0xa5) }, 'its onnx/model.onnx is no ONNX file.'],
    ['empty', { 'onnx/model.onnx': '' }, 'its onnx/model.onnx is empty.'],
    ['of other inputs', { 'onnx/model.onnx': onnxFile({ inputs: ['pixel_values'], outputs: { last_hidden_state: [null, null, 8] } }) }, 'its onnx/model.onnx takes pixel_values; a model of its kind takes input_ids, attention_mask.'],
    ['of more inputs', { 'onnx/model.onnx': onnxFile({ inputs: [...WORDS, 'past'], outputs: { last_hidden_state: [null, null, 8] } }) }, 'its onnx/model.onnx takes input_ids, attention_mask, past; a model of its kind takes input_ids, attention_mask.'],
    ['of other outputs', { 'onnx/model.onnx': onnxFile({ inputs: WORDS, outputs: { logits: [null, 2] } }) }, 'its onnx/model.onnx answers logits; a model of its kind answers last_hidden_state or token_embeddings.'],
    ['of other dimensions', { 'onnx/model.onnx': onnxFile({ inputs: WORDS, outputs: { last_hidden_state: [null, null, 16] } }) }, 'its onnx/model.onnx answers vectors of 16 dimensions, and its configuration says 8; the two are of different models.'],
    ['without its weights beside it', { 'onnx/model.onnx': onnxFile({ inputs: WORDS, outputs: { last_hidden_state: [null, null, 8] }, beside: ['model.onnx_data', 100] }) }, 'its folder has no onnx/model.onnx_data, where onnx/model.onnx keeps its weights.'],
    ['with half its weights beside it', { 'onnx/model.onnx': onnxFile({ inputs: WORDS, outputs: { last_hidden_state: [null, null, 8] }, beside: ['model.onnx_data', 100] }), 'onnx/model.onnx_data': 'half' }, 'its onnx/model.onnx_data was cut off: it has 4 bytes and should have 100; load it again.'],
    ['with weights outside', { 'onnx/model.onnx': onnxFile({ inputs: WORDS, outputs: { last_hidden_state: [null, null, 8] }, beside: ['../../other', 1] }) }, 'its onnx/model.onnx asks for weights outside of its folder.'],
    ['with a broken tokenizer', { 'tokenizer.json': '<html>' }, 'its tokenizer.json is no JSON; load it again.'],
    ['of another pooling', { '1_Pooling/config.json': json({ word_embedding_dimension: 8, pooling_mode_cls_token: true }) }, 'its 1_Pooling/config.json says pooling_mode_cls_token; pooling_mode_mean_tokens alone is known.'],
    ['with a layer more', { 'modules.json': json([{ type: 'x.Transformer', path: '' }, { type: 'x.Pooling', path: '1_Pooling' }, { type: 'x.Dense', path: '2_Dense' }]) }, 'its modules.json names a Dense layer; Transformer, Pooling, Normalize are known.'],
    ['without a number of tokens', { 'sentence_bert_config.json': json({ max_seq_length: null }), 'tokenizer_config.json': '{"model_max_length": 1000000000000000019884624838656}' }, 'nothing says how many tokens it reads: max_seq_length of its sentence_bert_config.json, model_max_length of its tokenizer_config.json or max_position_embeddings of its config.json.'],
    ['of no number of tokens', { 'sentence_bert_config.json': json({ max_seq_length: 'all' }) }, 'its sentence_bert_config.json says max_seq_length "all", which is no number of tokens.'],
    ['of no length', { '1_Pooling/config.json': json({ word_embedding_dimension: '8', pooling_mode_mean_tokens: true }) }, 'the word_embedding_dimension of its 1_Pooling/config.json is no length of vectors.'],
  ])('is refused in one sentence where it is %s', async (_, wrong, sentence) => {
    expect(await refusal({ ...TEXT, ...wrong })).toBe(sentence);
  });

  it('is refused where a file is missing', async () => {
    expect(await readModelFolder('mine', join(root, 'nowhere'), new Fingerprints(null)).catch((error: Error) => error.message)).toBe('The model "mine" cannot run: its folder is not there.');
    for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'sentence_bert_config.json', '1_Pooling/config.json', 'onnx/model.onnx']) {
      const { [file as keyof typeof TEXT]: __, ...others } = TEXT;
      rmSync(folder, { recursive: true, force: true });
      expect(await refusal(others)).toBe(`its folder has no ${file}.`);
    }
    rmSync(folder, { recursive: true, force: true });
    expect(await refusal({ 'config.json': json({ model_type: 'gpt2' }) })).toBe('its config.json says model_type "gpt2", and there is no modules.json; sentence-transformers, CLIP, wav2vec 2.0 and cross-encoders are known.');
  });

  it('is refused where it cannot be read, and says so', async () => {
    const failure = (path: string) => readModelFolder('mine', path, new Fingerprints(null)).catch((error: Error) => error.message.replace('The model "mine" cannot run: ', ''));
    expect(await failure(join(write({ 'a file': '' }, join(root, 'elsewhere')), 'a file'))).toBe("what its path names is a file; name the folder that holds the model's files.");
    symlinkSync(join(root, 'loop'), join(root, 'loop'));
    expect(await failure(join(root, 'loop'))).toBe('its folder cannot be read (ELOOP). Let the user that runs the program read it.');
    for (const file of ['config.json', 'onnx/model.onnx']) {
      rmSync(folder, { recursive: true, force: true });
      write(TEXT);
      unlinkSync(join(folder, file));
      symlinkSync(join(folder, file), join(folder, file));
      expect(await failure(folder)).toBe(`its ${file} cannot be read (ELOOP). Let the user that runs the program read it.`);
    }
    rmSync(folder, { recursive: true, force: true });
    expect(await refusal({ ...TEXT, 'config.json': '"text"' })).toBe('its config.json is no JSON; load it again.');
  });

  it('is refused where its weights were cut off, wherever that was', async () => {
    write(Object.fromEntries(Object.entries(filesOf(MINILM)).filter(([file]) => !file.startsWith('onnx/'))));
    mkdirSync(join(folder, 'onnx'));
    const weights = join(folder, 'onnx/model_quantized.onnx');
    copyFileSync(join(MINILM, 'onnx/model_quantized.onnx'), weights);
    const { length } = TEXT['onnx/model.onnx'];
    const whole = (await readModelFolder('mine', folder, new Fingerprints(null))).revision;
    expect(whole).toBe('onnx-int8-1');
    for (let size = filesOf(MINILM)['onnx/model_quantized.onnx']!.length - 1; size > 100; size = Math.floor(size * 0.83)) {
      truncateSync(weights, size);
      await expect(readModelFolder('mine', folder, new Fingerprints(null)), `${size} bytes`).rejects.toThrow(/was cut off: it has \d+ bytes and should have more; load it again\.$/);
    }
    for (let size = 1; size < length; size++) {
      expect(await refusal({ ...TEXT, 'onnx/model.onnx': TEXT['onnx/model.onnx'].subarray(0, size) }), `${size} bytes`).toMatch(/cut off|no ONNX file|takes|answers/);
      rmSync(folder, { recursive: true, force: true });
    }
    expect(await refusal({ ...TEXT, 'onnx/model.onnx': Buffer.concat([TEXT['onnx/model.onnx'], Buffer.from([0])]) })).toMatch(/cut off/);
  });
});

describe('the models of an installation', () => {
  const open = (places: Partial<Parameters<typeof openCatalogue>[0]> = {}, isLenient = false) =>
    openCatalogue({ textModel: 'all-MiniLM-L6-v2', models: [], modelsFolder: join(root, 'models'), ...places }, new Fingerprints(null), isLenient);
  const damaged = { ...TEXT, 'onnx/model.onnx': 'version https://git-lfs' };

  it('are the one that comes with the program, and what lies in the models’ folder', async () => {
    write(TEXT, join(root, 'models/acme/mini'));
    write(TEXT, join(root, 'models/.incoming/acme--mini@1'));
    const { installed, unusable } = await open();
    expect(installed.map(({ name, model }) => [name, model.active])).toEqual([['all-MiniLM-L6-v2', true], ['acme/mini', false]]);
    expect(unusable).toEqual([]);
    expect((await open({ textModel: 'acme/mini' })).installed.map(({ name, model }) => [name, model.active])).toEqual([['acme/mini', true], ['all-MiniLM-L6-v2', false]]);
  });

  it('must be here and able to run where the configuration names them, and are left out otherwise', async () => {
    write(damaged, join(root, 'models/all-mpnet-base-v2'));
    const catalogue = await open();
    expect(catalogue.unusable).toMatchObject([{ name: 'all-mpnet-base-v2', fault: expect.stringContaining('pointer of Git LFS') as string }]);
    expect(notRunning(catalogue).find(({ name }) => name === 'all-mpnet-base-v2')).toMatchObject({ available: false, active: false, fault: expect.stringContaining('pointer') as string });
    await expect(open({ textModel: 'all-mpnet-base-v2' })).rejects.toThrow('The model "all-mpnet-base-v2" cannot run: its onnx/model.onnx is a pointer of Git LFS');
    await expect(open({ models: [{ name: 'all-mpnet-base-v2' }] })).rejects.toThrow('pointer of Git LFS');
    await expect(open({ models: [{ name: 'mine', path: join(root, 'none') }] })).rejects.toThrow('The model "mine" cannot run: its folder is not there.');
    await expect(open({ models: [{ name: 'acme/mini' }] })).rejects.toThrow('The model "acme/mini" cannot run: it is not here. Load it with "strata models pull acme/mini", or name its folder under embedding.models (name, path).');
    expect((await open({ models: [{ name: 'acme/mini' }] }, true)).unusable).toHaveLength(2);
  });

  it('are not compared with vectors that they did not make', async () => {
    const catalogue = await open({ models: [{ name: 'mine', path: write(TEXT) }] });
    const { revision } = catalogue.installed[0]!;
    const kind = { model: 'mine', dimensions: 8, revision: revision as string | null };
    expect(fittingTo(catalogue, [kind, { ...kind, model: 'another' }])).toEqual(catalogue);
    expect(fittingTo(catalogue, [{ ...kind, revision: null }])).toEqual(catalogue);
    expect(() => fittingTo(catalogue, [{ ...kind, revision: 'onnx-1' }])).toThrow(
      `The vectors here of "mine" are in the revision onnx-1, and the model's files are ${revision}. Vectors of two models are never compared: put the former files back, or give the new ones another name under embedding.models (name, path) and change to that model.`,
    );
    expect(() => fittingTo(catalogue, [{ ...kind, dimensions: 16 }])).toThrow('The vectors here of "mine" are of 16 dimensions, and the model\'s files give 8.');
    write(TEXT, join(root, 'models/idle'));
    const withIdle = fittingTo(await open(), [{ ...kind, model: 'idle', revision: 'onnx-1' }]);
    expect([withIdle.installed.map(({ name }) => name), withIdle.unusable.map(({ name }) => name)]).toEqual([['all-MiniLM-L6-v2'], ['idle']]);
  });
});

describe('fingerprints', () => {
  it('are of the bytes, and files that did not change are not read again', async () => {
    write({ a: 'one' });
    const file = join(root, 'seen.json');
    const seen = new Fingerprints(file);
    const first = await seen.of(join(folder, 'a'));
    expect(first).toBe('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed');
    await seen.save();
    // What is remembered is believed, which shows that the file is not read.
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(first, 'f'.repeat(64)));
    expect(await new Fingerprints(file).of(join(folder, 'a'))).toBe('f'.repeat(64));
    appendFileSync(join(folder, 'a'), '!');
    expect(await new Fingerprints(file).of(join(folder, 'a'))).not.toBe('f'.repeat(64));
    writeFileSync(file, 'nonsense');
    expect(await new Fingerprints(file).of(join(folder, 'a'))).toHaveLength(64);
  });
});
