import type { Reranker } from '../../ports/reranker.port.js';
import { Deadline } from './deadline.js';
import type { RankedObject } from './ranking.js';
import { reordered } from './reordering.js';
import type { SearchDependencies } from './search-dependencies.js';
import type { WeightedWords } from './search-terms.js';

/** How results are read together with the query. */
export interface Reranking {
  reranker: Reranker;
  /** So many of a ranking's first are read; whoever stands behind them stays there. */
  depth: number;
  /** Where a search does not say. */
  byDefault: boolean;
  timeoutSeconds: number;
}

/**
 * The ranking's first in the order in which a cross-encoder finds that their best passages answer the query. What has no passage (a
 * picture, a sound) cannot be read, and keeps its place among them. One statement.
 * @throws DeadlinePassed where its own time, or the search's, runs out
 */
export async function reranked(
  { passages }: Pick<SearchDependencies['database'], 'passages'>,
  { reranker, depth, timeoutSeconds }: Reranking,
  tenantId: string,
  words: readonly WeightedWords[],
  objects: readonly RankedObject[],
  search: Deadline,
): Promise<RankedObject[]> {
  const own = new Deadline(timeoutSeconds, search.signal);
  try {
    const head = objects.slice(0, depth);
    const ids = head.map(passageOf);
    const wanted = ids.filter((id) => id !== null);
    if (wanted.length === 0) return [...objects];
    const rows = await own.race(passages.findByIds(tenantId, wanted));
    const texts = new Map(rows.map(({ id, text }) => [id, text]));
    const read = head.flatMap((_, place) => (texts.has(ids[place] ?? '') ? [place] : []));
    const query = words.flatMap(({ words: text, weight }) => (weight > 0 ? [text] : [])).join(' ');
    const scores = await own.race(reranker.score(query, read.map((place) => texts.get(ids[place]!)!), { priority: 'query', signal: own.signal }));
    return inOrderOf(objects, head.length, read, scores);
  } finally {
    own.end();
  }
}

/** The better ranked leg's: what is shown first. */
function passageOf({ vectorMatch, vectorRank, keywordPassageId, keywordRank }: RankedObject): string | null {
  const byVector = vectorMatch?.passageId ?? null;
  return (vectorRank ?? Infinity) <= (keywordRank ?? Infinity) ? (byVector ?? keywordPassageId) : (keywordPassageId ?? byVector);
}

/** @param read the places of those that have a score, in step with the scores */
function inOrderOf(objects: readonly RankedObject[], head: number, read: readonly number[], scores: readonly number[]): RankedObject[] {
  const scored = new Map(read.map((place, i) => [place, scores[i]!]));
  const best = [...read].sort((left, right) => scored.get(right)! - scored.get(left)! || left - right);
  const order = Array.from({ length: head }, (_, place) => place);
  read.forEach((place, i) => (order[place] = best[i]!));
  const noted = objects.map((object, place) => (scored.has(place) ? { ...object, rerankScore: scored.get(place)! } : object));
  return reordered(noted, order);
}
