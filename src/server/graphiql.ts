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

/**
 * Two corrections to GraphiQL. The Run button's menu is 400 px high at most, which hides the last examples. And it finds its last tab
 * again by what was typed, so where nothing was ever typed each reload would add an empty tab.
 */
const CORRECTIONS = `
<style>.graphiql-dropdown-content { max-height: var(--radix-dropdown-menu-content-available-height) !important; }</style>
<script>if (localStorage.getItem('graphiql:query') === null) localStorage.removeItem('graphiql:tabState');</script>`;
const ROOT = '<div id="root"></div>';

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
  const page = renderGraphiQL({ title: 'Strata', endpoint, defaultQuery: EXAMPLES, defaultEditorToolsVisibility: false });
  const html = Buffer.from(page.replace(ROOT, () => ROOT + CORRECTIONS));
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

/** A browser that opens the address. The editor keeps what is typed in the address as `query`: that is for the page to read again, not to run. */
export const wantsPage = (request: Request) => request.method === 'GET' && (request.get('accept') ?? '').includes('text/html');
