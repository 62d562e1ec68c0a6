import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { decodeText, looksLikeText, normaliseText } from '../../../../src/adapters/media/text-decoding.js';

describe('decodeText', () => {
  it.each(['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'])('reads %s by its mark', (encoding) => {
    const bytes = iconv.encode('Grüße, 世界 😀', encoding, { addBOM: true });
    expect(decodeText(bytes)).toEqual({ text: 'Grüße, 世界 😀', encoding, guessed: false });
  });

  it('reads any text that UTF-8 can hold', () => {
    const safe = fc.string({ unit: 'grapheme' }).filter((text) => looksLikeText(Buffer.from(text)));
    const property = fc.property(safe, (text) => {
      expect(decodeText(Buffer.from(`a${text}`))?.text).toBe(normaliseText(`a${text}`));
    });
    fc.assert(property);
  });

  it.each([
    ['windows-1252', 'Le café crème – « déjà vu » – coûte très cher à Besançon, naïveté oblige.'],
    ['windows-1251', 'Привет, мир! Это текст на русском языке.'],
    ['shift_jis', 'これは日本語の文章です。文字コードを推測します。'],
  ])('guesses %s', (encoding, text) => {
    expect(decodeText(iconv.encode(text, encoding))).toEqual({ text, encoding, guessed: true });
  });

  it('has nothing for binary data', () => {
    expect(decodeText(Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 8]))).toBeNull();
    expect(decodeText(Buffer.from(Array.from({ length: 500 }, (_, i) => 1 + ((i * 37) % 255))))).toBeNull();
  });

  it('brings text into one form', () => {
    expect(normaliseText('a\r\nb\rc\u2028d e\u0301 \u0000\ud800')).toBe('a\nb\nc\nd é \ufffd');
  });
});
