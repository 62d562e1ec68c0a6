import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyPattern, keysLike, plainParts, type KeyPattern } from '../../../src/domain/key-patterns.js';

const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?', '[', ']', '^', '-', '\\', 'ü', '😀', '\n'), maxLength: 12 });

/** The same, said with a regular expression. */
function expression(pattern: string): RegExp {
  const source = [...pattern.matchAll(/\\?[^]/gu)].map(([sign]) => (sign === '*' ? '[^]*' : plain(sign.length > 1 && sign.startsWith('\\') ? sign.slice(1) : sign)));
  return new RegExp(`^${source.join('')}$`, 'u');
}
const plain = (character: string) => (/[\\^$.*+?()[\]{}|/-]/.test(character) ? `\\u{${character.codePointAt(0)!.toString(16)}}` : character);

describe('a pattern of keys', () => {
  it('fits what its words say', () => {
    fc.assert(
      fc.property(text, text, (pattern, key) => {
        expect(keysLike(pattern as KeyPattern)(key)).toBe(expression(pattern).test(key));
      }),
      { numRuns: 2_000 },
    );
  });

  it('fits the keys that it is made for', () => {
    const pieces = fc.array(fc.record({ plain: text, between: text }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(pieces, (parts) => {
        const pattern = parts.map((part) => keyPattern`${part.plain}`).join('*') as KeyPattern;
        expect(plainParts(pattern)).toEqual(parts.map((part) => part.plain));
        expect(keysLike(pattern)(parts.map((part, index) => (index === 0 ? '' : part.between) + part.plain).join(''))).toBe(true);
      }),
    );
  });

  it('is no wider for anything that is put into it', () => {
    fc.assert(
      fc.property(text, text, text, (tenant, other, rest) => {
        expect(keysLike(keyPattern`${tenant}`)(other)).toBe(tenant === other);
        expect(keysLike(keyPattern`object:${tenant}/*`)(`object:${other}/${rest}`)).toBe(`${other}/${rest}`.startsWith(`${tenant}/`));
      }),
    );
  });

  it('is looked for without going back and forth', () => {
    const like = keysLike(`${'*a'.repeat(2_000)}*b` as KeyPattern);
    expect(like('a'.repeat(100_000))).toBe(false);
    expect(like(`${'a'.repeat(100_000)}b`)).toBe(true);
  });
});
