import { copyFileSync, cpSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tinyTextModel } from '../support/tiny-text-model.js';
import { ask, cleanUp, ROOT, run, serve, STRATA, temporaryFolder, type Outcome } from './support/strata.js';

// Whole processes, which start slowly where much else is going on.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
afterAll(cleanUp);

const MINILM = join(ROOT, 'models/all-MiniLM-L6-v2');
const WEIGHTS = 'onnx/model_quantized.onnx';
const CLIP = resolve(ROOT, '../shared/models/clip-tiny-random');

let dataDir: string;
let folder: string;
beforeEach(() => {
  dataDir = join(temporaryFolder(), 'data');
  folder = join(temporaryFolder(), 'mine');
  cpSync(MINILM, folder, { recursive: true });
});

function settingsOf(text: string): string {
  const file = join(temporaryFolder(), 'data_layer.yaml');
  writeFileSync(file, text);
  return file;
}
const start = (settings: string) => run(STRATA, ['serve', '--port', '0', '--data-dir', dataDir, '--config', settingsOf(settings)]);

/** What a start says that cannot go on: one sentence or two, and no stack. */
function refusal({ code, stdout, stderr }: Outcome): string {
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).not.toMatch(/^\s+at /m);
  const lines = stderr.split('\n').filter((line) => line.startsWith('strata: '));
  expect(lines, stderr).toHaveLength(1);
  return lines[0]!.slice('strata: '.length);
}

/** The same folder starts with the model that comes with the program, holds nothing, and takes something in. */
async function nothingHalfMade(): Promise<void> {
  const server = await serve(dataDir);
  const { dataObjects, ingestText } = await ask(server.url, 'mutation { ingestText(input: {text: "still here"}) { dataObject { id } } }').then(async (data) => ({ ...data, ...(await ask(server.url, '{ dataObjects { totalCount } }')) }));
  expect([dataObjects.totalCount, ingestText.dataObject.id]).toEqual([1, expect.stringMatching(/^obj_/)]);
  await server.stop();
}

describe('a model that cannot be what the configuration says', () => {
  it.each<[string, () => void, string]>([
    ['no tokenizer', () => rmSync(join(folder, 'tokenizer.json')), 'its folder has no tokenizer.json.'],
    ['a config.json that is no JSON', () => writeFileSync(join(folder, 'config.json'), '{"model_type": '), 'its config.json is no JSON; load it again.'],
    ['a config.json that cannot be read', () => (rmSync(join(folder, 'config.json')), symlinkSync('config.json', join(folder, 'config.json'))), 'its config.json cannot be read (ELOOP). Let the user that runs the program read it.'],
    ['another length in its settings than its weights answer', () => writeFileSync(join(folder, '1_Pooling/config.json'), JSON.stringify({ word_embedding_dimension: 768, pooling_mode_mean_tokens: true })), `its ${WEIGHTS} answers vectors of 384 dimensions, and its configuration says 768; the two are of different models.`],
  ])('with %s keeps the program from starting, in one sentence', async (_, damage, says) => {
    damage();
    expect(refusal(await start(`embedding: { text_model: mine, models: [{ name: mine, path: ${folder} }] }\n`))).toBe(`The model "mine" cannot run: ${says}`);
  });

  it.skipIf(!existsSync(CLIP))('of pictures, named for texts, keeps it from starting, and nothing is half made (../shared/models)', async () => {
    expect(refusal(await start(`embedding: { text_model: mine, models: [{ name: mine, path: ${CLIP} }] }\n`))).toBe('The model "mine" cannot run: embedding.text_model names it, and it is no model of texts.');
    await nothingHalfMade();
  });
});

