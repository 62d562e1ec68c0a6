import type { DataType, IngestionErrorCode } from '../../domain/model.js';
import type { MediaVector } from '../../ports/embedder.port.js';
import type { Extraction } from '../../ports/media.port.js';
import type { MediaLimits } from './limits.js';

interface TaskBase {
  path: string;
  type: DataType;
  mimeType: string;
  limits: MediaLimits;
  ffmpeg: string | null;
}

export interface ExtractTask extends TaskBase {
  kind: 'extract';
  filename: string | null;
  fileSize: number;
}

export interface DescribeTask extends TaskBase {
  kind: 'describe';
  /** What of it: its picture, or its sound. */
  aspect: 'picture' | 'sound';
}

export type MediaTask = ExtractTask | DescribeTask;

/** What each kind of task answers. */
export interface MediaAnswers {
  extract: Extraction;
  describe: MediaVector[];
}

/** Errors lose their class on the way between processes; those of the contents are sent as values. */
export type TaskResult<T> = { ok: true; value: T } | { ok: false; code: IngestionErrorCode; message: string; retryable: boolean; cause?: string };

/** What a media process sends: fractions of the work now and then, and at the end the result. */
export type TaskMessage = { fraction: number } | { result: TaskResult<MediaAnswers[MediaTask['kind']]> };
