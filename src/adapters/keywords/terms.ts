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
export const countTerms = (terms: readonly string[]): Map<string, number> => weighTerms(terms, undefined);

/** What each term counts times in all, in order of first occurrence. @param weights in step with the terms; each 1 where left out */
export function weighTerms(terms: readonly string[], weights: readonly number[] | undefined): Map<string, number> {
  const weighed = new Map<string, number>();
  terms.forEach((term, i) => {
    const stored = storedTerm(term);
    weighed.set(stored, (weighed.get(stored) ?? 0) + (weights?.[i] ?? 1));
  });
  return weighed;
}
