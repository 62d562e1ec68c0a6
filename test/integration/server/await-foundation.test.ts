import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitFoundation, type AwaitOptions } from '../../../src/app/await-foundation.js';
import type { Config } from '../../../src/config/config.js';
import { loadConfig } from '../../../src/config/load.js';
import type { Logger } from '../../../src/ports/logger.port.js';
import { memoryLog, type LogLine } from '../../support/graphql-server.js';

/** What a PostgreSQL server sends that turns a client away. */
function refusal(sqlState: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${sqlState}\0Mnot now\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

const STARTING_UP = '57P03';
const WRONG_PASSWORD = '28P01';
const ADDRESS = { host: '127.0.0.1', port: 0 };

describe('a PostgreSQL server that does not let anyone in at the start', () => {
  let server: Server;
  let config: Config;
  /** What it says next; null: nothing at all. */
  let says: string | null;
  let asked: number;
  const sockets = new Set<Socket>();
  const folder = mkdtempSync(join(tmpdir(), 'strata-await-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeEach(async () => {
    [says, asked] = [STARTING_UP, 0];
    server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      asked += 1;
      const answer = says;
      if (answer !== null) socket.once('data', () => socket.end(refusal(answer)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const file = join(folder, 'data_layer.yaml');
    // JSON is YAML.
    writeFileSync(
      file,
      JSON.stringify({
        database: { provider: 'postgres', host: '127.0.0.1', port, username: 'somebody' },
        object_storage: { provider: 'minio', minio: { endpoint: 'http://127.0.0.1:1', bucket: 'none', access_key: 'none', secret_key: 'none' } },
        server: { signing_secret: 'of all processes of this test' },
      }),
    );
    config = loadConfig({ file, env: {} });
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  /** Begins to wait; resolves with the address at which it says so. */
  async function waiting(options: AwaitOptions = {}) {
    const lines: LogLine[] = [];
    const { promise: url, resolve } = Promise.withResolvers<string>();
    const log = memoryLog(lines);
    const logger = { ...log, child: () => logger, warn: (fields: { url?: string }, message: string) => (log.warn(fields, message), resolve(fields.url!)) } as Logger;
    const foundation = awaitFoundation(config, { address: ADDRESS, logger, ...options });
    foundation.catch(() => undefined);
    return { foundation, lines, url: await Promise.race([url, foundation.then(() => 'nowhere')]) };
  }

  it('is waited for, while the process says what it waits for; what waiting does not mend ends that', async () => {
    const { foundation, lines, url } = await waiting();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not ready', parts: { database: 'unavailable' } }]);
    const answer = await fetch(`${url}/graphql`, { method: 'POST', body: '{"query":"{ __typename }"}' });
    expect([answer.status, await answer.json()]).toMatchObject([503, { errors: [{ extensions: { code: 'DEPENDENCY_UNAVAILABLE', dependency: 'database', retryable: true } }] }]);
    says = WRONG_PASSWORD;
    await expect(foundation).rejects.toMatchObject({ code: 'NOT_CONFIGURED', extensions: { setting: 'database' } });
    expect(asked).toBeGreaterThan(1);
    expect(lines).toHaveLength(1);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('is not waited for where it refuses the credentials', async () => {
    says = WRONG_PASSWORD;
    await expect(awaitFoundation(config, { address: ADDRESS })).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
    expect(asked).toBe(1);
  });

  it('is not waited for any longer than until a signal, however silent it is', async () => {
    const signal = new AbortController();
    const { foundation, url } = await waiting({ interrupted: signal.signal });
    says = null;
    await once(server, 'connection');
    const reason = new Error('interrupted');
    const begun = performance.now();
    signal.abort(reason);
    await expect(foundation).rejects.toBe(reason);
    // Silence itself would have been given up after 5 s.
    expect(performance.now() - begun).toBeLessThan(3_000);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('is told where another program has the port', async () => {
    const { port } = server.address() as AddressInfo;
    await expect(awaitFoundation(config, { address: { host: '127.0.0.1', port } })).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' });
  });
});
