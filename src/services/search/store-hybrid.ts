import type { HybridHit, HybridStore } from '../../ports/hybrid-store.port.js';
import { dependencyUnavailable } from '../../domain/errors.js';
import type { AskedWords } from './asked-words.js';
import type { CheckedSearch } from './search-request.js';
import { DeadlinePassed, type Deadline } from './deadline.js';
import type { VectorQuestion } from './query-vectors.js';
import type { RankedObject } from './ranking.js';
import { otherMatches } from './other-matches.js';
import { findWithin, restrictionOf } from './restriction.js';
import type { RowsAtHand } from './rows-at-hand.js';
import type { SearchDependencies } from './search-dependencies.js';

interface StoreHybridQuery {
  tenantId: string;
  question: VectorQuestion;
  terms: readonly string[];
  alpha: number;
  search: CheckedSearch;
  depth: number;
  atHand: RowsAtHand;
}

/**
 * A store that ranks by words and vectors itself does so where the search is over one space, and both legs have weight. Words of
 * different weights it cannot take, nor leave out more than one object.
 */
export function ranksItself(
  hybrid: HybridStore | null,
  { mode, minVectorScore }: CheckedSearch,
  asked: readonly VectorQuestion[],
  words: AskedWords | null,
): hybrid is HybridStore {
  if (hybrid === null || mode !== 'HYBRID' || minVectorScore !== null || words === null) return false;
  return asked.length === 1 && asked[0]!.exceptObjectIds.length <= 1 && words.terms.length > 0 && words.weights === null;
}

/**
 * Null where the legs have to answer: there is no vector to ask with, and words alone will do; what the filter leaves lies farther
 * away than the store can be asked to go; or the store's ranking lacks some that a leg finds by other means.
 * @throws DEPENDENCY_UNAVAILABLE: words and vectors lie in the one store, and no leg is left without it
 */
export async function runStoreHybrid(
  deps: Pick<SearchDependencies, 'database' | 'logger'>,
  hybrid: HybridStore,
  query: StoreHybridQuery,
  deadline: Deadline,
): Promise<RankedObject[] | null> {
  try {
    return await askStore(deps, hybrid, query, deadline);
  } catch (error) {
    throw error instanceof DeadlinePassed ? dependencyUnavailable('vectors', error) : error;
  }
}

async function askStore(
  { database, logger }: Pick<SearchDependencies, 'database' | 'logger'>,
  hybrid: HybridStore,
  { tenantId, question, terms, alpha, search, depth, atHand }: StoreHybridQuery,
  deadline: Deadline,
): Promise<RankedObject[] | null> {
  const { model, exceptObjectIds } = question;
  const vectorOrNull = question.vector(deadline.signal).catch((error: unknown) => {
    deadline.signal.throwIfAborted();
    logger.warn({ err: error, model: model.name }, 'There is no vector to search with; the legs see to what can be found without');
    return null;
  });
  const [vector, restriction] = await deadline.race(Promise.all([vectorOrNull, restrictionOf(database.objects, tenantId, search.filter, atHand)]));
  if (vector === null) return null;
  let isWhole = true;
  const askOnce = async (limit: number, objectIds: readonly string[] | null) => {
    const answer = await hybrid.hybrid({
      tenantId, space: { model: model.name, dimensions: model.dimensions }, vector, terms, alpha, fusion: search.fusion, limit, objectIds,
      exceptObjectId: exceptObjectIds[0] ?? null, signal: deadline.signal,
    });
    isWhole &&= answer.complete;
    return answer;
  };
  const found = await deadline.race(findWithin(database.objects, restriction, depth, askOnce, { comparable: false }));
  if (!isWhole || !found.complete) return null;
  return ranked(found.hits, model.name).filter(({ score }) => search.minScore === null || score >= search.minScore);
}

function ranked(hits: readonly HybridHit[], model: string): RankedObject[] {
  const vectorRanks = ranksBy(hits, (hit) => hit.vector?.score);
  const keywordRanks = ranksBy(hits, (hit) => hit.keyword?.score);
  return hits
    .map(({ objectId, score, vector, keyword }): RankedObject => ({
      objectId, score, fusedScore: null, rerankScore: null,
      spaces: vector === null ? [] : [{ model, score: vector.score, rank: vectorRanks.get(objectId)! }],
      vectorScore: vector?.score ?? null, vectorRank: vectorRanks.get(objectId) ?? null, space: vector === null ? null : model,
      keywordScore: keyword?.score ?? null, keywordRank: keywordRanks.get(objectId) ?? null,
      vectorMatch: vector === null ? null : { embeddingId: vector.id, passageId: vector.passageId },
      keywordPassageId: keyword?.passageId ?? null,
      keywordParts: null,
      otherMatches: otherMatches([vector ?? undefined], keyword ?? undefined),
    }))
    .sort((left, right) => right.score - left.score || (right.vectorScore ?? -2) - (left.vectorScore ?? -2) || (left.objectId < right.objectId ? -1 : 1));
}

function ranksBy(hits: readonly HybridHit[], scoreOf: (hit: HybridHit) => number | undefined): Map<string, number> {
  const scored = hits.flatMap((hit) => (scoreOf(hit) === undefined ? [] : [{ id: hit.objectId, score: scoreOf(hit)! }]));
  return new Map(scored.sort((left, right) => right.score - left.score).map(({ id }, rank) => [id, rank]));
}
