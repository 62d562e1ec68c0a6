import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { S3Store } from '../../../src/adapters/objects/s3/s3.store.js';
import { openStoreAt } from '../../support/s3-bucket.js';

/** The answers to requests about CORS as Amazon S3 documents them: the MinIO of the tests takes no rules for a bucket. */
describe('rules for pages of other origins, where a bucket takes them', () => {
  let server: Server;
  let store: S3Store;
  let rules: string | null;
  let answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  const refusal = (response: ServerResponse, status: number, code: string) =>
    response
      .writeHead(status, { 'Content-Type': 'application/xml' })
      .end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);

  beforeEach(async () => {
    rules = null;
    answer = async (request, response) => {
      const url = new URL(request.url!, 'http://localhost');
      if (url.searchParams.has('list-type')) response.end('<ListBucketResult></ListBucketResult>');
      else if (!url.searchParams.has('cors')) refusal(response, 404, 'NoSuchKey');
      else if (request.method === 'PUT') {
        rules = await text(request);
        response.end();
      } else if (rules === null) refusal(response, 404, 'NoSuchCORSConfiguration');
      else response.end(rules);
    };
    server = createServer((request, response) => void answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    store = await openStoreAt(server);
  });
  afterEach(async () => {
    await store.close();
    server.close();
  });

  const all = (tag: string) => [...rules!.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'g'))].map((match) => match[1]);

  it('are set: send, fetch, and read the etag', async () => {
    expect(await store.prepare({ corsOrigins: ['https://app.example', 'https://b.example'] })).toEqual([
      'Pages of https://app.example, https://b.example may now send to the bucket "photos" and fetch from it (CORS).',
    ]);
    expect(all('AllowedOrigin')).toEqual(['https://app.example', 'https://b.example']);
    expect(all('AllowedMethod')).toEqual(['GET', 'HEAD', 'PUT']);
    expect(all('AllowedHeader')).toEqual(['*']);
    expect(all('ExposeHeader')).toContain('ETag');
  });

  it('replace ours and leave those of others', async () => {
    rules =
      '<CORSConfiguration><CORSRule><ID>theirs</ID><AllowedMethod>GET</AllowedMethod><AllowedOrigin>https://theirs.example</AllowedOrigin></CORSRule></CORSConfiguration>';
    await store.prepare({ corsOrigins: ['https://old.example'] });
    await store.prepare({ corsOrigins: ['https://new.example'] });
    expect(all('ID')).toEqual(['theirs', 'strata']);
    expect(all('AllowedOrigin')).toEqual(['https://theirs.example', 'https://new.example']);
  });

  it('are left alone where no origin is named', async () => {
    expect(await store.prepare({ corsOrigins: [] })).toEqual([]);
    expect(rules).toBeNull();
  });

  it('that cannot be set and do not hold are the operator’s to set', async () => {
    const before = answer;
    answer = async (request, response) => {
      const url = new URL(request.url!, 'http://localhost');
      if (url.searchParams.has('cors')) refusal(response, 501, 'NotImplemented');
      else await before(request, response);
    };
    await expect(store.prepare({ corsOrigins: ['https://app.example'] })).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('does not let pages of https://app.example in'),
    });
  });
});
