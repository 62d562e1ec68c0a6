import { Parser } from 'htmlparser2';
import type { JsonObject } from '../../../domain/model.js';
import type { Extraction } from '../../../ports/media.port.js';
import { tooLarge, type ExtractContext } from '../extract-context.js';
import { normaliseText } from '../text-decoding.js';
import { boundText, countWords, readTextFile, statedFact } from './text-file.js';

const SILENT = new Set(['script', 'style']);

/**
 * The character data of XML, SVG among it (its titles, descriptions and labels), a line an element. An SVG is never drawn
 * here: it can refer to files and hold scripts. Entities that the file itself defines stay unexpanded, so none can explode.
 */
export async function extractXml(context: ExtractContext): Promise<Extraction> {
  const { text: source, encoding, warnings } = await readTextFile(context);
  const { lines, title } = readText(source, context.limits.depth);
  const text = boundText(normaliseText(lines.join('\n')), context.limits.textCharacters, warnings);
  if (text === '') warnings.push('The file holds no text between its tags.');
  const document: JsonObject = title === undefined ? {} : { title };
  return {
    text: text === '' ? null : text,
    pages: [],
    facts: { document, text: { encoding, characters: text.length, words: countWords(text) } },
    warnings,
  };
}

function readText(source: string, maxDepth: number): { lines: string[]; title?: string } {
  const lines: string[] = [];
  const open: string[] = [];
  let title: string | undefined;
  let current = '';
  const endLine = () => {
    const line = current.replace(/\s+/g, ' ').trim();
    current = '';
    if (line === '') return;
    lines.push(line);
    if (open.at(-1) === 'title') title ??= statedFact(line);
  };
  const parser = new Parser(
    {
      onopentag(name) {
        endLine();
        open.push(name.replace(/^.*:/, '').toLowerCase());
        if (open.length > maxDepth) throw tooLarge(`The elements are nested more than ${maxDepth} levels deep.`);
      },
      ontext(text) {
        if (!open.some((name) => SILENT.has(name))) current += text;
      },
      onclosetag() {
        endLine();
        open.pop();
      },
    },
    { xmlMode: true },
  );
  parser.write(source);
  parser.end();
  endLine();
  return { lines, title };
}
