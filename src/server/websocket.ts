import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, GraphQLSchema } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { RequestFacts } from '../graphql/context.js';
import { readOperationRequest, refuseMoreThan } from '../graphql/operation-request.js';
import { prepareOperation, toPublicErrors, type PreparedOperation } from '../graphql/run-operation.js';
import type { HostRules } from './hosts.js';
import { credentialsFromConnection } from './credentials.js';
import type { ServerOptions } from './options.js';
import { runMeasured } from './run-measured.js';

interface Connection {
  request: IncomingMessage;
  viewer?: RequestFacts['viewer'];
  /** Aborts when the socket is closed. */
  gone: AbortController;
  /** Queries and mutations that have not been answered, by the client's ids, and what is yet to be read. */
  underWay: Set<string>;
  /** When nothing is under way any more; null while the server stays. */
  leave: (() => void) | null;
}

/** What `onSubscribe` hands on to `execute` and `subscribe`. */
type Prepared = ExecutionArgs & { operation: PreparedOperation; facts: RequestFacts };

const KEEP_ALIVE_MS = 15_000;
const GOING_AWAY = 1_001;
const INTERNAL_ERROR = 4_500;
const UNAUTHORIZED = 4_401;
/** A close reason is at most 123 bytes. */
const MAX_REASON = 40;

export interface WebSocketDoor {
  /**
   * Ends every connection as soon as its queries and mutations are answered, and its subscriptions with it; clients see 1001 and may
   * come back, to another server perhaps.
   */
  close(): void;
  /** Cuts what has not closed by itself. */
  terminate(): void;
}

/** GraphQL over WebSocket, protocol `graphql-transport-ws`, on one path of the HTTP server. */
export function openWebSocket(httpServer: Server, path: string, schema: GraphQLSchema, options: ServerOptions, hosts: HostRules): WebSocketDoor {
  const { log, limits } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.maxBodyBytes, handleProtocols });

  const protocol = makeServer<Record<string, unknown>, Connection>({
    onConnect: async ({ extra, connectionParams }) => {
      extra.viewer = await options.authenticate(credentialsFromConnection(connectionParams, extra.request.headers));
    },
    onSubscribe: async ({ extra, subscriptions }, id, payload) => {
      extra.underWay.add(id);
      const facts = { viewer: extra.viewer!, requestId: randomUUID(), log, services: options.services, signal: extra.gone.signal };
      try {
        await options.admit?.(facts.viewer);
        refuseMoreThan(limits.maxSubscriptions, Object.keys(subscriptions).length);
        const operation = prepareOperation(schema, readOperationRequest(payload), limits);
        // It ends when its source does, for which nobody waits.
        if (operation.operation.operation === 'subscription') answered(extra, id);
        return { schema, document: operation.document, operationName: operation.operationName, operation, facts } as Prepared;
      } catch (error) {
        answered(extra, id);
        return toPublicErrors(error, facts);
      }
    },
    onComplete: ({ extra }, id) => answered(extra, id),
    execute: (args) => run(args as Prepared),
    subscribe: (args) => run(args as Prepared),
    // The results are public already.
    onNext: (_context, _id, _payload, _args, result) => result,
  });
  // graphql-ws types a result's errors as GraphQLError; it only prints them, and `onNext` hands them on as they are.
  const run = ({ operation, facts }: Prepared) => runMeasured(operation, facts, options) as ReturnType<NonNullable<Parameters<typeof makeServer>[0]['execute']>>;

  const connections = new Map<WebSocket, Connection>();
  let closing = false;
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const connection: Connection = { request, gone: new AbortController(), underWay: new Set(), leave: null };
    connections.set(socket, connection);
    const stopPinging = keepAlive(socket);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        // Answers when the bytes are on their way, so a client that does not read holds its events back.
        send: (data) => new Promise((resolve, reject) => {
          if (socket.readyState !== socket.OPEN) resolve();
          else socket.send(data, (error) => (error ? reject(error) : resolve()));
        }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => socket.on('message', (data) => {
          handle(String(data)).catch((error: unknown) => closeWith(socket, error, options));
        }),
      },
      connection,
    );
    socket.on('error', (error) => log.info({ part: 'websocket', err: error }, 'A WebSocket broke'));
    socket.once('close', (code, reason) => {
      stopPinging();
      connections.delete(socket);
      connection.gone.abort();
      void closed(code, String(reason));
    });
  });

  httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = closing ? '503 Service Unavailable' : refusalOf(request, path, hosts);
    if (refusal) socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    else sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });

  return {
    close: () => {
      closing = true;
      for (const [socket, connection] of connections) {
        connection.leave = () => {
          // First the close frame: a `complete` in front of it would tell the client not to come back.
          socket.close(GOING_AWAY, 'Going away');
          connection.gone.abort();
        };
        if (connection.underWay.size === 0) connection.leave();
      }
    },
    terminate: () => connections.forEach((_connection, socket) => socket.terminate()),
  };
}

/** Told before its last message is sent, which a turn later is on its way. */
function answered(connection: Connection, id: string): void {
  connection.underWay.delete(id);
  setImmediate(() => {
    if (connection.underWay.size === 0) connection.leave?.();
  });
}

function refusalOf(request: IncomingMessage, path: string, hosts: HostRules): string | null {
  if (new URL(request.url ?? '/', 'http://localhost').pathname !== path) return '404 Not Found';
  if (!hosts.allowsHost(request)) return '421 Misdirected Request';
  return hosts.allowsOrigin(request) ? null : '403 Forbidden';
}

function closeWith(socket: WebSocket, error: unknown, { log }: ServerOptions): void {
  const [shown] = toPublicErrors(error, { requestId: randomUUID(), log });
  const code = shown!.extensions.code === 'UNAUTHENTICATED' ? UNAUTHORIZED : INTERNAL_ERROR;
  socket.close(code, shown!.message.slice(0, MAX_REASON));
}

/** Pings, and cuts a connection that answered none since the last. */
function keepAlive(socket: WebSocket): () => void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, KEEP_ALIVE_MS);
  timer.unref();
  return () => clearInterval(timer);
}
