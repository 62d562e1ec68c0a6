import { compile, type DomNode, type FormatCallback } from 'html-to-text';
import { movedBlock, tidyBlocks, type TextBlock } from '../../../domain/text-structure.js';
import { normaliseText } from '../text-decoding.js';
import type { StructuredText } from './structured-text.js';
import { headsColumns } from './table-header.js';

/**
 * While a page becomes text, signs that no text holds (Unicode's noncharacters) stand where its blocks begin and end; then they are
 * taken out, and their places are the blocks.
 */
const HEADINGS = ['\uFDD0', '\uFDD1', '\uFDD2', '\uFDD3', '\uFDD4', '\uFDD5', '\uFDD6'] as const;
const MARKS = { table: '\uFDD7', tableWithHeader: '\uFDD8', code: '\uFDD9', item: '\uFDDA', end: '\uFDDB' } as const;
const ANY_MARK = /[\uFDD0-\uFDDB]/g;

const heading =
  (level: number): FormatCallback =>
  (element, walk, builder) => {
    builder.openBlock({ leadingLineBreaks: 2 });
    walk(element.children, builder);
    builder.closeBlock({ trailingLineBreaks: 2, blockTransform: (text) => `${HEADINGS[level]!}${text}${MARKS.end}` });
  };

/** A picture's description is part of what a page says; its address is not. */
const description: FormatCallback = (element, _walk, builder) => {
  const alt = (element.attribs as Record<string, string> | undefined)?.alt;
  if (alt) builder.addInline(alt);
};

const code: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ isPre: true, leadingLineBreaks: 2 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 2, blockTransform: (text) => `${MARKS.code}${text}${MARKS.end}` });
};

const list =
  (isOrdered: boolean): FormatCallback =>
  (element, walk, builder) => {
    const isNested = element.parent?.name === 'li';
    const lineBreaks = isNested ? 1 : 2;
    let number = Number((element.attribs as Record<string, string>).start ?? 1) || 1;
    builder.openBlock({ leadingLineBreaks: lineBreaks });
    builder.openList({ interRowLineBreaks: 1, leadingLineBreaks: lineBreaks, maxPrefixLength: 0, prefixAlign: 'left' });
    for (const child of element.children.filter(holdsSomething)) {
      const prefix = child.name !== 'li' ? '' : isOrdered ? `${number++}. ` : '* ';
      builder.openListItem({ prefix: `${MARKS.item}${isNested ? '' : ' '}${prefix}` });
      walk([child], builder);
      builder.closeListItem();
    }
    builder.closeList({ trailingLineBreaks: lineBreaks });
    builder.closeBlock({ trailingLineBreaks: lineBreaks, blockTransform: (text) => `${text}${MARKS.end}` });
  };

/** A row a line, a tab between cells. A table that holds headings or tables is there for the looks of its page. */
const table: FormatCallback = (element, walk, builder) => {
  if (holdsAny(element, LAYOUT)) {
    builder.openBlock({ leadingLineBreaks: 2 });
    walk(element.children, builder);
    builder.closeBlock({ trailingLineBreaks: 2 });
    return;
  }
  const rows = rowsOf(element);
  builder.openTable();
  for (const { cells } of rows) {
    builder.openTableRow();
    for (const cell of cells) {
      builder.openTableCell();
      walk(cell.children ?? [], builder);
      builder.closeTableCell();
    }
    builder.closeTableRow();
  }
  builder.closeTable({
    leadingLineBreaks: 2,
    trailingLineBreaks: 2,
    tableToString: (cells) => {
      const lines = cells.map((row) => row.map(({ text }) => text.replace(ANY_MARK, '').replace(/\s+/g, ' ').trim()));
      const kept = lines.map((line, i) => ({ line, isHeader: rows[i]!.isHeader })).filter(({ line }) => line.some((cell) => cell !== ''));
      const hasHeader = kept.length > 1 && (kept[0]!.isHeader || (kept.length > 2 && headsColumns(kept[0]!.line)));
      const body = kept.map(({ line }) => line.join('\t')).join('\n');
      return body === '' ? '' : `${hasHeader ? MARKS.tableWithHeader : MARKS.table}${body}${MARKS.end}`;
    },
  });
};

