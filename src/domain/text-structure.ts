/** Where the headings, tables, lists and code of a text lie, and when what it says is said, as an extractor knows them from the format that it read. */

interface Span {
  /** Half-open, UTF-16, in the text that is kept. */
  start: number;
  end: number;
}

export type TextBlock = Span &
  (
    | {
        kind: 'heading';
        /** 0 for the title of the whole, then 1 to 6. */
        level: number;
      }
    | {
        kind: 'table';
        /** What lies between two rows: a line's end, or an empty line. */
        rows: 'lines' | 'paragraphs';
        /** Where the row of the columns' names ends; null where there is none, or where each row names its columns. */
        headerEnd: number | null;
      }
    | { kind: 'code' }
    /** One item of a list, without those of a list within it. */
    | { kind: 'item' }
    /** What is said from one second of a film or a sound to another. */
    | { kind: 'cue'; startSeconds: number; endSeconds: number }
  );

/** Blocks as cutters and stores want them: within the text, holding something, in order, none within another. */
export function tidyBlocks(blocks: readonly TextBlock[], text: string): TextBlock[] {
  const tidy: TextBlock[] = [];
  let reached = 0;
  for (const block of [...blocks].sort((left, right) => left.start - right.start || left.end - right.end)) {
    let start = Math.max(block.start, reached);
    let end = Math.min(block.end, text.length);
    while (start < end && isSpace(text, start)) start++;
    while (end > start && isSpace(text, end - 1)) end--;
    if (end <= start) continue;
    if (block.kind === 'table') {
      const { headerEnd } = block;
      tidy.push({ ...block, start, end, headerEnd: headerEnd !== null && headerEnd > start && headerEnd < end ? headerEnd : null });
    } else tidy.push({ ...block, start, end });
    reached = end;
  }
  return tidy;
}

/** The same block in a text that begins so much earlier. */
export function movedBlock(block: TextBlock, by: number): TextBlock {
  const span = { start: block.start + by, end: block.end + by };
  return block.kind === 'table' ? { ...block, ...span, headerEnd: block.headerEnd === null ? null : block.headerEnd + by } : { ...block, ...span };
}

const isSpace = (text: string, at: number) => /\s/.test(text[at]!);

/** Offsets at which a table's rows, or the lines of code, end; the block's own end not among them. */
export function rowEnds(text: string, block: TextBlock): number[] {
  if (block.kind !== 'table' && block.kind !== 'code') return [];
  const between = block.kind === 'table' && block.rows === 'paragraphs' ? '\n\n' : '\n';
  const ends: number[] = [];
  for (let at = text.indexOf(between, block.start); at >= 0 && at < block.end; at = text.indexOf(between, at + 1)) ends.push(at + 1);
  return ends;
}

/** Tokens that the words in front of a passage may take of what a model reads. */
export const CONTEXT_TOKENS = 40;
/** Headings that a text had rather than what it says under them, in tokens: of each no more is taken. */
const LONGEST_HEADING = 24;

/**
 * Makes, for stretches of a text asked for in order, the words that say where in it a stretch lies: the headings that it stands under,
 * outermost first, those that it holds itself not among them; and, within a table, the names of the columns. Null where there are none.
 */
export function contextTeller(text: string, blocks: readonly TextBlock[]): (span: Span) => string | null {
  const open: { level: number; words: string }[] = [];
  let next = 0;
  let table: (TextBlock & { kind: 'table' }) | null = null;
  const enter = (block: TextBlock) => {
    if (block.kind === 'table') table = block;
    if (block.kind !== 'heading') return;
    close(block.level);
    open.push({ level: block.level, words: oneLine(text.slice(block.start, block.end)) });
  };
  const close = (level: number) => {
    while (open.length > 0 && open.at(-1)!.level >= level) open.pop();
  };
  return ({ start }) => {
    while (next < blocks.length && blocks[next]!.start < start) enter(blocks[next++]!);
    const first = blocks[next];
    const path = first?.kind === 'heading' && first.start === start ? open.filter(({ level }) => level < first.level) : open;
    const columns = table !== null && table.headerEnd !== null && table.headerEnd <= start && start < table.end ? [oneLine(text.slice(table.start, table.headerEnd))] : [];
    return within([...path.map(({ words }) => words), ...columns], CONTEXT_TOKENS);
  };
}

/** The innermost ones first get their room, as they say most. */
function within(parts: readonly string[], tokens: number): string | null {
  const kept: string[] = [];
  let left = tokens;
  for (const part of [...parts].reverse()) {
    // One for the sign between two.
    const words = shortened(part, Math.min(LONGEST_HEADING, left - 1));
    if (words === '') break;
    left -= estimatedTokens(words) + 1;
    kept.unshift(words);
  }
  return kept.length === 0 ? null : kept.join(' > ');
}

const WORDS = /[\p{L}\p{M}\p{N}]+|[^\s]/gu;
const SINGLE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

/** Rather too many than too few: a word of WordPiece's holds two characters at least, but for single signs. */
export function estimatedTokens(text: string): number {
  let tokens = 0;
  for (const [word] of text.matchAll(WORDS)) tokens += SINGLE.test(word) ? word.length : Math.ceil(word.length / 3);
  return tokens;
}

function shortened(text: string, tokens: number): string {
  let left = tokens;
  let end = 0;
  for (const match of text.matchAll(WORDS)) {
    left -= estimatedTokens(match[0]);
    if (left < 0) break;
    end = match.index + match[0].length;
  }
  return text.slice(0, end);
}

/** Without the signs that Markdown marks a heading with. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim().replace(/^#{1,6} +/, '').replace(/ +(?:#+|=+|-+)$/, '');
