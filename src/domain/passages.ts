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
 * Cuts one section into passages. Each ends at the last sentence end within the target, or at the next one within the
 * limit where that would leave it less than half full, or else at the end of a word near the target. Each but the
 * first begins about `overlap` tokens before the end of the one before, at a word.
 *
 * @param sentenceEnds UTF-16 offsets, rising, in the pieces' own coordinates
 * @returns spans from the first piece's start to the last piece's end; every piece is in at least one
 */
export function cutPassages(pieces: TextPieces, sentenceEnds: ArrayLike<number>, rules: PassageRules): PassageSpan[] {
  const count = pieces.starts.length;
  const layout = layOut(pieces, sentenceEnds);
  const spans: PassageSpan[] = [];
  let from = 0;
  let reached = 0;
  while (reached < count) {
    const to = passageEnd(layout, rules, from, reached);
    spans.push({ start: pieces.starts[from]!, end: pieces.ends[to - 1]!, tokens: layout.tokensBetween(from, to) });
    reached = to;
    if (to < count) from = overlapStart(layout, rules, from, to);
  }
  return spans;
}

/** A boundary is the index of the piece behind it: 0 is before the first piece, `count` behind the last. */
interface Layout {
  count: number;
  tokensBetween(from: number, to: number): number;
  /** The furthest boundary that leaves at most `tokens` behind `from`. */
  within(from: number, tokens: number): number;
  endsSentence(boundary: number): boolean;
  endsWord(boundary: number): boolean;
}

function layOut({ starts, ends, tokens }: TextPieces, sentenceEnds: ArrayLike<number>): Layout {
  const count = starts.length;
  const sums = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) sums[i + 1] = sums[i]! + tokens[i]!;

  const sentences = new Uint8Array(count + 1);
  sentences[count] = 1;
  for (let s = 0, piece = 0; s < sentenceEnds.length; s++) {
    while (piece < count && starts[piece]! < sentenceEnds[s]!) piece++;
    sentences[piece] = 1;
  }

  return {
    count,
    tokensBetween: (from, to) => sums[to]! - sums[from]!,
    within(from, tokens) {
      let low = from;
      let high = count;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (sums[middle]! - sums[from]! <= tokens) low = middle;
        else high = middle - 1;
      }
      return low;
    },
    endsSentence: (boundary) => sentences[boundary] === 1,
    endsWord: (boundary) => boundary === count || boundary === 0 || starts[boundary]! > ends[boundary - 1]!,
  };
}

function passageEnd(layout: Layout, { target, limit }: PassageRules, from: number, reached: number): number {
  // A passage brings something new, even if that is one piece too large for the limit.
  const first = Math.max(reached, from) + 1;
  if (layout.tokensBetween(from, layout.count) <= Math.min(limit, target * LONGEST_SHARE)) return layout.count;

  const full = Math.max(first, layout.within(from, target));
  const last = Math.max(first, layout.within(from, limit));
  for (let to = full; to >= first && layout.tokensBetween(from, to) >= target * SHORTEST_SHARE; to--) {
    if (layout.endsSentence(to)) return to;
  }
  for (let to = full + 1; to <= last; to++) {
    if (layout.endsSentence(to)) return to;
  }
  for (let to = full; to >= first && layout.tokensBetween(from, to) >= target * SHORTEST_SHARE; to--) {
    if (layout.endsWord(to)) return to;
  }
  return full;
}

function overlapStart(layout: Layout, { overlap, limit }: PassageRules, from: number, to: number): number {
  let earliest = to;
  while (
    earliest - 1 > from &&
    layout.tokensBetween(earliest - 1, to) <= overlap &&
    layout.tokensBetween(earliest - 1, to + 1) <= limit
  ) {
    earliest--;
  }
  for (let start = earliest; start < to; start++) {
    if (layout.endsWord(start)) return start;
  }
  return earliest;
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
