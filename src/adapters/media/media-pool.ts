import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
// libvips must be loaded by the main thread before any worker: it is unloaded with the thread that loaded it.
import 'sharp';
import { ExtractionError } from '../../ports/media.port.js';
import type { Logger } from '../../ports/logger.port.js';
import { workerEntry } from '../worker-entry.js';
import { findFfmpeg } from './films/ffmpeg.js';
import { DEFAULT_LIMITS, type MediaLimits } from './limits.js';
import type { MediaAnswers, MediaTask, TaskMessage, TaskResult } from './media-tasks.js';
import { TaskGate } from './task-gate.js';

export interface MediaPoolOptions {
  /** Worker threads; by default one fewer than the machine runs at once, and at least one. */
  threads?: number;
  /** Milliseconds that one file may take, waiting not counted. */
  timeLimitMs?: number;
  /** Megabytes of JavaScript objects a thread. */
  heapMb?: number;
  /** Megabytes of buffers a thread: what decoders unpack into. */
  buffersMb?: number;
  limits?: Partial<MediaLimits>;
  /** Its path, or its name on PATH; null: not to be used. */
  ffmpeg?: string | null;
  logger?: Logger;
}

export interface RunOptions {
  priority?: 'query' | 'ingest';
  signal?: AbortSignal;
  onProgress?: (fraction: number) => void;
}

type Task<K extends MediaTask['kind']> = Omit<Extract<MediaTask, { kind: K }>, 'limits' | 'ffmpeg' | 'port'>;

/** How often a running thread's buffers are measured; the heap has a limit of its own, they have none. */
const MEASURE_MS = 250;
const IDLE_MS = 30_000;

/**
 * Worker threads in which files are taken apart. A file that takes too long or too much memory costs its thread, nothing
 * else: the thread is ended, the task fails with a code, the next task gets a new thread.
 */
export class MediaPool {
  readonly limits: MediaLimits;
  private readonly pool: Piscina;
  private readonly gate: TaskGate;
  private readonly timeLimitMs: number;
  private readonly heapMb: number;
  private readonly buffersMb: number;
  private readonly ffmpeg: Promise<string | null>;

  constructor(options: MediaPoolOptions = {}) {
    const threads = options.threads ?? Math.max(1, availableParallelism() - 1);
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.timeLimitMs = options.timeLimitMs ?? 120_000;
    this.heapMb = options.heapMb ?? 1_024;
    this.buffersMb = options.buffersMb ?? 1_024;
    const program = options.ffmpeg === undefined ? 'ffmpeg' : options.ffmpeg;
    this.ffmpeg = program === null ? Promise.resolve(null) : findFfmpeg(program).then((found) => (found ? program : null));
    this.gate = new TaskGate(threads);
    const { url, execArgv } = workerEntry('media.worker', import.meta.url);
    this.pool = new Piscina({
      filename: fileURLToPath(url),
      name: 'runMediaTask',
      execArgv,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: IDLE_MS,
      // Waiting on atomics would hold up what a thread does between tasks: closing files, ending child processes.
      atomics: 'disabled',
      resourceLimits: { maxOldGenerationSizeMb: this.heapMb, maxYoungGenerationSizeMb: 64 },
    });
    // A thread that dies between tasks fails none; without a listener its error would end the process.
    this.pool.on('error', (error: unknown) => options.logger?.warn({ err: error }, 'A media thread died while it was idle.'));
  }

  /** Whether films can be looked into. */
  async hasFfmpeg(): Promise<boolean> {
    return (await this.ffmpeg) !== null;
  }

  /** Throws ExtractionError, or the signal's reason. */
  async run<K extends MediaTask['kind']>(task: Task<K>, options: RunOptions = {}): Promise<MediaAnswers[K]> {
    const ffmpeg = await this.ffmpeg;
    const leave = await this.gate.enter(options.priority ?? 'ingest', options.signal);
    try {
      return await this.runNow({ ...task, limits: this.limits, ffmpeg }, options);
    } finally {
      leave();
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async runNow<T>(task: object, { signal, onProgress }: RunOptions): Promise<T> {
    const stop = new AbortController();
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => stop.abort(this.tookTooLong()), this.timeLimitMs);
    const abort = () => stop.abort(signal?.reason);
    let measuring: NodeJS.Timeout | undefined;
    port1.on('message', (message: TaskMessage) => {
      if ('fraction' in message) onProgress?.(message.fraction);
      else measuring = setInterval(() => void this.measure(message.started, stop), MEASURE_MS);
    });
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const result = (await this.pool.run({ ...task, port: port2 }, { transferList: [port2], signal: stop.signal })) as TaskResult<T>;
      if (result.ok) return result.value;
      throw new ExtractionError(result.code, result.message, result.retryable, { cause: result.cause });
    } catch (error) {
      if (error instanceof ExtractionError) throw error;
      if (stop.signal.aborted) throw stop.signal.reason;
      throw this.translateDeath(error);
    } finally {
      clearTimeout(timer);
      clearInterval(measuring);
      signal?.removeEventListener('abort', abort);
      port1.close();
    }
  }

  private async measure(threadId: number, stop: AbortController): Promise<void> {
    const worker: Worker | undefined = this.pool.threads.find((thread) => thread.threadId === threadId);
    // A thread that has just ended has no statistics; its task fails or succeeds by itself.
    const statistics = await worker?.getHeapStatistics().catch(() => undefined);
    if (statistics !== undefined && statistics.external_memory > this.buffersMb * 1024 * 1024) {
      stop.abort(new ExtractionError('TOO_LARGE', `Reading the content takes more than ${this.buffersMb} MB of memory.`));
    }
  }

  private tookTooLong(): ExtractionError {
    return new ExtractionError('TIMEOUT', `Reading the content took longer than ${Math.round(this.timeLimitMs / 1000)} seconds.`);
  }

  private translateDeath(error: unknown): ExtractionError {
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
      return new ExtractionError('TOO_LARGE', `Reading the content takes more than ${this.heapMb} MB of memory.`, false, { cause: error });
    }
    return new ExtractionError('WORKER_DIED', 'The thread that read the content died. Try again.', true, { cause: error });
  }
}
