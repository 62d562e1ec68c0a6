import type { SearchResult } from '../../domain/operations.js';
import type { ReadPage } from './page-reader.js';
import type { Ranking } from './ranking.js';
import type { RankingKeeper } from './ranking-keeper.js';
import type { CachePlace } from './result-cache.js';

/** A first page that was answered before, where the ranking behind its cursors is still there; it then holds for its whole time again. */
export async function knownPage(rankings: RankingKeeper, tenantId: string, place: CachePlace | null): Promise<SearchResult | null> {
  const known = await place?.read();
  return known !== undefined && (await rankings.renew(tenantId, known.rankingId)) ? known.result : null;
}

/** Keeps the ranking for its cursors, and the page where it is whole. */
export async function keepPage(rankings: RankingKeeper, tenantId: string, place: CachePlace | null, rankingId: string, ranking: Ranking, page: ReadPage): Promise<SearchResult> {
  const result = toResult(ranking, page, 0);
  await rankings.keep(tenantId, rankingId, ranking);
  if (!result.incomplete) await place?.write({ result, rankingId });
  return result;
}

/** @param from the first rank of the page */
export function toResult({ objects, facets, incomplete, mayFindMore, warnings }: Ranking, page: ReadPage, from: number): SearchResult {
  return { ...page, hasPreviousPage: from > 0, totalCount: objects.length, facets, incomplete, mayFindMore, warnings };
}
