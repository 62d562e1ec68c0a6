import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dependencyUnavailable } from '../domain/errors.js';
import { listening, urlOf } from './listening.js';

/** Answers at the program's address while the program itself cannot start yet. */
export interface StandIn {
  url: string;
  /** The one that was taken, where any was asked for. */
  port: number;
  /** The database has answered: what is left is the start. */
  noteDatabase(): void;
  /** Lets go of the address. Again: the same promise. */
  close(): Promise<void>;
}

/**
 * Without the database there are no services to ask. Here is what those who watch the process, and clients, have to hear meanwhile:
 * that it lives, what it waits for, and that asking again is worth it.
 */
export async function startStandIn({ host, port }: { host: string; port: number }): Promise<StandIn> {
  let database: 'unavailable' | 'ok' = 'unavailable';
  const http = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    if (path === '/healthz') answer(response, 200, { status: 'ok' });
    else if (path === '/readyz') answer(response, 503, { status: 'not ready', parts: { database } });
    else answer(response, 503, { errors: [awayError()] });
    // What is sent is not read: the body of an upload may be large.
    request.resume();
  });
  await listening(http, port, host);
  const { port: taken } = http.address() as AddressInfo;
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    const closed = once(http, 'close');
    http.close();
    // Whatever came whole has its answer already.
    http.closeAllConnections();
    await closed;
  }

  return {
    url: urlOf(taken, host),
    port: taken,
    noteDatabase() {
      database = 'ok';
    },
    close: () => (closing ??= close()),
  };
}

/** In GraphQL's shape, as the program itself answers when its database goes away later. */
function awayError(): object {
  const { message, code, extensions } = dependencyUnavailable('database', undefined);
  return { message, extensions: { code, ...extensions } };
}

/** Each connection has one answer, so that none is in use when the program takes the address. */
function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', Connection: 'close' }).end(JSON.stringify(body));
}
