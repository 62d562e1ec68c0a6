import type { PassageBlock, PassageRules, PassageSpan, TextPieces } from '../../domain/passages.js';
import { cutPassages, passageRules, sentenceEnds, textSections } from '../../domain/passages.js';
import { CONTEXT_TOKENS, rowEnds, type TextBlock } from '../../domain/text-structure.js';

/** Tokens of a piece of text, the model's start and end tokens not counted. */
export type CountTokens = (piece: string) => number;

/**
 * What BERT's tokenizers never join: runs of letters and digits, single signs, single Han characters. Their tokens can
 * be counted piece by piece and add up to the whole's. WordPiece reads words of at most 100 characters, so longer runs
 * are cut there: counted too high, never too low, and no passage grows without bound.
 */
const SIGN = '\\p{P}\\u0021-\\u002F\\u003A-\\u0040\\u005B-\\u0060\\u007B-\\u007E';
const HAN = '\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uF900-\\uFAFF';
const PIECE = new RegExp(`[^\\s${SIGN}${HAN}]{1,100}|[^\\s]`, 'gu');

/** Characters that are looked at in one go: bounds memory, and the time until another task gets its turn. */
const WINDOW = 64 * 1024;
/** Sections beyond this are cut into such windows, at a line's end or a space where there is one. */
const LARGEST_SECTION = 1024 * 1024;

/**
 * Cuts a text into passages, a window of it between two `yield`s. No passage crosses a break, nor the edges of the
 * stretches of about a million characters that a longer text without breaks is worked off in.
 */
export function* splitText(
  text: string,
  breaks: readonly number[],
  countTokens: CountTokens,
  rules: PassageRules,
  blocks: readonly TextBlock[] = [],
): Generator<void, PassageSpan[]> {
  const spans: PassageSpan[] = [];
  const roomy = blocks.some(tellsWhere) ? passageRules(Math.max(1, rules.limit - CONTEXT_TOKENS), rules.target, rules.overlap) : rules;
  const blocksWithin = blocksByStretch(text, blocks);
  for (const section of stretches(text, textSections(text.length, breaks), LARGEST_SECTION)) {
    const pieces = { starts: [] as number[], ends: [] as number[], tokens: [] as number[] };
    const ends: number[] = [];
    for (const window of stretches(text, [section], WINDOW)) {
      const part = text.slice(window.start, window.end);
      addPieces(part, window.start, countTokens, pieces);
      for (const end of sentenceEnds(part)) ends.push(window.start + end);
      yield;
    }
    // A window's edge is no sentence's end, unless one happens to be there; to take it for one costs nothing.
    for (const span of cutPassages(pieces, ends, roomy, blocksWithin(section))) spans.push(span);
  }
  return spans;
}

/** What is said of where a passage lies is read by the model in front of it, and takes room. */
const tellsWhere = (block: TextBlock) => block.kind === 'heading' || (block.kind === 'table' && block.headerEnd !== null);

/** For stretches asked for in order; a block that goes beyond a stretch is in each as far as it lies there. */
function blocksByStretch(text: string, blocks: readonly TextBlock[]): (stretch: { start: number; end: number }) => PassageBlock[] {
  let first = 0;
  return ({ start, end }) => {
    while (first < blocks.length && blocks[first]!.end <= start) first++;
    const within: PassageBlock[] = [];
    for (let i = first; i < blocks.length && blocks[i]!.start < end; i++) {
      const block = { ...blocks[i]!, start: Math.max(start, blocks[i]!.start), end: Math.min(end, blocks[i]!.end) };
      within.push({ ...block, rowEnds: rowEnds(text, block) });
    }
    return within;
  };
}

function addPieces(
  part: string,
  offset: number,
  countTokens: CountTokens,
  into: TextPieces & Record<'starts' | 'ends' | 'tokens', number[]>,
) {
  for (const match of part.matchAll(PIECE)) {
    const piece = match[0];
    into.starts.push(offset + match.index);
    into.ends.push(offset + match.index + piece.length);
    into.tokens.push(countTokens(piece));
  }
}

/**
 * Cuts spans that are longer than `largest`, behind the last line end, else the last space, of their second half, and
 * never within a character.
 */
function* stretches(text: string, spans: readonly { start: number; end: number }[], largest: number) {
  for (const { start, end } of spans) {
    let from = start;
    while (end - from > largest) {
      const to = cutBefore(text, from + largest / 2, from + largest);
      yield { start: from, end: to };
      from = to;
    }
    yield { start: from, end };
  }
}

function cutBefore(text: string, lowest: number, highest: number): number {
  const line = text.lastIndexOf('\n', highest - 1) + 1;
  if (line > lowest) return line;
  for (let at = highest; at > lowest; at--) {
    if (/\s/.test(text[at - 1]!)) return at;
  }
  const splitsPair = isHighSurrogate(text.charCodeAt(highest - 1));
  return splitsPair ? highest - 1 : highest;
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
