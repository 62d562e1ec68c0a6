import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedTerms } from '../../../../../src/adapters/vectors/weaviate/stored-terms.js';

describe('terms as Weaviate stores them', () => {
  it('leave ordinary words as they are', () => {
    expect(storedTerms(['sea', 'über', '日本'])).toBe('sea über 日本');
  });

  it('stay as many and as different as they were, whatever they hold', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', '%', '\0', '\u0085', '\u00a0', '\n', 'é', '20;'),
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (terms) => {
        const stored = storedTerms(terms).split(/[\s\u0085\0]/);
        expect(stored).toHaveLength(terms.length);
        expect(stored.every((term) => term !== '')).toBe(true);
        expect(new Set(stored).size).toBe(new Set(terms).size);
      }),
    );
  });

  it('are of bounded length and still apart', () => {
    const [one, other] = storedTerms(['x'.repeat(10_000), `${'x'.repeat(9_999)}y`]).split(' ');
    expect(one!.length).toBeLessThan(300);
    expect(one).not.toBe(other);
  });
});
