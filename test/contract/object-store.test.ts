import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FilesystemStore } from '../../src/adapters/objects/filesystem.store.js';
import { SignedTransfer } from '../../src/adapters/objects/transfer.js';
import { isStrataError } from '../../src/domain/errors.js';
import { TRANSFER_STATUS } from '../../src/ports/transfer.port.js';
import { MemoryObjectStore } from '../support/memory-object-store.js';
import { objectStoreContract } from './object-store.contract.js';

objectStoreContract('memory', async () => {
  const store = new MemoryObjectStore();
  return { store, send: (request, body) => store.send(request, body), close: () => store.close() };
});

objectStoreContract('filesystem', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-objects-'));
  const signingSecret = 'a secret for tests';
  let port = 0;
  const store = await FilesystemStore.open({
    root: join(dataDir, 'objects'),
    dataDir,
    signingSecret,
    baseUrl: () => `http://127.0.0.1:${port}`,
  });
  const transfer = new SignedTransfer({ store, signingSecret });
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://localhost');
    const shared = { key: url.pathname.slice('/storage/'.length), query: url.searchParams, headers: request.headers };
    const answer =
      request.method === 'PUT'
        ? transfer.receive({ ...shared, body: request })
        : transfer.serve({ ...shared, method: 'GET' });
    answer.then(
      async ({ status, headers, stream }) => {
        response.writeHead(status, headers);
        if (stream === undefined) response.end();
        else await pipeline(stream, response);
      },
      (error: unknown) =>
        response.writeHead(isStrataError(error) ? TRANSFER_STATUS[error.code] : 500, { Connection: 'close' }).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  return {
    store,
    async send(request, body) {
      const response = await fetch(request.url, {
        method: request.method,
        headers: request.headers.map(({ name, value }): [string, string] => [name, value]),
        body: body === undefined ? undefined : new Uint8Array(body),
      });
      return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
    },
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await store.close();
      await rm(dataDir, { recursive: true });
    },
  };
});
