import { once } from 'node:events';
import type { Request, Response } from 'express';
import type { FormattedExecutionResult, GraphQLSchema } from 'graphql';
import type { RequestFacts } from '../graphql/context.js';
import { readOperationRequest, refuseMutation } from '../graphql/operation-request.js';
import type { PublicError } from '../graphql/errors.js';
import { prepareOperation, toPublicErrors, type OperationResults } from '../graphql/run-operation.js';
import type { ServerOptions } from './options.js';
import { factsOf, traceOf } from './request-facts.js';
import { runMeasured } from './run-measured.js';

/** Proxies close what is silent for a minute. */
const KEEP_ALIVE_MS = 15_000;

export interface EventStreams {
  serve(request: Request, response: Response): Promise<void>;
  /** Ends every subscription, without `complete`: clients come back, to another server perhaps. */
  close(): void;
}

export const wantsEvents = (request: Request) => (request.get('accept') ?? '').includes('text/event-stream');

/**
 * GraphQL over Server-Sent Events, distinct connections mode
 * (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md): a request, then `next` events and one `complete`.
 */
export function eventStreams(schema: GraphQLSchema, options: ServerOptions): EventStreams {
  const shutdown = new AbortController();

  async function begin(request: Request): Promise<{ results: OperationResults; endless: boolean }> {
    const facts: RequestFacts = await factsOf(request, options);
    const operation = prepareOperation(schema, readOperationRequest(request.method === 'POST' ? request.body : request.query), options.limits);
    if (request.method !== 'POST') refuseMutation(operation.operation);
    const endless = operation.operation.operation === 'subscription';
    // What is answered once is waited for.
    const signal = endless ? AbortSignal.any([facts.signal, shutdown.signal]) : facts.signal;
    return { results: await runMeasured(operation, { ...facts, signal }, options), endless };
  }

  return {
    async serve(request, response) {
      const { signal, ...scope } = traceOf(request);
      const { results, endless } = await begin(request).catch((error: unknown) => {
        const errors = toPublicErrors(error, scope);
        if (errors[0]!.extensions.code === 'UNAUTHENTICATED') response.status(401);
        return { results: errors, endless: false };
      });
      response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
      response.setHeader('Cache-Control', 'no-cache');
      // nginx would wait for more.
      response.setHeader('X-Accel-Buffering', 'no');
      response.flushHeaders();
      const keepAlive = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS);
      const sendEach = async () => {
        for await (const result of eachOf(results)) await send(response, `event: next\ndata: ${JSON.stringify(result)}\n\n`, signal);
      };
      try {
        await (options.tracing ? options.tracing.apart(sendEach) : sendEach());
        if (!endless || !shutdown.signal.aborted) await send(response, 'event: complete\ndata: \n\n', signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        clearInterval(keepAlive);
        response.end();
      }
    },
    close: () => shutdown.abort(),
  };
}

async function* eachOf(results: OperationResults | PublicError[]): AsyncGenerator<FormattedExecutionResult> {
  if (Array.isArray(results)) yield { errors: results.map((error) => error.toJSON()) };
  else if (Symbol.asyncIterator in results) yield* results;
  else yield results;
}

/** Waits while the client does not read. */
async function send(response: Response, text: string, signal: AbortSignal): Promise<void> {
  if (!response.write(text)) await once(response, 'drain', { signal });
}
