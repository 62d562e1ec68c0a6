import type { Fingerprint } from '../domain/fingerprints.js';
import type { TextBlock } from '../domain/text-structure.js';
import type { DataType, IngestionErrorCode, JsonObject } from '../domain/model.js';

export interface Sniffed {
  type: DataType;
  /** What the bytes are, e.g. `image/png`, `text/markdown`, `application/pdf`. */
  mimeType: string;
}

export interface ExtractInput {
  path: string;
  type: DataType;
  mimeType: string;
  filename: string | null;
  fileSize: number;
  /** `query`, as somebody waits for it: it overtakes what is waiting as `ingest`, and does not wait for what that has under way. */
  priority?: 'query' | 'ingest';
  signal?: AbortSignal;
  /** 0 to 1, now and then. */
  onProgress?: (fraction: number) => void;
}

export interface Extraction {
  /** What could be read out of it, NFC-normalised, `\n` line ends; null where there is none. */
  text: string | null;
  /** Pages of a paged document: half-open spans of `text`, 1-based numbers, in order. Empty elsewhere. */
  pages: { page: number; start: number; end: number }[];
  /** Headings, tables, lists and code of `text`, in order, none within another; left out where the format has none. */
  blocks?: TextBlock[];
  /**
   * Facts of the file under one key a kind: `image` {width, height, format, hasAlpha, dominantColours: [{hex, share}],
   * perceptualHash, takenAt?, camera?: {make, model}, location?: {latitude, longitude}}, `audio` {durationSeconds, sampleRate, channels, codec?},
   * `video` {durationSeconds, width, height, frameRate?, hasAudio}, `document` {pages?, title?, author?, language?, rows?, columns?},
   * `text` {encoding, characters, words, language?}.
   */
  facts: JsonObject;
  /** Sentences for the reader: a guessed encoding, frames skipped because ffmpeg is missing. */
  warnings: string[];
}

export type FingerprintInput = Pick<ExtractInput, 'path' | 'type' | 'mimeType' | 'fileSize' | 'signal'>;

/** Content that cannot be read: damaged, encrypted, a bomb. Final unless `retryable`. */
export class ExtractionError extends Error {
  constructor(
    readonly code: IngestionErrorCode,
    message: string,
    readonly retryable = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ExtractionError';
  }
}

/**
 * Knows content by its bytes and reads what is in it, in processes of their own, with limits of time and memory, so that no file
 * can take the server down. Throws ExtractionError.
 */
export interface MediaReader {
  /** @param head the first 64 KiB (or all); @param filename decides among text formats only. null: unknown binary. */
  sniff(head: Uint8Array, filename: string | null): Promise<Sniffed | null>;
  extract(input: ExtractInput): Promise<Extraction>;
  /** What a picture's, a sound's or a film's content is compared by once it is decoded; empty for the others. */
  fingerprint(input: FingerprintInput): Promise<Fingerprint[]>;
  close(): Promise<void>;
}
