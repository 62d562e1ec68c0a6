import MarkdownIt from 'markdown-it';
import { tidyBlocks, type TextBlock } from '../../../domain/text-structure.js';

/** Blocks alone: what stands within a line, links and emphasis, is not looked at. */
const parser = new MarkdownIt('commonmark').enable('table');
parser.core.ruler.disable(['inline', 'text_join']);

/** Headings, tables, items and code by CommonMark's rules, with GitHub's tables; whole lines each. */
export function blocksOfMarkdown(text: string): TextBlock[] {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  const offset = (line: number) => lineStarts[line] ?? text.length;
  const blocks: TextBlock[] = [];
  /** Items that are open: a list within one ends what counts as its own. */
  const items: { start: number; end: number; isCut: boolean }[] = [];
  for (const { type, tag, map } of parser.parse(text, {})) {
    if (type === 'list_item_close') endItem(items.pop()!, blocks);
    if (map === null) continue;
    const span = { start: offset(map[0]), end: offset(map[1]) };
    switch (type) {
      case 'list_item_open':
        items.push({ ...span, isCut: false });
        break;
      case 'bullet_list_open':
      case 'ordered_list_open':
        cutItem(items.at(-1), span.start);
        break;
      case 'heading_open':
        cutItem(items.at(-1), span.start);
        blocks.push({ kind: 'heading', level: Number(tag.slice(1)), ...span });
        break;
      case 'table_open':
        cutItem(items.at(-1), span.start);
        // The row of dashes says nothing.
        blocks.push({ kind: 'table', rows: 'lines', headerEnd: offset(map[0] + 1) - 1, ...span });
        break;
      case 'fence':
      case 'code_block':
        cutItem(items.at(-1), span.start);
        blocks.push({ kind: 'code', ...span });
    }
  }
  return tidyBlocks(blocks, text);
}

function cutItem(item: { end: number; isCut: boolean } | undefined, at: number): void {
  if (item === undefined || item.isCut) return;
  item.end = at;
  item.isCut = true;
}

function endItem({ start, end }: { start: number; end: number }, blocks: TextBlock[]): void {
  if (end > start) blocks.push({ kind: 'item', start, end });
}
