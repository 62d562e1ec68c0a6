/** Bounds on what one file may cost. Each is an option of `MediaPool`; the defaults suit a machine with 4 GB. */
export interface MediaLimits {
  /** Bytes of a text format (plain, HTML, CSV, JSON …), which is read as a whole. */
  textBytes: number;
  /** UTF-16 units of text that one object may give; derived text beyond is cut with a warning, plain text is refused. */
  textCharacters: number;
  pages: number;
  /** Bytes of XML that a DOCX may unpack to. */
  unpackedBytes: number;
  /** Bytes of a DOCX, which is held in memory while it is read. */
  documentBytes: number;
  /** Levels of nesting in JSON and markup. */
  depth: number;
  /** Pixels of a picture, width × height. */
  pixels: number;
  /** Seconds of sound that are described as a whole; of a longer one, windows at even distances are. */
  soundSeconds: number;
  /** Milliseconds that watching a film, or looking into a long one or into a long sound, may take. */
  lookingMs: number;
}

export const DEFAULT_LIMITS: Readonly<MediaLimits> = {
  textBytes: 50 * 1024 * 1024,
  textCharacters: 50 * 1024 * 1024,
  pages: 20_000,
  unpackedBytes: 64 * 1024 * 1024,
  documentBytes: 256 * 1024 * 1024,
  depth: 1_000,
  pixels: 100_000_000,
  soundSeconds: 600,
  lookingMs: 30_000,
};
