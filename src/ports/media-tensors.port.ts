import type { EmbeddingModel, MediaSource } from './embedder.port.js';

/** How a vision model wants its pictures; what its preprocessor_config.json says. */
export interface PixelSpec {
  /** The shorter side after resizing, in pixels. */
  side: number;
  /** Width and height of what is cut out of the middle; at most `side`. */
  crop: number;
  /** A colour each (red, green, blue), of values from 0 to 1. */
  mean: readonly [number, number, number];
  deviation: readonly [number, number, number];
}

/** How a sound model wants its sounds. */
export interface WaveSpec {
  /** Samples a second. */
  rate: number;
  /** The least number of samples that the model's convolutions give a frame for; shorter sounds are filled up with silence. */
  leastSamples: number;
}

/** What is made of a medium: what a model reads, or a descriptor, which is a vector already. */
export type MediaForm =
  | { as: 'pixels'; spec: PixelSpec }
  | { as: 'waves'; spec: WaveSpec }
  | { as: 'picture-descriptor' }
  | { as: 'sound-descriptor' };

/** A model that is no more than a form: its vectors are computed while the medium is decoded. */
export interface MediaDescriptor {
  model: EmbeddingModel;
  form: MediaForm;
}

export interface MediaTensor {
  /** The index, among those asked for, of the form that it has. */
  form: number;
  /**
   * Pixels: 3 × crop × crop, planes of red, green, blue. Waves: samples of mean 0 and variance 1. Descriptors: an L2-normalised vector.
   */
  values: Float32Array;
  /** The moment of a film or a sound at which it lies or begins; null for a picture, and for the whole of a sound. */
  startSeconds: number | null;
}

export interface PrepareOptions {
  /** `query` overtakes what is waiting as `ingest`, and does not wait for what that has under way. */
  priority?: 'query' | 'ingest';
  /** Frames of a film, and windows of a sound, at most, spread over the whole; then less time is taken to look for them, too. */
  moments?: number;
  signal?: AbortSignal;
}

/** Decodes media into what models read, away from the event loop and in bounded memory and time, however long a film is. */
export interface MediaTensors {
  /**
   * Decodes a film's frames once, and its sound or a sound once, for all forms together. Each tensor is handed over as soon as it is
   * there. Of a picture there is one a form of pictures; of a film its scenes' frames, by time; of a sound, or a film's, its windows.
   * None where there is no sound, where nothing here decodes it, or where the form is of the other sense. Throws ExtractionError.
   */
  prepare(source: MediaSource, forms: readonly MediaForm[], onTensor: (tensor: MediaTensor) => void, options?: PrepareOptions): Promise<void>;
}
