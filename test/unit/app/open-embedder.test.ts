import { describe, expect, it } from 'vitest';
import { DESCRIPTORS } from '../../../src/adapters/media/descriptors/descriptor-models.js';
import { namedModels } from '../../../src/adapters/models/registry.js';
import { requireModelsOfBounds } from '../../../src/app/open-embedder.js';
import { loadConfig } from '../../../src/config/load.js';

const { embedding } = loadConfig({ env: {}, cwd: '/nowhere' });
const models = [...namedModels(), ...DESCRIPTORS.map(({ model }) => model)];
const boundsOf = (...names: string[]) => ({ ...embedding, nearDuplicates: names.map((model) => ({ model, from: 0.9 })) });

describe('bounds of models', () => {
  it('are of models that there are, be they here or not', () => {
    expect(() => requireModelsOfBounds(boundsOf('image-descriptor', 'clip-vit-base-patch32'), models)).not.toThrow();
    expect(() => requireModelsOfBounds(boundsOf('image-descriptor', 'image-descripter'), models)).toThrow(
      /^embedding\.near_duplicates names "image-descripter", and there is no such model\. There are all-MiniLM-L6-v2, .*image-descriptor/,
    );
    expect(() => requireModelsOfBounds({ ...embedding, savedSearches: [{ model: 'clip', wordsFrom: 0.3 }] }, models)).toThrow(/^embedding\.saved_searches names "clip", and there is no such model/);
  });
});
