import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ClipModel } from '../../../src/adapters/models/clip-model.js';
import { quantisesDynamically } from '../../../src/adapters/models/quantisation.js';
import { BUNDLED_MODELS } from '../../../src/adapters/models/registry.js';
import { tinyClip, writeModel } from '../../support/tiny-media-models.js';
import { tinyOnnx } from '../../support/tiny-onnx.js';

const folder = mkdtempSync(join(tmpdir(), 'strata-weights-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MEGABYTES = 1024 * 1024;
const written = (name: string, at: number, length: number) => {
  const bytes = Buffer.alloc(length);
  bytes.write('DynamicQuantizeLinear', at);
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

it('tells weights that are quantised while they run', async () => {
  expect(await quantisesDynamically(join(BUNDLED_MODELS, 'all-MiniLM-L6-v2/onnx/model_quantized.onnx'))).toBe(true);
});

it('finds the operator wherever it stands, and nothing in a file without it', async () => {
  for (const at of [0, 4 * MEGABYTES - 20, 4 * MEGABYTES - 14, 4 * MEGABYTES, 8 * MEGABYTES - 3, 9 * MEGABYTES - 15]) {
    expect(await quantisesDynamically(written('with', at, 9 * MEGABYTES))).toBe(true);
  }
  writeFileSync(join(folder, 'without'), Buffer.alloc(9 * MEGABYTES));
  expect(await quantisesDynamically(join(folder, 'without'))).toBe(false);
  writeFileSync(join(folder, 'empty'), '');
  expect(await quantisesDynamically(join(folder, 'empty'))).toBe(false);
});

describe('a picture’s vector', () => {
  const PICTURE = [3, 8, 8];
  const VALUES = 3 * 8 * 8;
  /** Its values are the vector. Quantised with one scale for all that is in a run, as dynamic quantisation does. */
  const vision = (isQuantised: boolean) =>
    tinyOnnx({
      inputs: { pixel_values: { type: 'float', dims: ['batch_size', 'num_channels', 'height', 'width'] } },
      outputs: { image_embeds: { type: 'float', dims: ['batch_size', 'dimensions'] } },
      longs: { rows: { dims: [2], values: [-1, VALUES] } },
      nodes: [
        ...(isQuantised
          ? [
              { op: 'DynamicQuantizeLinear', inputs: ['pixel_values'], outputs: ['small', 'scale', 'zero'] },
              { op: 'DequantizeLinear', inputs: ['small', 'scale', 'zero'], outputs: ['pixels'] },
            ]
          : [{ op: 'Identity', inputs: ['pixel_values'], outputs: ['pixels'] }]),
        { op: 'Reshape', inputs: ['pixels', 'rows'], outputs: ['image_embeds'] },
      ],
    });
  const loud = Float32Array.from({ length: VALUES }, (_, i) => 30 * Math.cos(i));
  const faint = Float32Array.from({ length: VALUES }, (_, i) => Math.sin(i));

  it.each([true, false])('is the same whoever else is in its run, be its tower quantised while it runs (%s) or not', async (isQuantised) => {
    const files = { ...tinyClip({ dimensions: VALUES }), 'onnx/vision_model.onnx': vision(isQuantised) };
    const model = await ClipModel.load({ name: 'clip', kind: 'onnx-clip', folder: writeModel(join(folder, `clip-${isQuantised}`), files), weights: 'onnx/vision_model.onnx' });
    const alone = [...(await model.runTensor(loud, [1, ...PICTURE])), ...(await model.runTensor(faint, [1, ...PICTURE]))];
    const together = await model.runTensor(Float32Array.of(...loud, ...faint), [2, ...PICTURE]);
    expect([...together]).toEqual(alone);
    expect(model.rowsIndependent).toBe(true);
    await model.dispose();
  });
});
