import { Grade, layOut, type Layout } from './passage-layout.js';
import type { TextBlock } from './text-structure.js';

/**
 * How a text is cut into passages: the units that are embedded, ranked and shown. Pure; the one who calls knows the
 * model's tokens and hands in the smallest pieces of text that tokens come in.
 */

/** Half-open UTF-16 span of a text, with its number of tokens. */
export interface PassageSpan {
  start: number;
  end: number;
  tokens: number;
}

/**
 * Pieces of a text that a cut never divides (words, signs), in order, not overlapping, with nothing but space between
 * them.
 */
export interface TextPieces {
  /** UTF-16 offsets. */
  starts: ArrayLike<number>;
  ends: ArrayLike<number>;
  tokens: ArrayLike<number>;
}

/** A block of the text as far as it matters to the cut. */
export interface PassageBlock {
  kind: TextBlock['kind'];
  /** UTF-16 offsets in the pieces' own coordinates; blocks come in order, none within another. */
  start: number;
  end: number;
  /** Of a heading. */
  level?: number;
  /** Where its rows end: offsets, rising. */
  rowEnds?: ArrayLike<number>;
}

/** All in tokens, the model's own start and end tokens not counted. */
export interface PassageRules {
  /** What a passage should about have. */
  target: number;
  /** How far before the end of the last one a passage begins. */
  overlap: number;
  /** What no passage exceeds. */
  limit: number;
}

export const DEFAULT_TARGET_TOKENS = 200;
export const DEFAULT_OVERLAP_TOKENS = 32;

/**
 * A passage that ends at a sentence's end may be this much shorter or longer than its target; then the end of a word
 * has to do.
 */
const SHORTEST_SHARE = 0.5;
/** What is left of a text joins its last passage up to this share of the target, rather than stand alone as a crumb. */
const LONGEST_SHARE = 1.25;

/** Rules that can be kept: a target within the limit, an overlap that leaves room for something new. */
export function passageRules(
  limit: number,
  target = DEFAULT_TARGET_TOKENS,
  overlap = DEFAULT_OVERLAP_TOKENS,
): PassageRules {
  const kept = Math.max(1, Math.min(Math.floor(target), limit));
  return { limit, target: kept, overlap: Math.max(0, Math.min(Math.floor(overlap), Math.floor(kept / 2))) };
}

/** The stretches of a text between its breaks, none of them empty; breaks outside the text mean nothing. */
export function textSections(length: number, breaks: readonly number[] = []): { start: number; end: number }[] {
  const inside = breaks.filter((at) => at > 0 && at < length).sort((a, b) => a - b);
  const edges = [0, ...new Set(inside), length];
  return edges
    .slice(1)
    .map((end, i) => ({ start: edges[i]!, end }))
    .filter(({ start, end }) => end > start);
}

/**
 * Cuts one section (a page, or a text without pages) into passages. Without blocks each ends at the last sentence end within the
 * target, or at the next one within the limit where that would leave it less than half full, or else at the end of a word near the
 * target; each but the first begins about `overlap` tokens before the end of the one before, at a word.
 *
 * With blocks, a heading begins a passage and stays with what follows it; what stands under small headings of the same rank or below
 * is joined up to the target; a table or a piece of code that fits is not cut, a larger one between its rows; an item of a list is cut
 * only where no other place is near. Nothing overlaps across a heading, a table, code, or from one item into another. What is said at one time counts as an item.
 *
 * @param sentenceEnds UTF-16 offsets, rising, in the pieces' own coordinates, as are the blocks
 * @returns spans from the first piece's start to the last piece's end; every piece is in at least one
 */
export function cutPassages(
  pieces: TextPieces,
  sentenceEnds: ArrayLike<number>,
  rules: PassageRules,
  blocks: readonly PassageBlock[] = [],
): PassageSpan[] {
  const layout = layOut(pieces, sentenceEnds, blocks, rules);
  const spans: PassageSpan[] = [];
  for (const { from: first, to: last } of groupSections(layout, rules)) {
    let from = first;
    let reached = first;
    while (reached < last) {
      const to = passageEnd(layout, rules, from, reached, last);
      spans.push({ start: pieces.starts[from]!, end: pieces.ends[to - 1]!, tokens: layout.tokensBetween(from, to) });
      reached = to;
      if (to < last) from = overlapStart(layout, rules, from, to);
    }
  }
  return spans;
}

