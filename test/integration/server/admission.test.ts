import { createClient } from 'graphql-ws';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { MemoryRateLimiter } from '../../../src/adapters/cache/memory.rate-limiter.js';
import { dependencyUnavailable } from '../../../src/domain/errors.js';
import { startServer, type TestServer } from '../../support/graphql-server.js';

let server: TestServer | null = null;
afterEach(async () => {
  await server?.close(0);
  server = null;
});

const TYPENAME = '{ __typename }';

describe('operations of one viewer', () => {
  const limited = () => {
    const limiter = new MemoryRateLimiter();
    return startServer({ admit: ({ tenantId, id }) => limiter.consume(`${tenantId}/${id}`, { name: 'operations', points: 2, seconds: 60 }) });
  };

  it('are refused over HTTP beyond what is allowed, with when to come back', async () => {
    server = await limited();
    expect((await server.ask(TYPENAME)).data).toEqual({ __typename: 'Query' });
    expect((await server.ask(TYPENAME)).data).toEqual({ __typename: 'Query' });
    const { errors } = await server.ask(TYPENAME);
    expect(errors).toHaveLength(1);
    expect(errors![0]).toMatchObject({
      message: expect.stringMatching(/^At most 2 operations are allowed within 60 s\. Try again in \d+ s\.$/) as string,
      extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) as number },
    });
  });

  it('count over a WebSocket, each for itself', async () => {
    server = await limited();
    const client = createClient({ url: server.endpoint.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const first = async () => {
      for await (const result of client.iterate({ query: TYPENAME })) return result;
      return null;
    };
    expect(await first()).toMatchObject({ data: { __typename: 'Query' } });
    expect(await first()).toMatchObject({ data: { __typename: 'Query' } });
    await expect(first()).rejects.toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    await client.dispose();
  });
});

describe('/readyz', () => {
  it('is ready without a part that is done without, and says so', async () => {
    server = await startServer({
      readiness: { database: () => Promise.resolve() },
      degradable: { cache: () => Promise.reject(dependencyUnavailable('cache', new Error('away'))) },
    });
    const answer = await fetch(`${server.url}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ready', parts: { database: 'ok', cache: 'degraded' } }]);
  });

  it('for traffic, is ready without a part that some requests do without, and names it all the same', async () => {
    const away = new Set(['vectors']);
    const part = (name: string) => async () => {
      if (away.has(name)) throw dependencyUnavailable(name, new Error('away'));
    };
    const { url } = (server = await startServer({ readiness: { database: part('database'), vectors: part('vectors') }, essential: ['database'] }));
    const asked = async (path: string) => {
      const answer = await fetch(`${url}${path}`);
      return [answer.status, await answer.json()];
    };
    expect(await asked('/readyz')).toEqual([503, { status: 'not ready', parts: { database: 'ok', vectors: 'unavailable' } }]);
    expect(await asked('/readyz?for=traffic')).toEqual([200, { status: 'ready', parts: { database: 'ok', vectors: 'unavailable' } }]);
    away.add('database');
    expect(await asked('/readyz?for=traffic')).toEqual([503, { status: 'not ready', parts: { database: 'unavailable', vectors: 'unavailable' } }]);
  });

  it('says that it closes while it still answers', async () => {
    server = await startServer({ drainMs: 1_000 });
    const closing = server.close(1_000);
    for (const path of ['/readyz', '/readyz?for=traffic']) {
      const ready = await fetch(`${server.url}${path}`);
      expect([ready.status, ((await ready.json()) as { status: string }).status]).toEqual([503, 'closing']);
    }
    expect((await server.ask(TYPENAME)).data).toEqual({ __typename: 'Query' });
    await closing;
  });
});
