import { describe, expect, it } from 'vitest';
import { readableSize, wrap } from '../../../src/cli/output/terminal.js';

describe('wrap', () => {
  it('breaks between words, keeps line breaks, and leaves long words alone', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrap('one\ntwo', 80)).toEqual(['one', 'two']);
    expect(wrap('https://example.org/a/long/address and more', 10)).toEqual(['https://example.org/a/long/address', 'and more']);
  });

  it('counts what is seen, not the codes of colours', () => {
    expect(wrap('\u001b[4mone\u001b[24m two', 7)).toHaveLength(1);
  });
});

describe('readableSize', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [1_536_000, '1.5 MB'],
    [250_000_000, '250 MB'],
    [5e15, '5000 TB'],
  ])('%d bytes are %s', (bytes, shown) => expect(readableSize(bytes)).toBe(shown));
});
