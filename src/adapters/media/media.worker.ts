import { writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { ExtractionError } from '../../ports/media.port.js';
import type { MediaTensor } from '../../ports/media-tensors.port.js';
import { extract } from './extractors.js';
import type { MediaAnswers, MediaTask, TaskMessage, TaskResult } from './media-tasks.js';

/** Behind the server and queries, of whom each wants little at a time; ahead of bulk work with models. Threads and programs that it starts have it, too. */
const NICENESS = 5;

/**
 * The program of a media process: one task at a time, which may block it and may end it. Its parent sends tasks and kills
 * it where one takes too long; where the parent itself is gone it ends by itself, even within an endless loop.
 */
function main(): void {
  setPriority(NICENESS);
  const send = (message: TaskMessage) => process.send?.(message);
  process.on('message', (task: MediaTask) => {
    void runTask(task, send).then((result) => send({ result }));
  });
  process.on('disconnect', () => process.exit());
  const watch = `setInterval(() => { if (process.ppid !== ${process.ppid}) process.kill(process.pid, 'SIGKILL'); }, 1000)`;
  new Worker(watch, { eval: true, execArgv: [] }).unref();
  // Where the machine runs out of memory, its kernel shall choose this process rather than the server or its database.
  if (process.platform === 'linux') writeFileSync('/proc/self/oom_score_adj', '800');
}

async function runTask(task: MediaTask, send: (message: TaskMessage) => void): Promise<TaskResult<MediaAnswers[MediaTask['kind']]>> {
  let told = 0;
  const report = (fraction: number) => {
    // A page is quickly read; a hundred messages a task are plenty.
    if (fraction < told + 0.01) return;
    told = fraction;
    send({ fraction: Math.min(1, fraction) });
  };
  try {
    return { ok: true, value: await perform(task, report, (part) => send({ part })) };
  } catch (error) {
    return failure(error);
  }
}

async function perform(task: MediaTask, report: (fraction: number) => void, give: (part: MediaTensor) => void): Promise<MediaAnswers[MediaTask['kind']]> {
  if (task.kind === 'extract') return extract(task.type, { ...task, report });
  if (task.kind === 'fingerprint') return (await import('./fingerprints/fingerprint.js')).fingerprintsOf(task);
  const { size } = await stat(task.path);
  await (await import('./tensors/prepare.js')).prepare({ ...task, fileSize: size }, task.forms, give);
  return null;
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
