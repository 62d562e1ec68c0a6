import { describe, expect, it } from 'vitest';
import { splitFrontMatter } from '../../../../src/adapters/media/documents/markdown.js';
import { countWords } from '../../../../src/adapters/media/documents/text-file.js';

describe('front matter', () => {
  it('is taken off and read where it is simple', () => {
    const source = '---\ntitle: Tides\ntags: [sea, moon]\ndraft: false\n---\n\n# Tides\n';
    expect(splitFrontMatter(source)).toEqual({ body: '# Tides\n', fields: { title: 'Tides', tags: ['sea', 'moon'], draft: false } });
  });

  it.each(['---\njust a rule\n---\ntext', '---\na:\n  b: 1\n---\ntext', '---\na: [\n---\ntext', '# no\n---\na: 1\n---', '---\na: &x 1\nb: *x\n---\nt'])(
    'is left in the text where it is not: %j',
    (source) => expect(splitFrontMatter(source)).toEqual({ body: source, fields: {} }),
  );
});

it.each([['', 0], ['one', 1], ["don't stop, re-read it: 3.5", 6], ['Ольга пишет', 2]])('counts the words of %j', (text, words) => {
  expect(countWords(text)).toBe(words);
});
