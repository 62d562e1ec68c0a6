import type { TextBlock } from '../../../domain/text-structure.js';
import type { Extraction } from '../../../ports/media.port.js';
import { noContent, tooLarge, type ExtractContext } from '../extract-context.js';
import { normaliseText } from '../text-decoding.js';
import { countWords, readTextFile } from './text-file.js';

/**
 * JSON as lines of `path: value`, so that a search finds a value under the name that it has. Paths are written as in
 * metadata filters: `tags.0`, `a\.b`.
 */
export async function extractJson(context: ExtractContext): Promise<Extraction> {
  const { text: source, encoding, warnings } = await readTextFile(context);
  const { limits, mimeType } = context;
  checkDepth(source, limits.depth);
  const lines = new BoundedLines(limits.textCharacters);
  if (mimeType === 'application/x-ndjson') readLines(source, lines, warnings);
  else readWhole(source, lines, warnings);
  if (lines.cut) warnings.push(`Only the first ${limits.textCharacters.toLocaleString('en')} characters of its values are kept.`);
  const text = normaliseText(lines.text());
  if (text === '') throw noContent('The JSON holds no values.');
  // Each value of a list of them is a row.
  const blocks: TextBlock[] = mimeType === 'application/x-ndjson' ? [{ kind: 'table', rows: 'paragraphs', headerEnd: null, start: 0, end: text.length }] : [];
  return { text, pages: [], blocks, facts: { document: {}, text: { encoding, characters: text.length, words: countWords(text) } }, warnings };
}

function readWhole(source: string, lines: BoundedLines, warnings: string[]): void {
  const value = parse(source);
  if (value === undefined) {
    warnings.push('The file is not valid JSON; its text was taken as it is.');
    lines.add(source);
  } else {
    flatten(value, lines);
  }
}

/** One value a line; each is a row of its own. */
function readLines(source: string, lines: BoundedLines, warnings: string[]): void {
  let row = 0;
  let invalid = 0;
  for (const line of source.split('\n')) {
    if (line.trim() === '') continue;
    const value = parse(line);
    if (value === undefined) {
      invalid++;
      lines.add(line);
    } else {
      if (row > 0) lines.add('');
      flatten(value, lines);
    }
    row++;
    if (lines.cut) break;
  }
  if (invalid > 0) warnings.push(`${invalid} of its lines are not valid JSON; they were taken as they are.`);
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch {
    return undefined;
  }
}

interface Frame {
  path: string;
  value: Record<string, unknown> | readonly unknown[];
  /** Of an object; an array needs no list of its indices. */
  keys: readonly string[] | null;
  next: number;
}

/** Walks without recursion and with one frame a level, in the order of the file. */
function flatten(root: unknown, lines: BoundedLines): void {
  const frames: Frame[] = [];
  const visit = (path: string, value: unknown) => {
    if (value !== null && typeof value === 'object') {
      const container = value as Frame['value'];
      frames.push({ path, value: container, keys: Array.isArray(container) ? null : Object.keys(container), next: 0 });
    } else if (value !== null && value !== '') {
      lines.add(path === '' ? String(value) : `${path}: ${String(value)}`);
    }
  };
  visit('', root);
  for (let frame = frames.at(-1); frame !== undefined && !lines.cut; frame = frames.at(-1)) {
    const i = frame.next++;
    const { path, value, keys } = frame;
    if (i >= (keys ?? (value as readonly unknown[])).length) {
      frames.pop();
      continue;
    }
    const key = keys === null ? String(i) : keys[i]!;
    const name = keys === null ? key : key.replace(/[\\.]/g, '\\$&');
    visit(path === '' ? name : `${path}.${name}`, (value as Record<string, unknown>)[key]);
  }
}

/** Counts brackets outside strings before anything is built from them. */
function checkDepth(source: string, limit: number): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > limit) throw tooLarge(`The JSON is nested more than ${limit} levels deep.`);
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
}

class BoundedLines {
  private readonly parts: string[] = [];
  private length = 0;
  cut = false;

  constructor(private readonly limit: number) {}

  add(line: string): void {
    if (this.cut) return;
    if (this.length + line.length + 1 > this.limit) {
      this.cut = true;
      if (this.parts.length === 0) this.parts.push(line.slice(0, this.limit));
      return;
    }
    this.parts.push(line);
    this.length += line.length + 1;
  }

  text(): string {
    return this.parts.join('\n');
  }
}
