import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TextModel } from '../../../src/adapters/models/text-model.js';
import { tinyTextModel } from '../../support/tiny-text-model.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'strata-models-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A token's state is its id, as often as there are dimensions. */
const ECHO = {
  dimensions: 2,
  longs: { axis: { dims: [1], values: [2] }, twice: { dims: [3], values: [1, 1, 2] } },
  nodes: [
    { op: 'Unsqueeze', inputs: ['input_ids', 'axis'], outputs: ['column'] },
    { op: 'Cast', inputs: ['column'], outputs: ['values'], attributes: { to: 1 } },
    { op: 'Tile', inputs: ['values', 'twice'], outputs: ['last_hidden_state'] },
  ],
};

async function loaded(sentence: object): Promise<TextModel> {
  const files = tinyTextModel(root, 'echo', ECHO);
  writeFileSync(join(files.folder, 'sentence_bert_config.json'), JSON.stringify(sentence));
  return TextModel.load(files);
}

it.each([['left out', {}], ['null', { max_seq_length: null }]])('a model of texts whose max_seq_length is %s reads them all the same, as far as it has positions', async (_, sentence) => {
  const model = await loaded(sentence);
  const encoded = ['a heron', 'an owl at night'].map((text) => model.encode(text));
  expect(encoded.map(({ length }) => length)).toEqual([4, 6]);
  expect(model.encode('owl '.repeat(2_000))).toHaveLength(512);
  expect([model.maxTokens, model.passageLimit]).toEqual([512, 510]);
  expect(await model.run(encoded)).toHaveLength(4);
  await model.dispose();
});

it('a model of texts that says nothing of how far it reads is not loaded', async () => {
  const files = tinyTextModel(root, 'echo', ECHO);
  for (const file of ['sentence_bert_config.json', 'tokenizer_config.json', 'config.json']) writeFileSync(join(files.folder, file), '{}');
  expect(await TextModel.load(files).then(() => 'loaded', (error: Error) => error.message)).toContain('nothing says how many tokens it reads');
});
