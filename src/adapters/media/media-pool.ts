import { availableParallelism } from 'node:os';
import type { MediaTask, MediaAnswers } from './media-tasks.js';
import { findFfmpeg, hasChromaprint } from './films/ffmpeg.js';
import { DEFAULT_LIMITS, type MediaLimits } from './limits.js';
import { MediaProcess, type ProcessLimits, type TaskOptions } from './media-process.js';
import { TaskGate } from './task-gate.js';

export interface MediaPoolOptions extends Partial<ProcessLimits> {
  /** Processes at most, but for the one more for queries; by default one fewer than the machine runs at once, and at least one. */
  processes?: number;
  limits?: Partial<MediaLimits>;
  /** Its path, or its name on PATH; null: not to be used. */
  ffmpeg?: string | null;
}

export interface RunOptions extends TaskOptions {
  priority?: 'query' | 'ingest';
}

/** What the program beside this one can do; null where it is not there. */
export type FfmpegFound = { hasChromaprint: boolean } | null;

type Task<K extends MediaTask['kind']> = Omit<Extract<MediaTask, { kind: K }>, 'limits' | 'ffmpeg'>;

const IDLE_MS = 30_000;

/**
 * Processes in which files are taken apart. A file that takes too long or too much memory costs its process, nothing else.
 *
 * A query that comes while all are at work gets one process more, bounded as they are, and ended as they are once there is nothing
 * left to do: what is ingested may keep a process for minutes, and a search gives up before that.
 *
 * Processes and not threads: where a thread's heap overflows within one native call, such as JSON.parse over an array of
 * many millions, V8 ends the whole process whatever the thread's resourceLimits say, and so does a fault in a native decoder.
 */
export class MediaPool {
  readonly limits: MediaLimits;
  private readonly processLimits: ProcessLimits;
  private readonly gate: TaskGate;
  private readonly ffmpeg: Promise<string | null>;
  private readonly idle: { process: MediaProcess; timer: NodeJS.Timeout }[] = [];
  private readonly busy = new Set<MediaProcess>();
  private readonly closed = new AbortController();

  constructor(options: MediaPoolOptions = {}) {
    const { processes = Math.max(1, availableParallelism() - 1), timeLimitMs = 120_000, heapMb = 768, memoryMb = 1_536 } = options;
    // A film may be watched in vain before it is looked into, and then its sound; there is still a quarter left for what else is done with it.
    this.limits = { ...DEFAULT_LIMITS, lookingMs: Math.min(DEFAULT_LIMITS.lookingMs, timeLimitMs / 4), ...options.limits };
    this.processLimits = { timeLimitMs, heapMb, memoryMb };
    this.gate = new TaskGate(processes);
    this.ffmpeg = options.ffmpeg === null ? Promise.resolve(null) : findFfmpeg(options.ffmpeg ?? 'ffmpeg');
  }

  /** Whether films can be looked into, and sounds be compared. */
  async foundFfmpeg(): Promise<FfmpegFound> {
    const path = await this.ffmpeg;
    return path === null ? null : { hasChromaprint: await hasChromaprint(path) };
  }

  /** Throws ExtractionError, or the signal's reason. */
  async run<K extends MediaTask['kind']>(task: Task<K>, options: RunOptions = {}): Promise<MediaAnswers[K]> {
    const { priority = 'ingest', onProgress, onPart } = options;
    const signal = options.signal === undefined ? this.closed.signal : AbortSignal.any([options.signal, this.closed.signal]);
    const ffmpeg = await this.ffmpeg;
    const leave = await this.gate.enter(priority, signal);
    try {
      const whole = { ...task, limits: this.limits, ffmpeg } as unknown as Extract<MediaTask, { kind: K }>;
      return await this.runIn(this.take(), (process) => process.run<K>(whole, { signal, onProgress, onPart }));
    } finally {
      leave();
    }
  }

  /** Ends what is running, too. */
  async close(): Promise<void> {
    this.closed.abort(new Error('The media pool is closed.'));
    const idle = this.idle.splice(0).map(({ process, timer }) => {
      clearTimeout(timer);
      return process;
    });
    await Promise.all([...idle, ...this.busy].map((process) => process.end()));
  }

  private async runIn<T>(process: MediaProcess, use: (process: MediaProcess) => Promise<T>): Promise<T> {
    this.busy.add(process);
    try {
      return await use(process);
    } finally {
      this.busy.delete(process);
      this.putBack(process);
    }
  }

  private take(): MediaProcess {
    const found = this.idle.pop();
    if (found === undefined) return new MediaProcess(this.processLimits);
    clearTimeout(found.timer);
    return found.process.isAlive ? found.process : this.take();
  }

  private putBack(process: MediaProcess): void {
    if (!process.isAlive || this.closed.signal.aborted) {
      void process.end();
      return;
    }
    const timer = setTimeout(() => {
      this.idle.splice(this.idle.findIndex((entry) => entry.process === process), 1);
      void process.end();
    }, IDLE_MS);
    timer.unref();
    this.idle.push({ process, timer });
  }
}
