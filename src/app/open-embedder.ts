import { DESCRIPTORS } from '../adapters/media/descriptors/descriptor-models.js';
import type { MediaPool } from '../adapters/media/media-pool.js';
import { PoolMediaTensors } from '../adapters/media/pool-media-tensors.js';
import { CompositeEmbedder } from '../adapters/models/composite.embedder.js';
import { MediaEmbedder } from '../adapters/models/media.embedder.js';
import { mediaModelsOf, notRunning, type ModelCatalogue } from '../adapters/models/model-catalogue.js';
import type { ModelWorkers } from '../adapters/models/model-workers.js';
import type { OnnxTextEmbedder } from '../adapters/models/onnx-text.embedder.js';
import type { Config } from '../config/config.js';
import { StrataError } from '../domain/errors.js';
import type { EmbeddingModel } from '../ports/embedder.port.js';

/**
 * Loads ahead what the first texts and the first search in words need: the model of texts, and behind it the towers of words of models of
 * pictures, these for queries alone. Nobody need wait for it; it rejects where loading fails or the models are closed first.
 */
export async function warmModels(catalogue: ModelCatalogue, text: OnnxTextEmbedder, workers: ModelWorkers): Promise<void> {
  const alsoAsked = mediaModelsOf(catalogue).filter(({ model }) => model.active && model.readsWords);
  await Promise.all([text.warm(), workers.warmForQueries(alsoAsked.map(({ files }) => files), 'texts')]);
}

/** Every model that the configuration asks for, and the names of those that are not here. */
export function openEmbedder({ descriptors, nearDuplicates, savedSearches }: Config['embedding'], catalogue: ModelCatalogue, text: OnnxTextEmbedder, workers: ModelWorkers, pool: MediaPool): CompositeEmbedder {
  const own = descriptors ? DESCRIPTORS.map((descriptor) => ({ ...descriptor, files: null })) : [];
  const media = new MediaEmbedder([...mediaModelsOf(catalogue), ...own], workers, new PoolMediaTensors(pool));
  return new CompositeEmbedder([text, media], notRunning(catalogue), {
    duplicates: new Map(nearDuplicates.map(({ model, from }) => [model, from])),
    matches: new Map(savedSearches.map(({ model, from, wordsFrom }) => [model, { ...(from !== undefined && { likeness: from }), ...(wordsFrom !== undefined && { words: wordsFrom }) }])),
  });
}

/** @throws NOT_CONFIGURED where a bound is of a model that is nowhere: it would bound nothing */
export function requireModelsOfBounds({ nearDuplicates, savedSearches }: Config['embedding'], models: readonly EmbeddingModel[]): void {
  requireKnown(nearDuplicates, 'Near duplicates', 'embedding.near_duplicates', models);
  requireKnown(savedSearches, 'Saved searches', 'embedding.saved_searches', models);
}

function requireKnown(bounds: readonly { model: string }[], feature: string, setting: string, models: readonly EmbeddingModel[]): void {
  const names = models.map(({ name }) => name);
  const stranger = bounds.find(({ model }) => !names.includes(model));
  if (stranger === undefined) return;
  throw new StrataError('NOT_CONFIGURED', `${setting} names "${stranger.model}", and there is no such model. There are ${names.join(', ')}.`, {
    extensions: { feature, setting },
  });
}
