/**
 * The thread in which text models run. Works one task at a time in small steps, a text or a window of one, and looks
 * for messages between them: so a query waits for one step of an ingestion at most, and a cancelled task stops there.
 */
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { passageRules } from '../../domain/passages.js';
import type { FromWorker, TextRequest, TextResult, ToWorker, WorkerSetup } from './onnx-text.messages.js';
import { NativeGate } from './native-gate.js';
import { splitText } from './text-pieces.js';
import { TextModel } from './text-model.js';

type Steps = AsyncGenerator<void, TextResult[keyof TextResult]>;
interface Task {
  id: number;
  steps: Steps;
}

const port = parentPort!;
const { models: files, gate: memory } = workerData as WorkerSetup;
const gate = new NativeGate(memory);
const loaded = new Map<string, Promise<TextModel>>();
const urgent: Task[] = [];
const patient: Task[] = [];
let working = false;
let closing = false;

port.on('message', (message: ToWorker) => {
  if (message.type === 'request') {
    (message.urgent ? urgent : patient).push({ id: message.id, steps: stepsOf(message.request) });
    void work();
  } else if (message.type === 'cancel') {
    for (const queue of [urgent, patient]) {
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
    const queue = urgent.length > 0 ? urgent : patient;
    const task = queue[0];
    if (!task) break;
    const answer = await step(task);
    // While it ran, the task may have been cancelled; then it is gone from its queue.
    const at = queue.indexOf(task);
    if (!answer || at < 0) continue;
    queue.splice(at, 1);
    port.postMessage(answer, 'result' in answer ? buffersOf(answer.result) : []);
  }
  working = false;
  if (closing) await close();
}

/** An answer once the task is done or has failed. */
async function step(task: Task): Promise<FromWorker | null> {
  try {
    const { done, value } = await task.steps.next();
    return done ? { id: task.id, result: value } : null;
  } catch (error) {
    return { id: task.id, error };
  }
}

async function* stepsOf(request: TextRequest): Steps {
  const model = await modelOf(request.model);
  if (request.op === 'load') return null;
  return request.op === 'embed' ? yield* embed(model, request.texts) : yield* split(model, request);
}

/** A text a run: then its vector is the same whoever else is waiting, and nothing is padded (see TextModel.run). */
async function* embed(model: TextModel, texts: readonly string[]): AsyncGenerator<void, Float32Array> {
  const vectors = new Float32Array(texts.length * model.dimensions);
  for (const [i, text] of texts.entries()) {
    if (i > 0) yield;
    const ids = model.encode(text);
    vectors.set(await gate.pass(() => model.run([ids])), i * model.dimensions);
  }
  return vectors;
}

async function* split(
  model: TextModel,
  { texts, target, overlap }: TextRequest & { op: 'split' },
): AsyncGenerator<void, Uint32Array[]> {
  const rules = passageRules(model.passageLimit, target, overlap);
  const results: Uint32Array[] = [];
  let characters = 0;
  for (const { text, breaks } of texts) {
    const windows = splitText(text, breaks ?? [], model.countTokens, rules);
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

function modelOf(name: string): Promise<TextModel> {
  let model = loaded.get(name);
  if (!model) {
    model = gate.pass(() => TextModel.load(files[name]!));
    // A failure is not kept: the files may be there the next time.
    model.catch(() => loaded.delete(name));
    loaded.set(name, model);
  }
  return model;
}

const buffersOf = (result: TextResult[keyof TextResult]): ArrayBuffer[] =>
  (result === null ? [] : Array.isArray(result) ? result : [result]).map((array) => array.buffer as ArrayBuffer);

async function close(): Promise<void> {
  const models = await Promise.allSettled(loaded.values());
  for (const model of models) {
    if (model.status === 'fulfilled') await gate.pass(() => model.value.dispose());
  }
  port.close();
}
