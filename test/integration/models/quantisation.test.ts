import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { quantisesDynamically } from '../../../src/adapters/models/quantisation.js';
import { BUNDLED_MODELS } from '../../../src/adapters/models/registry.js';

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
