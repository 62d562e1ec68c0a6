import type { Request, RequestHandler, Response } from 'express';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { EXAMPLES } from './graphiql-examples.js';

/** Everything is in the page; nothing may come from elsewhere. The editor compiles its workers from text. */
const POLICY = [
  "default-src 'none'", "script-src 'unsafe-inline' 'unsafe-eval' blob:", "worker-src blob:", "style-src 'unsafe-inline'", 'img-src data: blob:',
  'font-src data:', "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

interface Page {
  html: Buffer;
  gzipped: Buffer;
  etag: string;
}

/** Browsers that come to the API's address get an editor with examples, without any other host: 9 MB, gzipped once, made when first asked for. */
export function graphiqlPage(endpoint: string): RequestHandler {
  let page: Promise<Page> | null = null;
  return async (request, response) => {
    page ??= renderPage(endpoint);
    answer(request, response, await page);
  };
}

async function renderPage(endpoint: string): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = Buffer.from(renderGraphiQL({ title: 'Strata', endpoint, defaultTabs: EXAMPLES } as Parameters<typeof renderGraphiQL>[0]));
  const etag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 27)}"`;
  return { html, gzipped: await promisify(gzip)(html), etag };
}

function answer(request: Request, response: Response, { html, gzipped, etag }: Page): void {
  response.setHeader('Content-Security-Policy', POLICY);
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', 'no-cache');
  response.setHeader('Vary', 'Accept, Accept-Encoding');
  if (request.get('if-none-match')?.includes(etag)) {
    response.status(304).end();
    return;
  }
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  const packed = request.acceptsEncodings('gzip') === 'gzip';
  if (packed) response.setHeader('Content-Encoding', 'gzip');
  response.end(packed ? gzipped : html);
}

export const wantsPage = (request: Request) =>
  request.method === 'GET' && request.query.query === undefined && (request.get('accept') ?? '').includes('text/html');