describe('a model of another length than the vectors that are here', () => {
  it('keeps the program from starting, until the former files are back', async () => {
    const settings = (path: string) => `embedding: { text_model: mine, models: [{ name: mine, path: ${path} }] }\n`;
    const tiny = tinyModel('short', 2);
    const taken = await run(STRATA, ['ingest', join(ROOT, 'samples/texts/poem-the-ebb.txt'), '--data-dir', dataDir, '--config', settingsOf(settings(folder))]);
    expect(taken.code, taken.stderr).toBe(0);
    expect(refusal(await start(settings(tiny)))).toBe(
      'The vectors here of "mine" are of 384 dimensions, and the model\'s files give 2. Vectors of two models are never compared: put the former files back, or give the new ones another name under embedding.models (name, path) and change to that model.',
    );
    // Purged, it leaves a space that nothing is in.
    const server = await serve(dataDir, '--config', settingsOf(settings(folder)));
    const { dataObjects } = await ask(server.url, '{ dataObjects { nodes { id } } }');
    await ask(server.url, 'mutation ($id: ID!) { purgeDataObject(id: $id) { id } }', { id: dataObjects.nodes[0].id });
    await server.stop();
    expect(refusal(await start(settings(tiny)))).toBe(
      'The vectors of "mine" are stored with 384 dimensions, and the model now gives 2. Vectors of two models are never compared: put the former files back, or give the new ones another name under embedding.models (name, path) and change to that model.',
    );
    await (await serve(dataDir, '--config', settingsOf(settings(folder)))).stop();
  });
});

describe('a model that answers what is no number', () => {
  it('fails that text alone, in one sentence, and a search goes on by words', async () => {
    // x / x with x = 0 for "cat", whose token is 4937.
    const path = tinyModel('no-number', 1, {
      longs: { cat: { dims: [1], values: [4937] }, axis: { dims: [1], values: [2] } },
      nodes: [
        { op: 'Sub', inputs: ['input_ids', 'cat'], outputs: ['difference'] },
        { op: 'Cast', inputs: ['difference'], outputs: ['x'], attributes: { to: 1 } },
        { op: 'Div', inputs: ['x', 'x'], outputs: ['one'] },
        { op: 'Unsqueeze', inputs: ['one', 'axis'], outputs: ['last_hidden_state'] },
      ],
    });
    const settings = settingsOf(`embedding: { text_model: mine, models: [{ name: mine, path: ${path} }] }\n`);
    const texts = temporaryFolder();
    writeFileSync(join(texts, 'cat.txt'), 'The cat sleeps.');
    writeFileSync(join(texts, 'dog.txt'), 'The dog barks.');
    const { code, stdout, stderr } = await run(STRATA, ['ingest', texts, '--data-dir', dataDir, '--config', settings]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ready +\S+dog\.txt$/m);
    const said = 'The model "mine" answered a vector with a value that is not a finite number. Nothing of it was kept; its weights are damaged, or are not what the name says.';
    expect(stdout + stderr).toContain('MODEL_UNAVAILABLE');
    expect((stdout + stderr).replace(/[│\s]+/g, ' ')).toContain(said);

    const server = await serve(dataDir, '--config', settings);
    const find = (query: string) => ask(server.url, 'query ($query: String!) { search(input: {query: $query}) { incomplete warnings edges { node { filename } } } }', { query });
    const { search } = await find('a dog, and no cat');
    expect(search).toMatchObject({ incomplete: true, edges: [{ node: { filename: 'dog.txt' } }] });
    expect(search.warnings.join(' ')).toContain('not a finite number');
    await server.stop();
  });
});

/** Texts of MiniLM's tokens, with a graph that answers ones, or what is given. */
function tinyModel(name: string, dimensions: number, graph?: Pick<Parameters<typeof tinyTextModel>[2], 'nodes' | 'longs'>): string {
  const ones = {
    longs: { axis: { dims: [1], values: [2] }, wide: { dims: [3], values: [1, 1, dimensions] } },
    nodes: [
      { op: 'Cast', inputs: ['attention_mask'], outputs: ['x'], attributes: { to: 1 } },
      { op: 'Unsqueeze', inputs: ['x', 'axis'], outputs: ['column'] },
      { op: 'Expand', inputs: ['column', 'wide'], outputs: ['last_hidden_state'] },
    ],
  };
  const { folder: made } = tinyTextModel(temporaryFolder(), name, { dimensions, ...(graph ?? ones) });
  copyFileSync(join(MINILM, 'config.json'), join(made, 'config.json'));
  return made;
}
