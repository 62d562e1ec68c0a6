import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSize, parseSize } from '../../../src/config/settings.js';
import { suggest } from '../../../src/config/suggestion.js';

describe('sizes', () => {
  it.each([
    ['5GiB', 5 * 2 ** 30],
    ['100MB', 100_000_000],
    ['100 mb', 100_000_000],
    ['1.5KiB', 1536],
    ['12', 12],
    ['7B', 7],
    ['2Gi', 2 ** 31],
    ['2G', 2_000_000_000],
  ])('%s is %d bytes', (written, bytes) => expect(parseSize(written)).toBe(bytes));

  it.each(['', 'GiB', '-1MB', '5PB', '5 GiB more', '1e9', '0x10'])('"%s" is none', (written) =>
    expect(parseSize(written)).toBeUndefined(),
  );

  it('come back as they were written out', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (bytes) => {
        expect(parseSize(formatSize(bytes))).toBe(bytes);
      }),
    );
  });
});

describe('suggestions', () => {
  const known = ['host', 'port', 'pool_size', 'max_overflow', 'password'];
  it.each([
    ['prot', 'port'],
    ['poolSize', 'pool_size'],
    ['pool-size', 'pool_size'],
    ['pasword', 'password'],
    ['HOST', 'host'],
    ['pool', 'pool_size'],
    ['zebra', null],
    ['', null],
  ])('%s means %s', (written, meant) => expect(suggest(written, known)).toBe(meant));
});
