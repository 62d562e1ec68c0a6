import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled, ApolloServerPluginInlineTraceDisabled, ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled, ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { randomUUID } from 'node:crypto';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { GraphQLContext } from '../graphql/context.js';
import { PublicError, toPublicError, type ErrorScope } from '../graphql/errors.js';
import { checkOperation, measureOperation } from '../graphql/operation-limits.js';
import { refuseSubscription } from '../graphql/operation-request.js';
import { asRequestError } from '../graphql/run-operation.js';
import { operationFacts } from './operation-facts.js';
import type { ServerOptions } from './options.js';

/** Queries and mutations over HTTP, after the GraphQL-over-HTTP specification. */
export function createApollo(schema: GraphQLSchema, options: ServerOptions): ApolloServer<GraphQLContext> {
  const shown = new WeakMap<object, GraphQLFormattedError>();
  return new ApolloServer<GraphQLContext>({
    schema,
    introspection: options.limits.introspection,
    parseOptions: { maxTokens: options.limits.maxTokens },
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Otherwise it reads the environment, which only the configuration may.
    nodeEnv: 'production',
    logger: loggerFor(options),
    // Errors that arise within an operation were made public where their request is known.
    formatError: (_formatted, error) => shown.get(error as object) ?? toPublicError(error, { requestId: randomUUID(), log: options.log }),
    plugins: [
      makePublic(shown),
      limitOperations(schema, options),
      measureTime(options.onOperation),
      follow(options.tracing),
      tellOfQueries(options.onQuery),
      answerOldClients,
      options.landingPage === 'sandbox' ? ApolloServerPluginLandingPageLocalDefault({ embed: true }) : ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  });
}

/** `formatError` is not told whose request an error belongs to; this hook is, and comes before it. */
function makePublic(shown: WeakMap<object, GraphQLFormattedError>): ApolloServerPlugin<GraphQLContext> {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors, contextValue }) => {
        for (const error of errors) shown.set(error, toPublicError(error, contextValue));
      },
    }),
  };
}

/** Per request, because the cost depends on the variables, and documents that were validated are not validated again. */
function limitOperations(schema: GraphQLSchema, { limits }: ServerOptions): ApolloServerPlugin<GraphQLContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ document, operation, request }) => {
        if (!operation) return; // Apollo says so itself
        try {
          refuseSubscription(operation);
          checkOperation(measureOperation(schema, document, operation, request.variables ?? {}), limits);
        } catch (error) {
          throw asRequestError(error);
        }
      },
    }),
  };
}

function measureTime(onOperation: ServerOptions['onOperation']): ApolloServerPlugin<GraphQLContext> {
  if (!onOperation) return {};
  return {
    requestDidStart: async () => {
      const begun = performance.now();
      return {
        willSendResponse: async ({ operation, errors }) => {
          if (operation) onOperation(operationFacts(operation, begun, errors !== undefined));
        },
      };
    },
  };
}

function tellOfQueries(onQuery: ServerOptions['onQuery']): ApolloServerPlugin<GraphQLContext> {
  if (!onQuery) return {};
  return {
    requestDidStart: async () => ({
      executionDidStart: async ({ operation }) => {
        if (operation.operation !== 'query') return;
        const end = onQuery();
        return { executionDidEnd: async () => end() };
      },
    }),
  };
}

function follow(tracing: ServerOptions['tracing']): ApolloServerPlugin<GraphQLContext> {
  if (!tracing) return {};
  return {
    requestDidStart: async () => {
      let followed: ReturnType<typeof tracing.operation> | undefined;
      return {
        executionDidStart: async ({ operation, contextValue }) => {
          followed = tracing.operation(operation, contextValue);
        },
        willSendResponse: async ({ errors }) => followed?.end(errors !== undefined),
      };
    },
  };
}

/**
 * Clients that do not ask for `application/graphql-response+json` cannot tell our 400 from a proxy's, so they get 200,
 * as the GraphQL-over-HTTP specification has it; unless the request was no GraphQL request at all.
 */
const answerOldClients: ApolloServerPlugin<BaseContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ request, response, errors }) => {
      const accept = request.http?.headers.get('accept') ?? '';
      const malformed = errors?.some((error) => error.extensions.code === 'BAD_REQUEST') ?? false;
      if (response.http.status === 400 && !malformed && !accept.includes('application/graphql-response+json')) response.http.status = 200;
    },
  }),
};

/** An error on the way to a context: HTTP says so too. */
export function asContextError(error: unknown, scope: ErrorScope): PublicError {
  const shown = toPublicError(error, scope);
  return new PublicError(shown, { status: STATUS_OF_CONTEXT[String(shown.extensions?.code)] ?? 500 });
}

const STATUS_OF_CONTEXT: Readonly<Record<string, number>> = { UNAUTHENTICATED: 401, FORBIDDEN: 403, RATE_LIMITED: 429, DEPENDENCY_UNAVAILABLE: 503 };

function loggerFor({ log }: ServerOptions) {
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (message: unknown) => log[level]({ part: 'graphql' }, String(message));
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
