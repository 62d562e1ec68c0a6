import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPassages, passageRules, sentenceEnds, type PassageSpan } from '../../../src/domain/passages.js';
import { contextTeller, estimatedTokens, rowEnds, tidyBlocks, CONTEXT_TOKENS, type TextBlock } from '../../../src/domain/text-structure.js';

/** Documents of headings, paragraphs, lists and tables; a word is a token. */
type Part = { kind: 'heading'; level: number; words: number } | { kind: 'paragraph'; words: number } | { kind: 'list'; items: number[] } | { kind: 'table'; rows: number; columns: number };
const small = fc.integer({ min: 1, max: 12 });
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constant('heading' as const), level: fc.integer({ min: 0, max: 4 }), words: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('paragraph' as const), words: fc.integer({ min: 1, max: 180 }) }),
  fc.record({ kind: fc.constant('list' as const), items: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 }) }),
  fc.record({ kind: fc.constant('table' as const), rows: fc.integer({ min: 1, max: 20 }), columns: small }),
);
const RULES = passageRules(60, 40, 8);

function write(parts: readonly Part[]): { text: string; blocks: TextBlock[] } {
  let text = '';
  let word = 0;
  const blocks: TextBlock[] = [];
  const words = (count: number) => Array.from({ length: count }, () => `w${word++}`).join(' ');
  const add = (more: string, separator: string) => {
    if (text !== '') text += separator;
    const start = text.length;
    text += more;
    return { start, end: text.length };
  };
  for (const each of parts) {
    if (each.kind === 'heading') blocks.push({ kind: 'heading', level: each.level, ...add(words(each.words), '\n\n') });
    else if (each.kind === 'paragraph') add(`${Array.from({ length: Math.ceil(each.words / 15) }, (_, i) => words(Math.min(15, each.words - i * 15))).join('. ')}.`, '\n\n');
    else if (each.kind === 'list') each.items.forEach((count, i) => blocks.push({ kind: 'item', ...add(`- ${words(count)}`, i === 0 ? '\n\n' : '\n') }));
    else {
      const rows = Array.from({ length: each.rows }, () => words(each.columns));
      const span = add(rows.join('\n'), '\n\n');
      blocks.push({ kind: 'table', rows: 'lines', headerEnd: each.rows > 1 ? span.start + rows[0]!.length : null, ...span });
    }
  }
  return { text, blocks };
}

function cut(text: string, blocks: readonly TextBlock[], rules = RULES): PassageSpan[] {
  const found = [...text.matchAll(/\S+/g)];
  const pieces = { starts: found.map(({ index }) => index), ends: found.map(({ index, 0: word }) => index + word.length), tokens: found.map(() => 1) };
  return cutPassages(pieces, sentenceEnds(text), rules, blocks.map((block) => ({ ...block, rowEnds: rowEnds(text, block) })));
}

const tokensOf = (text: string) => text.match(/\S+/g)?.length ?? 0;
const plain = (text: string, times: number) => Array.from({ length: times }, () => text).join(' ');

