import { CompositeEmbedder } from '../../src/adapters/models/composite.embedder.js';
import { OnnxTextEmbedder } from '../../src/adapters/models/onnx-text.embedder.js';
import { namedModels } from '../../src/adapters/models/registry.js';
import { embedderContract } from './embedder.contract.js';

const words = 'all-MiniLM-L6-v2';
embedderContract('OnnxTextEmbedder', { words, make: () => new OnnxTextEmbedder({ threads: 2 }) });
embedderContract('CompositeEmbedder', {
  words,
  make: () => new CompositeEmbedder([new OnnxTextEmbedder({ threads: 1 })], namedModels()),
});
