import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignedRequest } from '../../src/ports/object-store.port.js';
import { openTestBucket, type TestBucket } from '../support/s3-bucket.js';
import { serviceAddress } from '../support/services.js';

const MIB = 2 ** 20;
const address = serviceAddress('s3');
const executablePath = process.env.STRATA_TEST_CHROMIUM ?? '/usr/bin/chromium';

/** What the page saw of an answer; `null` where its browser kept the answer from it. */
interface Seen {
  status: number;
  etag: string | null;
}

describe.skipIf(address === null || !existsSync(executablePath))(
  'a page in a real browser and a real S3 server',
  () => {
    let bucket: TestBucket;
    let server: Server;
    let browser: Browser;
    let page: Page;
    let origin: string;
    /** What the page takes for the file that its user has chosen. */
    let file: Buffer = Buffer.alloc(0);

    beforeAll(async () => {
      server = createServer((request, response) => {
        if (request.url === '/file') response.end(file);
        else response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A page</title>');
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      bucket = await openTestBucket(address!);
      await bucket.store.prepare({ corsOrigins: [origin] });
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
      page = await browser.newPage();
      await page.goto(origin);
    });
    afterAll(async () => {
      await browser?.close();
      server?.close();
      await bucket?.close();
    });

    /** As a page does that was given the request by the API: it knows nothing of S3. */
    const upload = (request: SignedRequest, body: Buffer): Promise<Seen | null> => {
      file = body;
      return page.evaluate(
        async ({ url, method, headers }) => {
          const bytes = await (await fetch('/file', { cache: 'no-store' })).arrayBuffer();
          try {
            const named = headers.map(({ name, value }): [string, string] => [name, value]);
            const response = await fetch(url, { method, headers: named, body: bytes });
            return { status: response.status, etag: response.headers.get('etag') };
          } catch {
            return null;
          }
        },
        { ...request, expiresAt: null },
      );
    };
    const stored = async (key: string) => buffer((await bucket.store.get(key)).stream);

    it('uploads in one PUT', async () => {
      const body = randomBytes(2 * MIB);
      const request = await bucket.store.signUpload('temp/one', {
        contentType: 'application/octet-stream',
        size: body.length,
        expiresIn: 60,
      });
      const seen = await upload(request, body);
      expect(seen).toEqual({ status: 200, etag: `"${(await bucket.store.head('temp/one'))!.etag}"` });
      expect((await stored('temp/one')).equals(body)).toBe(true);
    });

    it('uploads in one PUT that is bound to a hash, and nothing else in its place', async () => {
      const body = randomBytes(MIB);
      const sha256 = createHash('sha256').update(body).digest('hex');
      const request = await bucket.store.signUpload('temp/hashed', {
        contentType: 'image/png',
        size: body.length,
        sha256,
        expiresIn: 60,
      });
      const other = Buffer.from(body);
      other[0]! ^= 1;
      expect(await upload(request, other)).toMatchObject({ status: 400 });
      expect(await upload(request, body.subarray(1))).toMatchObject({ status: 403 });
      expect(await bucket.store.head('temp/hashed')).toBeNull();
      expect(await upload(request, body)).toMatchObject({ status: 200, etag: expect.stringMatching(/^".+"$/) });
      expect((await stored('temp/hashed')).equals(body)).toBe(true);
    });

    it('uploads in parts, and learns the etag of each', async () => {
      const bodies = [randomBytes(5 * MIB), randomBytes(5 * MIB), randomBytes(123)];
      const uploadId = await bucket.store.startMultipart('temp/parts', { contentType: 'video/mp4' });
      const parts = [];
      for (const [index, body] of bodies.entries()) {
        const request = await bucket.store.signPart('temp/parts', uploadId, {
          partNumber: index + 1,
          size: body.length,
          expiresIn: 60,
        });
        const seen = await upload(request, body);
        expect(seen).toMatchObject({ status: 200, etag: expect.stringMatching(/^".+"$/) });
        parts.push({ partNumber: index + 1, etag: JSON.parse(seen!.etag!) as string });
      }
      expect(await bucket.store.completeMultipart('temp/parts', uploadId, parts)).toMatchObject({
        size: 10 * MIB + 123,
      });
      expect((await stored('temp/parts')).equals(Buffer.concat(bodies))).toBe(true);
    });

    it('downloads a part of it, and shows an image', async () => {
      const pixel = Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      );
      await bucket.store.put('pixel', pixel);
      const { url } = await bucket.store.signDownload('pixel', {
        expiresIn: 60,
        disposition: 'INLINE',
        filename: 'pixel.png',
        contentType: 'image/png',
      });
      const seen = await page.evaluate(async (address) => {
        const response = await fetch(address, { headers: { Range: 'bytes=1-3' } });
        const image = new Image();
        image.src = address;
        await image.decode();
        return { status: response.status, text: await response.text(), width: image.naturalWidth };
      }, url);
      expect(seen).toEqual({ status: 206, text: 'PNG', width: 1 });
    });
  },
);
