import express from 'express';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthRoutes, type HealthOptions } from './health.js';
import { listening, urlOf } from './listening.js';
import type { RunningServer } from './options.js';

/** `/healthz`, `/readyz` and `/metrics` of a process that has no API. */
export function createHealthServer(options: HealthOptions): RunningServer {
  let closing: Promise<void> | null = null;
  const app = express();
  app.disable('x-powered-by');
  app.use(healthRoutes(options, () => closing !== null));
  const http = createHttpServer(app);

  async function close(): Promise<void> {
    if (!http.listening) return;
    const closed = once(http, 'close');
    http.close();
    http.closeAllConnections();
    await closed;
  }

  return {
    async listen(port, host) {
      await listening(http, port, host);
      return { url: urlOf((http.address() as AddressInfo).port, host) };
    },
    close: () => (closing ??= close()),
  };
}
