import { Router } from 'express';
import { pipeline } from 'node:stream/promises';
import { forbidden, notFound } from '../domain/errors.js';
import { requireRole } from '../domain/roles.js';
import { credentialsFrom } from './credentials.js';
import { refuse } from './http-errors.js';
import type { AdminAnswer, AdminRoutes, ServerOptions } from './options.js';
import { isOpen, traceOf } from './request-facts.js';

/** No web page of another origin can send it without being asked whether it may. */
const HEADER = 'x-strata-admin';
const OPERATORS_TENANT = 'default';
const STATUS: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400, CONTENT_MISMATCH: 400, UNAUTHENTICATED: 401, FORBIDDEN: 403, NOT_FOUND: 404, CONFLICT: 409, NOT_CONFIGURED: 409, PAYLOAD_TOO_LARGE: 413,
  DEPENDENCY_UNAVAILABLE: 503,
};

/** What concerns the whole installation, every tenant: for whoever operates it. Bodies and answers are streams. */
export function adminRoutes(admin: AdminRoutes, options: Pick<ServerOptions, 'authenticate'>): Router {
  const router = Router();
  router.use(async (request, response) => {
    const trace = traceOf(request);
    let answer: AdminAnswer | null;
    try {
      if (request.get(HEADER) === undefined) throw forbidden(`These routes are for the command line, which sends the header ${HEADER}.`);
      const viewer = await options.authenticate(credentialsFrom(request.headers));
      requireRole(viewer, 'admin');
      if (viewer.tenantId !== OPERATORS_TENANT) throw forbidden(`This concerns every tenant, and takes an admin key of the tenant "${OPERATORS_TENANT}".`);
      const path = request.path.slice(1);
      answer = await admin.handle({ method: request.method, path, body: request, signal: trace.signal });
      if (answer === null) throw notFound('task', `${request.method} ${path}`);
    } catch (error) {
      refuse(response, error, trace, (code) => STATUS[code] ?? 500);
      return;
    }
    response.writeHead(200, { 'Content-Type': answer.contentType, 'Cache-Control': 'no-store' });
    try {
      await pipeline(answer.stream, response);
    } catch (error) {
      if (isOpen(response)) response.destroy();
      trace.log.warn({ requestId: trace.requestId, err: error }, 'An administrative task was broken off');
    }
  });
  return router;
}
