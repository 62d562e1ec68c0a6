import { existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaPool } from '../../../src/adapters/media/media-pool.js';
import { WorkerMediaReader } from '../../../src/adapters/media/worker-media.reader.js';
import type { JsonObject } from '../../../src/domain/model.js';
import type { Extraction, Sniffed } from '../../../src/ports/media.port.js';

const FIXTURES = '../shared/fixtures';

describe.skipIf(!existsSync(FIXTURES))('the shared fixtures (../shared/fixtures)', () => {
  let reader: WorkerMediaReader;
  beforeAll(() => {
    reader = new WorkerMediaReader(new MediaPool({ ffmpeg: null }));
  });
  afterAll(() => reader.close());

  async function read(path: string): Promise<Sniffed & Extraction> {
    const filename = path.split('/').at(-1)!;
    const file = await open(join(FIXTURES, path));
    const head = Buffer.alloc(65_536);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    await file.close();
    const sniffed = await reader.sniff(head.subarray(0, bytesRead), filename);
    if (sniffed === null) throw new Error(`${path} was not recognised`);
    const fileSize = statSync(join(FIXTURES, path)).size;
    return { ...sniffed, ...(await reader.extract({ path: join(FIXTURES, path), ...sniffed, filename, fileSize })) };
  }

  it.each([
    ['alpha.png', 'image/png', { width: 320, height: 240, format: 'png', hasAlpha: true }],
    ['cmyk.jpg', 'image/jpeg', { width: 480, height: 320, format: 'jpeg', hasAlpha: false }],
    ['exif-rotated.jpg', 'image/jpeg', { width: 300, height: 400, format: 'jpeg' }],
    ['grey.png', 'image/png', { width: 257, height: 257, hasAlpha: false }],
    ['landscape.jpg', 'image/jpeg', { width: 640, height: 400 }],
    ['photo.webp', 'image/webp', { format: 'webp' }],
    ['portrait.png', 'image/png', { width: 300, height: 500 }],
    ['scan.tiff', 'image/tiff', { width: 200, height: 150, format: 'tiff' }],
    ['small.gif', 'image/gif', { width: 64, height: 64, format: 'gif' }],
    ['still.bmp', 'image/bmp', { width: 320, height: 200, format: 'bmp', hasAlpha: false }],
  ])('reads the picture %s', async (name, mimeType, facts) => {
    const found = await read(`media/${name}`);
    expect(found).toMatchObject({ type: 'IMAGE', mimeType, text: null, pages: [], warnings: [], facts: { image: facts } });
    const image = found.facts.image as JsonObject;
    expect(image.perceptualHash).toMatch(/^[0-9a-f]{16}$/);
    const colours = image.dominantColours as { hex: string; share: number }[];
    expect(colours.length).toBeGreaterThan(0);
    expect(colours.length).toBeLessThanOrEqual(5);
    expect(colours.every(({ hex, share }) => /^#[0-9a-f]{6}$/.test(hex) && share > 0 && share <= 1)).toBe(true);
    expect(colours.map(({ share }) => share)).toEqual(colours.map(({ share }) => share).sort((a, b) => b - a));
  });

  it.each([
    ['noise.wav', 'audio/wav', { durationSeconds: 1, sampleRate: 8_000, channels: 1 }],
    ['tone.wav', 'audio/wav', { durationSeconds: 2, sampleRate: 48_000, channels: 2 }],
    ['speech.wav', 'audio/wav', { durationSeconds: 3.405, sampleRate: 22_050, channels: 1 }],
    ['speech.mp3', 'audio/mpeg', { durationSeconds: expect.closeTo(3.42, 1), sampleRate: 44_100, channels: 2 }],
    ['speech.ogg', 'audio/ogg', { durationSeconds: 3.405, sampleRate: 22_050, channels: 1 }],
    ['speech.flac', 'audio/flac', { durationSeconds: 3.405, sampleRate: 22_050, channels: 1 }],
    ['speech.m4a', 'audio/mp4', { durationSeconds: expect.closeTo(3.42, 1), sampleRate: 22_050, channels: 1 }],
  ])('reads the sound %s', async (name, mimeType, facts) => {
    const found = await read(`media/${name}`);
    expect(found).toMatchObject({ type: 'AUDIO', mimeType, text: null, warnings: [], facts: { audio: facts } });
  });

  it.each([
    ['clip.mp4', 'video/mp4', { durationSeconds: 4, width: 320, height: 240, frameRate: 10, hasAudio: true }],
    ['clip.webm', 'video/webm', { durationSeconds: 2, width: 320, height: 240, frameRate: 10, hasAudio: false }],
  ])('reads the film %s without ffmpeg, and says what that leaves out', async (name, mimeType, facts) => {
    const found = await read(`media/${name}`);
    expect(found).toMatchObject({ type: 'VIDEO', mimeType, text: null, facts: { video: facts } });
    expect(found.warnings).toEqual([expect.stringContaining('ffmpeg')]);
  });

  it('reads the PDF page by page', async () => {
    const { type, mimeType, text, pages, facts, warnings } = await read('documents/aeronautics.pdf');
    expect({ type, mimeType, facts: facts.document, warnings }).toEqual({ type: 'DOCUMENT', mimeType: 'application/pdf', facts: { pages: 40 }, warnings: [] });
    expect(pages.map(({ page }) => page)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(text!.slice(pages[0]!.start, pages[0]!.end)).toContain('experimental investigation of the aerodynamics of a wing in a slipstream');
    pages.forEach(({ start, end }, i) => {
      expect(start).toBeGreaterThanOrEqual(pages[i - 1]?.end ?? 0);
      expect(end).toBeGreaterThan(start);
    });
    expect(pages.at(-1)!.end).toBe(text!.length);
  });

  it('reads the DOCX', async () => {
    const found = await read('documents/aeronautics.docx');
    expect(found).toMatchObject({ type: 'DOCUMENT', warnings: [], facts: { document: { author: 'python-docx' } } });
    expect(found.text).toMatch(/^Aeronautics abstracts\n/);
    expect(found.text).toContain('studies of transition over a flat plate at mach number 1.76');
  });

  it('reads the page without its script and style', async () => {
    const found = await read('documents/page.html');
    expect(found).toMatchObject({ type: 'DOCUMENT', mimeType: 'text/html', facts: { document: { title: 'Harvest report' } } });
    expect(found.text).toBe('Harvest report\n\nWinter wheat yielded 7.9 tonnes per hectare & barley 6.1.');
  });

  it('reads the notes with their headings', async () => {
    const found = await read('documents/notes.md');
    expect(found).toMatchObject({ type: 'DOCUMENT', mimeType: 'text/markdown', facts: { document: { title: 'Field notes' } } });
    expect(found.text).toMatch(/^# Field notes\n/);
  });

  it('reads the table row by row', async () => {
    const found = await read('documents/table.csv');
    expect(found).toMatchObject({ type: 'DOCUMENT', mimeType: 'text/csv', facts: { document: { rows: 2, columns: 3 } } });
    expect(found.text).toBe('species: barn owl\ncount: 2\nsite: mill\n\nspecies: kestrel\ncount: 1\nsite: church tower');
  });

  it('reads texts in other encodings, and says where it had to guess', async () => {
    const utf16 = await read('documents/utf16.txt');
    expect(utf16).toMatchObject({ type: 'TEXT', text: 'Текст в кодировке UTF-16 with a byte order mark', warnings: [] });
    expect(utf16.facts.text).toEqual({ encoding: 'utf-16le', characters: 47, words: 9 });
    const latin1 = await read('documents/latin1.txt');
    expect(latin1.text).toBe('Café crème à la façade - non-UTF-8 text');
    expect(latin1.warnings).toEqual([expect.stringContaining('windows-1252')]);
  });

  it('finds nothing in an empty file', async () => {
    await expect(read('documents/empty.txt')).rejects.toMatchObject({ name: 'ExtractionError', code: 'NO_CONTENT' });
  });
});
