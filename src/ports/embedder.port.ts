import type { MatchCosines } from '../domain/match-cosines.js';
import type { DataType } from '../domain/model.js';
import type { TextBlock } from '../domain/text-structure.js';

export interface EmbeddingModel {
  name: string;
  /** Of the weights or of the algorithm; goes into each embedding's metadata. */
  revision: string;
  /** What it embeds. */
  modalities: readonly DataType[];
  dimensions: number;
  /** New objects are embedded with it. */
  active: boolean;
  /** Searches that name no model ask it; left out: those that are active. */
  searched?: boolean;
  /** Why its space may not be searched now, in a sentence: it is being filled, or was cleaned up. */
  unsearchable?: string;
  /** It may not be searched because its vectors are still being made: once they are complete, it may. */
  isFilling?: boolean;
  /** It can run here: weights found, runtime loaded. */
  available: boolean;
  /** Why it cannot run although it is here, in a sentence. */
  fault?: string;
  /** What brings one that is not here, in a sentence; left out: the setting does. */
  remedy?: string;
  /** Words can be embedded into its space, so that a query in words can search it. */
  readsWords: boolean;
  /** The measured share of the vector leg in hybrid search; null where it was not measured. */
  defaultAlpha: number | null;
  /** The measured cosine from which two objects are near duplicates in its space; null where it was not measured. */
  duplicateCosine: number | null;
  /** From which cosine a saved search finds an object in its space, as far as that is known: `usualMatchCosines` has the rest. */
  matchCosines?: Partial<MatchCosines>;
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

export interface TextToSplit {
  text: string;
  breaks?: readonly number[];
  blocks?: readonly TextBlock[];
}

export interface EmbedOptions {
  /** `query`, words that somebody typed, overtakes what is waiting as `query-file`, and that what is waiting as `ingest`. */
  priority?: 'query' | 'query-file' | 'ingest';
  signal?: AbortSignal;
}

export interface EmbedMediaOptions extends EmbedOptions {
  /**
   * Frames of a film, and windows of a sound or a film's sound, at most, spread over the whole; the rest is not embedded, nor decoded
   * where one can jump over it. Left out: as many as an object has.
   */
  moments?: number;
}

/**
 * Turns content into vectors, away from the event loop. Unknown or unavailable model: `NOT_CONFIGURED`. A worker that died:
 * `DEPENDENCY_UNAVAILABLE` with `dependency: "models"`; the next call gets a new one. Media that cannot be decoded: ExtractionError.
 */
export interface Embedder {
  models(): readonly EmbeddingModel[];
  /** One L2-normalised vector a text, in order. A text beyond what the model reads is cut. */
  embedTexts(model: string, texts: readonly string[], options?: EmbedOptions): Promise<Float32Array[]>;
  embedMedia(model: string, source: MediaSource, options?: EmbedMediaOptions): Promise<MediaVector[]>;
  /** As `embedMedia` with each, in their order; a film or a sound is decoded once for all of them. One failure fails the call. */
  embedMediaForAll(models: readonly string[], source: MediaSource, options?: EmbedMediaOptions): Promise<MediaVector[][]>;
  /**
   * Cuts each text into passages of about `target` tokens (200), each beginning `overlap` tokens (32) before the end of the
   * last, cut at sentence ends where there is one, never beyond what the model reads. `breaks`: offsets that no passage crosses (pages).
   * `blocks`: headings, tables, lists and code, which are cut as `domain/passages.ts` says; where there are headings or named columns,
   * room is left for the words that say where a passage lies (`embeddedText`).
   */
  splitPassages(
    model: string,
    texts: readonly TextToSplit[],
    options?: { target?: number; overlap?: number } & EmbedOptions,
  ): Promise<TextSpan[][]>;
  close(): Promise<void>;
}
