import { compile } from 'html-to-text';
import { Parser } from 'htmlparser2';
import type { JsonObject } from '../../../domain/model.js';
import type { Extraction } from '../../../ports/media.port.js';
import { tooLarge, type ExtractContext } from '../extract-context.js';
import { normaliseText } from '../text-decoding.js';
import { boundText, countWords, readTextFile, statedFact } from './text-file.js';

const toText = compile({
  wordwrap: false,
  limits: { maxInputLength: undefined },
  formatters: {
    // A picture's description is part of what a page says; its address is not.
    description: (element, _walk, builder) => {
      const alt = (element.attribs as Record<string, string> | undefined)?.alt;
      if (alt) builder.addInline(alt);
    },
  },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'description' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false, colSpacing: 2 } },
    ...['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'object'].map((selector) => ({ selector, format: 'skip' })),
  ],
});

/** A page's text without scripts and styles; nothing in it is run or fetched. */
export async function extractHtml(context: ExtractContext): Promise<Extraction> {
  const { text: source, encoding, warnings } = await readTextFile(context);
  const head = readHead(source, context.limits.depth);
  const body = normaliseText(toText(source)).trim();
  // A title that the page does not repeat is often the best name of what it is about.
  const whole = head.title !== undefined && !body.includes(head.title) ? `${head.title}\n\n${body}`.trim() : body;
  const text = boundText(whole, context.limits.textCharacters, warnings);
  const document: JsonObject = {};
  for (const [key, value] of Object.entries(head)) if (value !== undefined) document[key] = value;
  if (text === '') warnings.push('The page holds no text.');
  return {
    text: text === '' ? null : text,
    pages: [],
    facts: { document, text: { encoding, characters: text.length, words: countWords(text) } },
    warnings,
  };
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
