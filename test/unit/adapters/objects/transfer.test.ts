import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { sign, type Grant } from '../../../../src/adapters/objects/signing.js';
import { SignedTransfer, type TransferStore } from '../../../../src/adapters/objects/transfer.js';
import { TRANSFER_STATUS } from '../../../../src/ports/transfer.port.js';
import { ERROR_CODES } from '../../../../src/domain/errors.js';
import { MemoryObjectStore } from '../../../support/memory-object-store.js';

const SECRET = 'a secret for tests';
const NOW = 1_800_000_000_000;
const expires = NOW / 1_000 + 60;
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;

/** Chunks are good until the next is asked for. */
async function wholeOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const chunk of body) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}

let memory: MemoryObjectStore;
let store: TransferStore;
let transfer: SignedTransfer;
beforeEach(() => {
  memory = new MemoryObjectStore();
  store = {
    put: async (key, body, options) => memory.put(key, await wholeOf(body), options),
    head: memory.head.bind(memory),
    get: memory.get.bind(memory),
    putPart: async (key, uploadId, partNumber, body) => {
      const { size, etag } = await memory.put(`${key}.${uploadId}.${partNumber}`, await wholeOf(body));
      return { partNumber, size, etag };
    },
  };
  transfer = new SignedTransfer({ store, signingSecret: SECRET, now: () => NOW });
});

describe('an upload', () => {
  const body = Buffer.from('hello world');
  const receive = (terms: Partial<Grant>, sent: Readable | Buffer = body, headers: Record<string, string> = {}) => {
    const query = sign({ method: 'PUT', key: 'temp/a', expires, size: body.length, ...terms }, SECRET);
    return transfer.receive({
      key: 'temp/a',
      query,
      headers,
      body: sent instanceof Readable ? sent : Readable.from([sent], { objectMode: false }),
    });
  };
  const nothingThere = async () => expect(await memory.head('temp/a')).toBeNull();

  it('is kept and answered with its etag', async () => {
    const answer = await receive(
      { contentType: 'text/plain', sha256: createHash('sha256').update(body).digest('hex') },
      body,
      { 'content-type': 'text/plain', 'content-length': '11' },
    );
    expect(answer).toMatchObject({ status: 200, headers: { ETag: `"${(await memory.head('temp/a'))!.etag}"` } });
  });

  it('may be a part', async () => {
    await receive({ uploadId: 'u', part: 2 });
    expect(await memory.head('temp/a.u.2')).toMatchObject({ size: 11 });
    await nothingThere();
  });

  it.each([
    ['more than was signed, as announced', 'CONTENT_MISMATCH', {}, body, { 'content-length': '12' }],
    ['less than was signed, as announced', 'CONTENT_MISMATCH', {}, body, { 'content-length': '10' }],
    ['more than was signed, unannounced', 'CONTENT_MISMATCH', { size: 10 }, body, {}],
    ['less than was signed, unannounced', 'CONTENT_MISMATCH', { size: 12 }, body, {}],
    ['another hash', 'CONTENT_MISMATCH', { sha256: 'ab'.repeat(32) }, body, {}],
    ['another type', 'FORBIDDEN', { contentType: 'image/png' }, body, { 'content-type': 'text/html' }],
    ['no type', 'FORBIDDEN', { contentType: 'image/png' }, body, {}],
    ['no size in the address', 'FORBIDDEN', { size: undefined }, body, {}],
    ['a time that is over', 'FORBIDDEN', { expires: NOW / 1_000 - 1 }, body, {}],
  ] as const)('with %s is refused with %s and leaves nothing', async (_, expected, terms, sent, headers) => {
    await expect(receive(terms, sent, headers)).rejects.toThrow(code(expected));
    await nothingThere();
  });

  it('that breaks off leaves nothing', async () => {
    const sent = new PassThrough();
    const received = receive({}, sent);
    sent.write('hello');
    sent.destroy(new Error('aborted'));
    await expect(received).rejects.toThrow(code('BAD_USER_INPUT'));
    await nothingThere();
  });

  it('that is refused does not take the connection down before the answer', async () => {
    const sent = new PassThrough();
    const received = receive({ size: 3 }, sent);
    sent.write('hello');
    await expect(received).rejects.toThrow(code('CONTENT_MISMATCH'));
    expect(sent.destroyed).toBe(false);
  });
});

