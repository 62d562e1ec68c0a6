import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelFiles } from '../../src/adapters/models/model.messages.js';
import { BUNDLED_MODELS } from '../../src/adapters/models/registry.js';
import { tinyOnnx, type TinyGraph } from './tiny-onnx.js';

const MINILM = join(BUNDLED_MODELS, 'all-MiniLM-L6-v2');

/**
 * A sentence-transformers folder with MiniLM's tokenizer and a graph of one's own.
 * @param nodes from `input_ids` and `attention_mask` (int64, [batch, seq]) to `answers` (float, [batch, seq, `dimensions`])
 */
export function tinyTextModel(
  root: string,
  name: string,
  { dimensions, answers = 'last_hidden_state', says = dimensions, ...graph }: { dimensions: number; answers?: string; /** What config.json of the pooling says instead. */ says?: number } & Pick<TinyGraph, 'nodes' | 'floats' | 'longs'>,
): ModelFiles {
  const folder = join(root, name);
  mkdirSync(join(folder, '1_Pooling'), { recursive: true });
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'sentence_bert_config.json', 'modules.json']) copyFileSync(join(MINILM, file), join(folder, file));
  writeFileSync(join(folder, '1_Pooling/config.json'), JSON.stringify({ word_embedding_dimension: says, pooling_mode_mean_tokens: true }));
  const tokens = { type: 'int64', dims: ['batch', 'seq'] } as const;
  writeFileSync(
    join(folder, 'model.onnx'),
    tinyOnnx({
      ...graph,
      inputs: { input_ids: tokens, attention_mask: tokens },
      outputs: { [answers]: { type: 'float', dims: ['batch', 'seq', dimensions] } },
    }),
  );
  return { name, kind: 'onnx-text', folder, weights: 'model.onnx' };
}
