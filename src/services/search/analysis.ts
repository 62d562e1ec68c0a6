import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import snowball from 'snowball-stemmers';
import { STOP_WORDS } from './stop-words.js';

/** A word of a text as the keyword index knows it, and where it stands. */
export interface AnalyzedTerm {
  term: string;
  /** Half-open UTF-16 span of the word in the text. */
  start: number;
  end: number;
}

/** Runs of letters and digits; Chinese and Japanese, which put no spaces between words, character by character. */
const UNSPACED = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}';
const WORD = new RegExp(`[${UNSPACED}]|[[\\p{L}\\p{M}\\p{N}]--[${UNSPACED}]]+`, 'gv');
/** Longer runs are no words but codes; they are known by their beginning. UTF-16 units. */
const LONGEST_TERM = 64;

const stemmer = snowball.newStemmer('english');
/** Stemming costs 20 µs a word, and texts repeat their words. `''` stands for a stop word. */
const terms = new LRUCache<string, readonly string[]>({ max: 50_000 });

/**
 * The terms of a text, in order, repeats included: words in lower case and Unicode's compatible form (NFKC), without
 * English stop words, stemmed by Snowball's English stemmer (Porter2). Texts and queries pass through here alike.
 */
export function analyzeTerms(text: string): string[] {
  const found: string[] = [];
  for (const match of text.match(WORD) ?? []) {
    for (const term of termsOf(match)) found.push(term);
  }
  return found;
}

/** Texts that are analysed before others get their turn. */
const TEXTS_A_TURN = 16;

/** Of many passages, in their order, and with pauses: new words cost, so that a thousand passages take half a second. */
export async function analyzeAll(texts: readonly string[]): Promise<string[][]> {
  const all: string[][] = [];
  for (const text of texts) {
    all.push(analyzeTerms(text));
    if (all.length % TEXTS_A_TURN === 0) await setImmediate();
  }
  return all;
}

/** The same terms with the words' places in `text`, for highlights. */
export function analyzeWithSpans(text: string): AnalyzedTerm[] {
  const found: AnalyzedTerm[] = [];
  for (const match of text.matchAll(WORD)) {
    for (const term of termsOf(match[0])) found.push({ term, start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** Mostly one term; none for a stop word; several where the compatible form falls apart (½ is 1 and 2). */
function termsOf(word: string): readonly string[] {
  if (word.length > LONGEST_TERM * 4) return normalize(word.slice(0, LONGEST_TERM * 4));
  let known = terms.get(word);
  if (known === undefined) {
    known = normalize(word);
    terms.set(word, known);
  }
  return known;
}

function normalize(word: string): string[] {
  const parts = word.normalize('NFKC').toLowerCase().match(WORD) ?? [];
  return parts.filter((part) => !STOP_WORDS.has(part)).map((part) => stemmer.stem(part.slice(0, LONGEST_TERM)));
}
