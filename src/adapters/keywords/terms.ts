import { createHash } from 'node:crypto';

// An index entry of PostgreSQL's ends at 2,704 bytes; no word of any language comes near this.
const LONGEST_TERM = 200;

/** The term as the index stores it: longer ones by their beginning and a hash, and nothing that PostgreSQL's text cannot hold. */
export function storedTerm(term: string): string {
  const text = term.replaceAll('\0', '\ufffd').toWellFormed();
  if (text.length <= LONGEST_TERM) return text;
  const hash = createHash('sha256').update(text).digest('base64url');
  return `${text.slice(0, LONGEST_TERM).toWellFormed()}#${hash}`;
}

/** How often each term occurs, in order of first occurrence. */
export function countTerms(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) {
    const stored = storedTerm(term);
    counts.set(stored, (counts.get(stored) ?? 0) + 1);
  }
  return counts;
}
