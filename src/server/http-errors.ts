import type { NextFunction, Request, Response } from 'express';
import { toPublicError } from '../graphql/errors.js';
import { traceOf, type Traced } from './request-facts.js';

/** Errors on the way to GraphQL: a body too large, or no JSON. In GraphQL's shape, because its clients read them. */
export function answerErrors(error: unknown, request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error);
    return;
  }
  const known = bodyError(error);
  if (known) {
    // The rest of the body was not read.
    response.setHeader('Connection', 'close');
    response.status(known.status).json({ errors: [{ message: known.message, extensions: { code: known.code } }] });
    return;
  }
  response.status(500).json({ errors: [toPublicError(error, traceOf(request))] });
}

/** Of the routes that are no GraphQL's. */
export function refuse(response: Response, error: unknown, trace: Traced, statusOf: (code: string) => number): void {
  const { message, extensions } = toPublicError(error, trace);
  // What is left of the body is not read, so the connection cannot be used again.
  response.setHeader('Connection', 'close');
  response.status(statusOf(String(extensions?.code))).json({ error: { message, ...extensions } });
}

function bodyError(error: unknown): { status: number; code: string; message: string } | null {
  const { status, type, limit } = error as { status?: unknown; type?: unknown; limit?: unknown };
  if (type === 'entity.too.large') {
    return { status: 413, code: 'PAYLOAD_TOO_LARGE', message: `A request may have ${Number(limit).toLocaleString('en')} bytes; this one has more.` };
  }
  if (type === 'entity.parse.failed') return { status: 400, code: 'BAD_USER_INPUT', message: 'The body is not JSON.' };
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, code: 'BAD_USER_INPUT', message: 'The request could not be read: its encoding, its charset or its path is not one that is known here.' };
  }
  return null;
}
