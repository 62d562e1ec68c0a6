import type { DataObject, Embedding, Passage } from '../../domain/model.js';
import type { SearchHit } from '../../domain/operations.js';
import { matchesOf } from './matches.js';
import type { RankedObject } from './ranking.js';
import { encodeRankingCursor } from './ranking-keeper.js';
import { RowsAtHand } from './rows-at-hand.js';
import type { SearchDependencies } from './search-dependencies.js';

/** Ranks that are read at once where objects of the page turned out to be gone. */
const REFILL = 500;

export interface PageQuery {
  objects: readonly RankedObject[];
  rankingId: string;
  /** The first rank of the page. */
  from: number;
  first: number;
  fingerprint: string;
  /** The query's, analysed, for the passages that matched; null where those are not wanted. */
  terms: ReadonlySet<string> | null;
}

export interface ReadPage {
  hits: SearchHit[];
  hasNextPage: boolean;
}

/**
 * The rows of pages: one statement for objects, and where matches are wanted one for passages and one for moments, whatever their
 * number and size. Objects that have gone since they were ranked are left out and those behind them move up, while every cursor keeps
 * its place. What is at hand is not read again.
 */
export async function readPages(database: SearchDependencies['database'], tenantId: string, queries: readonly PageQuery[], atHand = new RowsAtHand(0)): Promise<ReadPage[]> {
  const pages = queries.map((query) => ({ query, hits: [] as SearchHit[], position: query.from }));
  for (let times = 0; ; times++) {
    const open = pages.filter(({ query, hits, position }) => hits.length < query.first && position < query.objects.length);
    if (open.length === 0) break;
    const stretches = open.map(({ query, position }) => query.objects.slice(position, position + (times === 0 ? query.first : REFILL)));
    const matching = stretches.flatMap((stretch, i) => (open[i]!.query.terms === null ? [] : stretch));
    const found = await readRows(database, tenantId, stretches.flat(), matching, atHand);
    open.forEach((page, i) => fill(page, stretches[i]!, found));
  }
  return pages.map(({ query, hits, position }) => ({ hits, hasNextPage: position < query.objects.length }));
}

function fill(page: { query: PageQuery; hits: SearchHit[]; position: number }, stretch: readonly RankedObject[], found: FoundRows): void {
  const { query, hits } = page;
  for (const ranked of stretch) {
    if (hits.length === query.first) return;
    const object = found.objects.get(ranked.objectId);
    const cursor = () => encodeRankingCursor({ rankingId: query.rankingId, position: page.position }, query.fingerprint);
    if (object !== undefined) hits.push(toHit(object, ranked, cursor(), query.terms === null ? [] : matchesOf(ranked, found, query.terms)));
    page.position++;
  }
}

interface FoundRows {
  objects: Map<string, DataObject>;
  passages: Map<string, Passage>;
  embeddings: Map<string, Embedding>;
}

async function readRows(
  { objects, passages, embeddings }: SearchDependencies['database'],
  tenantId: string,
  stretch: readonly RankedObject[],
  matching: readonly RankedObject[],
  atHand: RowsAtHand,
): Promise<FoundRows> {
  const objectIds = [...new Set(stretch.map(({ objectId }) => objectId))];
  const known = objectIds.flatMap((id) => atHand.get(id) ?? []);
  const unread = objectIds.filter((id) => atHand.get(id) === undefined);
  const passageIds = new Set(matching.flatMap(({ vectorMatch, keywordPassageId, otherMatches }) => [vectorMatch?.passageId ?? null, keywordPassageId, ...otherMatches.map(({ passageId }) => passageId)]));
  passageIds.delete(null);
  const momentIds = new Set(
    matching.flatMap(({ vectorMatch, otherMatches }) => [...(vectorMatch?.passageId === null ? [vectorMatch.embeddingId] : []), ...otherMatches.flatMap(({ embeddingId }) => embeddingId ?? [])]),
  );
  const [foundObjects, foundPassages, foundEmbeddings] = await Promise.all([
    unread.length === 0 ? [] : objects.findByIds(tenantId, unread),
    passageIds.size === 0 ? [] : passages.findByIds(tenantId, [...passageIds] as string[]),
    momentIds.size === 0 ? [] : embeddings.findByIds(tenantId, [...momentIds]),
  ]);
  return { objects: byId([...known, ...foundObjects].filter((object) => !object.isDeleted)), passages: byId(foundPassages), embeddings: byId(foundEmbeddings) };
}

const byId = <Row extends { id: string }>(rows: readonly Row[]) => new Map(rows.map((row) => [row.id, row]));

function toHit(object: DataObject, ranked: RankedObject, cursor: string, matches: SearchHit['matches']): SearchHit {
  const { score, vectorScore, vectorRank, keywordScore, keywordRank, space, spaces, fusedScore, rerankScore } = ranked;
  return { cursor, object, score, explanation: { vectorScore, vectorRank, keywordScore, keywordRank, model: space, spaces, fusedScore, rerankScore, contributions: [] }, matches };
}
