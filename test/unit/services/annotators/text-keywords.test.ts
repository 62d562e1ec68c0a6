import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findKeywords, textKeywords } from '../../../../src/services/annotators/text-keywords.js';

const TEXT =
  'Boundary layer control delays separation. The boundary layer on a wing grows thick; blowing keeps the boundary layer attached. ' +
  'Wings of NASA were tested at 3 speeds, and each wing had slots. Slots feed the boundary layer. NASA published it.';

describe('keywords', () => {
  it('finds phrases before the words inside them', () => {
    const labels = findKeywords(TEXT).map(({ label }) => label);
    expect(labels[0]).toBe('boundary layer');
    expect(labels).not.toContain('boundary');
    expect(labels).not.toContain('layer');
  });

  it('names a word by its commonest form, abbreviations as they are', () => {
    const labels = findKeywords(TEXT).map(({ label }) => label);
    expect(labels).toContain('wing');
    expect(labels).toContain('slots');
    expect(labels).toContain('NASA');
  });

  it('leaves out numbers, stop words and words that any text has', () => {
    const labels = findKeywords(
      'There are 3 of 3 and 3 more. They made use of the same results with different problems. Otters eat fish.',
    ).map(({ label }) => label);
    expect(labels.join(' ')).toMatch(/otters/);
    expect(labels.join(' ')).not.toMatch(/3|made|use|same|different|there/);
  });

  it('does not join words across signs or sentences', () => {
    const labels = findKeywords('Red, fox. Red, fox. Red, fox. Red, fox.').map(({ label }) => label);
    expect(labels).toEqual(['red', 'fox']);
  });

  it('has at most ten, falling from 1, whatever the text, always the same', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.lorem({ maxCount: 80, mode: 'sentences' }), fc.string({ unit: 'grapheme', maxLength: 300 })),
        (text) => {
          const found = findKeywords(text);
          expect(found.length).toBeLessThanOrEqual(10);
          found.forEach(({ label, score }, i) => {
            expect(label).not.toBe('');
            expect(score).toBeLessThanOrEqual(i === 0 ? 1 : found[i - 1]!.score);
            expect(score).toBeGreaterThan(0);
          });
          if (found.length > 0) expect(found[0]!.score).toBe(1);
          expect(findKeywords(text)).toEqual(found);
        },
      ),
    );
  });

  it('annotates as a classification, or not at all', () => {
    expect(textKeywords).toMatchObject({ name: 'keywords', version: 1, type: 'CLASSIFICATION' });
    expect(textKeywords.annotate('Otters eat fish. Otters swim.')!.content).toMatchObject({
      labels: [{ label: 'otters', score: 1 }, { label: 'eat' }, { label: 'fish' }, { label: 'swim' }],
    });
    expect(textKeywords.annotate('of the 12')).toBeNull();
  });
});
