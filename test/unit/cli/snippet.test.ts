import { describe, expect, it } from 'vitest';
import { snippetOf } from '../../../src/cli/output/snippet.js';

const mark = (word: string) => `[${word}]`;
const match = (text: string | null, words: string[] = [], more: object = {}) => ({
  text,
  highlights: words.map((word) => ({ start: text!.indexOf(word), end: text!.indexOf(word) + word.length })),
  start: 0,
  page: null,
  startSeconds: null,
  ...more,
});

describe('snippetOf', () => {
  it('shows a short passage whole, on one line', () => {
    expect(snippetOf([match('The owl\n\n  flew  off.', ['owl'])], 80, mark)).toBe('The [owl] flew off.');
  });

  it('cuts between words, and says where it cut', () => {
    const text = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon';
    const shown = snippetOf([match(text, ['omicron'])], 40, mark)!;
    expect(shown).toMatch(/^… .*\[omicron\].* …$/);
    const words = shown.replace(/[…[\]]/g, ' ').trim().split(/\s+/);
    expect(text.split(' ')).toEqual(expect.arrayContaining(words));
  });

  it('prefers the stretch with more different words to one with the same word again', () => {
    const text = `${'tide tide tide '.repeat(3)}${'x '.repeat(60)}the tide and the clock`;
    const highlights = [...text.matchAll(/tide|clock/g)].map(({ index, 0: word }) => ({ start: index, end: index + word.length }));
    expect(snippetOf([{ ...match(text), highlights }], 70, mark)).toContain('[tide] and the [clock]');
  });

  it('takes the content before the fields, and says the page', () => {
    const fields = match('tower', ['tower'], { start: null });
    expect(snippetOf([fields, match('It has 142 steps.', [], { page: 2 })], 80, mark)).toBe('page 2: It has 142 steps.');
    expect(snippetOf([fields], 80, mark)).toBe('fields: [tower]');
  });

  it('says the moment of a film, and nothing of a picture', () => {
    expect(snippetOf([match(null, [], { start: null, startSeconds: 75.3 })], 80, mark)).toBe('at 1:15');
    expect(snippetOf([match(null, [], { start: null })], 80, mark)).toBeNull();
    expect(snippetOf([], 80, mark)).toBeNull();
  });

  it('does not end within a text that has no blanks', () => {
    const shown = snippetOf([match('a'.repeat(500))], 60, mark)!;
    expect(shown).toMatch(/^a{60,61} …$/);
  });
});
