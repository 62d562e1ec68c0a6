import { readFile } from 'node:fs/promises';
import { damaged, formatBytes, noContent, tooLarge, type ExtractContext } from '../extract-context.js';
import { decodeText, type DecodedText } from '../text-decoding.js';

/** Reads a whole text format, which is small by its limit. */
export async function readTextFile({ path, fileSize, limits }: ExtractContext): Promise<DecodedText & { warnings: string[] }> {
  if (fileSize > limits.textBytes) {
    throw tooLarge(`The text has ${formatBytes(fileSize)}; at most ${formatBytes(limits.textBytes)} are read. Split it into several.`);
  }
  const decoded = decodeText(await readFile(path));
  if (decoded === null) throw damaged('The file is no text in any known encoding; it holds binary data.');
  if (decoded.text.trim() === '') throw noContent('The text is empty.');
  const warnings = decoded.guessed
    ? [`The text is not UTF-8 and has no byte-order mark; its encoding was guessed to be ${decoded.encoding}.`]
    : [];
  return { ...decoded, warnings };
}

/** Cuts text that was derived (from rows, from keys) to the limit, at the end of a line, and says so. */
export function boundText(text: string, limit: number, warnings: string[]): string {
  if (text.length <= limit) return text;
  const end = text.lastIndexOf('\n', limit);
  warnings.push(`Only the first ${limit.toLocaleString('en')} characters of its text are kept.`);
  return text.slice(0, end > 0 ? end : limit);
}

/** Words as Unicode separates them, counted without a list of them all. */
export function countWords(text: string): number {
  let words = 0;
  const pattern = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;
  while (pattern.exec(text) !== null) words++;
  return words;
}

/** A fact that a file states about itself: one line, not endless; undefined where it says nothing. */
export function statedFact(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  // eslint-disable-next-line no-control-regex -- U+0000 is what is to go
  const line = value.replace(/[\s\u0000]+/g, ' ').trim().normalize('NFC').slice(0, 500);
  return line === '' ? undefined : line;
}
