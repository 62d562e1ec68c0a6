import type { DataType } from '../domain/model.js';

export interface EmbeddingModel {
  name: string;
  /** Of the weights or of the algorithm; goes into each embedding's metadata. */
  revision: string;
  /** What it embeds. */
  modalities: readonly DataType[];
  dimensions: number;
  /** New objects are embedded with it. */
  active: boolean;
  /** It can run here: weights found, runtime loaded. */
  available: boolean;
  /** Words can be embedded into its space, so that a query in words can search it. */
  readsWords: boolean;
  /** The measured share of the vector leg in hybrid search; null where it was not measured. */
  defaultAlpha: number | null;
  /** The configuration key that brings it. */
  setting: string;
  /** One sentence: what its likeness means, and what it does not. */
  description: string;
}

export interface MediaSource {
  path: string;
  type: DataType;
  mimeType: string;
}

export interface MediaVector {
  /** L2-normalised. */
  vector: Float32Array;
  /** The moment of a film or a sound that it stands for; null for the whole. */
  startSeconds: number | null;
}

/** Half-open UTF-16 span of the text, with its number of tokens. */
export interface TextSpan {
  start: number;
  end: number;
  tokens: number;
}

export interface EmbedOptions {
  /** `query` overtakes what is waiting as `ingest`. */
  priority?: 'query' | 'ingest';
  signal?: AbortSignal;
}

/**
 * Turns content into vectors, away from the event loop. Unknown or unavailable model: `NOT_CONFIGURED`. A worker that died:
 * `DEPENDENCY_UNAVAILABLE` with `dependency: "models"`; the next call gets a new one. Media that cannot be decoded: ExtractionError.
 */
export interface Embedder {
  models(): readonly EmbeddingModel[];
  /** One L2-normalised vector a text, in order. A text beyond what the model reads is cut. */
  embedTexts(model: string, texts: readonly string[], options?: EmbedOptions): Promise<Float32Array[]>;
  embedMedia(model: string, source: MediaSource, options?: EmbedOptions): Promise<MediaVector[]>;
  /**
   * Cuts each text into passages of about `target` tokens (200), each beginning `overlap` tokens (32) before the end of the
   * last, cut at sentence ends where there is one, never beyond what the model reads. `breaks`: offsets that no passage crosses (pages).
   */
  splitPassages(
    model: string,
    texts: readonly { text: string; breaks?: readonly number[] }[],
    options?: { target?: number; overlap?: number } & EmbedOptions,
  ): Promise<TextSpan[][]>;
  close(): Promise<void>;
}
