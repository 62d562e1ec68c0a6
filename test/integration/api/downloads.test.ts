import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMPLETE_UPLOAD, put, withApi } from '../../support/api.js';
import { onlyEmbedded, STACK } from '../../support/stacks.js';
import { bytesOf, create, DOWNLOAD, link, SAMPLES } from './uploading.js';

const api = withApi();

describe('a download', () => {
  it('is whole or in part, with an ETag and its name, and nothing that a browser would run', async () => {
    const { editor } = api.tenant();
    const { id } = await editor.upload(bytesOf('0123456789, and nothing that others have'), { filename: 'Gezeiten – Übersicht.txt' });
    const { url } = await link(editor, id);
    const whole = await fetch(url);
    expect([whole.status, await whole.text()]).toEqual([200, '0123456789, and nothing that others have']);
    const headers = Object.fromEntries(whole.headers);
    // A bucket can be told no header that would keep a browser from running what it shows; so it names no type that one could run.
    const guarded = STACK === 'embedded' ? { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff', 'content-security-policy': 'sandbox' } : { 'content-type': 'application/octet-stream' };
    expect(headers).toMatchObject({ ...guarded, 'content-length': '40', 'accept-ranges': 'bytes' });
    expect(headers['content-disposition']).toMatch(/^attachment; .*filename\*=UTF-8''Gezeiten%20%E2%80%93%20%C3%9Cbersicht\.txt/);
    const part = await fetch(url, { headers: { range: 'bytes=2-4' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/40', '234']);
    expect((await fetch(url, { headers: { 'if-none-match': headers.etag! } })).status).toBe(304);
  });

  it.skipIf(onlyEmbedded('a bucket answers ranges and conditions in its own way'))('by our own route serves Range and ETag to the letter', async () => {
    const { editor } = api.tenant();
    const { id } = await editor.upload(bytesOf('0123456789'), { filename: 'digits.txt' });
    const { url } = await link(editor, id);
    const etag = (await fetch(url)).headers.get('etag')!;
    const ranges: [string, number, string | null, string][] = [
      ['bytes=2-4', 206, 'bytes 2-4/10', '234'], ['bytes=8-', 206, 'bytes 8-9/10', '89'], ['bytes=-3', 206, 'bytes 7-9/10', '789'], ['bytes=0-99', 206, 'bytes 0-9/10', '0123456789'],
      ['bytes=10-', 416, 'bytes */10', ''], ['bytes=5-2', 200, null, '0123456789'],
    ];
    for (const [range, status, contentRange, text] of ranges) {
      const part = await fetch(url, { headers: { range } });
      expect([part.status, part.headers.get('content-range'), await part.text()], range).toEqual([status, contentRange, text]);
    }
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await fetch(url, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    expect(await (await fetch(url, { headers: { range: 'bytes=0-1', 'if-range': '"other"' } })).text()).toBe('0123456789');
    expect(await (await fetch(url, { headers: { range: 'bytes=0-1', 'if-range': etag } })).text()).toBe('01');
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  });

  it('is shown where that is harmless and asked for; HTML and SVG never are', async () => {
    const { editor } = api.tenant();
    const png = await editor.upload(await readFile(resolve(SAMPLES, 'images/chart-depths.png')), { filename: 'chart.png' });
    const html = await editor.upload(bytesOf('<!doctype html><html><body><p>Hello</p><script>alert(1)</script></body></html>'), { filename: 'page.html' });
    const svg = await create(editor, { filename: 'drawing.svg', fileSize: 71 });
    const drawing = bytesOf('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>\n'.padEnd(71).slice(0, 71));
    await put(svg.upload.url, drawing);
    const drawn = await editor.post(COMPLETE_UPLOAD, { id: svg.upload.id });
    const disposition = async (id: string, asked: string | null) => (await fetch((await link(editor, id, { disposition: asked })).url)).headers.get('content-disposition')?.split(';')[0];
    expect(await disposition(png.id, 'INLINE')).toBe('inline');
    expect(await disposition(png.id, 'ATTACHMENT')).toBe('attachment');
    expect(await disposition(png.id, null)).toBe('attachment');
    expect(await disposition(html.id, 'INLINE')).toBe('attachment');
    if (drawn.errors) expect(drawn.errors[0]!.extensions.code).toBe('UNSUPPORTED_MEDIA');
    else expect(await disposition(drawn.data.completeUpload.dataObject.id, 'INLINE')).toBe('attachment');
  });

  it.skipIf(onlyEmbedded('the signatures are our own; the suite of the object stores changes those of a bucket'))('by an address that was changed, has expired or is for something else is refused', async () => {
    const { editor } = api.tenant();
    const { id } = await editor.upload(bytesOf('for those who were given it'), { filename: 'a.txt' });
    const { url } = await link(editor, id, { expires: 60 });
    const change = (edit: (to: URL) => void) => {
      const to = new URL(url);
      edit(to);
      return fetch(to);
    };
    const refusals = [
      await change((to) => to.searchParams.set('expires', '99999999999')),
      await change((to) => to.searchParams.set('disposition', 'INLINE')),
      await change((to) => to.searchParams.set('contentType', 'text/html')),
      await change((to) => to.searchParams.delete('signature')),
      await change((to) => to.searchParams.set('signature', 'AAAA')),
      await change((to) => (to.pathname = to.pathname.replace(/.$/, '0'))),
      await change((to) => (to.pathname = '/storage/../strata.json')),
      await fetch(url, { method: 'PUT', body: 'overwritten' }),
    ];
    for (const answer of refusals) expect([403, 404]).toContain(answer.status);
    expect((await fetch(url)).status).toBe(200);
    const later = await api.serving.app.objectStore.signDownload('nowhere', { expiresIn: 1, disposition: 'ATTACHMENT', filename: null, contentType: 'text/plain' });
    const expired = new URL(later.url);
    const { sign } = await import('../../../src/adapters/objects/signing.js');
    const query = sign({ method: 'GET', key: decodeURIComponent(new URL(url).pathname.slice('/storage/'.length)), expires: Math.floor(Date.now() / 1000) - 1, contentType: 'text/plain' }, api.serving.app.signingSecret!);
    expired.pathname = new URL(url).pathname;
    expired.search = query.toString();
    const answer = await fetch(expired);
    expect([answer.status, (await answer.json()).error.message]).toEqual([403, 'The address has expired. Ask for a new one.']);
    const upload = await create(editor, { filename: 'b.txt', fileSize: 3 });
    expect((await fetch(upload.upload.url.url)).status).toBe(403);
    const { expiresAt } = (await editor.ask(DOWNLOAD, { id, expires: 604_800 })).dataObject.downloadUrl;
    expect(new Date(expiresAt).getTime() - Date.now()).toBeGreaterThan(604_700_000);
  });
});
