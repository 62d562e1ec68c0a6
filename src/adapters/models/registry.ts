import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EmbeddingModel } from '../../ports/embedder.port.js';

/** What runs a model. A model of a kind that is here already is one more row. */
export type ModelKind = 'onnx-text' | 'onnx-clip' | 'onnx-wav2vec2';

/** A model as it is before anyone has looked whether its weights are here. */
export interface ModelRow extends Omit<EmbeddingModel, 'available'> {
  kind: ModelKind;
  /** Relative to the model's folder; the first that is there is used. */
  weights: readonly string[];
}

const SETTING = 'embedding.models';

export const MODEL_ROWS: readonly ModelRow[] = [
  {
    name: 'all-MiniLM-L6-v2',
    kind: 'onnx-text',
    revision: 'onnx-int8-1',
    modalities: ['TEXT', 'DOCUMENT'],
    dimensions: 384,
    active: true,
    readsWords: true,
    // bench/quality-offline.ts on Cranfield: nDCG@10 0.375 for words, 0.377 for vectors, 0.420 at this share; 0.41 or
    // more from 0.35 to 0.7.
    defaultAlpha: 0.55,
    setting: SETTING,
    weights: ['onnx/model_quantized.onnx'],
    description:
      'Texts that mean the same are near each other, in English above all; rare names and numbers are better found by words.',
  },
  {
    name: 'all-mpnet-base-v2',
    kind: 'onnx-text',
    revision: 'onnx-w8-1',
    modalities: ['TEXT', 'DOCUMENT'],
    dimensions: 768,
    active: false,
    readsWords: true,
    defaultAlpha: null,
    setting: SETTING,
    weights: ['onnx/model_w8.onnx', 'onnx/model.onnx'],
    description: 'As all-MiniLM-L6-v2, finer and several times slower.',
  },
  {
    name: 'clip-vit-base-patch32',
    kind: 'onnx-clip',
    revision: 'onnx-1',
    modalities: ['IMAGE'],
    dimensions: 512,
    active: false,
    readsWords: true,
    defaultAlpha: null,
    setting: SETTING,
    weights: ['onnx/vision_model.onnx', 'onnx/text_model.onnx'],
    description: 'Pictures of the same things are near each other and near the words for them.',
  },
  {
    name: 'wav2vec2-base',
    kind: 'onnx-wav2vec2',
    revision: 'onnx-1',
    modalities: ['AUDIO'],
    dimensions: 768,
    active: false,
    readsWords: false,
    defaultAlpha: null,
    setting: SETTING,
    weights: ['onnx/model.onnx'],
    description: 'Speech that sounds alike is near each other; it says little about what the words mean.',
  },
];

/** `models/` of this installation; this file is as deep in `src` as in `dist`. */
export const BUNDLED_MODELS = fileURLToPath(new URL('../../../models', import.meta.url));

/** A model's folder and weights under one of `roots`, or null. */
export function findModel(row: ModelRow, roots: readonly string[]): { folder: string; weights: string } | null {
  for (const root of roots) {
    const folder = join(root, row.name);
    const weights = row.weights.find((file) => existsSync(join(folder, file)));
    if (weights) return { folder, weights };
  }
  return null;
}

/** The row as the port shows it. */
export function describeModel({ kind: _, weights: __, ...model }: ModelRow, available: boolean): EmbeddingModel {
  return { ...model, active: model.active && available, available };
}

/**
 * Every model that the registry names, none of them running here: what a composite lists beside what its parts offer.
 */
export const namedModels = (): EmbeddingModel[] => MODEL_ROWS.map((row) => describeModel(row, false));
