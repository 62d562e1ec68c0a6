import { fork, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ExtractionError } from '../../ports/media.port.js';
import { workerEntry } from '../worker-entry.js';
import type { MediaTensor } from '../../ports/media-tensors.port.js';
import type { MediaAnswers, MediaTask, TaskMessage, TaskResult } from './media-tasks.js';

export interface ProcessLimits {
  /** Milliseconds that one task may take. */
  timeLimitMs: number;
  /** Megabytes of JavaScript objects. */
  heapMb: number;
  /** Megabytes of memory altogether: objects, buffers and what decoders take. Measured on Linux. */
  memoryMb: number;
}

export interface TaskOptions {
  signal?: AbortSignal;
  onProgress?: (fraction: number) => void;
  onPart?: (part: MediaTensor) => void;
}

const MEASURE_MS = 200;
const PAGE_SIZE = 4_096;

/** A child process that takes files apart, one at a time. It is not used again after anything went wrong with it. */
export class MediaProcess {
  private readonly child: ChildProcess;
  private stderr = '';

  constructor(private readonly limits: ProcessLimits) {
    const { url, execArgv } = workerEntry('media.worker', import.meta.url, [`--max-old-space-size=${limits.heapMb}`]);
    this.child = fork(fileURLToPath(url), [], {
      execArgv,
      // It reads untrusted files and needs none of the server's secrets.
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // Of one that could not be started, say; whoever runs a task in it hears of it by himself.
    this.child.on('error', (error) => (this.stderr += error.message));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr = (this.stderr + text).slice(-4_000)));
    this.rest();
  }

  get isAlive(): boolean {
    return this.child.connected && !this.child.killed && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Throws ExtractionError, or the signal's reason. */
  async run<K extends MediaTask['kind']>(task: Extract<MediaTask, { kind: K }>, options: TaskOptions = {}): Promise<MediaAnswers[K]> {
    options.signal?.throwIfAborted();
    this.work();
    const result = await this.exchange(task, options).finally(() => this.rest());
    if (result.ok) return result.value as MediaAnswers[K];
    throw new ExtractionError(result.code, result.message, result.retryable, { cause: result.cause });
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.ref();
    this.child.kill('SIGKILL');
    await ended;
  }

  private exchange(task: MediaTask, { signal, onProgress, onPart }: TaskOptions): Promise<TaskResult<MediaAnswers[MediaTask['kind']]>> {
    const { child, limits } = this;
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        clearInterval(measuring);
        signal?.removeEventListener('abort', abort);
        child.off('message', receive).off('exit', exit).off('error', fail);
      };
      const fail = (error: unknown) => {
        settle();
        child.kill('SIGKILL');
        reject(error as Error);
      };
      const receive = (message: TaskMessage) => {
        if ('fraction' in message) return onProgress?.(message.fraction);
        if ('part' in message) return onPart?.(message.part);
        settle();
        resolve(message.result);
      };
      const exit = (code: number | null, signalName: string | null) => fail(this.translateDeath(code, signalName));
      const abort = () => fail(signal!.reason);
      const timer = setTimeout(() => fail(tookTooLong(limits)), limits.timeLimitMs);
      const measuring = setInterval(() => {
        void residentMb(child.pid!).then((mb) => {
          if (mb > limits.memoryMb) fail(tookTooMuch(limits.memoryMb));
        });
      }, MEASURE_MS);
      child.on('message', receive).on('exit', exit).on('error', fail);
      signal?.addEventListener('abort', abort, { once: true });
      child.send(task, (error) => {
        if (error !== null) fail(this.translateDeath(null, error.message));
      });
    });
  }

  private translateDeath(code: number | null, signalName: string | null): ExtractionError {
    if (/heap out of memory|invalid table size|Allocation failed/i.test(this.stderr)) return tookTooMuch(this.limits.heapMb, this.stderr);
    const cause = `A media process ended with ${code ?? signalName}. ${this.stderr}`;
    return new ExtractionError('WORKER_DIED', 'The process that read the content died. Try again.', true, { cause });
  }

  /** An idle process does not keep the server's own from ending. */
  private rest(): void {
    this.child.unref();
    this.child.channel?.unref();
    (this.child.stderr as unknown as { unref(): void }).unref();
  }

  private work(): void {
    this.child.ref();
    this.child.channel?.ref();
  }
}

const tookTooLong = ({ timeLimitMs }: ProcessLimits) =>
  new ExtractionError('TIMEOUT', `Reading the content took longer than ${Math.round(timeLimitMs / 100) / 10} seconds.`);

const tookTooMuch = (mb: number, cause?: string) =>
  new ExtractionError('TOO_LARGE', `Reading the content takes more than ${mb} MB of memory.`, false, { cause });

/** Megabytes that a process has in memory; 0 where the platform has no /proc or the process has just ended. */
async function residentMb(pid: number): Promise<number> {
  const statm = await readFile(`/proc/${pid}/statm`, 'latin1').catch(() => '0 0');
  return (Number(statm.split(' ')[1]) * PAGE_SIZE) / 1024 / 1024;
}
