import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { dependencyUnavailable } from '../../domain/errors.js';
import type { EmbedOptions } from '../../ports/embedder.port.js';
import { workerEntry } from '../worker-entry.js';
import { FairQueue } from './fair-queue.js';
import { ModelLane, type ModelTask } from './model-lane.js';
import type { ModelFiles, ModelPart, ModelRequest, ModelResult, WorkerSetup } from './model.messages.js';
import { NativeGate } from './native-gate.js';
import { BULK_NICENESS } from './thread-priority.js';

/** Starts a worker; tests put their own in its place to see workers come and go. */
export type SpawnWorker = (setup: WorkerSetup) => Worker;

export interface RunOptions {
  /** Overtakes everything that is not. */
  urgent: boolean;
  /** Urgent, but for what is short: a file that somebody searches with, many runs long, behind the words that others search with. */
  lengthy?: boolean;
  /** About how many tokens' work it is; of a picture, its patches, and of a sound, its frames. */
  cost: number;
  /** Work of the same caller waits in order, and callers take turns; left out, the request is a caller by itself. */
  caller?: object;
  signal?: AbortSignal;
}

/** How what is asked of an embedder is run. */
export const urgencyOf = (priority: EmbedOptions['priority'] = 'ingest') => ({ urgent: priority !== 'ingest', lengthy: priority === 'query-file' });

export interface ModelWorkersOptions {
  /** Milliseconds without work after which a thread for bulk work ends, and frees its models' memory. */
  restMs?: number;
  spawn?: SpawnWorker;
}

/** Beyond four, the memory of one more session of every model counts more. */
const DEFAULT_THREADS = Math.min(availableParallelism(), 4);
const DEFAULT_REST_MS = 5 * 60_000;
/** What loading a large model takes on a busy machine: the longest call of the runtime that the end of the process may meet. */
const EXIT_TIMEOUT_MS = 10_000;
/**
 * Tokens of patient work that a worker is given ahead: enough that it need not wait for this thread between two
 * tasks and finds company for short texts, little enough that work is spread and can still be taken back.
 */
const AHEAD = 512;

const spawnModelWorker: SpawnWorker = (setup) => {
  const { url, execArgv } = workerEntry('model.worker', import.meta.url);
  return new Worker(url, { workerData: setup, execArgv, name: setup.niceness > 0 ? 'strata-model' : 'strata-model-query' });
};

/**
 * The threads in which models run, whatever their kind: one set of them a process, since they share its cores. Whoever
 * embeds or scores holds the models' files and asks here; see `model.messages.ts` for what can be asked.
 *
 * Bulk work has as many threads as cores, at a low priority; urgent work has one more thread with sessions of its own, since a run
 * cannot be interrupted and may take half a second. While nothing is urgent, that thread sleeps and bulk work has every core. A
 * thread, and a model in it, is there once there is work for it; the urgent one stays, the others end after a while without work.
 *
 * A worker that dies fails the tasks that it had (`DEPENDENCY_UNAVAILABLE`, `models`); a new one takes its place with the next task.
 */
export class ModelWorkers {
  private readonly bulk: ModelLane[] = [];
  private query: ModelLane | null = null;
  private readonly ending = new Set<ModelLane>();
  private readonly waiting = new FairQueue<ModelTask>();
  private readonly spawn: SpawnWorker;
  private readonly restMs: number;
  private readonly resting: NodeJS.Timeout;
  private nextId = 1;
  private closed = false;

  /** @param threads for bulk work; by default as many as the machine, or the container's share of it, runs at once, four at most */
  constructor(
    readonly threads = DEFAULT_THREADS,
    { restMs = DEFAULT_REST_MS, spawn = spawnModelWorker }: ModelWorkersOptions = {},
  ) {
    this.restMs = restMs;
    this.spawn = spawn;
    this.resting = setInterval(() => this.endRested(), restMs / 2).unref();
    process.once('exit', this.shutGates);
  }

  /** `process.exit()` ends threads wherever they are; see NativeGate. */
  private readonly shutGates = () => {
    const until = performance.now() + EXIT_TIMEOUT_MS;
    for (const lane of [...this.lanes(), ...this.ending]) lane.shutGate(Math.max(0, until - performance.now()));
  };

  run<Op extends ModelRequest['op']>(request: ModelRequest & { op: Op }, options: RunOptions): Promise<ModelResult[Op]> {
    const { signal, urgent, lengthy = false, cost, caller = {} } = options;
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.closed) return Promise.reject(hasClosed());

