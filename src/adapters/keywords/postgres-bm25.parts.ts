import type { KeywordHit, KeywordQuery } from '../../ports/keyword-index.port.js';
import { rankPassages } from './bm25.js';
import type { ReadPostings } from './postgres-bm25.postings.js';
import { weighTerms } from './terms.js';

/** With the number of its best passage. */
export type NumberedHit = KeywordHit & { number: number };

export const withoutNumber = ({ number: _, ...hit }: NumberedHit): KeywordHit => hit;

/**
 * What each group of words comes to in the hits' scores: the same postings gone through once more, a group at a time, for these passages
 * alone. No statement.
 */
export async function withParts(
  hits: readonly NumberedHit[],
  { terms, weights, groups, signal }: Pick<KeywordQuery, 'terms' | 'weights' | 'signal'> & { groups: readonly number[] },
  { found, statistics, removed }: Pick<ReadPostings, 'found' | 'statistics' | 'removed'>,
): Promise<KeywordHit[]> {
  const postings = new Map(found.map((each) => [each.term, each.postings]));
  const numbers = hits.map(({ number }) => number);
  const parts = hits.map(() => Array<number>(Math.max(-1, ...groups) + 1).fill(0));
  for (const [group, places] of Map.groupBy(terms.keys(), (place) => groups[place]!)) {
    // Words of a group weigh the same; a ranking leaves out what is not above 0, so the weight comes after it.
    const weight = weights?.[places[0]!] ?? 1;
    const words = [...weighTerms(places.map((place) => terms[place]!), undefined)].flatMap(([term, times]) => {
      const its = postings.get(term);
      return its === undefined ? [] : [{ weight: times, postings: its }];
    });
    const ranking = await rankPassages(words, statistics, removed, numbers, signal);
    const scores = new Map(ranking.take(numbers.length).map(({ number, score }) => [number, score]));
    numbers.forEach((number, i) => {
      const score = scores.get(number);
      if (score !== undefined) parts[i]![group] = weight * score;
    });
  }
  return hits.map((hit, i) => ({ ...withoutNumber(hit), parts: parts[i]! }));
}
