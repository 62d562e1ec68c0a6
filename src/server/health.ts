import { Router } from 'express';
import type { ServerOptions } from './options.js';

/** A part that does not answer within this is not ready. */
const CHECK_MS = 5_000;

export type HealthOptions = Pick<ServerOptions, 'readiness' | 'degradable' | 'metrics' | 'log'>;

/** `/healthz`: the process answers. `/readyz`: every part does, and it is not on its way out. `/metrics`: for Prometheus. */
export function healthRoutes({ readiness, degradable = {}, metrics, log }: HealthOptions, isClosing: () => boolean): Router {
  const router = Router();

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });

  router.get('/readyz', async (_request, response) => {
    const look = (checks: HealthOptions['readiness'], away: 'unavailable' | 'degraded') =>
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await withinTime(check());
          return [name, 'ok'] as const;
        } catch (error) {
          // The reason may name hosts and paths; it is for the log.
          log.warn({ part: name, err: error }, 'A part is not ready');
          return [name, away] as const;
        }
      });
    const parts = await Promise.all([...look(readiness, 'unavailable'), ...look(degradable, 'degraded')]);
    const ready = !isClosing() && parts.every(([, state]) => state !== 'unavailable');
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : isClosing() ? 'closing' : 'not ready', parts: Object.fromEntries(parts) });
  });

  if (metrics) {
    router.get('/metrics', async (_request, response) => {
      const { contentType, body } = await metrics();
      response.setHeader('Content-Type', contentType);
      response.end(body);
    });
  }
  return router;
}

async function withinTime(check: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`No answer within ${CHECK_MS} ms`)), CHECK_MS);
  try {
    await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
  }
}
