import type { Worker } from 'node:worker_threads';
import { dependencyUnavailable, unusableModel } from '../../domain/errors.js';
import type { FromWorker, ModelRequest, ToWorker } from './model.messages.js';
import { NativeGate } from './native-gate.js';

export interface ModelTask {
  id: number;
  request: ModelRequest;
  urgent: boolean;
  lengthy: boolean;
  cost: number;
  resolve(result: never): void;
  reject(error: unknown): void;
}

/** Many times what a step takes. */
const CLOSE_TIMEOUT_MS = 5000;
const GATE_TIMEOUT_MS = 2000;

/** One worker thread, with the tasks that it was given. */
export class ModelLane {
  readonly tasks = new Map<number, ModelTask>();
  /** Names of the models that it has answered with: they are loaded. */
  readonly loaded = new Set<string>();
  /** When it last had nothing left to do. */
  restingSince = performance.now();
  private readonly exited: Promise<true>;

  constructor(
    private readonly worker: Worker,
    private readonly gate: NativeGate,
    events: { freed(): void; died(cause: unknown): void },
  ) {
    worker.unref();
    worker.on('message', (answer: FromWorker) => {
      this.settle(answer);
      events.freed();
    });
    worker.on('error', (error) => events.died(error));
    this.exited = new Promise((resolve) => worker.once('exit', () => resolve(true)));
    worker.on('exit', (code) => events.died(new Error(`A model's worker thread ended with code ${code}.`)));
  }

  /** It has answered before: what kills it now is the work, not the start. */
  get isProven(): boolean {
    return this.loaded.size > 0;
  }

  get load(): number {
    let sum = 0;
    for (const task of this.tasks.values()) sum += task.cost;
    return sum;
  }

  assign(task: ModelTask): void {
    const { id, urgent, lengthy, request } = task;
    this.tasks.set(id, task);
    // Work keeps the process alive, waiting for work does not.
    this.worker.ref();
    this.post({ type: 'request', id, urgent, lengthy, request }, handedOver(request));
  }

  /** True where it had the task. */
  cancel(id: number): boolean {
    if (!this.tasks.delete(id)) return false;
    this.post({ type: 'cancel', id });
    this.restIfDone();
    return true;
  }

  failAll(reason: unknown): void {
    for (const task of this.tasks.values()) task.reject(reason);
    this.tasks.clear();
  }

  /** Ahead of the end of the thread or the process, which it blocks for; see NativeGate. */
  shutGate(timeoutMs: number): boolean {
    return this.gate.close(timeoutMs);
  }

  /**
   * Lets the step under way finish and the runtime free its memory; ends the thread by force where that takes long.
   *
   * @returns false where not even that could be: the thread is left inside the runtime, and the gate has to be shut again ahead of the
   *   end of the process
   */
  async stop(reason: unknown): Promise<boolean> {
    this.failAll(reason);
    this.worker.ref();
    this.post({ type: 'close' });
    let timer: NodeJS.Timeout | undefined;
    const givenUp = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        if (this.shutGate(GATE_TIMEOUT_MS)) void this.worker.terminate();
        else {
          this.worker.unref();
          resolve(false);
        }
      }, CLOSE_TIMEOUT_MS);
    });
    const hasEnded = await Promise.race([this.exited, givenUp]);
    clearTimeout(timer);
    return hasEnded;
  }

  private settle(answer: FromWorker): void {
    const task = this.tasks.get(answer.id);
    this.tasks.delete(answer.id);
    this.restIfDone();
    if (task && 'result' in answer) {
      this.loaded.add(task.request.model.name);
      task.resolve(answer.result as never);
    } else if (task && 'unusable' in answer) task.reject(unusableModel(task.request.model.name, answer.unusable));
    else if (task && 'error' in answer) task.reject(dependencyUnavailable('models', answer.error));
  }

  private restIfDone(): void {
    if (this.tasks.size > 0) return;
    this.restingSince = performance.now();
    this.worker.unref();
  }

  private post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}

/** What only looks at a part of its buffer is copied: the rest may be somebody else's. */
function handedOver(request: ModelRequest): ArrayBuffer[] {
  if (request.op !== 'tensor') return [];
  const { buffer, byteLength } = request.data;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
