import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextPieces } from '../../../src/domain/passages.js';
import { cutPassages, passageRules, sentenceEnds, textSections } from '../../../src/domain/passages.js';

interface Piece {
  gap: number;
  length: number;
  tokens: number;
  endsSentence: boolean;
}

const LIMIT = 60;
const piece = fc.record({
  gap: fc.integer({ min: 0, max: 2 }),
  length: fc.integer({ min: 1, max: 9 }),
  tokens: fc.integer({ min: 0, max: 5 }),
  endsSentence: fc.boolean(),
});
const rules = fc
  .tuple(fc.integer({ min: 10, max: 80 }), fc.integer({ min: 0, max: 40 }))
  .map(([target, overlap]) => passageRules(LIMIT, target, overlap));

function layOut(list: readonly Piece[]) {
  const pieces = { starts: [] as number[], ends: [] as number[], tokens: [] as number[] } satisfies TextPieces;
  const ends: number[] = [];
  let at = 0;
  for (const { gap, length, tokens, endsSentence } of list) {
    pieces.starts.push((at += gap));
    pieces.ends.push((at += length));
    pieces.tokens.push(tokens);
    if (endsSentence) ends.push(at);
  }
  return { pieces, ends };
}

const words = (count: number, sentence: number) =>
  layOut(
    Array.from({ length: count }, (_, i) => ({ gap: 1, length: 4, tokens: 1, endsSentence: (i + 1) % sentence === 0 })),
  );

describe('cutPassages', () => {
  it('covers every piece, in order, within the limit, each passage bringing something new', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 400 }), rules, (list, rule) => {
        const { pieces, ends } = layOut(list);
        const spans = cutPassages(pieces, ends, rule);
        expect(spans.length > 0).toBe(list.length > 0);
        let covered = 0;
        spans.forEach((span, i) => {
          const from = pieces.starts.indexOf(span.start);
          const to = pieces.ends.indexOf(span.end) + 1;
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThan(covered);
          expect(from).toBeLessThanOrEqual(covered);
          const tokens = pieces.tokens.slice(from, to).reduce((sum, n) => sum + n, 0);
          expect(span.tokens).toBe(tokens);
          expect(tokens).toBeLessThanOrEqual(rule.limit);
          if (i > 0) {
            expect(span.start).toBeGreaterThan(spans[i - 1]!.start);
            const shared = pieces.tokens.slice(from, covered).reduce((sum, n) => sum + n, 0);
            expect(shared).toBeLessThanOrEqual(rule.overlap);
          }
          covered = to;
        });
        expect(covered).toBe(list.length);
      }),
    );
  });

  it('cuts at sentence ends and steps back by the overlap', () => {
    const { pieces, ends } = words(500, 12);
    const spans = cutPassages(pieces, ends, passageRules(254));
    expect(spans.length).toBe(3);
    for (const span of spans) expect(ends.includes(span.end) || span.end === pieces.ends.at(-1)).toBe(true);
    expect(spans[0]!.tokens).toBe(192);
    expect((spans[0]!.end - spans[1]!.start + 1) / 5).toBe(32);
  });

  it('takes a sentence whole that is longer than the target and within the limit', () => {
    const { pieces, ends } = words(700, 230);
    expect(cutPassages(pieces, ends, passageRules(254, 200, 20))[0]!.tokens).toBe(230);
  });

  it('cuts a monster sentence at the target', () => {
    const { pieces } = words(1000, 10_000);
    const spans = cutPassages(pieces, [], passageRules(254));
    expect(spans.slice(0, -1).every((span) => span.tokens === 200)).toBe(true);
    expect(spans.length).toBe(6);
  });

  it('ends at a word where pieces of one word follow each other', () => {
    // Words of three pieces: 200 is no multiple of three, 198 is.
    const { pieces } = layOut(
      Array.from({ length: 900 }, (_, i) => ({ gap: i % 3 === 0 ? 1 : 0, length: 1, tokens: 1, endsSentence: false })),
    );
    const [first, second] = cutPassages(pieces, [], passageRules(254));
    expect(first!.tokens).toBe(198);
    expect(pieces.starts.indexOf(second!.start) % 3).toBe(0);
  });

  it('does not leave a crumb: what remains within a quarter more than the target joins the last passage', () => {
    const { pieces, ends } = words(210, 10);
    expect(cutPassages(pieces, ends, passageRules(254)).map((span) => span.tokens)).toEqual([210]);
  });

  it('lets a single piece beyond the limit stand alone', () => {
    const { pieces } = layOut([3, 300, 3].map((tokens) => ({ gap: 1, length: 5, tokens, endsSentence: false })));
    expect(cutPassages(pieces, [], passageRules(254)).map((span) => span.tokens)).toEqual([3, 300, 3]);
  });
});

describe('textSections', () => {
  it('divides a text at its breaks, each character in one section', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(fc.integer({ min: -5, max: 250 })), (length, breaks) => {
        const sections = textSections(length, breaks);
        expect(sections.reduce((at, { start, end }) => (start === at && end > start ? end : NaN), 0)).toBe(length);
        const edges = new Set(sections.flatMap(({ start, end }) => [start, end]));
        for (const at of breaks) if (at > 0 && at < length) expect(edges.has(at)).toBe(true);
      }),
    );
  });
});

describe('sentenceEnds', () => {
  const sentences = (text: string) => {
    const ends = sentenceEnds(text);
    return ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end).trim());
  };

  it('knows stops, paragraphs and stops that stand alone', () => {
    expect(sentences('It rained. Then 3.5 mm fell!\n\nA heading\n- an item')).toEqual([
      'It rained.',
      'Then 3.5 mm fell!',
      '',
      'A heading',
      '- an item',
    ]);
    expect(sentences('the wing stalls . the flow separates .')).toEqual(['the wing stalls .', 'the flow separates .']);
  });

  it('does not take a wrapped line for an end', () => {
    expect(sentences('The quick brown\nfox jumps. It is\nquick.')).toEqual([
      'The quick brown\nfox jumps.',
      'It is\nquick.',
    ]);
  });

  it('gives rising offsets within the text, the last one its end', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
        const ends = sentenceEnds(text);
        expect(ends.at(-1)).toBe(text.length);
        expect(ends.every((end, i) => end > (ends[i - 1] ?? 0))).toBe(true);
      }),
    );
  });
});
