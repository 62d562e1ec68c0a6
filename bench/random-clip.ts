import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onnxParts, tinyOnnx, type TinyGraph } from '../test/support/tiny-onnx.js';

/** CLIP ViT-B/32's vision tower: 88 million weights. */
const SIZE = { width: 768, heads: 12, layers: 12, hidden: 3072, patch: 32, side: 224, vector: 512 };
const TOKENS = (SIZE.side / SIZE.patch) ** 2 + 1;
const NOISE = 1 << 20;

/**
 * Writes a folder with CLIP ViT-B/32 in its full size, with random weights: it takes as long as the real one, and says nothing
 * about any picture. Its text tower is a stub that takes no part.
 */
export async function writeRandomClip(folder: string): Promise<void> {
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const json = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value));
  await json('config.json', { model_type: 'clip', projection_dim: SIZE.vector });
  await json('preprocessor_config.json', {
    size: { shortest_edge: SIZE.side }, crop_size: { height: SIZE.side, width: SIZE.side }, resample: 3,
    image_mean: [0.48145466, 0.4578275, 0.40821073], image_std: [0.26862954, 0.26130258, 0.27577711],
  });
  await json('tokenizer.json', { version: '1.0', added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, model: { type: 'BPE', vocab: { a: 0 }, merges: [] } });
  await json('tokenizer_config.json', { tokenizer_class: 'PreTrainedTokenizer', model_max_length: 77 });
  await writeFile(join(folder, 'onnx/text_model.onnx'), tinyOnnx(textStub()));
  const file = await open(join(folder, 'onnx/vision_model.onnx'), 'w');
  try {
    for (const part of onnxParts(visionTower())) await file.writeFile(part);
  } finally {
    await file.close();
  }
}

type Node = TinyGraph['nodes'][number];

/** The first token's id along one direction. */
function textStub(): TinyGraph {
  const ids = { type: 'int64', dims: ['n', 'tokens'] } as const;
  return {
    nodes: [
      { op: 'Slice', inputs: ['input_ids', 'zero', 'one', 'one'], outputs: ['first'] },
      { op: 'Cast', inputs: ['first'], outputs: ['number'], attributes: { to: 1 } },
      { op: 'MatMul', inputs: ['number', 'direction'], outputs: ['text_embeds'] },
    ],
    floats: { direction: { dims: [1, SIZE.vector], values: noise(SIZE.vector, 1, 0) } },
    longs: { zero: { dims: [1], values: [0] }, one: { dims: [1], values: [1] } },
    inputs: { input_ids: ids, attention_mask: ids },
    outputs: { text_embeds: { type: 'float', dims: ['n', SIZE.vector] } },
  };
}

function visionTower(): TinyGraph {
  const { width, heads, layers, hidden, patch, side, vector } = SIZE;
  const nodes: Node[] = [];
  const floats: Record<string, { dims: readonly number[]; values: Float32Array }> = {};
  const longs: Record<string, { dims: readonly number[]; values: readonly number[] }> = {};
  let names = 0;
  const node = (op: string, inputs: readonly string[], attributes?: Node['attributes'], output = `v${names++}`): string => {
    nodes.push({ op, inputs, outputs: [output], ...(attributes && { attributes }) });
    return output;
  };
  const weight = (dims: readonly number[], scale: number, around = 0): string => {
    const name = `w${names++}`;
    floats[name] = { dims, values: noise(dims.reduce((a, b) => a * b), scale, around) };
    return name;
  };
  const indices = (...values: number[]): string => {
    const name = `i${names++}`;
    longs[name] = { dims: [values.length], values };
    return name;
  };
  const norm = (x: string) => node('LayerNormalization', [x, weight([width], 0.1, 1), weight([width], 0.1)]);
  const linear = (x: string, from: number, to: number) => node('Add', [node('MatMul', [x, weight([from, to], 1 / Math.sqrt(from))]), weight([to], 0.01)]);
  const split = (x: string, perm: readonly number[]) => node('Transpose', [node('Reshape', [x, indices(0, TOKENS, heads, width / heads)])], { perm });

  const patches = node('Conv', ['pixel_values', weight([width, 3, patch, patch], 0.02)], { kernel_shape: [patch, patch], strides: [patch, patch] });
  const rows = node('Transpose', [node('Reshape', [patches, indices(0, width, TOKENS - 1)])], { perm: [0, 2, 1] });
  const first = node('Slice', [rows, indices(0), indices(1), indices(1)]);
  const start = node('Add', [node('Mul', [first, weight([1, 1, 1], 0)]), weight([1, 1, width], 0.02)]);
  let x = norm(node('Add', [node('Concat', [start, rows], { axis: 1 }), weight([TOKENS, width], 0.02)]));
  for (let layer = 0; layer < layers; layer++) {
    const seen = norm(x);
    const query = node('Mul', [split(linear(seen, width, width), [0, 2, 1, 3]), weight([1], 0, 1 / Math.sqrt(width / heads))]);
    const weights = node('Softmax', [node('MatMul', [query, split(linear(seen, width, width), [0, 2, 3, 1])])]);
    const mixed = node('Transpose', [node('MatMul', [weights, split(linear(seen, width, width), [0, 2, 1, 3])])], { perm: [0, 2, 1, 3] });
    x = node('Add', [x, linear(node('Reshape', [mixed, indices(0, TOKENS, width)]), width, width)]);
    const inner = linear(norm(x), width, hidden);
    // QuickGELU: x × sigmoid(1.702 x).
    const gate = node('Sigmoid', [node('Mul', [inner, weight([1], 0, 1.702)])]);
    x = node('Add', [x, linear(node('Mul', [inner, gate]), hidden, width)]);
  }
  const pooled = norm(node('Reshape', [node('Slice', [x, indices(0), indices(1), indices(1)]), indices(0, width)]));
  node('MatMul', [pooled, weight([width, vector], 1 / Math.sqrt(width))], undefined, 'image_embeds');
  return {
    nodes, floats, longs,
    inputs: { pixel_values: { type: 'float', dims: ['n', 3, side, side] } },
    outputs: { image_embeds: { type: 'float', dims: ['n', vector] } },
  };
}

/** The same numbers every time. */
const TABLE = (() => {
  let state = 12345;
  return Float32Array.from({ length: NOISE }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state / 2 ** 31) * 1.7;
  });
})();
let offset = 0;

function noise(count: number, scale: number, around: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = around + scale * TABLE[(offset + i) % NOISE]!;
  offset = (offset + count * 7 + 13) % NOISE;
  return values;
}
