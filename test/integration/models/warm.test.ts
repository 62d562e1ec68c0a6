import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { warmModels } from '../../../src/app/open-embedder.js';
import { Fingerprints } from '../../../src/adapters/models/fingerprints.js';
import { openCatalogue, textModelsOf } from '../../../src/adapters/models/model-catalogue.js';
import { ModelWorkers } from '../../../src/adapters/models/model-workers.js';
import { OnnxTextEmbedder } from '../../../src/adapters/models/onnx-text.embedder.js';
import { watchedWorkers } from '../../support/watched-workers.js';

const CLIP = resolve('../shared/models/clip-tiny-random');
const TEXTS = 'all-MiniLM-L6-v2';

describe('what is loaded before anybody asks', () => {
  let workers: ModelWorkers | undefined;
  afterEach(() => workers?.close());

  /** What each thread was told to load, in the order of the threads' start. */
  async function warmed(models: { name: string; path: string }[]): Promise<string[][]> {
    const { sent, spawned, spawn } = watchedWorkers();
    workers = new ModelWorkers(1, { spawn });
    const catalogue = await openCatalogue({ textModel: TEXTS, models, modelsFolder: resolve('no models here') }, new Fingerprints(null));
    await warmModels(catalogue, new OnnxTextEmbedder({ workers, models: textModelsOf(catalogue) }), workers);
    const loaded = ({ request }: (typeof sent)[number]) => (request.op === 'load' ? [[request.model.name, request.part ?? []].flat().join(' ')] : [request.op]);
    return spawned.map((worker) => sent.filter(({ to }) => to === worker).flatMap(loaded));
  }

  it('is the model of texts, in every thread', async () => {
    expect(await warmed([])).toEqual([[TEXTS], [TEXTS]]);
  });

  it.skipIf(!existsSync(CLIP))('and, for queries, how CLIP reads words; its pictures wait for the first picture (needs ../shared/models)', async () => {
    expect(await warmed([{ name: 'clip', path: CLIP }])).toEqual([[TEXTS, 'clip texts'], [TEXTS]]);
  });
});
