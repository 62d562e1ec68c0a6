import { describe, expect, it } from 'vitest';
import { CompositeEmbedder } from '../../../../src/adapters/models/composite.embedder.js';
import { notRunning } from '../../../../src/adapters/models/model-catalogue.js';
import { describeModel, findModel, MODEL_ROWS, namedModels } from '../../../../src/adapters/models/registry.js';
import type { Embedder } from '../../../../src/ports/embedder.port.js';

describe('the registry', () => {
  it('names the four models, MiniLM active', () => {
    expect(MODEL_ROWS.map(({ name, dimensions, active }) => [name, dimensions, active])).toEqual([
      ['all-MiniLM-L6-v2', 384, true],
      ['all-mpnet-base-v2', 768, false],
      ['clip-vit-base-patch32', 512, false],
      ['wav2vec2-base', 768, false],
    ]);
  });

  it('shows nothing as active that is not available', () => {
    expect(namedModels().some(({ active, available }) => active || available)).toBe(false);
    expect(describeModel(MODEL_ROWS[0]!, true)).toMatchObject({ active: true, available: true });
    expect(describeModel(MODEL_ROWS[0]!, true)).not.toHaveProperty('weights');
  });

  it('finds nothing where there is nothing', () => expect(findModel(MODEL_ROWS[0]!, [])).toBeNull());
});

it('a model that is not here is listed with what brings it: the hub, where one is known to have it, or a folder', () => {
  const remedies = Object.fromEntries(notRunning({ installed: [], unusable: [] }).map(({ name, remedy }) => [name, remedy]));
  expect(remedies['all-mpnet-base-v2']).toBe('Load it with "strata models pull all-mpnet-base-v2", or name its folder under embedding.models (name, path); then restart.');
  expect(remedies['wav2vec2-base']).toContain('Name its folder under embedding.models (name, path)');
  expect(notRunning({ installed: [], unusable: [{ name: 'wav2vec2-base', folder: 'x', fault: 'It is torn.' }] }).find(({ name }) => name === 'wav2vec2-base')).toMatchObject({ fault: 'It is torn.' });
});

describe('CompositeEmbedder', () => {
  const part = (name: string, closed: string[]): Embedder => ({
    models: () => [{ ...namedModels()[0]!, name, available: true, active: true }],
    embedTexts: async (model, texts) => texts.map(() => new Float32Array([model === name ? 1 : NaN])),
    embedMedia: async () => [],
    embedMediaForAll: async () => [],
    splitPassages: async () => [],
    close: async () => void closed.push(name),
  });

  it('hands each call to the part that has the model, lists what no part has, closes all', async () => {
    const closed: string[] = [];
    const composite = new CompositeEmbedder(
      [part('a', closed), part('b', closed), part('wav2vec2-base', closed)],
      namedModels(),
    );
    expect((await composite.embedTexts('b', ['x']))[0]![0]).toBe(1);
    const listed = composite.models();
    expect(listed.map(({ name }) => name)).toEqual([
      'a',
      'b',
      'wav2vec2-base',
      'all-MiniLM-L6-v2',
      'all-mpnet-base-v2',
      'clip-vit-base-patch32',
    ]);
    expect(listed.filter(({ available }) => available).length).toBe(3);
    await expect(composite.embedTexts('clip-vit-base-patch32', ['x'])).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('clip-vit-base-patch32') as string,
      extensions: { setting: 'embedding.models' },
    });
    await composite.close();
    expect(closed).toEqual(['a', 'b', 'wav2vec2-base']);
  });
});
