import { expressMiddleware } from '@as-integrations/express5';
import cors from 'cors';
import express, { type Express, type Request, type RequestHandler } from 'express';
import helmet from 'helmet';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { createContext, type GraphQLContext } from '../graphql/context.js';
import { buildStrataSchema } from '../graphql/schema.js';
import { listening, stopListening, urlOf } from './listening.js';
import { adminRoutes } from './admin-routes.js';
import { asContextError, createApollo } from './apollo.js';
import { graphiqlPage, wantsPage } from './graphiql.js';
import { healthRoutes } from './health.js';
import { hostRules, type HostRules } from './hosts.js';
import type { RunningServer, ServerOptions } from './options.js';
import { answerErrors } from './http-errors.js';
import { factsOf, traceOf, traceRequests } from './request-facts.js';
import { eventStreams, wantsEvents, type EventStreams } from './sse.js';
import { storageRoutes } from './storage-routes.js';
import { openWebSocket } from './websocket.js';

export const GRAPHQL_PATH = '/graphql';

/** After the grace that was given, connections are cut; this much is left for them to notice. */
const CUT_MS = 500;
const SWEEP_MS = 50;

/** The whole of the program's HTTP and WebSocket side, over services that are handed in. */
export function createServer(options: ServerOptions): RunningServer {
  const schema = options.schema ?? buildStrataSchema().schema;
  const hosts = hostRules(options);
  const apollo = createApollo(schema, options);
  const streams = eventStreams(schema, options);
  let closing: Promise<void> | null = null;
  const app = createApp(options, hosts, () => closing !== null, streams, apollo);
  const http = createHttpServer(app);
  // An upload of gigabytes takes as long as it takes; headers still have to come in time.
  http.requestTimeout = 0;
  const webSocket = openWebSocket(http, GRAPHQL_PATH, schema, options, hosts);

  async function close(timeoutMs: number): Promise<void> {
    if (!http.listening) return;
    if (options.drainMs !== undefined && options.drainMs > 0) await pause(options.drainMs);
    const begun = performance.now();
    const closed = once(http, 'close');
    await stopListening(http, timeoutMs / 2);
    webSocket.close();
    streams.close();
    const cut = setTimeout(() => {
      webSocket.terminate();
      http.closeAllConnections();
    }, Math.max(0, timeoutMs - CUT_MS - (performance.now() - begun)));
    // What was promised to be kept alive stays open after its answer, and would hold up the end.
    const sweep = setInterval(() => http.closeIdleConnections(), SWEEP_MS);
    await closed;
    clearInterval(sweep);
    clearTimeout(cut);
    await apollo.stop();
  }

  return {
    async listen(port, host) {
      await apollo.start();
      await listening(http, port, host);
      return { url: urlOf((http.address() as AddressInfo).port, host) };
    },
    close: (timeoutMs) => (closing ??= close(timeoutMs)),
  };
}

function createApp(
  options: ServerOptions,
  hosts: HostRules,
  isClosing: () => boolean,
  streams: EventStreams,
  apollo: ReturnType<typeof createApollo>,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(traceRequests(options.log));
  const { tracing } = options;
  if (tracing) app.use((request, response, next) => tracing.request(request, response, next));
  app.use((request, response, next) => {
    if (isClosing()) response.setHeader('Connection', 'close');
    if (hosts.allowsHost(request)) next();
    else response.status(421).json({ error: { message: 'This server does not answer to that name.' } });
  });
  app.use(helmet({ contentSecurityPolicy: false, strictTransportSecurity: false }));
  app.use(healthRoutes(options, isClosing));
  app.use(cors(corsOptions(options.corsOrigins)));
  if (options.transfer) app.use('/storage', storageRoutes(options.transfer));
  if (options.admin) app.use('/admin', adminRoutes(options.admin, options));
  if (options.landingPage !== 'none') app.get('/', (_request, response) => response.redirect(GRAPHQL_PATH));
  app.use(GRAPHQL_PATH, graphqlRoutes(options, streams, apollo));
  app.use((_request, response) => {
    response.status(404).json({ error: { message: `There is nothing here. The API is at ${GRAPHQL_PATH}.` } });
  });
  app.use(answerErrors);
  return app;
}

function graphqlRoutes(options: ServerOptions, streams: EventStreams, apollo: ReturnType<typeof createApollo>) {
  const router = express.Router();
  if (options.landingPage === 'graphiql') {
    const page = graphiqlPage(GRAPHQL_PATH);
    router.use((request, response, next) => (wantsPage(request) ? page(request, response, next) : next()));
  }
  router.use(express.json({ limit: options.limits.maxBodyBytes }));
  router.use((request, response, next) => (wantsEvents(request) ? streams.serve(request, response) : next()));
  let apolloRoute: RequestHandler | null = null;
  // Made at the first request, because Apollo has to be started before.
  router.use((request, response, next) => {
    apolloRoute ??= expressMiddleware(apollo, { context: ({ req }) => contextOf(req, options) });
    return apolloRoute(request, response, next);
  });
  return router;
}

async function contextOf(request: Request, options: ServerOptions): Promise<GraphQLContext> {
  try {
    return createContext(await factsOf(request, options));
  } catch (error) {
    throw asContextError(error, traceOf(request));
  }
}

const corsOptions = (origins: readonly string[]): cors.CorsOptions => ({
  origin: origins.includes('*') ? '*' : [...origins],
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'],
  exposedHeaders: ['X-Request-Id', 'ETag', 'Content-Range', 'Content-Disposition'],
  maxAge: 86_400,
});
