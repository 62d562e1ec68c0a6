import { join } from 'node:path';
import { Fingerprints } from '../adapters/models/fingerprints.js';
import { openCatalogue, type ModelCatalogue } from '../adapters/models/model-catalogue.js';
import type { Config } from '../config/config.js';
import { MODELS } from './moving/backup-file.js';

type Settings = Pick<Config, 'dataDir' | 'embedding'>;

/** In the data folder, beside what else can be made again. */
const FINGERPRINTS = 'model-fingerprints.json';

/** Where this installation's own models lie, a folder each. */
export const modelsFolder = ({ dataDir, embedding }: Settings): string => embedding.modelsPath ?? join(dataDir, MODELS);

/** The installation's models, looked through; `isLenient` as in `openCatalogue`. @param folder the data folder, where it is this process's */
export const openModels = (config: Settings, folder: string | null, isLenient = false): Promise<ModelCatalogue> =>
  openCatalogue({ ...config.embedding, modelsFolder: modelsFolder(config) }, fingerprintsIn(folder), isLenient);

/** @param folder the data folder, where it is this process's; null: nothing is remembered */
export const fingerprintsIn = (folder: string | null): Fingerprints => new Fingerprints(folder === null ? null : join(folder, FINGERPRINTS));
