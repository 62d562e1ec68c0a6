import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUNDLED_MODELS } from '../../src/adapters/models/registry.js';
import { tinyOnnx, type TinyGraph, type TinyValue } from './tiny-onnx.js';

/**
 * Models that onnxruntime runs and whose answers mean nothing: a value of the input, as often as vectors are long. The length of the
 * vectors stays open in the graph, as exporters often leave it, so that `says` alone can tell a reader something else.
 */
interface TinyModel {
  dimensions: number;
  /** What config.json says of the length; left out, the truth. */
  says?: number;
}

type Files = Record<string, Buffer>;

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const bundled = (file: string) => readFileSync(join(BUNDLED_MODELS, 'all-MiniLM-L6-v2', file));
const float = (...dims: (number | string)[]): TinyValue => ({ type: 'float', dims });
const TOKENS: TinyValue = { type: 'int64', dims: ['batch_size', 'sequence_length'] };

/** A state a token, as sentence-transformers has them. */
export const tokenStates = (dimensions: number, answers = 'last_hidden_state'): Buffer =>
  tinyOnnx({
    inputs: { input_ids: TOKENS, attention_mask: TOKENS },
    outputs: { [answers]: float('batch_size', 'sequence_length', 'dimensions') },
    longs: { last: { dims: [1], values: [2] }, repeats: { dims: [3], values: [1, 1, dimensions] } },
    nodes: [
      { op: 'Cast', inputs: ['input_ids'], outputs: ['values'], attributes: { to: 1 } },
      { op: 'Unsqueeze', inputs: ['values', 'last'], outputs: ['column'] },
      { op: 'Tile', inputs: ['column', 'repeats'], outputs: [answers] },
    ],
  });

/** The tokenizer is MiniLM's. @param towers how long each tower's vectors are, where they differ */
export function tinyClip({ dimensions, says = dimensions, towers = [dimensions, dimensions] }: TinyModel & { towers?: readonly [pictures: number, words: number] }): Files {
  const vectors = (length: number, output: string, longs: TinyGraph['longs']): Pick<TinyGraph, 'outputs' | 'longs'> => ({
    outputs: { [output]: float('batch_size', 'dimensions') },
    longs: { ...longs, repeats: { dims: [2], values: [1, length] } },
  });
  return {
    'config.json': json({ architectures: ['CLIPModel'], model_type: 'clip', projection_dim: says }),
    'preprocessor_config.json': json({ crop_size: { height: 8, width: 8 }, image_mean: [0.5, 0.5, 0.5], image_std: [0.25, 0.25, 0.25], resample: 3, size: { shortest_edge: 8 } }),
    'tokenizer.json': bundled('tokenizer.json'),
    'tokenizer_config.json': bundled('tokenizer_config.json'),
    'onnx/vision_model.onnx': tinyOnnx({
      ...vectors(towers[0], 'image_embeds', { rows: { dims: [2], values: [-1, 1] } }),
      inputs: { pixel_values: float('batch_size', 'num_channels', 'height', 'width') },
      nodes: [
        { op: 'ReduceMax', inputs: ['pixel_values'], outputs: ['brightest'], attributes: { axes: [1, 2, 3], keepdims: 0 } },
        { op: 'Reshape', inputs: ['brightest', 'rows'], outputs: ['column'] },
        { op: 'Tile', inputs: ['column', 'repeats'], outputs: ['image_embeds'] },
      ],
    }),
    'onnx/text_model.onnx': tinyOnnx({
      ...vectors(towers[1], 'text_embeds', { columns: { dims: [1], values: [1] } }),
      inputs: { input_ids: TOKENS },
      nodes: [
        { op: 'Cast', inputs: ['input_ids'], outputs: ['values'], attributes: { to: 1 } },
        { op: 'ReduceSum', inputs: ['values', 'columns'], outputs: ['column'], attributes: { keepdims: 1 } },
        { op: 'Tile', inputs: ['column', 'repeats'], outputs: ['text_embeds'] },
      ],
    }),
  };
}

/** A frame a sample. */
export const tinyWav2Vec2 = ({ dimensions, says = dimensions }: TinyModel): Files => ({
  'config.json': json({ architectures: ['Wav2Vec2ForPreTraining'], model_type: 'wav2vec2', hidden_size: says, conv_kernel: [10, 3, 3, 3, 3, 2, 2], conv_stride: [5, 2, 2, 2, 2, 2, 2] }),
  'preprocessor_config.json': json({ do_normalize: true, feature_size: 1, padding_side: 'right', sampling_rate: 16_000 }),
  'model.onnx': tinyOnnx({
    inputs: { input_values: float('batch_size', 'sequence_length') },
    outputs: { last_hidden_state: float('batch_size', 'frames', 'dimensions') },
    longs: { last: { dims: [1], values: [2] }, repeats: { dims: [3], values: [1, 1, dimensions] } },
    nodes: [
      { op: 'Unsqueeze', inputs: ['input_values', 'last'], outputs: ['column'] },
      { op: 'Tile', inputs: ['column', 'repeats'], outputs: ['last_hidden_state'] },
    ],
  }),
});

/** @returns the folder */
export function writeModel(folder: string, files: Files): string {
  for (const [file, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), bytes);
  }
  return folder;
}
