import { describe, expect, it } from 'vitest';
import { sniffMedia } from '../../../../src/adapters/media/sniff.js';
import { makeOle, makePngBomb, makeWav } from '../../../support/hostile-files.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const padded = (head: Buffer, size = 64) => Buffer.concat([head, Buffer.alloc(size)]);
const brand = (name: string) => Buffer.concat([hex('00000018'), Buffer.from('ftyp'), Buffer.from(name), hex('00000000'), Buffer.from(name), Buffer.from('isom')]);

describe('sniffMedia', () => {
  it.each([
    ['IMAGE', 'image/png', makePngBomb(3, 3)],
    ['IMAGE', 'image/jpeg', padded(hex('ffd8ffe000104a46494600010100000100010000'))],
    ['IMAGE', 'image/gif', padded(Buffer.from('GIF89a'))],
    ['IMAGE', 'image/webp', padded(Buffer.concat([Buffer.from('RIFF'), hex('40000000'), Buffer.from('WEBPVP8 ')]))],
    ['IMAGE', 'image/bmp', padded(Buffer.from('BM'))],
    ['IMAGE', 'image/tiff', padded(hex('49492a0008000000'))],
    ['IMAGE', 'image/avif', padded(brand('avif'))],
    ['IMAGE', 'image/heic', padded(brand('heic'))],
    ['AUDIO', 'audio/wav', makeWav([new Float32Array(8)], 8_000)],
    ['AUDIO', 'audio/flac', padded(Buffer.from('fLaC'))],
    ['AUDIO', 'audio/mp4', padded(brand('M4A '))],
    ['AUDIO', 'audio/aiff', padded(Buffer.concat([Buffer.from('FORM'), hex('00000040'), Buffer.from('AIFFCOMM')]))],
    ['VIDEO', 'video/mp4', padded(brand('mp42'))],
    ['VIDEO', 'video/quicktime', padded(brand('qt  '))],
    ['VIDEO', 'video/x-msvideo', padded(Buffer.concat([Buffer.from('RIFF'), hex('40000000'), Buffer.from('AVI LIST')]))],
    ['DOCUMENT', 'application/pdf', Buffer.from('%PDF-1.4\n')],
  ] as const)('knows %s %s by its bytes, whatever its name', async (type, mimeType, bytes) => {
    for (const name of [null, 'x.txt', 'x.pdf', 'x.png']) expect(await sniffMedia(bytes, name)).toEqual({ type, mimeType });
  });

  it('takes text that carries the name of a picture for text', async () => {
    expect(await sniffMedia(Buffer.from('no picture at all'), 'photo.jpg')).toEqual({ type: 'TEXT', mimeType: 'text/plain' });
  });

  it('never takes SVG for a picture', async () => {
    const svg = Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    expect(await sniffMedia(svg, 'drawing.svg')).toEqual({ type: 'DOCUMENT', mimeType: 'image/svg+xml' });
    expect(await sniffMedia(svg, 'drawing.png')).toEqual({ type: 'TEXT', mimeType: 'text/plain' });
  });

  it.each([['utf-16le', 'fffe'], ['utf-16be', 'feff']])('knows %s by its mark', async (_, mark) => {
    const bytes = Buffer.from('Grüße, 世界', 'utf16le');
    const text = Buffer.concat([hex(mark), mark === 'fffe' ? bytes : Buffer.from(bytes).swap16()]);
    expect(await sniffMedia(text, 'x.csv')).toEqual({ type: 'DOCUMENT', mimeType: 'text/csv' });
  });

  it('knows no binary data by a name, nor behind what looks like a mark', async () => {
    const noise = Buffer.from(Array.from({ length: 2_000 }, (_, i) => (i * i * 31 + i * 17 + 5) % 251));
    for (const bytes of [noise, Buffer.concat([hex('fffe'), noise]), Buffer.from('text\u0000with NUL')]) {
      for (const name of [null, 'a.txt', 'a.md', 'a.png']) expect(await sniffMedia(bytes, name)).toBeNull();
    }
  });

  it('knows archives, programs and older Office files as nothing it reads', async () => {
    for (const bytes of [padded(hex('1f8b0800')), padded(hex('7f454c46020101')), padded(hex('504b0506'), 18), makeOle('WordDocument')]) {
      expect(await sniffMedia(bytes, 'a.docx')).toBeNull();
    }
  });

  it('knows a locked DOCX, so that reading it can say so', async () => {
    expect(await sniffMedia(makeOle('EncryptedPackage'), null)).toMatchObject({ type: 'DOCUMENT' });
  });

  it('takes nothing at all for text', async () => {
    expect(await sniffMedia(new Uint8Array(0), null)).toEqual({ type: 'TEXT', mimeType: 'text/plain' });
  });
});
