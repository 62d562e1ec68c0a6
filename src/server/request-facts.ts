import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { RequestFacts } from '../graphql/context.js';
import { credentialsFrom } from './credentials.js';
import type { ServerLog, ServerOptions } from './options.js';

/** What a request has from its first moment on. */
export interface Traced {
  requestId: string;
  log: ServerLog;
  /** Aborts when the client is gone before it has its answer. */
  signal: AbortSignal;
}

const traces = new WeakMap<IncomingMessage, Traced>();

/** Ids of proxies and clients are kept, where they are harmless in a log. */
const HARMLESS_ID = /^[\w.:-]{1,128}$/;

/** Asked for every few seconds by those who watch the server; their answers say enough. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

/** Gives each request an id, in the answer too, and writes one line when it is done. */
export function traceRequests(log: ServerLog) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const asked = request.get('x-request-id');
    const requestId = asked !== undefined && HARMLESS_ID.test(asked) ? asked : randomUUID();
    response.setHeader('X-Request-Id', requestId);
    const controller = new AbortController();
    traces.set(request, { requestId, log, signal: controller.signal });
    const begun = performance.now();
    // Read now: within a router it is what the router has left of it. Without the query, where signed links carry their permission.
    const { method, path } = request;
    response.once('close', () => {
      if (!response.writableFinished) controller.abort();
      if (QUIET.has(path)) return;
      const fields = {
        requestId,
        method,
        path,
        status: response.statusCode,
        milliseconds: Math.round(performance.now() - begun),
        ...(!response.writableFinished && { aborted: true }),
      };
      if (response.statusCode >= 500) log.warn(fields, 'request failed');
      else log.info(fields, 'request');
    });
    next();
  };
}

export function traceOf(request: IncomingMessage): Traced {
  const traced = traces.get(request);
  if (!traced) throw new Error('The request came past its tracing.');
  return traced;
}

/** @throws UNAUTHENTICATED, RATE_LIMITED */
export async function factsOf(request: IncomingMessage, options: ServerOptions): Promise<RequestFacts> {
  const viewer = await options.authenticate(credentialsFrom(request.headers));
  await options.admit?.(viewer);
  return { ...traceOf(request), viewer, services: options.services };
}

export const isOpen = (response: ServerResponse) => !response.writableEnded && !response.destroyed;
