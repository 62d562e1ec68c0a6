import { analyzeTerms } from './analysis.js';
import type { WeightedWords } from './search-terms.js';

/** What the keyword leg asks. */
export interface AskedWords {
  /** Analysed. */
  terms: readonly string[];
  /** In step with the terms; null where all weigh the same, which changes no order. */
  weights: readonly number[] | null;
  /** In step with the terms: which of the words that were asked with each is of. */
  groups: readonly number[];
}

export function askWords(words: readonly WeightedWords[]): AskedWords {
  const analysed = words.map(({ words: text, weight }) => ({ terms: analyzeTerms(text), weight }));
  const terms = analysed.flatMap((each) => each.terms);
  const even = analysed.every(({ weight }) => weight === analysed[0]!.weight);
  return { terms, weights: even ? null : analysed.flatMap((each) => each.terms.map(() => each.weight)), groups: analysed.flatMap((each, i) => each.terms.map(() => i)) };
}

/** What is shown as found: the terms that draw near. */
export const highlightedTerms = (words: readonly WeightedWords[]): Set<string> =>
  new Set(words.flatMap(({ words: text, weight }) => (weight > 0 ? analyzeTerms(text) : [])));