describe('passages of a text with structure', () => {
  it('hold every word, in order, within the limit, each bringing something new; the same text gives the same', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 25 }), (parts) => {
        const { text, blocks } = write(parts);
        const spans = cut(text, blocks);
        expect(cut(text, blocks)).toEqual(spans);
        let reached = 0;
        for (const { start, end, tokens } of spans) {
          expect(text.slice(reached, start).trim()).toBe('');
          expect(end).toBeGreaterThan(reached);
          expect(tokens).toBe(tokensOf(text.slice(start, end)));
          expect(tokens).toBeLessThanOrEqual(RULES.limit);
          reached = end;
        }
        expect(reached).toBe(text.length);
      }),
      { numRuns: 300 },
    );
  });

  it('never cut a table that is smaller than the target, nor repeat any of it', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 25 }), (parts) => {
        const { text, blocks } = write(parts);
        const spans = cut(text, blocks);
        for (const { start, end, kind } of blocks) {
          if (kind !== 'table' || tokensOf(text.slice(start, end)) > RULES.target) continue;
          const holding = spans.filter((span) => span.start < end && span.end > start);
          expect(holding).toHaveLength(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never end with a heading that something stands under, as far as the two fit together', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 25 }), (parts) => {
        const { text, blocks } = write(parts);
        const headings = blocks.filter(({ kind }) => kind === 'heading');
        for (const { end } of cut(text, blocks)) {
          const last = headings.find((heading) => heading.end === end);
          if (last === undefined || end === text.length) continue;
          // Headings alone that fill a passage, or a table that fits into one only without them.
          const next = blocks.find((block) => block.start > end)!;
          const isAlone = text.slice(end, next?.start).trim() === '';
          expect(isAlone).toBe(true);
          expect(next.kind === 'table' || next.kind === 'heading').toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('begin with each heading beyond what joins up to the target', () => {
    const { text, blocks } = write([
      { kind: 'heading', level: 1, words: 2 }, { kind: 'paragraph', words: 30 },
      { kind: 'heading', level: 2, words: 2 }, { kind: 'paragraph', words: 30 },
      { kind: 'heading', level: 2, words: 2 }, { kind: 'paragraph', words: 10 },
      { kind: 'heading', level: 2, words: 2 }, { kind: 'paragraph', words: 10 },
      { kind: 'heading', level: 1, words: 2 }, { kind: 'paragraph', words: 5 },
    ]);
    const headings = blocks.map(({ start }) => start);
    expect(cut(text, blocks).map(({ start, tokens }) => [headings.indexOf(start), tokens])).toEqual([[0, 32], [1, 32], [2, 24], [4, 7]]);
  });

  it('cut a large table between its rows, and a list between its items', () => {
    const table = write([{ kind: 'paragraph', words: 10 }, { kind: 'table', rows: 30, columns: 7 }]);
    for (const { end } of cut(table.text, table.blocks)) expect(['\n', undefined]).toContain(table.text[end]);
    const list = write([{ kind: 'list', items: [15, 15, 15, 15, 15, 15] }]);
    for (const { start } of cut(list.text, list.blocks)) expect(list.text[start]).toBe('-');
  });

  it('are those of a plain text where there are no blocks', () => {
    const text = plain('The wing stalls at a high angle of attack, and the flow separates from it.', 40);
    expect(cut(text, [])).toEqual(cut(text, tidyBlocks([{ kind: 'heading', level: 1, start: 5, end: 5 }], text)));
  });
});

describe('what is said of where a passage lies', () => {
  it('is the path of headings above it, without those that it holds', () => {
    const text = 'Report\n\nResults\n\nOf the wing\n\nIt stalls.\n\nOf the tail\n\nIt does not.';
    const at = (words: string) => text.indexOf(words);
    const heading = (words: string, level: number): TextBlock => ({ kind: 'heading', level, start: at(words), end: at(words) + words.length });
    const blocks = [heading('Report', 0), heading('Results', 1), heading('Of the wing', 2), heading('Of the tail', 2)];
    const tell = contextTeller(text, blocks);
    const of = (words: string) => tell({ start: at(words), end: text.length });
    expect([of('Report'), of('Results'), of('It stalls'), of('Of the tail'), of('It does')]).toEqual([
      null, 'Report', 'Report > Results > Of the wing', 'Report > Results', 'Report > Results > Of the tail',
    ]);
  });

  it('names the columns of a table that was cut, and never takes more than its room', () => {
    const header = plain('temperature', 30);
    const text = `${plain('heading', 50)}\n\n${header}\n1 2\n3 4`;
    const table = text.indexOf(header);
    const tell = contextTeller(text, [
      { kind: 'heading', level: 1, start: 0, end: table - 2 },
      { kind: 'table', rows: 'lines', start: table, end: text.length, headerEnd: table + header.length },
    ]);
    const said = tell({ start: text.indexOf('3 4'), end: text.length })!;
    expect(said).toContain('temperature');
    expect(estimatedTokens(said)).toBeLessThanOrEqual(CONTEXT_TOKENS);
  });
});
