import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/** Characters a line, where nobody says how wide the window is. */
const USUAL_WIDTH = 100;
const NARROWEST = 40;

export const widthOf = (stream: NodeJS.WriteStream): number => Math.max(NARROWEST, stream.isTTY ? stream.columns : USUAL_WIDTH);

/** None where the output goes into a file or a pipe, or where the reader wants none. */
export const coloursFor = (stream: NodeJS.WriteStream): Colours => pc.createColors(Boolean(stream.isTTY) && pc.isColorSupported);

const seen = (text: string): number => stripVTControlCharacters(text).length;

/** Lines of at most `width` characters as they are seen, broken between words; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    const lines = [''];
    for (const word of line.split(' ')) {
      const last = lines.at(-1)!;
      if (last !== '' && seen(last) + 1 + seen(word) > width) lines.push(word);
      else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    }
    return lines;
  });
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal, as stores and disks count: 1.5 MB. */
export function readableSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}
