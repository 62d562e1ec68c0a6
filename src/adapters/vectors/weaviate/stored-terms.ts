import { createHash } from 'node:crypto';

/** Characters of a term that are stored as they are; no word of any language comes near it. */
const LONGEST_TERM = 200;

/**
 * The terms as Weaviate's `whitespace` tokenisation takes them apart again: none is empty or holds whitespace (in Go's meaning
 * of it), and long ones are their beginning and a hash.
 */
export const storedTerms = (terms: readonly string[]): string => terms.map(storedTerm).join(' ');

function storedTerm(term: string): string {
  const text = term.toWellFormed().replace(/[%\s\0\u0085]/g, (char) => `%${char.codePointAt(0)!.toString(16)};`);
  if (text === '') return '%';
  if (text.length <= LONGEST_TERM) return text;
  return `${text.slice(0, LONGEST_TERM).toWellFormed()}#${createHash('sha256').update(text).digest('base64url')}`;
}
