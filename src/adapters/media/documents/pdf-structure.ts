import { movedBlock, tidyBlocks, type TextBlock } from '../../../domain/text-structure.js';
import { normaliseText } from '../text-decoding.js';
import { namesColumns } from './table-header.js';

/** What pdf.js says of a piece of text on a page. */
interface TextItem {
  str: string;
  hasEOL: boolean;
  /** In points, as are the places below. */
  width: number;
  height: number;
  /** [a, b, c, d, x, y] */
  transform: readonly number[];
}

interface Cell {
  from: number;
  to: number;
  text: string;
}

/** A line of a page. */
export interface PageLine {
  /** Offsets in the page's text. */
  start: number;
  end: number;
  text: string;
  /** Of most of its characters, in half points. */
  size: number;
  /** Where its first word stands. */
  x: number;
  /** Stretches with wide gaps between them. */
  cells: Cell[];
}

/** Words that stand so many times their size apart (justified lines have less) are cells of a table, or columns. */
const WIDE_GAP = 0.8;
/** How far, in times its size, a cell's edge may stand from that of the one above. */
const ALIGNED = 0.75;
const LEAST_ROWS = 3;
/** So much larger than most of the document a heading is. */
const HEADING_SHARE = 1.15;
const LONGEST_HEADING = 200;
const MOST_HEADING_LINES = 3;
/** Where more than so much of the text stands out, nothing does: slides and posters. */
const MOST_HEADINGS = 0.4;
const BULLET = /^(?:[•◦▪‣●○■□–—*·-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S/u;

/** A page's text, and its lines with what their looks say. */
export function linesOfPage(items: readonly (TextItem | object)[]): { text: string; lines: PageLine[] } {
  const rows: TextItem[][] = [[]];
  for (const item of items) {
    if (!('str' in item)) continue;
    rows.at(-1)!.push(item);
    if (item.hasEOL) rows.push([]);
  }
  const texts = rows.map((row) => normaliseText(row.map(({ str }) => str).join('')));
  const whole = texts.join('\n');
  const text = whole.trim();
  const shift = whole.indexOf(text);
  const lines: PageLine[] = [];
  let at = -shift;
  texts.forEach((line, i) => {
    const words = line.trim();
    if (words !== '') lines.push({ ...look(rows[i]!), text: words, start: Math.max(0, at), end: Math.min(text.length, at + line.length) });
    at += line.length + 1;
  });
  return { text, lines };
}

function look(items: readonly TextItem[]): Pick<PageLine, 'size' | 'x' | 'cells'> {
  const sizes = new Map<number, number>();
  const cells: Cell[] = [];
  for (const { str, width, height, transform } of items) {
    if (str.trim() === '') continue;
    const size = Math.round(2 * (height || Math.hypot(transform[2]!, transform[3]!)));
    sizes.set(size, (sizes.get(size) ?? 0) + str.length);
    const from = transform[4]!;
    const last = cells.at(-1);
    if (last !== undefined && from - last.to < (size / 2) * WIDE_GAP && from >= last.from) {
      last.to = Math.max(last.to, from + width);
      last.text += ` ${str}`;
    } else cells.push({ from, to: from + width, text: str });
  }
  return { size: mostOf(sizes), x: cells[0]?.from ?? 0, cells };
}

const mostOf = (counts: ReadonlyMap<number, number>) => [...counts].reduce((best, each) => (each[1] > best[1] ? each : best), [0, 0])[0];

/**
 * Headings by their size against that of most of the text, tables by words that stand below each other, items by their bullets and by
 * what stands further in below them. What looks like neither stays plain text: a PDF says nothing of what its marks mean.
 * @param pages in order, each with its place in `text`
 */
export function blocksOfPages(pages: readonly { start: number; lines: readonly PageLine[] }[], text: string): TextBlock[] {
  const sizes = new Map<number, number>();
  for (const { lines } of pages) for (const { size, text: words } of lines) sizes.set(size, (sizes.get(size) ?? 0) + words.length);
  const body = mostOf(sizes);
  const isLarge = ({ size, text: words }: PageLine) => size >= body * HEADING_SHARE && words.length <= LONGEST_HEADING && /\p{L}/u.test(words);
  const all = pages.flatMap(({ lines }) => lines);
  const large = all.filter(isLarge);
  const length = (some: readonly PageLine[]) => some.reduce((sum, line) => sum + line.text.length, 0);
  const areHeadings = length(large) <= length(all) * MOST_HEADINGS;
  const levels = [...new Set(large.map(({ size }) => size))].sort((left, right) => right - left);
  const isHeading = (line: PageLine) => areHeadings && isLarge(line);

  const blocks: TextBlock[] = [];
  for (const { start, lines } of pages) {
    for (let i = 0; i < lines.length; ) {
      const block = headingAt(lines, i, isHeading, levels) ?? tableAt(lines, i) ?? itemAt(lines, i, isHeading);
      if (block !== null) blocks.push(movedBlock(block.block, start));
      i = block?.next ?? i + 1;
    }
  }
  return tidyBlocks(blocks, text);
}

type Found = { block: TextBlock; next: number } | null;

function headingAt(lines: readonly PageLine[], at: number, isHeading: (line: PageLine) => boolean, levels: readonly number[]): Found {
  const first = lines[at]!;
  if (!isHeading(first)) return null;
  let next = at + 1;
  while (next < lines.length && next - at < MOST_HEADING_LINES && lines[next]!.size === first.size && isHeading(lines[next]!)) next++;
  return { block: { kind: 'heading', level: Math.min(6, levels.indexOf(first.size) + 1), start: first.start, end: lines[next - 1]!.end }, next };
}

function tableAt(lines: readonly PageLine[], at: number): Found {
  const first = lines[at]!;
  if (first.cells.length < 2) return null;
  let next = at + 1;
  while (next < lines.length && standBelow(lines[next - 1]!, lines[next]!)) next++;
  if (next - at < LEAST_ROWS) return null;
  const headerEnd = namesColumns(first.cells.map(({ text }) => text.trim())) ? first.end : null;
  return { block: { kind: 'table', rows: 'lines', headerEnd, start: first.start, end: lines[next - 1]!.end }, next };
}

function standBelow(above: PageLine, below: PageLine): boolean {
  const near = (left: number, right: number) => Math.abs(left - right) <= (below.size / 2) * ALIGNED;
  return above.cells.length === below.cells.length && below.cells.every(({ from, to }, i) => near(from, above.cells[i]!.from) || near(to, above.cells[i]!.to));
}

function itemAt(lines: readonly PageLine[], at: number, isHeading: (line: PageLine) => boolean): Found {
  const first = lines[at]!;
  if (!BULLET.test(first.text)) return null;
  let next = at + 1;
  while (next < lines.length && lines[next]!.x > first.x + 1 && !BULLET.test(lines[next]!.text) && !isHeading(lines[next]!)) next++;
  return { block: { kind: 'item', start: first.start, end: lines[next - 1]!.end }, next };
}
