import { writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { ExtractionError } from '../../ports/media.port.js';
import { extract } from './extractors.js';
import type { MediaAnswers, MediaTask, TaskMessage, TaskResult } from './media-tasks.js';

/**
 * The program of a media process: one task at a time, which may block it and may end it. Its parent sends tasks and kills
 * it where one takes too long; where the parent itself is gone it ends by itself, even within an endless loop.
 */
function main(): void {
  const send = (message: TaskMessage) => process.send?.(message);
  process.on('message', (task: MediaTask) => {
    void runTask(task, (fraction) => send({ fraction })).then((result) => send({ result }));
  });
  process.on('disconnect', () => process.exit());
  const watch = `setInterval(() => { if (process.ppid !== ${process.ppid}) process.kill(process.pid, 'SIGKILL'); }, 1000)`;
  new Worker(watch, { eval: true, execArgv: [] }).unref();
  // Where the machine runs out of memory, its kernel shall choose this process rather than the server or its database.
  if (process.platform === 'linux') writeFileSync('/proc/self/oom_score_adj', '800');
}

async function runTask(task: MediaTask, send: (fraction: number) => void): Promise<TaskResult<MediaAnswers[MediaTask['kind']]>> {
  let told = 0;
  const report = (fraction: number) => {
    // A page is quickly read; a hundred messages a task are plenty.
    if (fraction < told + 0.01) return;
    told = fraction;
    send(Math.min(1, fraction));
  };
  try {
    return { ok: true, value: await perform(task, report) };
  } catch (error) {
    return failure(error);
  }
}

async function perform(task: MediaTask, report: (fraction: number) => void): Promise<MediaAnswers[MediaTask['kind']]> {
  if (task.kind === 'extract') return extract(task.type, { ...task, report });
  const { describePicture, describeSoundOf } = await import('./descriptors/describe.js');
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

main();
