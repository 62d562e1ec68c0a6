import type { PassageBlock, PassageRules, TextPieces } from './passages.js';

/** How good a place for a passage's end lies before a piece: falling. */
export const Grade = {
  /** An end of a sentence, a row or an item. */
  sentence: 5,
  /** An end of a sentence within an item, of a line within a row. */
  part: 4,
  word: 3,
  /** Between two pieces of one word. */
  piece: 2,
  /** Behind a heading, which would be the last line of a passage. */
  heading: 1,
  /** Within what is to stay whole. */
  never: 0,
} as const;

/** A boundary is the index of the piece behind it: 0 is before the first piece, `count` behind the last. */
export interface Layout {
  count: number;
  hasBlocks: boolean;
  /** From heading to heading; one that holds all where there are none. `level`: of its first heading; 0 before the first one. */
  sections: { from: number; to: number; level: number }[];
  tokensBetween(from: number, to: number): number;
  /** The furthest boundary that leaves at most `tokens` behind `from`. */
  within(from: number, tokens: number): number;
  gradeOf(boundary: number): number;
  /** The lowest boundary at which a passage may begin that repeats what lies before this one. */
  overlapFloor(boundary: number): number;
}

export function layOut(pieces: TextPieces, sentenceEnds: ArrayLike<number>, blocks: readonly PassageBlock[], rules: PassageRules): Layout {
  const { starts, ends, tokens } = pieces;
  const count = starts.length;
  const sums = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) sums[i + 1] = sums[i]! + tokens[i]!;
  const tokensBetween = (from: number, to: number) => sums[to]! - sums[from]!;

  const grades = new Uint8Array(count + 1);
  for (let at = 0; at <= count; at++) grades[at] = at === 0 || at === count || starts[at]! > ends[at - 1]! ? Grade.word : Grade.piece;
  grades[count] = Grade.sentence;
  const boundary = rising(starts);
  for (let s = 0; s < sentenceEnds.length; s++) grades[boundary(sentenceEnds[s]!)] = Grade.sentence;

  const placed = place(pieces, blocks);
  const sections = grade(grades, placed, tokensBetween, count, rules);
  const floors = overlapFloors(placed, count);

  return {
    count,
    hasBlocks: placed.length > 0,
    sections,
    tokensBetween,
    within(from, most) {
      let low = from;
      let high = count;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (sums[middle]! - sums[from]! <= most) low = middle;
        else high = middle - 1;
      }
      return low;
    },
    gradeOf: (at) => grades[at]!,
    overlapFloor: (at) => floors?.[at] ?? 0,
  };
}

/** Offsets to boundaries, each offset at least as large as the one before. */
function rising(starts: ArrayLike<number>): (offset: number) => number {
  let piece = 0;
  return (offset) => {
    while (piece < starts.length && starts[piece]! < offset) piece++;
    return piece;
  };
}

type PlacedBlock = PassageBlock & { from: number; to: number; rows: number[] };

/** Those that hold pieces. */
function place({ starts }: TextPieces, blocks: readonly PassageBlock[]): PlacedBlock[] {
  const boundary = rising(starts);
  return blocks
    .map((block): PlacedBlock => {
      const from = boundary(block.start);
      const rows = Array.from(block.rowEnds ?? [], boundary);
      return { ...block, from, rows, to: boundary(block.end) };
    })
    .filter(({ from, to }) => to > from);
}

function grade(grades: Uint8Array, blocks: readonly PlacedBlock[], tokensBetween: Layout['tokensBetween'], count: number, rules: PassageRules): Layout['sections'] {
  const sections: Layout['sections'] = [{ from: 0, to: count, level: 0 }];
  /** Where the headings begin that the next thing stands right behind. */
  let chain: number | null = null;
  const weaken = (from: number, to: number, most: number) => {
    for (let at = from + 1; at < to; at++) grades[at] = Math.min(grades[at]!, most);
  };
  for (const block of blocks) {
    const { from, to, kind, rows } = block;
    const headings: number | null = grades[from] === Grade.heading ? chain : null;
    if (headings === null && grades[from]! > Grade.never) grades[from] = Grade.sentence;
    if (kind === 'heading') {
      if (headings === null) {
        chain = from;
        if (from > 0) {
          sections.at(-1)!.to = from;
          sections.push({ from, to: count, level: block.level ?? 1 });
        } else sections[0]!.level = block.level ?? 1;
      }
      weaken(from, to, tokensBetween(from, to) <= rules.target / 2 ? Grade.never : Grade.part);
      if (to < count) grades[to] = Grade.heading;
      continue;
    }
    if (to < count) grades[to] = Grade.sentence;
    if (kind === 'item' || kind === 'cue') {
      weaken(from, to, Grade.part);
      continue;
    }
    const withHeadings = tokensBetween(headings ?? from, to);
    const alone = tokensBetween(from, to);
    if (withHeadings <= rules.limit || alone <= rules.target) weaken(from, to, Grade.never);
    else {
      weaken(from, to, Grade.part);
      for (const row of rows) if (row > from && row < to) grades[row] = Grade.sentence;
    }
  }
  return sections;
}

/** A passage repeats plain text, and of an item or a row that was cut what lies before the cut; nothing before where they began. */
function overlapFloors(blocks: readonly PlacedBlock[], count: number): Uint32Array | null {
  if (blocks.length === 0) return null;
  const floors = new Uint32Array(count + 1);
  let floor = 0;
  let at = 0;
  const upTo = (boundary: number) => {
    while (at < boundary) floors[at++] = floor;
  };
  for (const { from, to, rows } of blocks) {
    upTo(from);
    floor = from;
    for (const row of rows) {
      if (row <= from || row >= to) continue;
      upTo(row);
      floor = row;
    }
    upTo(to);
    floor = to;
  }
  upTo(count + 1);
  return floors;
}
