import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import { OtelTracer } from '../../../src/adapters/tracing/otel.tracer.js';

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

async function collector(answer: (request: IncomingMessage, body: string, response: ServerResponse) => void): Promise<string> {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, Buffer.concat(chunks).toString('utf8'), response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the collector', () => {
  it.each(['', '/v1/traces'])('gets what was made, at the latest when the program ends (endpoint with %j)', async (path) => {
    const got: { url: string | undefined; body: string }[] = [];
    const url = await collector((request, body, response) => {
      got.push({ url: request.url, body });
      response.setHeader('Content-Type', 'application/json').end('{}');
    });
    const tracer = new OtelTracer({ endpoint: `${url}${path}`, serviceName: 'strata-of-this-test', serviceVersion: '1', sampleRatio: 1 });
    tracer.start('the span').end();
    await tracer.close();
    expect(got).toHaveLength(1);
    expect(got[0]!.url).toBe('/v1/traces');
    expect(got[0]!.body).toContain('the span');
    expect(got[0]!.body).toContain('strata-of-this-test');
  });

  it('that is away, or never answers, holds up neither work nor end', async () => {
    const silent = await collector(() => undefined);
    for (const endpoint of ['http://127.0.0.1:9', silent]) {
      const tracer = new OtelTracer({ endpoint, serviceVersion: '1', sampleRatio: 1 });
      const begun = performance.now();
      for (let i = 0; i < 5_000; i += 1) await tracer.during('work', {}, async () => undefined);
      await tracer.close();
      expect(performance.now() - begun).toBeLessThan(20_000);
    }
  });
});