const LAYOUT = new Set(['table', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const holdsSomething = ({ type, data }: DomNode) => type === 'tag' || (type === 'text' && (data ?? '').trim() !== '');
const holdsAny = ({ children = [] }: DomNode, names: ReadonlySet<string>): boolean => children.some((child) => names.has(child.name ?? '') || holdsAny(child, names));

function rowsOf(element: DomNode, inHead = false): { isHeader: boolean; cells: DomNode[] }[] {
  return (element.children ?? []).flatMap((child) => {
    if (child.name === 'tr') {
      const cells = (child.children ?? []).filter(({ name }) => name === 'td' || name === 'th');
      return cells.length === 0 ? [] : [{ isHeader: inHead || cells.every(({ name }) => name === 'th'), cells }];
    }
    if (child.name === 'caption') return [{ isHeader: false, cells: [child] }];
    return ['thead', 'tbody', 'tfoot', 'center'].includes(child.name ?? '') ? rowsOf(child, child.name === 'thead') : [];
  });
}

const toText = compile({
  wordwrap: false,
  limits: { maxInputLength: undefined },
  formatters: {
    description, code, table,
    unorderedList: list(false), orderedList: list(true),
    ...Object.fromEntries(HEADINGS.map((_, level) => [`heading${level}`, heading(level)])),
  },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'description' },
    ...[1, 2, 3, 4, 5, 6].map((level) => ({ selector: `h${level}`, format: `heading${level}` })),
    { selector: 'h1.title', format: 'heading0' },
    { selector: 'table', format: 'table' },
    { selector: 'pre', format: 'code' },
    ...['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'object'].map((selector) => ({ selector, format: 'skip' })),
  ],
});

/** The text of markup without scripts and styles, and its blocks; nothing in it is run or fetched. */
export function textOfHtml(source: string): StructuredText {
  return takeOutMarks(normaliseText(toText(source.replace(ANY_MARK, ''))).trim());
}

function takeOutMarks(marked: string): StructuredText {
  const parts: string[] = [];
  const blocks: TextBlock[] = [];
  let length = 0;
  let last = 0;
  let open: { mark: string; start: number } | null = null;
  const close = () => {
    if (open === null) return;
    const block = blockOf(open.mark, open.start, length, parts);
    if (block !== null) blocks.push(block);
    open = null;
  };
  for (const { 0: mark, index } of marked.matchAll(ANY_MARK)) {
    const part = marked.slice(last, index);
    parts.push(part);
    length += part.length;
    last = index + 1;
    close();
    if (mark !== MARKS.end) open = { mark, start: length };
  }
  parts.push(marked.slice(last));
  // What stood before the first word was the space around a mark.
  const whole = parts.join('');
  const text = whole.trim();
  const shift = whole.indexOf(text);
  return { text, blocks: tidyBlocks(blocks.map((block) => movedBlock(block, -shift)), text) };
}

function blockOf(mark: string, start: number, end: number, parts: readonly string[]): TextBlock | null {
  const level = HEADINGS.findIndex((each) => each === mark);
  if (level >= 0) return { kind: 'heading', level, start, end };
  if (mark === MARKS.item) return { kind: 'item', start, end };
  if (mark === MARKS.code) return { kind: 'code', start, end };
  if (mark !== MARKS.table && mark !== MARKS.tableWithHeader) return null;
  const firstRow = parts.at(-1)!.indexOf('\n');
  return { kind: 'table', rows: 'lines', headerEnd: mark === MARKS.tableWithHeader && firstRow > 0 ? start + firstRow : null, start, end };
}
