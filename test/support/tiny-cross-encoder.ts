import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLED_MODELS } from '../../src/adapters/models/registry.js';
import { tinyOnnx, type TinyValue } from './tiny-onnx.js';

/**
 * Writes a cross-encoder whose answer is known: the logit is the number of pairs of equal tokens, one of the query and one of the text,
 * and one more (each of the two ends with the same mark).
 * @param fewerThan from so many on it answers what is no number
 */
export function writeOverlapEncoder(folder: string, fewerThan?: number): void {
  mkdirSync(folder, { recursive: true });
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) copyFileSync(join(BUNDLED_MODELS, 'all-MiniLM-L6-v2', file), join(folder, file));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ model_type: 'bert', architectures: ['BertForSequenceClassification'], max_position_embeddings: 512 }));
  writeFileSync(join(folder, 'model.onnx'), overlap(fewerThan));
}

/** One that answers two values a pair, as a classifier does. */
export function writeClassifier(folder: string): void {
  writeOverlapEncoder(folder);
  const graph = tinyOnnx({
    inputs: INPUTS,
    outputs: { logits: { type: 'float', dims: ['batch', 'labels'] } },
    longs: { from: { dims: [1], values: [0] }, to: { dims: [1], values: [2] }, axis: { dims: [1], values: [1] } },
    nodes: [
      { op: 'Slice', inputs: ['input_ids', 'from', 'to', 'axis'], outputs: ['two'] },
      { op: 'Cast', inputs: ['two'], outputs: ['logits'], attributes: { to: 1 } },
    ],
  });
  writeFileSync(join(folder, 'model.onnx'), graph);
}

const tokens: TinyValue = { type: 'int64', dims: ['batch', 'seq'] };
const INPUTS = { input_ids: tokens, attention_mask: tokens, token_type_ids: tokens };

const overlap = (fewerThan?: number) =>
  tinyOnnx({
    inputs: INPUTS,
    outputs: { logits: { type: 'float', dims: ['batch'] } },
    floats: { most: { dims: [1], values: [fewerThan ?? 0] }, zero: { dims: [1], values: [0] } },
    longs: { one: { dims: [1], values: [1] }, rows: { dims: [1], values: [2] }, columns: { dims: [1], values: [1] }, both: { dims: [2], values: [1, 2] } },
    nodes: [
      { op: 'Sub', inputs: ['one', 'token_type_ids'], outputs: ['ofQuery'] },
      { op: 'Mul', inputs: ['ofQuery', 'attention_mask'], outputs: ['query'] },
      { op: 'Unsqueeze', inputs: ['query', 'rows'], outputs: ['queryRows'] },
      { op: 'Unsqueeze', inputs: ['token_type_ids', 'columns'], outputs: ['textColumns'] },
      { op: 'Mul', inputs: ['queryRows', 'textColumns'], outputs: ['across'] },
      { op: 'Unsqueeze', inputs: ['input_ids', 'rows'], outputs: ['idRows'] },
      { op: 'Unsqueeze', inputs: ['input_ids', 'columns'], outputs: ['idColumns'] },
      { op: 'Equal', inputs: ['idRows', 'idColumns'], outputs: ['equal'] },
      { op: 'Cast', inputs: ['equal'], outputs: ['equals'], attributes: { to: 7 } },
      { op: 'Mul', inputs: ['equals', 'across'], outputs: ['counted'] },
      { op: 'ReduceSum', inputs: ['counted', 'both'], outputs: ['sum'], attributes: { keepdims: 0 } },
      { op: 'Cast', inputs: ['sum'], outputs: [fewerThan === undefined ? 'logits' : 'count'], attributes: { to: 1 } },
      ...(fewerThan === undefined ? [] : NO_NUMBER_FROM_MOST_ON),
    ],
  });

/** Nothing times a logarithm: nothing, or no number. */
const NO_NUMBER_FROM_MOST_ON = [
  { op: 'Sub', inputs: ['most', 'count'], outputs: ['left'] },
  { op: 'Log', inputs: ['left'], outputs: ['logarithm'] },
  { op: 'Mul', inputs: ['logarithm', 'zero'], outputs: ['nothing'] },
  { op: 'Add', inputs: ['count', 'nothing'], outputs: ['logits'] },
];
