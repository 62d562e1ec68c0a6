import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaPool } from '../../../src/adapters/media/media-pool.js';
import { WorkerMediaReader } from '../../../src/adapters/media/worker-media.reader.js';
import type { Extraction } from '../../../src/ports/media.port.js';
import { docxParts, makeOle, makePdf, makePdfBomb, makePngBomb, makeWav, makeZip, paragraph } from '../../support/hostile-files.js';

const JSON_ARRAYS = Buffer.from(`[${'[],'.repeat(4_000_000)}1]`);

describe('files that are damaged, locked or made to do harm', () => {
  let folder: string;
  let reader: WorkerMediaReader;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-hostile-'));
    const limits = { pages: 50, unpackedBytes: 2_000_000, textBytes: 20_000_000 };
    reader = new WorkerMediaReader(new MediaPool({ processes: 1, heapMb: 160, memoryMb: 500, timeLimitMs: 30_000, ffmpeg: null, limits }));
  });
  afterAll(async () => {
    await reader.close();
    await rm(folder, { recursive: true });
  });

  async function read(name: string, bytes: Buffer, from = reader): Promise<Extraction> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const sniffed = await from.sniff(bytes.subarray(0, 65_536), name);
    if (sniffed === null) throw new Error(`${name} was not recognised`);
    return from.extract({ path, ...sniffed, filename: name, fileSize: bytes.length });
  }
  const failure = (name: string, bytes: Buffer, from = reader) =>
    read(name, bytes, from).then(
      () => expect.unreachable(`${name} was read`),
      (error: unknown) => error as { name: string; code: string; message: string; retryable: boolean },
    );
  const refusal = (code: string, message: RegExp) => ({ name: 'ExtractionError', code, retryable: false, message: expect.stringMatching(message) });

  const photo = (format: 'jpeg' | 'png' | 'webp') =>
    sharp({ create: { width: 400, height: 300, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } } })
      .toFormat(format)
      .toBuffer();

  it.each(['jpeg', 'png', 'webp'] as const)('knows a %s that breaks off', async (format) => {
    const whole = await photo(format);
    expect(await read(`whole.${format}`, whole)).toMatchObject({ facts: { image: { width: 400, height: 300 } } });
    expect(await failure(`half.${format}`, whole.subarray(0, whole.length / 2))).toMatchObject(refusal('DAMAGED', /picture/));
  });

  it('believes no PNG that promises 900 million pixels', async () => {
    expect(await failure('bomb.png', makePngBomb(30_000, 30_000))).toMatchObject(refusal('TOO_LARGE', /million pixels/));
  });

  it('believes no BMP that promises more than there is', async () => {
    const bmp = Buffer.alloc(200);
    bmp.write('BM', 0, 'latin1');
    bmp.writeUInt32LE(54, 10);
    bmp.writeUInt32LE(40, 14);
    bmp.writeInt32LE(40_000, 18);
    bmp.writeInt32LE(40_000, 22);
    bmp.writeUInt16LE(1, 26);
    bmp.writeUInt16LE(24, 28);
    expect(await failure('bomb.bmp', bmp)).toMatchObject(refusal('TOO_LARGE', /40000 × 40000/));
    bmp.writeInt32LE(100, 18);
    bmp.writeInt32LE(100, 22);
    expect(await failure('short.bmp', bmp)).toMatchObject(refusal('DAMAGED', /picture/));
  });

  it('says that a PDF has a password', async () => {
    expect(await failure('protected.pdf', readFileSync('test/fixtures/hostile/protected.pdf'))).toMatchObject(refusal('ENCRYPTED', /password/));
  });

  it('reads a PDF, and knows one that breaks off or is none', async () => {
    const whole = makePdf(['One fine day', '', 'Three cheers'], '/Title (A day out) /Author (A. Walker)');
    expect(await read('whole.pdf', whole)).toMatchObject({
      text: 'One fine day\n\nThree cheers',
      pages: [{ page: 1, start: 0, end: 12 }, { page: 3, start: 14, end: 26 }],
      facts: { document: { pages: 3, title: 'A day out', author: 'A. Walker' } },
      warnings: [],
    });
    expect(await failure('header.pdf', whole.subarray(0, 60))).toMatchObject(refusal('DAMAGED', /PDF/));
    expect(await failure('rubbish.pdf', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5_000, 0x9d)]))).toMatchObject(refusal('DAMAGED', /PDF/));
  });

  it('says that a PDF has no text layer', async () => {
    expect(await read('scan.pdf', makePdf(['', '']))).toMatchObject({ text: null, pages: [], warnings: [expect.stringContaining('no text layer')] });
  });

  it('reads no PDF with more pages than allowed', async () => {
    expect(await failure('long.pdf', makePdf(Array.from({ length: 2_000 }, () => '')))).toMatchObject(refusal('TOO_LARGE', /2,000 pages/));
  });

  it('survives a PDF page that unpacks to 600 MB', async () => {
    expect(await failure('bomb.pdf', makePdfBomb(600_000_000))).toMatchObject(refusal('TOO_LARGE', /memory|unpacks/));
  });

  it('reads a DOCX, and none that unpacks to too much, whatever its archive states', async () => {
    expect((await read('small.docx', makeZip(docxParts(paragraph('Hello'))))).text).toBe('Hello');
    const bomb = docxParts(paragraph('x'.repeat(10_000_000)));
    expect(await failure('bomb.docx', makeZip(bomb))).toMatchObject(refusal('TOO_LARGE', /unpacks/));
    expect(await failure('liar.docx', makeZip(bomb, 100))).toMatchObject({ code: expect.stringMatching(/TOO_LARGE|DAMAGED/) });
  });

  it('knows a DOCX that breaks off, is locked, or is none', async () => {
    const whole = makeZip(docxParts(paragraph('Hello')));
    const cut = Buffer.concat([whole.subarray(0, whole.length - 30)]);
    expect(await failure('cut.docx', cut)).toMatchObject(refusal('DAMAGED', /archive/));
    expect(await failure('locked.docx', makeOle('EncryptedPackage'))).toMatchObject(refusal('ENCRYPTED', /password/));
    expect(await reader.sniff(makeOle('WordDocument'), 'old.docx')).toBeNull();
  });

  it('reads no JSON or markup without an end to its nesting', async () => {
    expect(await failure('deep.json', Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)))).toMatchObject(refusal('TOO_LARGE', /nested/));
    expect(await failure('deep.html', Buffer.from('<div>'.repeat(100_000)))).toMatchObject(refusal('TOO_LARGE', /nested/));
    expect(await failure('deep.xml', Buffer.from('<a>'.repeat(100_000)))).toMatchObject(refusal('TOO_LARGE', /nested/));
  });

  it('survives JSON that takes more memory than there is, and reads the next file', async () => {
    expect(await failure('arrays.json', JSON_ARRAYS)).toMatchObject(refusal('TOO_LARGE', /memory/));
    expect((await read('after.txt', Buffer.from('still here'))).text).toBe('still here');
  });

  it('ends what takes too long', async () => {
    const hasty = new WorkerMediaReader(new MediaPool({ processes: 1, timeLimitMs: 300, ffmpeg: null }));
    expect(await failure('slow.html', Buffer.from('<p>a</p>'.repeat(2_000_000)), hasty)).toMatchObject(refusal('TIMEOUT', /0\.3 seconds/));
    await hasty.close();
  });

  it('reads no text beyond its limit, nor binary data under a name of text', async () => {
    expect(await failure('long.txt', Buffer.alloc(21_000_000, 'a'))).toMatchObject(refusal('TOO_LARGE', /20 MB|19\.1 MB/));
    const noise = Buffer.from(Array.from({ length: 4_000 }, (_, i) => (i * 7919) % 256));
    expect(await reader.sniff(noise, 'noise.txt')).toBeNull();
    const path = join(folder, 'noise.txt');
    await writeFile(path, noise);
    const claimed = reader.extract({ path, type: 'TEXT', mimeType: 'text/plain', filename: 'noise.txt', fileSize: noise.length });
    await expect(claimed).rejects.toMatchObject(refusal('DAMAGED', /binary/));
    expect(await failure('blank.txt', Buffer.from(' \n\t\n'))).toMatchObject(refusal('NO_CONTENT', /empty/));
  });

  it('guesses an encoding that nothing names, and says so', async () => {
    const bytes = Buffer.from('cff0e8e2e5f22c20ece8f02120dd f2ee20f2e5eaf1f220ede020f0f3f1f1eaeeec20ffe7fbeae52e'.replaceAll(' ', ''), 'hex');
    const { text, warnings } = await read('koi.txt', bytes);
    expect(text).toBe('Привет, мир! Это текст на русском языке.');
    expect(warnings).toEqual([expect.stringContaining('windows-1251')]);
  });

  it('knows sounds that break off or hold nothing', async () => {
    const tone = Float32Array.from({ length: 32_000 }, (_, i) => 0.3 * Math.sin(i / 9));
    const wav = makeWav([tone], 16_000);
    expect(await read('whole.wav', wav)).toMatchObject({ facts: { audio: { durationSeconds: 2, sampleRate: 16_000, channels: 1 } } });
    expect(await failure('half.wav', wav.subarray(0, wav.length / 2))).toMatchObject(refusal('DAMAGED', /breaks off/));
    expect(await failure('header.wav', wav.subarray(0, 44))).toMatchObject(refusal('DAMAGED', /sound/));
  });

  it('decodes only the beginning of a long sound, and says so', async () => {
    const brief = new WorkerMediaReader(new MediaPool({ processes: 1, ffmpeg: null, limits: { soundSeconds: 1 } }));
    const wav = makeWav([new Float32Array(8_000 * 180).fill(0.1)], 8_000);
    const { facts, warnings } = await read('long.wav', wav, brief);
    expect(facts.audio).toMatchObject({ durationSeconds: 180 });
    expect(warnings).toEqual(['Only the first 0 of 3 minutes were decoded as a whole; of the rest, stretches at even distances are described, as far as 30 seconds of decoding reach.']);
    await brief.close();
  });

  it('knows a film that is no film', async () => {
    const mp4 = Buffer.concat([Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex'), Buffer.alloc(4_000, 7)]);
    expect(await failure('rubbish.mp4', mp4)).toMatchObject(refusal('DAMAGED', /film/));
  });

  it('stops when it is told to', async () => {
    const path = join(folder, 'stop.html');
    const bytes = Buffer.from('<p>a</p>'.repeat(1_000_000));
    await writeFile(path, bytes);
    const stop = new AbortController();
    const reading = reader.extract({ path, type: 'DOCUMENT', mimeType: 'text/html', filename: null, fileSize: bytes.length, signal: stop.signal });
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });
});
