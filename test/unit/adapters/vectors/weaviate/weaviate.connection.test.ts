import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WeaviateConnection } from '../../../../../src/adapters/vectors/weaviate/weaviate.connection.js';

describe('a call to Weaviate that takes long', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('ends the looks whether the server is there, though it ends in the midst of one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const looks = [0, 1].map(() => ({ asked: Promise.withResolvers<void>(), answer: Promise.withResolvers<Response>() }));
    const coming = looks.values();
    vi.stubGlobal('fetch', (url: URL | string) => {
      // The client asks for the version by itself.
      if (!String(url).endsWith('/ready')) return Promise.resolve(Response.json({ version: '1.39.0' }));
      const look = coming.next().value!;
      look.asked.resolve();
      return look.answer.promise;
    });
    const [begun, work] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
    const connection = new WeaviateConnection({ url: 'http://127.0.0.1:1', grpcPort: 1 });
    const call = connection.run(() => {
      begun.resolve();
      return work.promise;
    });
    looks[0]!.answer.resolve(new Response(''));
    await begun.promise;
    vi.advanceTimersByTime(1_000);
    await looks[1]!.asked.promise;
    work.resolve('done');
    expect(await call).toBe('done');
    looks[1]!.answer.resolve(new Response(''));
    for (let i = 0; i < 10; i++) await turn();
    expect(vi.getTimerCount()).toBe(0);
    await connection.close();
  });
});
