import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeTerms, analyzeWithSpans } from '../../../../src/services/search/analysis.js';

describe('analyzeTerms', () => {
  it.each([
    ['The heated wings were flying.', ['heat', 'wing', 'fli']],
    ['boundary-layer control at Mach 3.5', ['boundari', 'layer', 'control', 'mach', '3', '5']],
    ["It isn't the aircraft's fault; you'll see", ['aircraft', 'fault', 'see']],
    ['report_final-v2.PDF', ['report', 'final', 'v2', 'pdf']],
    ['Generalised GENERALIZE generally', ['generalis', 'general', 'general']],
    ['ﬁsh ｆｉｓｈ FISH', ['fish', 'fish', 'fish']],
    ['Zürich café naïve', ['zürich', 'café', 'naïv']],
    ['北京大学 привет', ['北', '京', '大', '学', 'привет']],
    ['½ km²', ['1', '2', 'km2']],
    ['to be or not to be', []],
    ['', []],
  ])('%s', (text, terms) => expect(analyzeTerms(text)).toEqual(terms));

  it('gives a composed and a decomposed letter the same term', () => {
    expect(analyzeTerms('cafe\u0301')).toEqual(analyzeTerms('café'));
  });

  it('knows a code by its beginning', () => {
    expect(analyzeTerms('x'.repeat(1000))).toEqual(['x'.repeat(64)]);
    expect(analyzeTerms('z'.repeat(100_000))).toEqual(['z'.repeat(64)]);
  });

  it('makes a query of any case and spacing meet the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('wing', 'flow', 'Shock', 'pressures', 'the', 'Mach'), { minLength: 1 }),
        (words) => {
          expect(analyzeTerms(words.join('  -- ').toUpperCase())).toEqual(analyzeTerms(words.join(' ')));
        },
      ),
    );
  });
});

describe('analyzeWithSpans', () => {
  it('says where each term stands', () => {
    const text = 'Shock waves, shocked!';
    expect(analyzeWithSpans(text).map(({ term, start, end }) => [term, text.slice(start, end)])).toEqual([
      ['shock', 'Shock'],
      ['wave', 'waves'],
      ['shock', 'shocked'],
    ]);
  });

  it('has the same terms as analyzeTerms, on rising spans within the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const found = analyzeWithSpans(text);
        expect(found.map(({ term }) => term)).toEqual(analyzeTerms(text));
        found.forEach(({ start, end }, i) => {
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          if (i > 0) expect(start >= found[i - 1]!.end || start === found[i - 1]!.start).toBe(true);
        });
      }),
    );
  });
});
