import { appendFileSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUNDLED_MODELS } from '../../../src/adapters/models/registry.js';
import { composeIn, withApp } from '../../support/app.js';

const test = withApp();

describe('weights that were changed under the same name', () => {
  it('keep the program from starting, until they are put back or have another name', async () => {
    const viewer = test.viewer();
    const { ingestion } = await test.ingestText(viewer, 'The lamp is lit at dusk, and the keeper climbs the stairs again at midnight.');
    expect((await test.ended(viewer, ingestion!.id)).status).toBe('SUCCEEDED');
    const [stored] = await test.app.deps.database.embeddings.kindsOfModels(['all-MiniLM-L6-v2', 'none']);
    expect(stored).toEqual({ model: 'all-MiniLM-L6-v2', dimensions: 384, revision: 'onnx-int8-1' });
    await test.app.stop();

    // An unknown field at a file's end is still an ONNX file, and runs as before; nobody could tell the vectors from others by looking at them.
    const folder = join(test.dataDir, 'models/all-MiniLM-L6-v2');
    cpSync(join(BUNDLED_MODELS, 'all-MiniLM-L6-v2'), folder, { recursive: true });
    appendFileSync(join(folder, 'onnx/model_quantized.onnx'), Buffer.from([0x98, 0x06, 0x01]));
    await expect(composeIn(test.dataDir)).rejects.toThrow(
      /^The vectors here of "all-MiniLM-L6-v2" are in the revision onnx-int8-1, and the model's files are sha256:[0-9a-f]{16}\. Vectors of two models are never compared: put the former files back, or give the new ones another name under embedding\.models \(name, path\) and change to that model\.$/,
    );

    cpSync(join(BUNDLED_MODELS, 'all-MiniLM-L6-v2/onnx/model_quantized.onnx'), join(folder, 'onnx/model_quantized.onnx'));
    await test.restart();
    expect(test.app.deps.embedder.models()[0]).toMatchObject({ name: 'all-MiniLM-L6-v2', revision: 'onnx-int8-1', active: true });
  });

  it('are told by the length of their vectors, too', async () => {
    const pooling = join(test.dataDir, 'models/all-MiniLM-L6-v2/1_Pooling/config.json');
    writeFileSync(pooling, JSON.stringify({ word_embedding_dimension: 768, pooling_mode_mean_tokens: true }));
    await test.app.stop();
    await expect(composeIn(test.dataDir)).rejects.toThrow('The model "all-MiniLM-L6-v2" cannot run: its onnx/model_quantized.onnx answers vectors of 384 dimensions, and its configuration says 768; the two are of different models.');
    cpSync(join(BUNDLED_MODELS, 'all-MiniLM-L6-v2/1_Pooling/config.json'), pooling);
    await test.restart();
  });
});
