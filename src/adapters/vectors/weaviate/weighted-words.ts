import type { KeywordHit, KeywordQuery } from '../../../ports/keyword-index.port.js';
import { compareIds } from '../vector-hits.js';
import { withOthers } from './keyword-hit.js';

/** Words that weigh the same. */
export interface WordGroup {
  weight: number;
  terms: string[];
}

/** What one question found; a passage has its score in it. */
export interface GroupAnswer {
  hits: readonly KeywordHit[];
  complete: boolean;
}

export interface AskGroups {
  /** The best passage of the best objects. */
  best(terms: readonly string[]): Promise<GroupAnswer>;
  /** Every passage of these objects that has any of the words. */
  passages(terms: readonly string[], objectIds: readonly string[]): Promise<GroupAnswer>;
}

/** As many as a question may be restricted to. */
const MOST_CANDIDATES = 10_000;

/** The words by what they weigh in all; those that come to nothing are left out. */
export function groupsOf({ terms, weights }: Pick<KeywordQuery, 'terms' | 'weights'>): WordGroup[] {
  if (weights === undefined) return terms.length === 0 ? [] : [{ weight: 1, terms: [...terms] }];
  const weighed = new Map<string, number>();
  terms.forEach((term, i) => weighed.set(term, (weighed.get(term) ?? 0) + weights[i]!));
  const groups = Map.groupBy([...weighed], ([, weight]) => weight);
  groups.delete(0);
  return [...groups].map(([weight, members]) => ({ weight, terms: members.map(([term]) => term) }));
}

/**
 * Weaviate's BM25 cannot weigh words, so each weight is a question of its own. The best objects of each weight above 0 are the
 * candidates; what all words come to is then added up over all their passages that have any. An object that is among the best
 * by no weight, but would be by the sum, is not found.
 */
export async function rankWeighted(groups: readonly WordGroup[], limit: number, ask: AskGroups): Promise<{ hits: KeywordHit[]; complete: boolean }> {
  const drawing = groups.filter(({ weight }) => weight > 0);
  const found = await Promise.all(drawing.map(({ terms }) => ask.best(terms)));
  const candidates = candidatesOf(drawing, found);
  if (candidates.length === 0) return { hits: [], complete: found.every(({ complete }) => complete) };
  const answers = await Promise.all(groups.map(({ terms }) => ask.passages(terms, candidates)));

  const passages = new Map<string, KeywordHit>();
  answers.forEach(({ hits }, i) => {
    for (const hit of hits) passages.set(hit.passageId, { objectId: hit.objectId, passageId: hit.passageId, score: (passages.get(hit.passageId)?.score ?? 0) + groups[i]!.weight * hit.score });
  });
  const positive = [...passages.values()].filter(({ score }) => score > 0).sort((left, right) => right.score - left.score);
  const hits = [...Map.groupBy(positive, ({ objectId }) => objectId).values()].map(withOthers).sort((left, right) => right.score - left.score || compareIds(left.objectId, right.objectId)).slice(0, limit);
  return { hits, complete: [...found, ...answers].every(({ complete }) => complete) };
}

function candidatesOf(groups: readonly WordGroup[], found: readonly GroupAnswer[]): string[] {
  const scores = new Map<string, number>();
  found.forEach(({ hits }, i) => {
    for (const { objectId, score } of hits) scores.set(objectId, (scores.get(objectId) ?? 0) + groups[i]!.weight * score);
  });
  const ranked = [...scores].sort(([, left], [, right]) => right - left);
  return ranked.slice(0, MOST_CANDIDATES).map(([objectId]) => objectId);
}