/** A title, with a line or two under it, is no passage by itself: what stands under the first heading below it is joined to it. */
const CRUMB_SHARE = 0.25;

/** Stretches that are cut for themselves: what stands under one heading, or under several small ones. */
function groupSections({ sections, tokensBetween }: Layout, { target }: PassageRules): { from: number; to: number }[] {
  const groups: { from: number; to: number; level: number }[] = [];
  for (const section of sections) {
    const group = groups.at(-1);
    const tokens = group === undefined ? 0 : tokensBetween(group.from, group.to);
    const joins =
      group !== undefined &&
      ((section.level >= group.level && tokensBetween(group.from, section.to) <= target) || (section.level > group.level && tokens < target * CRUMB_SHARE));
    if (joins) group.to = section.to;
    else groups.push({ ...section });
  }
  return groups;
}

function passageEnd(layout: Layout, { target, limit }: PassageRules, from: number, reached: number, last: number): number {
  const { tokensBetween, gradeOf } = layout;
  // A passage brings something new, even if that is one piece too large for the limit.
  const first = Math.max(reached, from) + 1;
  if (tokensBetween(from, last) <= Math.min(limit, target * LONGEST_SHARE)) return last;

  const full = Math.min(last, Math.max(first, layout.within(from, target)));
  const most = Math.min(last, Math.max(first, layout.within(from, limit)));
  const isHalfFull = (to: number) => tokensBetween(from, to) >= target * SHORTEST_SHARE;
  for (const grade of [Grade.sentence, Grade.part] as const) {
    for (let to = full; to >= first && isHalfFull(to); to--) if (gradeOf(to) >= grade) return to;
    for (let to = full + 1; to <= most; to++) if (gradeOf(to) >= grade) return to;
    // Without blocks nothing is a mere part, and this would repeat what was just done.
    if (!layout.hasBlocks) break;
  }
  for (let to = full; to >= first && isHalfFull(to); to--) if (gradeOf(to) >= Grade.word) return to;
  if (gradeOf(full) >= Grade.piece) return full;
  // The middle of what is to stay whole: before it, else behind it, else behind a heading that what follows does not fit with.
  for (let to = full; to >= first; to--) if (gradeOf(to) >= Grade.piece) return to;
  for (let to = full + 1; to <= most; to++) if (gradeOf(to) >= Grade.piece) return to;
  for (let to = most; to >= first; to--) if (gradeOf(to) >= Grade.heading) return to;
  return most;
}

function overlapStart(layout: Layout, { overlap, limit }: PassageRules, from: number, to: number): number {
  const lowest = Math.max(from, layout.overlapFloor(to));
  let earliest = to;
  while (
    earliest - 1 > from &&
    earliest - 1 >= lowest &&
    layout.tokensBetween(earliest - 1, to) <= overlap &&
    layout.tokensBetween(earliest - 1, to + 1) <= limit
  ) {
    earliest--;
  }
  for (let start = earliest; start < to; start++) {
    if (layout.gradeOf(start) >= Grade.word) return start;
  }
  return lowest > from ? to : earliest;
}

const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });
/** A line that was only wrapped: the next one goes on in lower case. */
const WRAPPED_LINE = /(?<![.!?:;\n])\n(?=\p{Ll})/gu;
/** Texts that were split into words first write " . " between sentences, and may be all in lower case. */
const LOOSE_STOP = /\s[.!?]+(?=\s)/gu;

/**
 * UTF-16 offsets behind each sentence of `text`, rising: Unicode's sentence boundaries (UAX 29), line ends that were
 * not mere wrapping, and stops that stand alone.
 */
export function sentenceEnds(text: string): number[] {
  const ends = new Set<number>();
  const unwrapped = text.replace(WRAPPED_LINE, ' ');
  for (const { index, segment } of SENTENCES.segment(unwrapped)) ends.add(index + segment.length);
  for (const match of unwrapped.matchAll(LOOSE_STOP)) ends.add(match.index + match[0].length);
  return [...ends].sort((a, b) => a - b);
}

/** What a model is given of a passage: where it lies, and what it says. The one place that decides. */
export function embeddedText({ context, text }: { context: string | null; text: string }): string {
  return context === null ? text : `${context}\n${text}`;
}
