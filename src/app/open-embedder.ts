import { MediaDescriptorEmbedder } from '../adapters/media/media-descriptor.embedder.js';
import type { MediaPool } from '../adapters/media/media-pool.js';
import { CompositeEmbedder } from '../adapters/models/composite.embedder.js';
import type { OnnxTextEmbedder } from '../adapters/models/onnx-text.embedder.js';
import { namedModels } from '../adapters/models/registry.js';
import type { Config } from '../config/config.js';

/** Every model that the configuration asks for, and the names of those that are not here. */
export const openEmbedder = ({ descriptors }: Config['embedding'], text: OnnxTextEmbedder, pool: MediaPool): CompositeEmbedder =>
  new CompositeEmbedder(descriptors ? [text, new MediaDescriptorEmbedder(pool)] : [text], namedModels());