describe('a download', () => {
  beforeEach(() => memory.put('a/b', Buffer.from('0123456789')));
  const serve = (terms: Partial<Grant> = {}, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') => {
    const query = sign(
      { method: 'GET', key: 'a/b', expires, contentType: 'text/plain', disposition: 'INLINE', ...terms },
      SECRET,
    );
    return transfer.serve({ key: 'a/b', query, headers, method });
  };

  it('comes whole, with what keeps it from becoming a page of ours', async () => {
    const { status, headers, stream } = await serve({ filename: 'notes.txt' });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'Content-Type': 'text/plain',
      'Content-Length': 10,
      'Content-Disposition': 'inline; filename=notes.txt',
      'Accept-Ranges': 'bytes',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': 'sandbox',
      'Cache-Control': 'private',
      ETag: `"${(await memory.head('a/b'))!.etag}"`,
    });
    expect((await buffer(stream!)).toString()).toBe('0123456789');
  });

  it('comes in a range', async () => {
    const { status, headers, stream } = await serve({}, { range: 'bytes=2-4' });
    expect(status).toBe(206);
    expect(headers).toMatchObject({ 'Content-Range': 'bytes 2-4/10', 'Content-Length': 3 });
    expect((await buffer(stream!)).toString()).toBe('234');
  });

  it('outside of the object is 416, unchanged is 304, both without a body', async () => {
    const beyond = await serve({}, { range: 'bytes=10-' });
    expect(beyond).toMatchObject({ status: 416, headers: { 'Content-Range': 'bytes */10' } });
    const unchanged = await serve({}, { 'if-none-match': String((await serve()).headers.ETag) });
    expect(unchanged.status).toBe(304);
    expect(unchanged.headers).not.toHaveProperty('Content-Type');
    expect([beyond.stream, unchanged.stream]).toEqual([undefined, undefined]);
  });

  it('is described to HEAD without a body, whatever the range', async () => {
    const answer = await serve({}, { range: 'bytes=0-1' }, 'HEAD');
    expect(answer).toMatchObject({ status: 200, headers: { 'Content-Length': 10 } });
    expect(answer.stream).toBeUndefined();
  });

  it.each([
    'text/html',
    'image/svg+xml',
    'TEXT/HTML; charset=utf-8',
    'application/xhtml+xml',
    'text/javascript',
    'application/xml',
  ])('of %s is never shown', async (contentType) => {
    expect((await serve({ contentType })).headers['Content-Disposition']).toBe('attachment');
  });

  it.each(['image/png', 'application/pdf', 'video/mp4'])(
    'of %s is shown where that was asked for',
    async (contentType) => {
      expect((await serve({ contentType })).headers['Content-Disposition']).toBe('inline');
      expect((await serve({ contentType, disposition: 'ATTACHMENT' })).headers['Content-Disposition']).toBe(
        'attachment',
      );
    },
  );

  it('has a name that cannot break out of its header', async () => {
    const named = async (filename: string) => String((await serve({ filename })).headers['Content-Disposition']);
    expect(await named('Grüße "1".txt')).toContain("filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.txt");
    for (const name of ['a\r\nSet-Cookie: x=1', 'a"; filename=b', 'a\\', '\u0000', '日本語.png', '../../etc/passwd'])
      expect(await named(name)).not.toMatch(/[^\x20-\x7e]/);
  });

  it('of nothing is NOT_FOUND, and of another address FORBIDDEN', async () => {
    await memory.delete(['a/b']);
    await expect(serve()).rejects.toThrow(code('NOT_FOUND'));
    await expect(
      transfer.serve({ key: 'a/b', query: new URLSearchParams(), headers: {}, method: 'GET' }),
    ).rejects.toThrow(code('FORBIDDEN'));
  });

  it('never mixes two versions: it starts over when the object is replaced in between', async () => {
    let replaced = 0;
    store.get = async (key, range) => {
      if (replaced++ === 0) await memory.put('a/b', Buffer.from('abc'));
      return memory.get(key, range);
    };
    const { headers, stream } = await serve({}, { range: 'bytes=1-8' });
    expect((await buffer(stream!)).toString()).toBe('bc');
    expect(headers['Content-Range']).toBe('bytes 1-2/3');
  });
});

it('every error has a status', () => {
  expect([transfer.statusOf('FORBIDDEN'), transfer.statusOf('toString'), transfer.statusOf('NEW')]).toEqual([
    403, 500, 500,
  ]);
  expect(Object.keys(TRANSFER_STATUS).sort()).toEqual([...ERROR_CODES].sort());
});
