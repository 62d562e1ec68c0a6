import type { IncomingMessage, ServerResponse } from 'node:http';
import { ATTR_HTTP_REQUEST_METHOD, ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_ROUTE, ATTR_URL_PATH, ATTR_URL_SCHEME } from '@opentelemetry/semantic-conventions';
import type { TraceCarrier, Tracer } from '../../ports/tracer.port.js';

/** Asked for every few seconds by those who watch the server. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics']);
const ROUTES = ['/graphql', '/storage'];

/** One span a request, from its arrival until its answer is out; a request that comes with a trace goes on with it. */
export function followRequest(tracer: Tracer, request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const path = (request.url ?? '/').replace(/\?.*/s, '');
  if (QUIET.has(path)) return next();
  const method = request.method ?? 'GET';
  const route = ROUTES.find((known) => path === known || path.startsWith(`${known}/`));
  const span = tracer.start(route === undefined ? method : `${method} ${route}`, {
    kind: 'server',
    parent: carrierOf(request),
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_HTTP_ROUTE]: route,
      [ATTR_URL_SCHEME]: 'http',
      // Without the query, where signed links carry their permission.
      [ATTR_URL_PATH]: path,
      'strata.request_id': response.getHeader('X-Request-Id') as string | undefined,
    },
  });
  response.once('close', () => {
    const { statusCode, writableFinished } = response;
    span.set({ [ATTR_HTTP_RESPONSE_STATUS_CODE]: statusCode, ...(!writableFinished && { 'strata.aborted': true }) });
    span.end(statusCode >= 500 ? { code: statusCode } : undefined);
  });
  tracer.within(span, next);
}

/** Null where there is none: then the request begins a trace. */
function carrierOf({ headers: { traceparent, tracestate } }: IncomingMessage): TraceCarrier | null {
  if (typeof traceparent !== 'string') return null;
  return { traceparent, ...(typeof tracestate === 'string' && { tracestate }) };
}
