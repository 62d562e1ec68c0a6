import type { WaveSpec } from '../../../ports/media-tensors.port.js';

/** As Wav2Vec2FeatureExtractor: under the root, so that silence is not divided by nothing. */
const EPSILON = 1e-7;

/** Samples at mean 0 and variance 1; those of a sound too short for the model's convolutions are followed by silence. */
export function prepareWave(samples: Float32Array, { leastSamples }: Pick<WaveSpec, 'leastSamples'>): Float32Array {
  let sum = 0;
  for (const sample of samples) sum += sample;
  const mean = sum / (samples.length || 1);
  let squares = 0;
  for (const sample of samples) squares += (sample - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / (samples.length || 1) + EPSILON);
  const wave = new Float32Array(Math.max(samples.length, leastSamples));
  for (let i = 0; i < samples.length; i++) wave[i] = (samples[i]! - mean) * scale;
  return wave;
}
