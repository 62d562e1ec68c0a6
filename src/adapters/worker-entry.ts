import { extname } from 'node:path';

/** What `new Worker(url, …)` and `new Piscina({ filename: url.href, … })` need to start a worker file of ours. */
export interface WorkerEntry {
  url: URL;
  execArgv: string[];
}

/**
 * Finds a worker's file beside the module that starts it, wherever that module runs from:
 * - built (`dist/…/x.js`): the worker is `name.js`, plain JavaScript, nothing more is needed;
 * - from source (`src/…/x.ts`, under vitest): the worker is `name.ts`. A worker thread has none of vitest's machinery,
 * so
 *   it starts with the hooks of `worker-typescript.ts`, which let Node itself read TypeScript (all of it but
 * decorators)
 *   and follow imports that end in `.js` to the `.ts` file that is there.
 *
 * The parent's own execArgv is not handed down: a test runner's flags and a debugger's port have no place in a worker.
 *
 * @param name the worker's file without its extension, e.g. `model.worker`
 * @param importMetaUrl the caller's `import.meta.url`; the worker lies in the same folder
 * @param execArgv flags of Node for the worker, in both cases
 */
export function workerEntry(name: string, importMetaUrl: string, execArgv: readonly string[] = []): WorkerEntry {
  const extension = extname(new URL(importMetaUrl).pathname);
  const url = new URL(`./${name}${extension}`, importMetaUrl);
  if (extension === '.js') return { url, execArgv: [...execArgv] };
  const hooks = new URL('./worker-typescript.ts', import.meta.url);
  return { url, execArgv: ['--disable-warning=ExperimentalWarning', '--import', hooks.href, ...execArgv] };
}
