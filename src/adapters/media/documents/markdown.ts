import { parseDocument } from 'yaml';
import type { Json, JsonObject } from '../../../domain/model.js';
import type { Extraction } from '../../../ports/media.port.js';
import { noContent, type ExtractContext } from '../extract-context.js';
import { blocksOfMarkdown } from './markdown-blocks.js';
import { boundText, countWords, readTextFile, statedFact } from './text-file.js';

/** Markdown stays as it is written: it reads well as text, and its headings, tables and lists say where to cut. */
export async function extractMarkdown(context: ExtractContext): Promise<Extraction> {
  const { text: source, encoding, warnings } = await readTextFile(context);
  const { body, fields } = splitFrontMatter(source);
  if (body.trim() === '') throw noContent('There is nothing below the front matter.');
  const text = boundText(body, context.limits.textCharacters, warnings);
  const { title, author, lang, language, ...rest } = fields;
  const document: JsonObject = {};
  const stated = {
    title: statedFact(title) ?? statedFact(/^#[ \t]+(.+?)[ \t]*#*$/m.exec(text)?.[1]),
    author: statedFact(author),
    language: statedFact(language ?? lang),
  };
  for (const [key, value] of Object.entries(stated)) if (value !== undefined) document[key] = value;
  if (Object.keys(rest).length > 0) document.frontMatter = rest;
  return { text, pages: [], blocks: blocksOfMarkdown(text), facts: { document, text: { encoding, characters: text.length, words: countWords(text) } }, warnings };
}

/**
 * Takes YAML between two `---` lines off the beginning where it is a plain list of keys with scalars or lists of scalars;
 * anything else, a thematic break among it, stays text.
 */
export function splitFrontMatter(source: string): { body: string; fields: JsonObject } {
  const found = /^---[ \t]*\n([\s\S]{0,65536}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(source);
  if (found === null) return { body: source, fields: {} };
  const document = parseDocument(found[1]!, { schema: 'core', logLevel: 'silent' });
  // Aliases could multiply what is written once into any amount; fields of a text have no use for them.
  const isPlain = document.errors.length === 0 && !/(?:^|[\s,[{:-])[&*]\w/.test(found[1]!);
  const value: unknown = isPlain ? document.toJS() : null;
  if (!isSimple(value)) return { body: source, fields: {} };
  return { body: source.slice(found[0].length).replace(/^\n+/, ''), fields: value };
}

function isSimple(value: unknown): value is JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const scalar = (v: unknown): v is Json => v === null || ['string', 'number', 'boolean'].includes(typeof v);
  return Object.values(value).every((v) => scalar(v) || (Array.isArray(v) && v.every(scalar)));
}
