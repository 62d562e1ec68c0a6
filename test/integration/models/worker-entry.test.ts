import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { echoWorker } from '../../fixtures/workers/echo.js';

it('a worker starts from source: .js imports resolve, and all TypeScript but decorators is read', async () => {
  const { url, execArgv } = echoWorker();
  const worker = new Worker(url, { execArgv, workerData: 'hello' });
  const [message] = (await once(worker, 'message')) as [unknown];
  expect(message).toEqual({ code: 'DAMAGED', message: 'hello', dependency: 'models' });
  await worker.terminate();
});
