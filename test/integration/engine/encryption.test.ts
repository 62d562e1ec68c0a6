import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { startPostgresEngine, type PostgresEngineOptions } from '../../../src/adapters/db/engine/postgres.js';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** What a PostgreSQL server does with the question whether a connection may be encrypted, and nothing more. */
async function answering(answer: (socket: Socket) => void): Promise<PostgresEngineOptions> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, database: 'any', username: 'any', poolSize: 1, maxOverflow: 0 };
}

describe('a PostgreSQL server that is not encrypted as the settings want it', () => {
  it('has no encryption', async () => {
    const options = await answering((socket) => socket.write('N'));
    await expect(startPostgresEngine({ ...options, tls: { verify: true } })).rejects.toMatchObject({
      code: 'NOT_CONFIGURED', message: expect.stringContaining('database.ssl to false') as string, extensions: { setting: 'database.ssl' },
    });
  });

  it.skipIf(spawnSync('openssl', ['version']).status !== 0)('has a certificate that nobody here trusts: at the start, and later', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'strata-test-'));
    try {
      const files = { key: join(folder, 'key'), cert: join(folder, 'cert') };
      execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', files.key, '-out', files.cert, '-days', '2', '-subj', '/CN=nobody.example'], { stdio: 'ignore' });
      const [key, cert] = await Promise.all([readFile(files.key), readFile(files.cert)]);
      const options = await answering((socket) => {
        socket.write('S');
        new TLSSocket(socket, { isServer: true, key, cert }).on('error', () => {});
      });
      await expect(startPostgresEngine({ ...options, tls: { verify: true } })).rejects.toMatchObject({
        code: 'NOT_CONFIGURED', message: expect.stringMatching(/not trusted here \(DEPTH_ZERO_SELF_SIGNED_CERT\).*database\.ssl_ca/) as string,
      });
      const engine = await startPostgresEngine({ ...options, tls: { verify: true }, lazy: true });
      await expect(engine.sql.query('SELECT 1')).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
      await engine.stop();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('cannot be looked at, because the file of its authority is not there', async () => {
    const options = await answering(() => {});
    await expect(startPostgresEngine({ ...options, tls: { verify: true, caFile: '/nowhere/authority.pem' } })).rejects.toMatchObject({
      code: 'NOT_CONFIGURED', message: expect.stringContaining('"/nowhere/authority.pem" cannot be read (ENOENT)') as string, extensions: { setting: 'database.ssl_ca' },
    });
  });
});
