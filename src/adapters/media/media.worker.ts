import { stat } from 'node:fs/promises';
import { threadId } from 'node:worker_threads';
import { ExtractionError } from '../../ports/media.port.js';
import { describePicture, describeSoundOf } from './descriptors/describe.js';
import { extract } from './extractors.js';
import type { MediaAnswers, MediaTask, TaskMessage, TaskResult } from './media-tasks.js';

/** Where a worker thread begins: one task at a time, which may block the thread and may be cut off at any moment. */
export async function runMediaTask(task: MediaTask): Promise<TaskResult<MediaAnswers[MediaTask['kind']]>> {
  const tell = (message: TaskMessage) => task.port.postMessage(message);
  tell({ started: threadId });
  let told = 0;
  const report = (fraction: number) => {
    // A page is quickly read; a hundred messages a task are plenty.
    if (fraction < told + 0.01) return;
    told = fraction;
    tell({ fraction: Math.min(1, fraction) });
  };
  try {
    return { ok: true, value: await perform(task, report) };
  } catch (error) {
    return failure(error);
  } finally {
    task.port.close();
  }
}

async function perform(task: MediaTask, report: (fraction: number) => void): Promise<MediaAnswers[MediaTask['kind']]> {
  if (task.kind === 'extract') return extract(task.type, { ...task, report });
  const { size } = await stat(task.path);
  const source = { ...task, fileSize: size };
  return task.aspect === 'picture' ? describePicture(source) : describeSoundOf(source);
}

function failure(error: unknown): TaskResult<never> {
  const cause = causeOf(error);
  if (error instanceof ExtractionError) return { ok: false, code: error.code, message: error.message, retryable: error.retryable, cause };
  if (error instanceof RangeError) {
    // Stack, string and buffer lengths: what a parser runs into with contents made for it.
    return { ok: false, code: 'TOO_LARGE', message: 'The content is nested too deeply or unpacks to too much.', retryable: false, cause };
  }
  const isSystem = error instanceof Error && 'errno' in error;
  return { ok: false, code: 'INTERNAL', message: 'The content could not be read, through no fault of its own.', retryable: isSystem, cause };
}

function causeOf(error: unknown): string {
  const inner = error instanceof ExtractionError ? error.cause : error;
  return inner instanceof Error ? (inner.stack ?? inner.message) : String(inner ?? '');
}
