import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WeaviateConnection } from '../../../src/adapters/vectors/weaviate/weaviate.connection.js';

/** What it does when it is asked whether it is there. */
type Look = 'answers' | 'misses';

describe('a Weaviate server that is looked at while a call is silent', () => {
  let server: Server;
  let connection: WeaviateConnection;
  /** The next looks; the last of them is repeated. */
  let looks: Look[];
  /** How often it was looked at. */
  let looked: number;
  let onLook: () => void;

  beforeEach(async () => {
    [looked, onLook] = [0, () => undefined];
    server = createServer((request, response) => {
      if (!request.url!.endsWith('/ready')) return void response.end('{"version":"1.30.0"}');
      looked += 1;
      const look = looks.length > 1 ? looks.shift() : looks[0];
      if (look === 'answers') response.end();
      onLook();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    connection = new WeaviateConnection({ url: `http://127.0.0.1:${port}`, grpcPort: 1, timeouts: { connect: 500 } });
  });
  afterEach(async () => {
    await connection.close();
    server.closeAllConnections();
    server.close();
  });

  it('may miss one: the call goes on', async () => {
    // The first is that of the way's opening.
    looks = ['answers', 'misses', 'answers'];
    const answer = connection.run(() => new Promise<string>((resolve) => (onLook = () => looked === 4 && resolve('written'))));
    expect(await answer).toBe('written');
  });

  it('is gone where it misses two in a row, and no sooner', async () => {
    looks = ['answers', 'misses', 'answers', 'misses'];
    await expect(connection.run(() => new Promise(() => undefined))).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'vectors' } });
    expect(looked).toBe(5);
  });
});
