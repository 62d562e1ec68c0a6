import { Readable } from 'node:stream';
import { payloadTooLarge } from '../../domain/errors.js';
import type { AdminAnswer, AdminRoutes } from '../../server/options.js';
import type { App } from '../compose.js';
import { parsedJson } from './parsed-json.js';

const TAR = 'application/x-tar';
const LINES = 'application/x-ndjson';
/** Bytes of a request that is read whole. */
const MOST = 1 << 20;

async function json(body: Readable): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if ((length += chunk.length) > MOST) throw payloadTooLarge(`This request may have ${MOST} bytes.`);
  }
  return parsedJson(Buffer.concat(chunks).toString(), 'The body');
}

/** The tasks of `/admin`, each loaded when it is asked for. */
export function adminTasks(app: App): AdminRoutes {
  return {
    async handle({ method, path, body, signal }) {
      switch (`${method} ${path}`) {
        case 'GET backup': {
          const { backUp } = await import('./backup.js');
          return { contentType: TAR, stream: await backUp(app, signal) };
        }
        case 'POST reindex': {
          const { reindex } = await import('./reindex.js');
          return { contentType: LINES, stream: reindex(app, await json(body), signal) };
        }
        default:
          return transfer(app, method, path, body, signal);
      }
    },
  };
}

/** Exports and imports: a page or a batch a request, so that the command decides how fast it goes. */
async function transfer(app: App, method: string, path: string, body: Readable, signal: AbortSignal): Promise<AdminAnswer | null> {
  const tasks = await import('./transfer.js');
  const [task, kind, ...rest] = path.split('/');
  switch (`${method} ${task} ${kind}`) {
    case 'GET export about':
      return { contentType: LINES, stream: Readable.from([JSON.stringify(tasks.about(app))]) };
    case 'POST export objects':
      return { contentType: LINES, stream: await tasks.exportObjects(app, await json(body)) };
    case 'POST export aggregations':
      return { contentType: LINES, stream: await tasks.exportAggregations(app, await json(body)) };
    case 'GET export bytes':
      return { contentType: 'application/octet-stream', stream: await tasks.exportBytes(app, rest.join('/')) };
    case 'POST import objects':
      return { contentType: LINES, stream: await tasks.importObjects(app, body) };
    case 'POST import aggregations':
      return { contentType: LINES, stream: await tasks.importAggregations(app, body) };
    case 'PUT import bytes':
      return { contentType: LINES, stream: await tasks.importBytes(app, rest.join('/'), body, signal) };
    default:
      return null;
  }
}
