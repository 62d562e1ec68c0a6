import { ExtractionError, type Extraction } from '../../ports/media.port.js';
import type { MediaLimits } from './limits.js';

/** What an extractor is told; it runs in a process of its own and may block that. */
export interface ExtractContext {
  path: string;
  mimeType: string;
  filename: string | null;
  fileSize: number;
  limits: MediaLimits;
  /** The program's path; null where it is not there. */
  ffmpeg: string | null;
  /** 0 to 1. */
  report: (fraction: number) => void;
}

export type Extractor = (context: ExtractContext) => Promise<Extraction>;

export const damaged = (message: string, cause?: unknown) => new ExtractionError('DAMAGED', message, false, { cause });
export const encrypted = (message: string) => new ExtractionError('ENCRYPTED', message);
export const tooLarge = (message: string) => new ExtractionError('TOO_LARGE', message);
export const noContent = (message: string) => new ExtractionError('NO_CONTENT', message);
export const unsupported = (message: string) => new ExtractionError('UNSUPPORTED', message);

/** The vendor's sentence, in one line and short enough for a message; never a path. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n', 1)[0]!.replace(/\.$/, '').replace(/(?:\/[^\s/'"]+){2,}/g, 'the file');
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}

export const formatBytes = (bytes: number): string =>
  bytes >= 1024 * 1024 ? `${Math.round((bytes / 1024 / 1024) * 10) / 10} MB` : `${Math.ceil(bytes / 1024)} KB`;
