import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Store } from '../../../src/adapters/objects/s3/s3.store.js';
import { openStoreAt } from '../../support/s3-bucket.js';

/** Rows stay locked for as long as a deletion of bytes takes, so that it must not cost a request a key. */
describe('what a bucket is asked', () => {
  const seen: { request: string; keys: number }[] = [];
  let server: Server;
  let store: S3Store;
  beforeAll(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        seen.push({ request: `${request.method} ${new URL(request.url!, 'http://localhost').search.split('=')[0]}`, keys: body.match(/<Key>/g)?.length ?? 0 });
        response.end('<DeleteResult></DeleteResult>');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    store = await openStoreAt(server);
  });
  afterAll(async () => {
    await store.close();
    server.close();
  });

  it('to delete many keys: a request a thousand, and nothing before it', async () => {
    const keys = Array.from({ length: 1_001 }, (_, index) => `default/text/${index}`);
    await store.delete([...keys, ...keys]);
    expect(seen.splice(0)).toEqual([{ request: 'POST ?delete', keys: 1_000 }, { request: 'POST ?delete', keys: 1 }]);
    await store.delete([]);
    expect(seen).toEqual([]);
  });
});
