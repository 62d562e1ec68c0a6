import { Parser } from 'htmlparser2';
import type { JsonObject } from '../../../domain/model.js';
import { movedBlock } from '../../../domain/text-structure.js';
import type { Extraction } from '../../../ports/media.port.js';
import { tooLarge, type ExtractContext } from '../extract-context.js';
import { textOfHtml } from './html-text.js';
import { boundStructure, type StructuredText } from './structured-text.js';
import { countWords, readTextFile, statedFact } from './text-file.js';

/** A page's text without scripts and styles; nothing in it is run or fetched. */
export async function extractHtml(context: ExtractContext): Promise<Extraction> {
  const { text: source, encoding, warnings } = await readTextFile(context);
  const head = readHead(source, context.limits.depth);
  const { text, blocks } = boundStructure(withTitle(textOfHtml(source), head.title), context.limits.textCharacters, warnings);
  const document: JsonObject = {};
  for (const [key, value] of Object.entries(head)) if (value !== undefined) document[key] = value;
  if (text === '') warnings.push('The page holds no text.');
  return {
    text: text === '' ? null : text,
    pages: [],
    blocks,
    facts: { document, text: { encoding, characters: text.length, words: countWords(text) } },
    warnings,
  };
}

/** A title that the page does not repeat is often the best name of what it is about. */
function withTitle({ text, blocks }: StructuredText, title: string | undefined): StructuredText {
  if (title === undefined || text.includes(title)) return { text, blocks };
  if (text === '') return { text: title, blocks };
  const shift = title.length + 2;
  return { text: `${title}\n\n${text}`, blocks: [{ kind: 'heading', level: 0, start: 0, end: title.length }, ...blocks.map((block) => movedBlock(block, shift))] };
}

/** Reads what a page says about itself, and refuses what is nested so deeply that no page is. */
function readHead(source: string, maxDepth: number): { title?: string; author?: string; language?: string } {
  const head: { title?: string; author?: string; language?: string } = {};
  let depth = 0;
  let title: string | null = null;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (++depth > maxDepth) throw tooLarge(`The page's elements are nested more than ${maxDepth} levels deep.`);
      if (name === 'html') head.language = statedFact(attributes.lang);
      if (name === 'title' && head.title === undefined) title = '';
      if (name === 'meta' && attributes.name?.toLowerCase() === 'author') head.author ??= statedFact(attributes.content);
    },
    ontext(text) {
      if (title !== null) title += text;
    },
    onclosetag(name) {
      depth--;
      if (name === 'title' && title !== null) {
        head.title = statedFact(title);
        title = null;
      }
    },
  });
  parser.write(source);
  parser.end();
  return head;
}