    return new Promise<ModelResult[Op]>((resolve, reject) => {
      const task: ModelTask = { id: this.nextId++, request, urgent, lengthy, cost, resolve, reject };
      if (signal) this.dropOnAbort(task, caller, signal);
      if (urgent) this.laneForUrgent(request.model.name).assign(task);
      else {
        this.waiting.push(caller, task);
        this.pump();
      }
    });
  }

  /** Starts every worker and loads the models into it, one worker after another, the one for queries first. */
  async warm(models: readonly ModelFiles[], part?: ModelPart): Promise<void> {
    for (let i = -1; i < this.threads && !this.closed; i++) {
      const lane = i < 0 ? this.queryLane() : (this.bulk[i] ?? this.startBulkLane());
      await Promise.all(models.map((model) => this.load(lane, model, part)));
    }
  }

  /** Loads the models into the worker that answers queries, and no other, in their order. */
  async warmForQueries(models: readonly ModelFiles[], part?: ModelPart): Promise<void> {
    for (const model of models) if (!this.closed) await this.load(this.queryLane(), model, part);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.resting);
    const reason = hasClosed();
    for (const task of this.waiting.drain()) task.reject(reason);
    const ended = await Promise.all([...this.lanes(), ...this.ending].map((lane) => lane.stop(reason)));
    if (ended.every(Boolean)) process.off('exit', this.shutGates);
  }

  private lanes(): ModelLane[] {
    return this.query ? [this.query, ...this.bulk] : [...this.bulk];
  }

  private load(lane: ModelLane, model: ModelFiles, part?: ModelPart): Promise<null> {
    return new Promise((resolve, reject) => {
      const request: ModelRequest = { op: 'load', model, ...(part && { part }) };
      lane.assign({ id: this.nextId++, request, urgent: true, lengthy: false, cost: 0, resolve, reject });
    });
  }

  private dropOnAbort(task: ModelTask, caller: object, signal: AbortSignal): void {
    const abort = () => {
      this.waiting.remove(caller, task);
      if (this.lanes().some((lane) => lane.cancel(task.id))) this.pump();
      task.reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    const { resolve, reject } = task;
    task.resolve = (result) => (signal.removeEventListener('abort', abort), resolve(result));
    task.reject = (error) => (signal.removeEventListener('abort', abort), reject(error));
  }

  /** Hands waiting work to workers that have little, starting one where all have enough. */
  private pump(): void {
    while (!this.waiting.isEmpty) {
      const quietest = this.bulk.length > 0 ? least(this.bulk) : null;
      const idle = quietest !== null && quietest.load === 0;
      const lane = !idle && this.bulk.length < this.threads ? this.startBulkLane() : quietest!;
      if (lane.load >= AHEAD) return;
      lane.assign(this.waiting.shift()!);
    }
  }

  /**
   * Its own; where that is at work already, one for bulk work that has nothing to do. One that would have to load the model first
   * is asked where there is much urgent work, as when many texts are ordered anew.
   */
  private laneForUrgent(model: string): ModelLane {
    const own = this.queryLane();
    if (own.tasks.size === 0) return own;
    const idle = this.bulk.filter((lane) => lane.tasks.size === 0);
    return idle.find((lane) => lane.loaded.has(model)) ?? (own.load > AHEAD ? idle[0] : undefined) ?? own;
  }

  private queryLane(): ModelLane {
    return (this.query ??= this.start(0));
  }

  private startBulkLane(): ModelLane {
    const lane = this.start(BULK_NICENESS);
    this.bulk.push(lane);
    return lane;
  }

  private start(niceness: number): ModelLane {
    const gate = NativeGate.ofNewThread();
    const worker = this.spawn({ gate: gate.memory, niceness });
    const lane: ModelLane = new ModelLane(worker, gate, {
      freed: () => this.pump(),
      died: (cause) => this.bury(lane, cause),
    });
    return lane;
  }

  private bury(lane: ModelLane, cause: unknown): void {
    if (!this.forget(lane)) return;
    const failure = dependencyUnavailable('models', cause);
    lane.failAll(failure);
    // One that cannot even start would take every waiting task with it, one new worker each.
    if (!lane.isProven) for (const task of this.waiting.drain()) task.reject(failure);
    this.pump();
  }

  private forget(lane: ModelLane): boolean {
    if (this.query === lane) {
      this.query = null;
      return true;
    }
    const at = this.bulk.indexOf(lane);
    if (at >= 0) this.bulk.splice(at, 1);
    return at >= 0;
  }

  private endRested(): void {
    const before = performance.now() - this.restMs;
    for (const lane of this.bulk.filter(({ tasks, restingSince }) => tasks.size === 0 && restingSince < before)) {
      this.forget(lane);
      this.ending.add(lane);
      void lane.stop(hasClosed()).then((hasEnded) => hasEnded && this.ending.delete(lane));
    }
  }
}

const hasClosed = () => dependencyUnavailable('models', new Error('The models have been closed.'));
const least = (lanes: readonly ModelLane[]) => lanes.reduce((best, lane) => (lane.load < best.load ? lane : best));
