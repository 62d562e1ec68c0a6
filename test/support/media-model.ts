import { join } from 'node:path';
import { DESCRIPTORS } from '../../src/adapters/media/descriptors/descriptor-models.js';
import { MediaPool } from '../../src/adapters/media/media-pool.js';
import { PoolMediaTensors } from '../../src/adapters/media/pool-media-tensors.js';
import { Fingerprints } from '../../src/adapters/models/fingerprints.js';
import { MediaEmbedder } from '../../src/adapters/models/media.embedder.js';
import { mediaModelsOf, openCatalogue } from '../../src/adapters/models/model-catalogue.js';
import type { MediaModel, OnnxMediaModel } from '../../src/adapters/models/media-models.js';
import { ModelWorkers } from '../../src/adapters/models/model-workers.js';

/** A folder's model of pictures or sounds, as the program has it. @throws as `readModelFolder` does */
export async function mediaModel(name: string, folder: string): Promise<OnnxMediaModel> {
  const places = { textModel: 'all-MiniLM-L6-v2', models: [{ name, path: folder }], modelsFolder: join(folder, 'no others') };
  const [model] = mediaModelsOf(await openCatalogue(places, new Fingerprints(null)));
  if (model === undefined) throw new Error(`${folder} holds no model of pictures or sounds.`);
  return model;
}

/** Those that need no weights. */
export const descriptorModels: readonly MediaModel[] = DESCRIPTORS.map((descriptor) => ({ ...descriptor, files: null }));

/** Its threads and processes are let go of with it, which in the program somebody else sees to. */
export function openMediaEmbedder(models: readonly MediaModel[] = descriptorModels, pool = new MediaPool({ processes: 1 })): MediaEmbedder {
  const workers = new ModelWorkers(1);
  const embedder = new MediaEmbedder(models, workers, new PoolMediaTensors(pool));
  embedder.close = async () => {
    await Promise.all([pool.close(), workers.close()]);
  };
  return embedder;
}
