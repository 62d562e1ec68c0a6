import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitText } from '../../../../src/adapters/models/text-pieces.js';
import type { PassageRules } from '../../../../src/domain/passages.js';
import { passageRules } from '../../../../src/domain/passages.js';

const RULES = passageRules(30, 20, 6);
const countTokens = (piece: string) => Math.ceil(piece.length / 4);

function split(text: string, breaks: readonly number[] = [], rules: PassageRules = RULES) {
  const steps = splitText(text, breaks, countTokens, rules);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const text = fc.oneof(
  fc.string({ maxLength: 600, unit: 'grapheme' }),
  fc.lorem({ maxCount: 60, mode: 'sentences' }),
  fc
    .array(fc.constantFrom('word', ' ', '. ', '\n\n', '北京', '🙂', 'x'.repeat(130), '…', '\ud800'), { maxLength: 300 })
    .map((parts) => parts.join('')),
);

describe('splitText', () => {
  it('has every character that is no space in a passage, crosses no break, keeps to the limit', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(600), { maxLength: 4 }), (text, breaks) => {
        const passages = split(text, breaks);
        const covered = new Set<number>();
        passages.forEach(({ start, end, tokens }, i) => {
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(tokens).toBeLessThanOrEqual(RULES.limit);
          expect(breaks.some((at) => at > start && at < end)).toBe(false);
          expect(start).toBeGreaterThan(passages[i - 1]?.start ?? -1);
          for (let at = start; at < end; at++) covered.add(at);
        });
        for (let at = 0; at < text.length; at++) {
          if (!/\s/.test(text[at]!)) expect(covered.has(at)).toBe(true);
        }
      }),
    );
  });

  it('has no passage for nothing', () => {
    expect(split('')).toEqual([]);
    expect(split(' \n\t ', [2])).toEqual([]);
  });

  it('works a text off in steps, the same passages coming out as from one piece of it', () => {
    const sentence = 'A sentence of some nine or so words here. ';
    const long = sentence.repeat(4000);
    const steps = splitText(long, [], countTokens, RULES);
    let count = 0;
    while (!steps.next().done) count++;
    expect(count).toBeGreaterThan(2);
    const passages = split(long);
    expect(passages.slice(0, 100)).toEqual(split(long.slice(0, sentence.length * 1000)).slice(0, 100));
    expect(passages.at(-1)!.end).toBe(long.trimEnd().length);
  });

  it('never divides a pair of surrogates', () => {
    const emoji = '🙂'.repeat(80_000);
    for (const { start, end } of split(emoji)) {
      expect(start % 2).toBe(0);
      expect(end % 2).toBe(0);
    }
  });
});
