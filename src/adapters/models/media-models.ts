import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StrataError } from '../../domain/errors.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { MediaForm, PixelSpec, WaveSpec } from '../../ports/media-tensors.port.js';
import { cannotRun } from './model-folder.js';
import type { ModelFiles } from './model.messages.js';

/** A model of pictures or sounds. */
export interface MediaModel {
  model: EmbeddingModel;
  /** What it reads. */
  form: MediaForm;
  /** Null for a descriptor: what it reads is its vector already. */
  files: ModelFiles | null;
}

/** One that onnxruntime runs. */
export interface OnnxMediaModel extends MediaModel {
  files: ModelFiles;
}

type Json = Record<string, unknown>;

const BICUBIC = 3;
/** Seconds that a sound model is given at least: its first layer norms each channel over time, which takes several frames. */
const LEAST_SECONDS = 0.1;

/**
 * What config.json and preprocessor_config.json of a folder say; null for a model of words.
 * @throws NOT_CONFIGURED with a sentence that says what about it is not known here
 */
export function mediaFormOf({ name, kind, folder }: ModelFiles): MediaForm | null {
  if (kind !== 'onnx-clip' && kind !== 'onnx-wav2vec2') return null;
  const refuse = (what: string) => cannotRun(name, what);
  const preprocessor = readJson(folder, 'preprocessor_config.json');
  if (kind === 'onnx-clip') return { as: 'pixels', spec: pixelSpecOf(preprocessor, refuse) };
  return { as: 'waves', spec: waveSpecOf(readJson(folder, 'config.json'), preprocessor, refuse) };
}

type Refuse = (what: string) => StrataError;

/** Sizes stand as a number in older files, as an object in newer ones. */
export function pixelSpecOf(preprocessor: Json, refuse: Refuse): PixelSpec {
  const side = sizeOf(preprocessor['size'], 'shortest_edge');
  const crop = sizeOf(preprocessor['crop_size'], 'height');
  const { image_mean: mean, image_std: deviation, resample = BICUBIC } = preprocessor;
  const isTriple = (value: unknown): value is [number, number, number] => Array.isArray(value) && value.length === 3 && value.every((each) => typeof each === 'number');
  if (side === null || crop === null || crop > side) throw refuse('its preprocessor_config.json says no shortest_edge with a square crop_size within it.');
  if (!isTriple(mean) || !isTriple(deviation)) throw refuse('its preprocessor_config.json says no image_mean and image_std of three colours.');
  if (resample !== BICUBIC) throw refuse(`its preprocessor_config.json says resample ${JSON.stringify(resample)}; 3 (bicubic) is known.`);
  return { side, crop, mean, deviation };
}

function sizeOf(value: unknown, key: string): number | null {
  const size = typeof value === 'object' && value !== null ? (value as Json)[key] : value;
  return Number.isInteger(size) && (size as number) > 0 ? (size as number) : null;
}

function waveSpecOf(config: Json, preprocessor: Json, refuse: Refuse): WaveSpec {
  const rate = preprocessor['sampling_rate'];
  if (rate !== 16_000 || preprocessor['do_normalize'] === false) throw refuse('its preprocessor_config.json says something other than sampling_rate 16000 and do_normalize true.');
  const { conv_kernel: kernels, conv_stride: strides } = config;
  if (!Array.isArray(kernels) || !Array.isArray(strides) || kernels.length !== strides.length) throw refuse('its config.json says no conv_kernel and conv_stride.');
  return { rate, leastSamples: Math.max(receptiveField(kernels as number[], strides as number[]), LEAST_SECONDS * rate) };
}

/** Samples that one frame is made of. */
export const receptiveField = (kernels: readonly number[], strides: readonly number[]): number =>
  kernels.reduceRight((samples, kernel, layer) => (samples - 1) * strides[layer]! + kernel, 1);

const readJson = (folder: string, file: string): Json => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json;
