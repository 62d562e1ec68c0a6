import type { Fingerprint } from '../../domain/fingerprints.js';
import type { DataType, IngestionErrorCode } from '../../domain/model.js';
import type { Extraction } from '../../ports/media.port.js';
import type { MediaForm, MediaTensor } from '../../ports/media-tensors.port.js';
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

/** Its tensors come as parts, one by one. */
export interface PrepareTask extends TaskBase {
  kind: 'prepare';
  forms: readonly MediaForm[];
  moments: number | undefined;
}

export interface FingerprintTask extends TaskBase {
  kind: 'fingerprint';
  fileSize: number;
}

export type MediaTask = ExtractTask | PrepareTask | FingerprintTask;

/** What each kind of task answers. */
export interface MediaAnswers {
  extract: Extraction;
  prepare: null;
  fingerprint: Fingerprint[];
}

/** Errors lose their class on the way between processes; those of the contents are sent as values. */
export type TaskResult<T> = { ok: true; value: T } | { ok: false; code: IngestionErrorCode; message: string; retryable: boolean; cause?: string };

/** What a media process sends: fractions of the work now and then, parts of the answer where it has any, and at the end the result. */
export type TaskMessage = { fraction: number } | { part: MediaTensor } | { result: TaskResult<MediaAnswers[MediaTask['kind']]> };
