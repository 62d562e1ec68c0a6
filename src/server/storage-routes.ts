import { Router, type Request, type Response } from 'express';
import { pipeline } from 'node:stream/promises';
import { refuse } from './http-errors.js';
import type { TransferAnswer, TransferRoutes } from './options.js';
import { isOpen, traceOf } from './request-facts.js';

/** Bytes go past GraphQL and past every body parser, straight between the socket and the store. */
export function storageRoutes(transfer: TransferRoutes): Router {
  const router = Router();

  router.put('/*key', async (request, response) => {
    await respond(request, response, transfer, ({ signal }) => transfer.receive({ ...partsOf(request), body: request, signal }));
  });

  // Express answers HEAD by the GET route.
  router.get('/*key', async (request, response) => {
    const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
    await respond(request, response, transfer, () => transfer.serve({ ...partsOf(request), method }));
  });
  return router;
}

function partsOf(request: Request) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  return { key: decodeURIComponent(pathname.slice(1)), query: searchParams, headers: request.headers };
}

async function respond(
  request: Request,
  response: Response,
  transfer: TransferRoutes,
  handle: (trace: { signal: AbortSignal }) => Promise<TransferAnswer>,
): Promise<void> {
  const trace = traceOf(request);
  let answer: TransferAnswer;
  try {
    answer = await handle(trace);
  } catch (error) {
    refuse(response, error, trace, (code) => transfer.statusOf(code));
    return;
  }
  response.writeHead(answer.status, answer.headers);
  if (!answer.stream) {
    response.end();
    return;
  }
  try {
    await pipeline(answer.stream, response);
  } catch (error) {
    // The client went away, or the store failed midway; the length that was promised tells the client.
    if (isOpen(response)) response.destroy();
    trace.log.info({ requestId: trace.requestId, err: error }, 'A download was broken off');
  }
}
