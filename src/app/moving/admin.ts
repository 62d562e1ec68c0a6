import type { Readable } from 'node:stream';
import { badInput, payloadTooLarge } from '../../domain/errors.js';
import type { AdminRoutes } from '../../server/options.js';
import type { App } from '../compose.js';

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
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (error) {
    throw badInput(`The body is no JSON: ${(error as Error).message}`);
  }
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
          return null;
      }
    },
  };
}
