import type { ModelFolder } from '../adapters/models/model-folder.js';
import type { ModelWorkers } from '../adapters/models/model-workers.js';
import { OnnxCrossEncoderReranker, readRerankerFolder } from '../adapters/models/onnx-cross-encoder.reranker.js';
import type { Config } from '../config/config.js';
import type { Reranking } from '../services/search/reranking.js';
import { fingerprintsIn } from './open-models.js';
import type { Telemetry } from './telemetry.js';

type Settings = Config['embedding'];

/** The cross-encoder that the configuration asks for, run once, so that one that cannot be right keeps the program from starting; null where it asks for none. */
export async function openReranking(settings: Settings, folder: string | null, workers: ModelWorkers, telemetry: Pick<Telemetry, 'reranker'>): Promise<Reranking | null> {
  const found = await readReranker(settings, folder);
  if (found === null) return null;
  const opened = OnnxCrossEncoderReranker.over(found, workers);
  await opened.check();
  const { depth, byDefault, timeoutSeconds } = settings.reranker;
  return { reranker: telemetry.reranker(opened), depth, byDefault, timeoutSeconds };
}

/** Its folder, looked through; null where the configuration asks for none. @param folder the data folder, where it is this process's */
export async function readReranker({ reranker: { path } }: Settings, folder: string | null): Promise<ModelFolder | null> {
  if (path === undefined) return null;
  const fingerprints = fingerprintsIn(folder);
  const found = await readRerankerFolder(path, fingerprints);
  await fingerprints.save();
  return found;
}
