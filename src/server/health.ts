import { Router } from 'express';
import type { ServerOptions } from './options.js';

/** A part that does not answer within this is not ready. */
const CHECK_MS = 5_000;
/** Whoever asks for traffic is told of what does not decide, too, but must not wait so long that they take the answer for lost. */
const BESIDE_MS = 2_000;

export type HealthOptions = Pick<ServerOptions, 'readiness' | 'essential' | 'degradable' | 'metrics' | 'log'>;

/**
 * `/healthz`: the process answers. `/readyz`: every part does, and it is not on its way out. `/readyz?for=traffic`: whether requests
 * belong here. What only some of them need is no reason against that: it is as far away from every other process, and where none is
 * left, nobody answers what could be. `/metrics`: for Prometheus.
 */
export function healthRoutes({ readiness, essential = Object.keys(readiness), degradable = {}, metrics, log }: HealthOptions, isClosing: () => boolean): Router {
  const router = Router();

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });

  router.get('/readyz', async (request, response) => {
    const isForTraffic = request.query['for'] === 'traffic';
    const patience = (name: string) => (isForTraffic && !essential.includes(name) ? BESIDE_MS : CHECK_MS);
    const look = (checks: HealthOptions['readiness'], away: 'unavailable' | 'degraded') =>
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await withinTime(check(), patience(name));
          return [name, 'ok'] as const;
        } catch (error) {
          // The reason may name hosts and paths; it is for the log.
          log.warn({ part: name, err: error }, 'A part is not ready');
          return [name, away] as const;
        }
      });
    const parts = await Promise.all([...look(readiness, 'unavailable'), ...look(degradable, 'degraded')]);
    const needed = isForTraffic ? essential : Object.keys(readiness);
    const ready = !isClosing() && parts.every(([name, state]) => state !== 'unavailable' || !needed.includes(name));
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

async function withinTime(check: Promise<void>, milliseconds: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`No answer within ${milliseconds} ms`)), milliseconds);
  try {
    await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
  }
}
