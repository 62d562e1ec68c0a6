import { analyse } from 'chardet';
import iconv from 'iconv-lite';

export interface DecodedText {
  /** NFC, `\n` line ends, without a byte-order mark. */
  text: string;
  /** A name that people know: `utf-8`, `utf-16le`, `windows-1252`. */
  encoding: string;
  /** True where nothing in the bytes says so and statistics had to. */
  guessed: boolean;
}

interface ByteOrderMark {
  encoding: string;
  length: number;
}

/** UTF-32's mark begins with UTF-16's, so it is looked for first. */
const MARKS: readonly (ByteOrderMark & { bytes: readonly number[] })[] = [
  { encoding: 'utf-32le', length: 4, bytes: [0xff, 0xfe, 0x00, 0x00] },
  { encoding: 'utf-32be', length: 4, bytes: [0x00, 0x00, 0xfe, 0xff] },
  { encoding: 'utf-8', length: 3, bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', length: 2, bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', length: 2, bytes: [0xfe, 0xff] },
];

/** Control characters that texts do hold: tab, line feed, vertical tab, form feed, carriage return, escape, end of file. */
const HARMLESS_CONTROLS = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1a, 0x1b]);

export function findByteOrderMark(bytes: Uint8Array): ByteOrderMark | null {
  const mark = MARKS.find(({ bytes: wanted }) => wanted.every((byte, i) => bytes[i] === byte));
  return mark === undefined ? null : { encoding: mark.encoding, length: mark.length };
}

/**
 * Whether bytes can be text: they have a byte-order mark, or no NUL and hardly a control character. The second rule
 * (one in two hundred) lets old texts with stray controls through; compressed or coded data has ten times as many.
 */
export function looksLikeText(bytes: Uint8Array): boolean {
  const mark = findByteOrderMark(bytes);
  if (mark !== null && mark.encoding !== 'utf-8') {
    // The marks of UTF-16 are two bytes that a binary file may happen to begin with; what follows then decodes to noise.
    return !isNoise(iconv.decode(bytes.subarray(mark.length, 65_536), mark.encoding));
  }
  let controls = 0;
  for (const byte of bytes) {
    if (byte === 0) return false;
    if (byte === 0x7f || (byte < 0x20 && !HARMLESS_CONTROLS.has(byte))) controls++;
  }
  return controls * 200 <= bytes.length;
}

/** @returns null where the bytes are no text at all */
export function decodeText(bytes: Uint8Array): DecodedText | null {
  if (!looksLikeText(bytes)) return null;
  const mark = findByteOrderMark(bytes);
  if (mark !== null) {
    const text = iconv.decode(bytes.subarray(mark.length), mark.encoding);
    return { text: normaliseText(text), encoding: mark.encoding, guessed: false };
  }
  const utf8 = decodeUtf8(bytes);
  if (utf8 !== null) return { text: normaliseText(utf8), encoding: 'utf-8', guessed: false };
  const encoding = guessEncoding(bytes);
  return { text: normaliseText(iconv.decode(bytes, encoding)), encoding, guessed: true };
}

/**
 * NFC with `\n` line ends, without what a database refuses in text: NUL (out of PDF fonts without a usable map to Unicode,
 * and JSON escapes) and lone surrogates.
 */
export function normaliseText(text: string): string {
  return text.replace(/\r\n?|\u2028|\u2029/g, '\n').replaceAll('\u0000', '').toWellFormed().normalize('NFC');
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function guessEncoding(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, 256 * 1024);
  for (const { name } of analyse(sample)) {
    // Not UTF-8, as was just seen; UTF-16 and UTF-32 without a mark hold NULs and never come here.
    if (/^utf/i.test(name) || name === 'ASCII' || !iconv.encodingExists(name)) continue;
    // Windows-1252 is ISO-8859-1 with quotation marks and dashes where the latter has control characters that no text holds.
    return name === 'ISO-8859-1' ? 'windows-1252' : name.toLowerCase();
  }
  return 'windows-1252';
}

/** Characters that no text holds, by more than one in twenty: replacement, NUL, lone surrogates, private use. */
function isNoise(text: string): boolean {
  let bad = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (code === 0xfffd || code === 0 || (code >= 0xd800 && code <= 0xdfff) || (code >= 0xe000 && code <= 0xf8ff)) bad++;
  }
  return bad * 20 > text.length;
}
