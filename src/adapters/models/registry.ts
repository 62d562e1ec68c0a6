import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { ModelKind } from './model.messages.js';

/** What a model's files cannot tell of it, and what is said of one that is not here. */
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
    // Near the middle of what is as good as the best in each of three collections, 0.50 to 0.65: docs/search-quality.md.
    defaultAlpha: 0.55,
    // docs/duplicates.md.
    duplicateCosine: 0.95,
    // docs/search.md, as below.
    matchCosines: { words: 0.5, likeness: 0.6 },
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
    // Near the middle of its plateau, which is 0.40 to 0.65: docs/search-quality.md.
    defaultAlpha: 0.55,
    duplicateCosine: 0.95,
    matchCosines: { words: 0.55, likeness: 0.65 },
    setting: SETTING,
    weights: ['onnx/model_w8.onnx', 'onnx/model.onnx'],
    description: 'As all-MiniLM-L6-v2, finer and several times slower.',
  },
  {
    name: 'clip-vit-base-patch32',
    kind: 'onnx-clip',
    revision: 'onnx-1',
    modalities: ['IMAGE', 'VIDEO'],
    dimensions: 512,
    active: false,
    readsWords: true,
    defaultAlpha: null,
    duplicateCosine: null,
    matchCosines: { words: 0.28 },
    setting: SETTING,
    weights: ['onnx/vision_model.onnx', 'onnx/text_model.onnx'],
    description: 'Pictures and films’ frames that show the same things are near each other and near the words for them, in English.',
  },
  {
    name: 'wav2vec2-base',
    kind: 'onnx-wav2vec2',
    revision: 'onnx-1',
    modalities: ['AUDIO', 'VIDEO'],
    dimensions: 768,
    active: false,
    readsWords: false,
    defaultAlpha: null,
    duplicateCosine: null,
    setting: SETTING,
    weights: ['onnx/model.onnx'],
    description: 'Stretches of sound and of films’ sound that sound alike are near each other, speech above all; it says little about what the words mean.',
  },
];

/** Weights whose revision has a name; that of any others is their fingerprint. */
const REVISIONS: Readonly<Record<string, string>> = {
  b2d4aaa326c6ccc596f41a3710774d0f1df55f08b23d4100ff2b71f158e19011: 'onnx-int8-1',
  '6d8987defe7164cf804f390d4861b018cbd02b05cde66bf2ad5556ff709b6fcf': 'onnx-w8-1',
};
const FINGERPRINT_SHOWN = 16;

/** @param sha256 of the weights; of several files, of their hashes */
export const revisionOf = (sha256: string): string => REVISIONS[sha256] ?? `sha256:${sha256.slice(0, FINGERPRINT_SHOWN)}`;

/** Of models that the registry does not name, by their kind. */
const DESCRIPTIONS: Readonly<Record<ModelKind, Pick<ModelRow, 'modalities' | 'readsWords' | 'description'>>> = {
  'onnx-text': { modalities: ['TEXT', 'DOCUMENT'], readsWords: true, description: 'Texts that mean the same are near each other, in the languages that the model was made for.' },
  'onnx-clip': { modalities: ['IMAGE', 'VIDEO'], readsWords: true, description: 'Pictures and films’ frames that show the same things are near each other and near the words for them.' },
  'onnx-wav2vec2': { modalities: ['AUDIO', 'VIDEO'], readsWords: false, description: 'Stretches of sound and of films’ sound that sound alike are near each other.' },
  'onnx-cross-encoder': { modalities: [], readsWords: true, description: 'Reads a question and a text together, and says how well the text answers it.' },
};

/** What is known of a model beside its files: the registry's row where that names it, otherwise what holds for its kind. */
export function describeKind(name: string, kind: ModelKind): Pick<EmbeddingModel, 'name' | 'modalities' | 'readsWords' | 'defaultAlpha' | 'duplicateCosine' | 'matchCosines' | 'setting' | 'description'> {
  const row = MODEL_ROWS.find((each) => each.name === name && each.kind === kind);
  const { modalities, readsWords, description } = row ?? DESCRIPTIONS[kind];
  return { name, modalities, readsWords, description, defaultAlpha: row?.defaultAlpha ?? null, duplicateCosine: row?.duplicateCosine ?? null, matchCosines: row?.matchCosines ?? {}, setting: SETTING };
}

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
