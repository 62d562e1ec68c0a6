import { Worker } from 'node:worker_threads';
import { dependencyUnavailable } from '../../domain/errors.js';
import { workerEntry } from '../worker-entry.js';
import { NativeGate } from './native-gate.js';
import type { FromWorker, TextRequest, TextResult, ToWorker, WorkerSetup } from './onnx-text.messages.js';

/** Starts a worker; tests put their own in its place to see workers come and go. */
export type SpawnWorker = (setup: WorkerSetup) => Worker;

export interface RunOptions {
  /** Overtakes everything that is not. */
  urgent: boolean;
  /** About how many tokens' work it is. */
  cost: number;
  signal?: AbortSignal;
}

/**
 * Tokens of patient work that a worker is given ahead: enough that it need not wait for this thread between two
 * tasks, little enough that work is spread and can still be taken back. Urgent work is handed over at once.
 */
const AHEAD = 1024;
/** Many times what a step takes. */
const CLOSE_TIMEOUT_MS = 5000;
const GATE_TIMEOUT_MS = 2000;

interface Task extends RunOptions {
  id: number;
  request: TextRequest;
  resolve(result: never): void;
  reject(error: unknown): void;
}

interface Lane {
  worker: Worker;
  gate: NativeGate;
  tasks: Map<number, Task>;
  /** It has answered before: what kills it now is the work, not the start. */
  proven: boolean;
}

const spawnTextWorker: SpawnWorker = (setup) => {
  const { url, execArgv } = workerEntry('onnx-text.worker', import.meta.url);
  return new Worker(url, { workerData: setup, execArgv, name: 'strata-text-model' });
};

/**
 * Up to `size` worker threads, started when there is work for them. A worker that dies fails the tasks that it had
 * (`DEPENDENCY_UNAVAILABLE`, `models`); a new one takes its place with the next task.
 */
export class ModelWorkers {
  private readonly lanes: Lane[] = [];
  private readonly waiting: Task[] = [];
  private nextId = 1;
  private closed = false;

  constructor(
    private readonly size: number,
    private readonly models: WorkerSetup['models'],
    private readonly spawn: SpawnWorker = spawnTextWorker,
  ) {
    process.once('exit', this.shutGates);
  }

  /** `process.exit()` ends threads wherever they are; see NativeGate. */
  private readonly shutGates = () => {
    for (const lane of this.lanes) lane.gate.close(GATE_TIMEOUT_MS);
  };

