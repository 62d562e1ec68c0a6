import { Worker } from 'node:worker_threads';
import type { ToWorker } from '../../src/adapters/models/model.messages.js';
import type { SpawnWorker } from '../../src/adapters/models/model-workers.js';
import { workerEntry } from '../../src/adapters/worker-entry.js';

/** Worker threads of models that write down what they are sent. */
export function watchedWorkers() {
  const sent: (ToWorker & { type: 'request'; to: Worker })[] = [];
  const spawned: Worker[] = [];
  const spawn: SpawnWorker = (setup) => {
    const { url, execArgv } = workerEntry('model.worker', new URL('../../src/adapters/models/x.ts', import.meta.url).href);
    const worker = new Worker(url, { workerData: setup, execArgv });
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message: ToWorker, ...rest: []) => {
      if (message.type === 'request') sent.push({ ...message, to: worker });
      post(message, ...rest);
    };
    spawned.push(worker);
    return worker;
  };
  return { sent, spawned, spawn };
}
