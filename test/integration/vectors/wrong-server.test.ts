import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openChroma } from '../../../src/adapters/vectors/chroma/chroma.store.js';
import { openPinecone } from '../../../src/adapters/vectors/pinecone/pinecone.store.js';
import { openWeaviate } from '../../../src/adapters/vectors/weaviate/open-weaviate.js';
import type { VectorStore } from '../../../src/ports/vector-store.port.js';
import { serviceAddress } from '../../support/services.js';

const space = { model: 'small', dimensions: 3 };
const stores = {
  Chroma: (url: string) => openChroma({ url, tenant: 'default_tenant', database: 'default_database', collectionPrefix: 'strata' }),
  Weaviate: (url: string) => openWeaviate({ url, grpcPort: 1, collectionPrefix: 'Strata', spaces: [space] }).vectors,
};
const setting = { Chroma: 'vector_database.chroma.url', Weaviate: 'vector_database.weaviate.url' };
type Name = keyof typeof stores;

/** Whatever is asked of the store, the answer is the same one; a search above all must not say that there is nothing. */
async function expectOfEverything(store: VectorStore, error: object): Promise<void> {
  onTestFinished(() => store.close());
  const query = { tenantId: 'acme', space, vector: [1, 0, 0], limit: 5, filter: null, objectIds: null };
  const calls = [() => store.check(), () => store.ensureSpace(space), () => store.search(query), () => store.count('acme', space), () => store.check()];
  for (const call of calls) await expect(call()).rejects.toMatchObject(error);
}

async function listening(server: Server | HttpServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answering = (status: number, type: string, body: string) =>
  listening(createHttpServer((_, response) => response.writeHead(status, { 'content-type': type, server: 'doorman/1' }).end(body)));

const addresses = { Chroma: serviceAddress('chroma'), Weaviate: serviceAddress('weaviate'), 'an object store (MinIO)': serviceAddress('s3') };

describe.each(['Chroma', 'Weaviate'] as const)('the address of %s', (meant) => {
  for (const [other, address] of Object.entries(addresses).filter(([name]) => name !== meant)) {
    it.skipIf(address === null)(`where ${other} answers: says so, and which setting leads there`, async () => {
      await expectOfEverything(stores[meant](address!.url), {
        code: 'NOT_CONFIGURED',
        message: `At "${setting[meant]}" answers ${other}, and not ${meant}. Set it to the address of ${meant}.`,
        extensions: { dependency: 'vectors', setting: setting[meant] },
      });
    });
  }

  it.each([
    ['a page for everything', 200, 'text/html', '<html></html>', 'status 200, text/html, from "doorman/1"'],
    ['nothing to be found', 404, 'text/plain', '404 page not found', 'status 404, text/plain, from "doorman/1"'],
  ])('where somebody unknown answers, with %s: says so; that may pass', async (_, status, type, body, said) => {
    await expectOfEverything(stores[meant](await answering(status, type, body)), strange(meant, said));
  });

  it('where somebody answers who does not speak HTTP: says so', async () => {
    const url = await listening(createSocketServer((socket) => socket.on('error', () => undefined).end('-ERR unknown command\r\n')));
    await expectOfEverything(stores[meant](url), strange(meant, 'it does not speak HTTP'));
  });

  it('where the door is shut, or something fails: says nothing about who it may be', async () => {
    for (const status of [500, 503]) {
      const store = stores[meant](await answering(status, 'text/plain', 'no'));
      await expect(store.check()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', message: expect.not.stringContaining(setting[meant]) as string });
    }
    const store = stores[meant](await answering(401, 'text/plain', 'no'));
    await expect(store.check()).rejects.toMatchObject({ message: expect.not.stringContaining(setting[meant]) as string });
  });
});

describe.skipIf(addresses.Weaviate === null)('the port of Weaviate for gRPC', () => {
  it.each([
    ['nobody', () => Promise.resolve(1)],
    ['somebody else', async () => Number(new URL(await answering(404, 'text/plain', 'no')).port)],
    ['its own HTTP', () => Promise.resolve(Number(new URL(addresses.Weaviate!.url).port))],
  ])('where %s answers: is told by check, with its setting', async (_, port) => {
    const grpcPort = await port();
    const { check, close } = openWeaviate({ url: addresses.Weaviate!.url, grpcPort, collectionPrefix: 'Strata', spaces: [space] });
    onTestFinished(close);
    await expect(check()).rejects.toMatchObject({
      code: 'DEPENDENCY_UNAVAILABLE',
      message: `Weaviate is there, but does not answer over gRPC at port ${grpcPort}, where searches go. Set "vector_database.weaviate.grpc_port" to the port that it has for gRPC.`,
      extensions: { dependency: 'vectors', setting: 'vector_database.weaviate.grpc_port' },
    });
  });
});

describe('the address of Pinecone', () => {
  const open = (url: string) => openPinecone({ apiKey: 'key', url, index: 'strata', cloud: 'aws', region: 'us-east-1' });
  const place = 'vector_database.pinecone.url';

  for (const [other, address] of Object.entries(addresses)) {
    it.skipIf(address === null)(`where ${other} answers: says so, and which setting leads there`, async () => {
      await expect(open(address!.url).check()).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: `At "${place}" answers ${other}, and not Pinecone. Set it to the address of Pinecone.` });
    });
  }

  it('where somebody unknown answers: says so; where Pinecone refuses, says nothing of an address', async () => {
    await expect(open(await answering(404, 'text/plain', 'no')).check()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', message: expect.stringContaining(place) as string });
    for (const status of [401, 402, 403]) {
      await expect(open(await answering(status, 'application/json', '{}')).check()).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.not.stringContaining(place) as string });
    }
  });
});

it.skipIf(addresses.Weaviate === null)('a way to Weaviate that began at somebody else\'s goes on once Weaviate is there', async () => {
  let isWeaviate = false;
  const url = await listening(
    createHttpServer(async (request, response) => {
      if (!isWeaviate) return void response.writeHead(404).end('not yet');
      const answer = await fetch(`${addresses.Weaviate!.url}${request.url}`);
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(await answer.text());
    }),
  );
  const { vectors: store } = openWeaviate({ url, grpcPort: Number(addresses.Weaviate!['grpcPort']), collectionPrefix: 'Strata', spaces: [space] });
  onTestFinished(() => store.close());
  await expect(store.check()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
  await expect(store.count('acme', space)).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
  isWeaviate = true;
  await store.check();
});

const strange = (meant: Name, said: string) => ({
  code: 'DEPENDENCY_UNAVAILABLE',
  message: `At "${setting[meant]}" something answers that is not ${meant} (${said}). Set it to the address of ${meant}.`,
  extensions: { dependency: 'vectors', retryable: true, setting: setting[meant] },
});
