import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BUNDLED_MODELS } from '../../../src/adapters/models/registry.js';
import { list, pull } from '../../../src/app/models.js';
import { loadConfig } from '../../../src/config/load.js';
import type { StrataError } from '../../../src/domain/errors.js';
import { filesOf, ModelHub } from '../../support/model-hub.js';
import { tinyClip, tinyWav2Vec2, tokenStates } from '../../support/tiny-media-models.js';
import { tinyOnnx, type TinyValue } from '../../support/tiny-onnx.js';

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const floats = (...dims: (number | string)[]): TinyValue => ({ type: 'float', dims });
const { 'tokenizer.json': tokenizer, 'tokenizer_config.json': tokenizerConfig } = filesOf(join(BUNDLED_MODELS, 'all-MiniLM-L6-v2'));
const UNWANTED = Buffer.from('nobody should load this');
const unwanted = (...files: string[]) => Object.fromEntries(files.map((file) => [file, UNWANTED]));

/** The files of sentence-transformers/all-mpnet-base-v2 as its page at the hub lists them, with small contents of the same form: they run, and mean nothing. */
const MPNET = {
  ...unwanted('.gitattributes', 'README.md', 'data_config.json', 'model.safetensors', 'pytorch_model.bin', 'train_script.py', 'vocab.txt', 'openvino/openvino_model.bin', 'openvino/openvino_model.xml'),
  ...unwanted(...['O1', 'O2', 'O3', 'O4', 'qint8_arm64', 'qint8_avx512', 'qint8_avx512_vnni', 'quint8_avx2'].map((variant) => `onnx/model_${variant}.onnx`)),
  '1_Pooling/config.json': json({ word_embedding_dimension: 768, pooling_mode_cls_token: false, pooling_mode_mean_tokens: true, pooling_mode_max_tokens: false, pooling_mode_mean_sqrt_len_tokens: false }),
  'config.json': json({ architectures: ['MPNetForMaskedLM'], model_type: 'mpnet', hidden_size: 768 }),
  'config_sentence_transformers.json': json({}),
  'modules.json': json([
    { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
    { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
    { idx: 2, name: '2', path: '2_Normalize', type: 'sentence_transformers.models.Normalize' },
  ]),
  'sentence_bert_config.json': json({ max_seq_length: 384, do_lower_case: false }),
  'special_tokens_map.json': json({}),
  'tokenizer.json': tokenizer!,
  'tokenizer_config.json': tokenizerConfig!,
  // As the exporter calls it that pools besides.
  'onnx/model.onnx': tokenStates(768, 'token_embeddings'),
};

/** As Xenova/clip-vit-base-patch32 has them; its card names no licence. */
const CLIP = {
  ...unwanted('.gitattributes', 'README.md', 'merges.txt', 'vocab.json', 'quantize_config.json', 'onnx/model.onnx', 'onnx/model_quantized.onnx'),
  ...unwanted('onnx/text_model_quantized.onnx', 'onnx/text_model_fp16.onnx', 'onnx/vision_model_quantized.onnx', 'onnx/vision_model_fp16.onnx'),
  'special_tokens_map.json': json({}),
  ...tinyClip({ dimensions: 512 }),
};

/** What `optimum-cli export onnx --task feature-extraction` makes of facebook/wav2vec2-base, put into a repository. */
const WAV2VEC2 = {
  ...unwanted('.gitattributes'),
  ...tinyWav2Vec2({ dimensions: 768 }),
};

let hub: ModelHub;
let dataDir: string;
beforeEach(async () => {
  hub = await ModelHub.start();
  dataDir = mkdtempSync(join(tmpdir(), 'strata-models-'));
});
afterEach(async () => {
  await hub.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const config = () => loadConfig({ env: { STRATA_HUB_URL: hub.url }, cwd: dataDir, overrides: { dataDir } });

async function pulled(source: string, name = source) {
  const terms: (string | null)[] = [];
  const { folder } = await pull(config(), { source, ...(name !== source && { as: name }) }, { signal: new AbortController().signal, onModel: ({ licence, licenceLink }) => terms.push(licence, licenceLink), onBytes: () => undefined, onWait: () => undefined });
  return { files: Object.keys(filesOf(folder)).sort(), terms, listed: (await list(config())).find((each) => each.name === name) };
}

describe('the named models, from repositories as a hub has them', () => {
  it('all-mpnet-base-v2 is its small files and the weights that are not optimised for one machine', async () => {
    hub.add('sentence-transformers/all-mpnet-base-v2', { files: MPNET, licence: 'apache-2.0' });
    const { files, terms, listed } = await pulled('all-mpnet-base-v2');
    expect(files).toEqual(['1_Pooling/config.json', 'config.json', 'config_sentence_transformers.json', 'modules.json', 'onnx/model.onnx', 'sentence_bert_config.json', 'special_tokens_map.json', 'strata-model.json', 'tokenizer.json', 'tokenizer_config.json']);
    expect(terms).toEqual(['apache-2.0', null]);
    expect(listed).toMatchObject({ state: 'here', dimensions: 768, licence: 'apache-2.0', fault: null });
  });

  it('clip-vit-base-patch32 is both towers, under its makers’ licence where the card names none', async () => {
    hub.add('Xenova/clip-vit-base-patch32', { files: CLIP });
    const { files, terms, listed } = await pulled('clip-vit-base-patch32');
    expect(files).toEqual(['config.json', 'onnx/text_model.onnx', 'onnx/vision_model.onnx', 'preprocessor_config.json', 'special_tokens_map.json', 'strata-model.json', 'tokenizer.json', 'tokenizer_config.json']);
    expect(terms).toEqual(['mit', 'https://github.com/openai/CLIP/blob/main/LICENSE']);
    expect(listed).toMatchObject({ state: 'active', dimensions: 512, licence: 'mit', fault: null });
    await hub.close();
    hub = await ModelHub.start();
    hub.add('Xenova/clip-vit-base-patch32', { files: CLIP, licence: 'other-terms' });
    rmSync(join(dataDir, 'models'), { recursive: true });
    expect((await pulled('clip-vit-base-patch32')).terms).toEqual(['other-terms', null]);
  });

  it('wav2vec2-base is what somebody exported, under the name that makes it used', async () => {
    hub.add('acme/wav2vec2', { files: WAV2VEC2, licence: 'apache-2.0' });
    const { files, listed } = await pulled('acme/wav2vec2', 'wav2vec2-base');
    expect(files).toEqual(['config.json', 'model.onnx', 'preprocessor_config.json', 'strata-model.json']);
    expect(listed).toMatchObject({ state: 'active', dimensions: 768, licence: 'apache-2.0', fault: null });
    await expect(pulled('wav2vec2-base')).rejects.toThrow(
      `No hub is known to hold "wav2vec2-base" in ONNX's format. Name a repository that has it ("strata models pull ORG/REPO --as wav2vec2-base"), or export it ("optimum-cli export onnx --model facebook/wav2vec2-base --task feature-extraction ${join(dataDir, 'models/wav2vec2-base')}", of pip's optimum-onnx) and put it there:\n`,
    );
  });

  it('a model that was trained on, to write down speech, is none of sounds', async () => {
    hub.add('acme/asr', { files: { ...WAV2VEC2, 'model.onnx': tinyOnnx({ nodes: [], inputs: { input_values: floats('batch_size', 'sequence_length') }, outputs: { logits: floats('batch_size', 'frames', 32) } }) } });
    await expect(pulled('acme/asr')).rejects.toThrow('The model "acme/asr" cannot run: its model.onnx answers logits; a model of its kind answers last_hidden_state.');
    expect(readdirSync(join(dataDir, 'models'))).toEqual(['.incoming']);
  });

  it('a model that does not run, or answers vectors of another length than its files say, has no place', async () => {
    const refusal = async (name: string, files: Record<string, Buffer>) => {
      hub.add(`acme/${name}`, { files });
      return pulled(`acme/${name}`).then(() => 'pulled', (error: Error) => [(error as StrataError).code, error.message]);
    };
    const answered = (name: string, found: number, said: string) => ['NOT_CONFIGURED', `The model "acme/${name}" answered vectors of ${found} dimensions where its ${said}. Nothing of it was kept; its weights are damaged, or are not what the name says.`];
    expect(await refusal('text', { ...MPNET, 'onnx/model.onnx': tokenStates(384) })).toEqual(answered('text', 384, "pooling's config.json says 768"));
    expect(await refusal('words', tinyClip({ dimensions: 6, towers: [6, 4] }))).toEqual(answered('words', 4, 'files say 6'));
    expect(await refusal('pictures', tinyClip({ dimensions: 6, towers: [4, 6] }))).toEqual(answered('pictures', 4, 'files say 6'));
    expect(await refusal('sounds', tinyWav2Vec2({ dimensions: 4, says: 6 }))).toEqual(answered('sounds', 4, 'files say 6'));
    // Its frame is whole, and nothing makes what it promises.
    const frame = tinyOnnx({ nodes: [], inputs: { input_values: floats('batch_size', 'sequence_length') }, outputs: { last_hidden_state: floats('batch_size', 'frames', 768) } });
    const [code, message] = await refusal('frame', { ...WAV2VEC2, 'model.onnx': frame });
    expect([code, message]).toEqual(['NOT_CONFIGURED', expect.stringMatching(/^The model "acme\/frame" cannot run: its files fit together, and a run of it fails \(.+\)\.$/)]);
    expect(readdirSync(join(dataDir, 'models'))).toEqual(['.incoming']);
    expect(await list(config())).not.toContainEqual(expect.objectContaining({ name: expect.stringMatching(/^acme/) as string }));
  });
});
