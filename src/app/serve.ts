import { SignedTransfer } from '../adapters/objects/transfer.js';
import type { Config } from '../config/config.js';
import type { Viewer } from '../domain/model.js';
import { buildStrataSchema } from '../graphql/schema.js';
import { createServer, GRAPHQL_PATH } from '../server/server.js';
import type { RunningServer } from '../server/options.js';
import { authenticator } from './authentication.js';
import { adminTasks } from './moving/admin.js';
import { compose, type App, type ComposeOptions } from './compose.js';
import { healthOf } from './readiness.js';

export interface Serving {
  app: App;
  /** Of the GraphQL endpoint. */
  url: string;
  /** Requests first, then jobs, then stores. */
  stop(): Promise<void>;
}

/** Aliases let one field be asked for many times; a form or a dashboard needs a few dozen. */
const MAX_ALIASES = 50;
/** At once on one connection. */
const MAX_SUBSCRIPTIONS = 100;
/** The part of the shutdown's time that requests under way may take. */
const REQUESTS_SHARE = 0.4;

/** The whole program, listening. */
export async function serve(config: Config, options: ComposeOptions & { localToken?: string } = {}): Promise<Serving> {
  const composing = compose(config, { ...(config.server.runJobs ? {} : { jobs: false as const }), ...options });
  // Built while the parts start; whatever becomes of them is heard below.
  composing.catch(() => undefined);
  const { schema } = buildStrataSchema();
  const app = await composing;
  const server = createServer({
    schema: app.telemetry.schema(schema),
    services: app.services,
    authenticate: authenticator(config, options.localToken),
    ...admission(app),
    limits: {
      maxDepth: config.limits.maxQueryDepth,
      maxCost: config.limits.maxQueryCost,
      maxTokens: config.limits.maxQueryTokens,
      maxAliases: MAX_ALIASES,
      introspection: config.server.introspection,
      maxBodyBytes: config.limits.maxRequestBody,
      maxSubscriptions: MAX_SUBSCRIPTIONS,
    },
    landingPage: config.server.landingPage,
    corsOrigins: config.server.cors.origins,
    ...(config.server.apiKeys.length === 0 ? { allowedHosts: loopbackNames(config) } : {}),
    ...healthOf(app),
    drainMs: config.server.drainSeconds * 1_000,
    onQuery: () => app.engine.beginReading(),
    // A search is observed where it is done, by its mode.
    onOperation: ({ field, seconds }) => field !== 'search' && app.deps.metrics.observeQuery(field, seconds),
    tracing: app.telemetry.server,
    ...transferRoutes(app),
    admin: adminTasks(app),
  });
  return listen(app, server, config);
}

/** Without keys whoever reaches the server is trusted, so a web page must not reach it by pointing its own name here. */
function loopbackNames({ server }: Config): string[] {
  const names = ['localhost', '127.0.0.1', '[::1]', server.host];
  return server.publicUrl === undefined ? names : [...names, new URL(server.publicUrl).hostname];
}

const MINUTE = 60;

function admission({ config, rateLimiter }: App): { admit?: (viewer: Viewer) => Promise<void> } {
  const points = config.limits.operationsPerMinute;
  if (points === 0) return {};
  return { admit: ({ tenantId, id }) => rateLimiter.consume(`${tenantId}/${id}`, { name: 'operations', points, seconds: MINUTE }) };
}

/** Where a bucket holds the bytes, clients go there. */
function transferRoutes({ objects, signingSecret, uploads }: App): { transfer?: SignedTransfer } {
  return objects.kind === 'filesystem' && signingSecret !== null ? { transfer: new SignedTransfer({ store: objects.store, signingSecret, onRefused: (key, refusal) => uploads.noteRefusal(key, refusal) }) } : {};
}

async function listen(app: App, server: RunningServer, config: Config): Promise<Serving> {
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    app.deps.logger.info({}, 'stopping: requests first, then jobs, then stores');
    await server.close(config.server.shutdownTimeoutSeconds * 1_000 * REQUESTS_SHARE);
    await app.stop();
    app.deps.logger.info({}, 'stopped');
  };
  try {
    await app.standIn?.close();
    const { url } = await server.listen(app.standIn?.port ?? config.server.port, config.server.host);
    await app.setBaseUrl(url);
    app.deps.logger.info({ url: `${url}${GRAPHQL_PATH}`, jobs: config.server.runJobs }, 'listening');
    return { app, url: `${url}${GRAPHQL_PATH}`, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await app.stop();
    throw error;
  }
}