  run<Op extends TextRequest['op']>(request: TextRequest & { op: Op }, options: RunOptions): Promise<TextResult[Op]> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.closed) return Promise.reject(dependencyUnavailable('models', new Error('The models have been closed.')));

    return new Promise<TextResult[Op]>((resolve, reject) => {
      const task: Task = { ...options, id: this.nextId++, request, resolve, reject };
      if (signal) this.dropOnAbort(task, signal);
      if (options.urgent) this.assign(task, this.quietestLane());
      else {
        this.waiting.push(task);
        this.pump();
      }
    });
  }

  /** Starts every worker and loads the models into it, one worker after another. */
  async warm(models: readonly string[]): Promise<void> {
    for (let i = 0; i < this.size && !this.closed; i++) {
      const lane = this.lanes[i] ?? this.startLane();
      await Promise.all(models.map((model) => this.load(lane, model)));
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const reason = dependencyUnavailable('models', new Error('The models have been closed.'));
    for (const task of this.waiting.splice(0)) task.reject(reason);
    await Promise.all(this.lanes.map((lane) => stop(lane, reason)));
    process.off('exit', this.shutGates);
  }

  private load(lane: Lane, model: string): Promise<null> {
    return new Promise((resolve, reject) => {
      this.assign({ id: this.nextId++, request: { op: 'load', model }, urgent: true, cost: 0, resolve, reject }, lane);
    });
  }

  private dropOnAbort(task: Task, signal: AbortSignal): void {
    const abort = () => {
      const at = this.waiting.indexOf(task);
      if (at >= 0) this.waiting.splice(at, 1);
      const lane = this.lanes.find(({ tasks }) => tasks.delete(task.id));
      if (lane) {
        post(lane, { type: 'cancel', id: task.id });
        this.rest(lane);
        this.pump();
      }
      task.reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    const { resolve, reject } = task;
    task.resolve = (result) => (signal.removeEventListener('abort', abort), resolve(result));
    task.reject = (error) => (signal.removeEventListener('abort', abort), reject(error));
  }

  /** Hands waiting work to workers that have little, starting one where all have enough. */
  private pump(): void {
    while (this.waiting.length > 0) {
      const quietest = this.lanes.length > 0 ? least(this.lanes) : null;
      const idle = quietest !== null && load(quietest) === 0;
      const lane = !idle && this.lanes.length < this.size ? this.startLane() : quietest!;
      if (load(lane) >= AHEAD) return;
      this.assign(this.waiting.shift()!, lane);
    }
  }

  /** For urgent work: a worker that is busy answers sooner than one that has yet to load its model. */
  private quietestLane(): Lane {
    const proven = this.lanes.filter((lane) => lane.proven);
    if (proven.length > 0) return least(proven);
    return this.lanes.length > 0 ? least(this.lanes) : this.startLane();
  }

  private assign(task: Task, lane: Lane): void {
    lane.tasks.set(task.id, task);
    // Work keeps the process alive, waiting for work does not.
    lane.worker.ref();
    post(lane, { type: 'request', id: task.id, urgent: task.urgent, request: task.request });
  }

  private startLane(): Lane {
    const gate = new NativeGate();
    const worker = this.spawn({ models: this.models, gate: gate.memory });
    worker.unref();
    const lane: Lane = { worker, gate, tasks: new Map(), proven: false };
    this.lanes.push(lane);
    worker.on('message', (answer: FromWorker) => this.settle(lane, answer));
    worker.on('error', (error) => this.bury(lane, error));
    worker.on('exit', (code) => this.bury(lane, new Error(`A model's worker thread ended with code ${code}.`)));
    return lane;
  }

  private settle(lane: Lane, answer: FromWorker): void {
    const task = lane.tasks.get(answer.id);
    lane.tasks.delete(answer.id);
    lane.proven = true;
    this.rest(lane);
    this.pump();
    if ('error' in answer) task?.reject(dependencyUnavailable('models', answer.error));
    else task?.resolve(answer.result as never);
  }

  private rest(lane: Lane): void {
    if (lane.tasks.size === 0) lane.worker.unref();
  }

  private bury(lane: Lane, cause: unknown): void {
    const at = this.lanes.indexOf(lane);
    if (at < 0) return;
    this.lanes.splice(at, 1);
    const failure = dependencyUnavailable('models', cause);
    for (const task of lane.tasks.values()) task.reject(failure);
    lane.tasks.clear();
    // One that cannot even start would take every waiting task with it, one new worker each.
    if (!lane.proven) for (const task of this.waiting.splice(0)) task.reject(failure);
    this.pump();
  }
}

const load = (lane: Lane) => [...lane.tasks.values()].reduce((sum, task) => sum + task.cost, 0);
const least = (lanes: readonly Lane[]) => lanes.reduce((best, lane) => (load(lane) < load(best) ? lane : best));
const post = (lane: Lane, message: ToWorker) => lane.worker.postMessage(message);

/** Lets the step under way finish and the runtime free its memory; ends the thread by force where that takes long. */
async function stop(lane: Lane, reason: unknown): Promise<void> {
  for (const task of lane.tasks.values()) task.reject(reason);
  lane.tasks.clear();
  lane.worker.ref();
  post(lane, { type: 'close' });
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      if (lane.gate.close(GATE_TIMEOUT_MS)) void lane.worker.terminate();
      else {
        // It is left to the end of the process, which is about to come.
        lane.worker.unref();
        resolve();
      }
    }, CLOSE_TIMEOUT_MS);
    lane.worker.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
