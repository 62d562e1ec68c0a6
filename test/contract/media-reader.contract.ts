import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExtractInput, MediaReader } from '../../src/ports/media.port.js';

/** What every MediaReader owes to those who use it. */
export function mediaReaderContract(name: string, make: () => MediaReader | Promise<MediaReader>): void {
  describe(`${name} as a MediaReader`, () => {
    let reader: MediaReader;
    let folder: string;
    beforeAll(async () => {
      reader = await make();
      folder = await mkdtemp(join(tmpdir(), 'strata-reader-'));
    });
    afterAll(async () => {
      await reader.close();
      await rm(folder, { recursive: true });
    });

    async function input(filename: string, content: string | Buffer): Promise<ExtractInput> {
      const bytes = Buffer.from(content);
      const path = join(folder, filename);
      await writeFile(path, bytes);
      const sniffed = await reader.sniff(bytes.subarray(0, 65_536), filename);
      if (sniffed === null) throw new Error(`${filename} was not recognised`);
      return { path, ...sniffed, filename, fileSize: bytes.length };
    }

    it.each([
      [null, 'TEXT', 'text/plain'],
      ['a.txt', 'TEXT', 'text/plain'],
      ['a', 'TEXT', 'text/plain'],
      ['a.png', 'TEXT', 'text/plain'],
      ['a.md', 'DOCUMENT', 'text/markdown'],
      ['A.HTML', 'DOCUMENT', 'text/html'],
      ['a.csv', 'DOCUMENT', 'text/csv'],
      ['a.json', 'DOCUMENT', 'application/json'],
    ])('takes text named %s for %s %s', async (filename, type, mimeType) => {
      expect(await reader.sniff(Buffer.from('what, is this\n'), filename)).toEqual({ type, mimeType });
    });

    it.each([null, 'a.txt', 'a.png', 'a.json'])('believes the bytes of a PDF and not the name %s', async (filename) => {
      expect(await reader.sniff(Buffer.from('%PDF-1.7\n%\u00e2\u00e3\n1 0 obj'), filename)).toEqual({ type: 'DOCUMENT', mimeType: 'application/pdf' });
    });

    it('does not know binary data that it cannot read', async () => {
      expect(await reader.sniff(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0]), 'a.txt')).toBeNull();
      expect(await reader.sniff(Buffer.from([1, 2, 0, 0, 0, 7, 0, 0]), 'a.png')).toBeNull();
    });

    it('gives text in one normal form', async () => {
      const { text, pages, facts, warnings } = await reader.extract(await input('a.txt', 'Cafe\u0301\r\nnow\rthen'));
      expect({ text, pages, warnings }).toEqual({ text: 'Café\nnow\nthen', pages: [], warnings: [] });
      expect(facts.text).toEqual({ encoding: 'utf-8', characters: 13, words: 3 });
    });

    it('refuses with a code what holds nothing or cannot be read', async () => {
      const blank = await input('blank.txt', ' \n ');
      await expect(reader.extract(blank)).rejects.toMatchObject({ name: 'ExtractionError', code: 'NO_CONTENT', retryable: false });
      const broken = await input('broken.pdf', '%PDF-1.7\nnothing follows');
      await expect(reader.extract(broken)).rejects.toMatchObject({ name: 'ExtractionError', code: 'DAMAGED', retryable: false });
    });

    it('reports progress that never falls', async () => {
      const seen: number[] = [];
      const csv = `name,count\n${Array.from({ length: 20_000 }, (_, i) => `row ${i},${i}`).join('\n')}`;
      await reader.extract({ ...(await input('a.csv', csv)), onProgress: (fraction) => seen.push(fraction) });
      expect(seen.length).toBeGreaterThan(0);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(seen.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    });

    it('stops when told to', async () => {
      const reason = new Error('enough');
      const stopped = reader.extract({ ...(await input('b.txt', 'text')), signal: AbortSignal.abort(reason) });
      await expect(stopped).rejects.toBe(reason);
    });

    it('reads several at once', async () => {
      const inputs = await Promise.all(['one', 'two', 'three', 'four'].map((word) => input(`${word}.txt`, word)));
      const texts = await Promise.all(inputs.map(async (file) => (await reader.extract(file)).text));
      expect(texts).toEqual(['one', 'two', 'three', 'four']);
    });
  });
}
