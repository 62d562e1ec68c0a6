/**
 * The thread in which models run. Works in small steps, a batch of texts or a window of one, and looks for messages
 * between them: what is urgent waits for one step of what is less so at most, and a cancelled task stops there.
 */
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { passageRules } from '../../domain/passages.js';
import { loadModel, type LoadedModel } from './loaded-model.js';
import type { FromWorker, ModelFiles, ModelRequest, ModelResult, ToWorker, WorkerSetup } from './model.messages.js';
import { NativeGate } from './native-gate.js';
import { nextBatch } from './row-batches.js';
import { cannot, isRowRequest, RowTask, runRows, type TaskRow } from './row-task.js';
import { splitText } from './text-pieces.js';
import { lowerThreadPriority } from './thread-priority.js';
import { UnusableAnswer } from './vector-rows.js';

type Result = ModelResult[keyof ModelResult];
/** Every other task: a generator of its steps. */
interface StepTask {
  id: number;
  steps: AsyncGenerator<void, Result>;
}
type Task = RowTask | StepTask;

const port = parentPort!;
const { gate: memory, niceness } = workerData as WorkerSetup;
const gate = new NativeGate(memory);
// The imports above have loaded onnxruntime.
gate.started();
const loaded = new Map<string, Promise<LoadedModel>>();
const urgent: Task[] = [];
/** Urgent, and served once nothing else urgent waits. */
const lengthy: Task[] = [];
const patient: Task[] = [];
/** Whose turn it is: of the first that holds any. */
const queues = [urgent, lengthy, patient];
let working = false;
let closing = false;

if (niceness > 0) lowerThreadPriority(niceness);

port.on('message', (message: ToWorker) => {
  if (message.type === 'request') {
    const { id, request } = message;
    const task = isRowRequest(request) ? new RowTask(id, request) : { id, steps: stepsOf(request) };
    (!message.urgent ? patient : message.lengthy ? lengthy : urgent).push(task);
    void work();
  } else if (message.type === 'cancel') {
    for (const queue of queues) {
      const at = queue.findIndex((task) => task.id === message.id);
      if (at >= 0) queue.splice(at, 1);
    }
  } else {
    closing = true;
    void work();
  }
});

async function work(): Promise<void> {
  if (working) return;
  working = true;
  while (!closing) {
    // A turn of the event loop, so that what has arrived is in the queues before the next step is chosen.
    await setImmediate();
    const queue = queues.find(({ length }) => length > 0);
    const task = queue?.[0];
    if (!queue || !task) break;
    const answers = task instanceof RowTask ? await stepOfRows(task, queue) : await stepOf(task);
    for (const answer of answers) {
      // While it ran, the task may have been cancelled; then it is gone from its queue.
      const at = queue.findIndex(({ id }) => id === answer.id);
      if (at < 0) continue;
      queue.splice(at, 1);
      port.postMessage(answer, 'result' in answer ? buffersOf(answer.result) : []);
    }
    // Queries take turns: one with many pairs to score does not keep one with few words waiting.
    if (queue !== patient && queue[0] === task) queue.push(queue.shift()!);
  }
  working = false;
  if (closing) await close();
}

/** An answer once the task is done or has failed. */
async function stepOf(task: StepTask): Promise<FromWorker[]> {
  try {
    const { done, value } = await task.steps.next();
    return done ? [{ id: task.id, result: value }] : [];
  } catch (error) {
    return [failureOf(task.id, error)];
  }
}

/**
 * One run for the task whose turn it is: with rows of its own and of others alike where they are independent of each other, and of
 * one row otherwise, so that its result is the same whoever else is waiting.
 */
async function stepOfRows(task: RowTask, queue: readonly Task[]): Promise<FromWorker[]> {
  const failed: FromWorker[] = [];
  try {
    const model = await modelOf(task.request.model);
    const peers = queue.filter((other): other is RowTask => other instanceof RowTask && other.key === task.key);
    const waiting = (model.rowsIndependent ? [task, ...peers.filter((other) => other !== task)] : [task]).map((each) => each.rows(model));
    if (waiting[0]!.length === 0) return [{ id: task.id, result: task.result! }];
    const batch = nextBatch(waiting, model.rowsIndependent ? undefined : 0);
    await settle(model, task.request.op, batch, failed);
    const done = new Set(batch.map((row) => row.task));
    return [...failed, ...[...done].flatMap(({ id, result }) => (result ? [{ id, result }] : []))];
  } catch (error) {
    return [failureOf(task.id, error)];
  }
}

/** A run that fails is taken apart, so that one row fails its own task and nobody else's. */
async function settle(model: LoadedModel, op: RowTask['request']['op'], rows: readonly TaskRow[], failed: FromWorker[]): Promise<void> {
  try {
    const results = await gate.pass(() => runRows(model, op, rows));
    rows.forEach((row, i) => row.task.settle(row, results[i]!));
  } catch (error) {
    if (rows.length > 1) for (const row of rows) await settle(model, op, [row], failed);
    else failed.push(failureOf(rows[0]!.task.id, error));
  }
}

const failureOf = (id: number, error: unknown): FromWorker =>
  error instanceof UnusableAnswer ? { id, unusable: error.message } : { id, error };

async function* stepsOf(request: ModelRequest): AsyncGenerator<void, Result> {
  const model = await modelOf(request.model);
  if (request.op === 'split') return yield* split(model, request);
  if (request.op === 'tensor') {
    if (!model.runTensor) throw cannot(request);
    return await gate.pass(() => model.runTensor!(request.data, request.shape));
  }
  if (request.op === 'load' && model.ready) await gate.pass(() => model.ready!(request.part));
  return null;
}

async function* split(
  model: LoadedModel,
  request: ModelRequest & { op: 'split' },
): AsyncGenerator<void, Uint32Array[]> {
  if (!model.countTokens || model.passageLimit === undefined) throw cannot(request);
  const rules = passageRules(model.passageLimit, request.target, request.overlap);
  const results: Uint32Array[] = [];
  let characters = 0;
  for (const { text, breaks, blocks } of request.texts) {
    const windows = splitText(text, breaks ?? [], model.countTokens, rules, blocks);
    let window = windows.next();
    while (!window.done) {
      characters += text.length;
      if (characters > TURN) {
        characters = 0;
        yield;
      }
      window = windows.next();
    }
    results.push(Uint32Array.from(window.value.flatMap(({ start, end, tokens }) => [start, end, tokens])));
  }
  return results;
}

/** Characters that are split without a look at the messages; a matter of 10 ms. */
const TURN = 32 * 1024;

function modelOf(files: ModelFiles): Promise<LoadedModel> {
  const key = `${files.name} ${files.folder}`;
  let model = loaded.get(key);
  if (!model) {
    model = gate.pass(() => loadModel(files));
    // A failure is not kept: the files may be there the next time.
    model.catch(() => loaded.delete(key));
    loaded.set(key, model);
  }
  return model;
}

const buffersOf = (result: Result): ArrayBuffer[] =>
  (result === null ? [] : Array.isArray(result) ? result : [result]).map((array) => array.buffer as ArrayBuffer);

async function close(): Promise<void> {
  const models = await Promise.allSettled(loaded.values());
  for (const model of models) {
    if (model.status === 'fulfilled') await gate.pass(() => model.value.dispose());
  }
  port.close();
}
