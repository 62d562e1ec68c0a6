import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { GraphQLContext, RequestLog } from '../graphql/context.js';
import type { OperationRules } from '../graphql/run-operation.js';
import type { Services } from '../graphql/services.js';

export interface Credentials {
  /** null where none was sent. */
  apiKey: string | null;
}

export interface TransferAnswer {
  status: number;
  headers: OutgoingHttpHeaders;
  stream?: Readable;
}

/** The routes of an object store that has no HTTP of its own: PUT, GET and HEAD of `/storage/<key>`. */
export interface TransferRoutes {
  receive(request: TransferRequest & { body: Readable; signal?: AbortSignal }): Promise<TransferAnswer>;
  serve(request: TransferRequest & { method: 'GET' | 'HEAD' }): Promise<TransferAnswer>;
  /** The HTTP status of an error code on these routes. */
  statusOf(code: string): number;
}

/** What operators do through a running server: `/admin/<task>`, for administrators of the tenant `default` alone. */
export interface AdminRoutes {
  /** Null where there is no such task. What it throws before it answers becomes an error's answer. */
  handle(request: AdminRequest): Promise<AdminAnswer | null>;
}

export interface AdminRequest {
  method: string;
  /** Behind `/admin/`. */
  path: string;
  body: Readable;
  /** Aborts when the client has gone. */
  signal: AbortSignal;
}

export interface AdminAnswer {
  contentType: string;
  /** Whatever fails midway ends the connection before the answer is complete. */
  stream: Readable;
}

export interface TransferRequest {
  key: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
}

export interface OperationFacts {
  type: 'query' | 'mutation' | 'subscription';
  /** The first field of the operation, such as `search`: few and known, fit for a label. */
  field: string;
  /** Until the answer was complete; of a subscription, until its first event. */
  seconds: number;
  failed: boolean;
}

/** Follows requests and operations as they go. */
export interface ServerTracing {
  /** Calls `next` within the request's span. */
  request(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** @param context what the operation's resolvers will be handed; null where that is not known yet: then it has to run `within` */
  operation(operation: OperationDefinitionNode, context: object | null): { within<T>(work: () => T): T; end(failed: boolean): void };
  /** Runs `work` outside of every span: what goes on for as long as a client stays is no part of its request. */
  apart<T>(work: () => T): T;
}

export interface ServerLog extends RequestLog {
  debug(fields: object, message: string): void;
}

export interface ServerOptions {
  /** Where it is built already; otherwise it is built here. */
  schema?: GraphQLSchema;
  services: Services;
  /** Throws UNAUTHENTICATED. Called once a request, or once a WebSocket connection. */
  authenticate(credentials: Credentials): Promise<GraphQLContext['viewer']>;
  /** Called once an operation. Throws RATE_LIMITED; everybody is admitted where it is left out. */
  admit?(viewer: GraphQLContext['viewer']): Promise<void>;
  /** Called when the execution of a query begins; what it answers, when it ends. */
  onQuery?(): () => void;
  log: ServerLog;
  limits: OperationRules & {
    /** Bytes of one GraphQL request, over HTTP or as one WebSocket message. */
    maxBodyBytes: number;
    /** Running at once on one WebSocket connection. */
    maxSubscriptions: number;
  };
  landingPage: 'graphiql' | 'sandbox' | 'none';
  /** Origins that may call from a browser, `*` for any. The server's own always may. */
  corsOrigins: readonly string[];
  /**
   * Host names that requests may be addressed to, without port; any where left out. For a server that trusts
   * whoever reaches it: a web page can point its own name at 127.0.0.1.
   */
  allowedHosts?: readonly string[];
  /** Each throws where its part is not ready; asked by `/readyz`. */
  readiness: Readonly<Record<string, () => Promise<void>>>;
  /** Those of them that no request can do without: `/readyz?for=traffic` looks at these alone. Left out, all are. */
  essential?: readonly string[];
  /** The same for parts that are done without while they are away: told as `degraded`, and ready all the same. */
  degradable?: Readonly<Record<string, () => Promise<void>>>;
  /** How long, in milliseconds, `/readyz` says that it closes before anything does: for load balancers. 0 where left out. */
  drainMs?: number;
  /** Served at `/metrics`; there is no such route where left out. */
  metrics?: () => Promise<{ contentType: string; body: string }>;
  onOperation?: (facts: OperationFacts) => void;
  tracing?: ServerTracing;
  transfer?: TransferRoutes;
  admin?: AdminRoutes;
}

export interface RunningServer {
  /** @param port 0 takes a free one. Rejects where the address is taken. */
  listen(port: number, host: string): Promise<{ url: string }>;
  /**
   * Takes no more, ends subscriptions (WebSocket code 1001), waits for the requests under way for at most so long,
   * then cuts them off. Again: the same promise.
   */
  close(timeoutMs: number): Promise<void>;
}
