import type { DataObject, Embedding, Passage } from '../../domain/model.js';
import type { SearchHit } from '../../domain/operations.js';
import { matchesOf } from './matches.js';
import type { RankedObject } from './ranking.js';
import { encodeRankingCursor } from './ranking-keeper.js';
import type { SearchDependencies } from './search-dependencies.js';

/** Ranks that are read at once where objects of the page turned out to be gone. */
const REFILL = 500;

export interface PageQuery {
  tenantId: string;
  objects: readonly RankedObject[];
  rankingId: string;
  /** The first rank of the page. */
  from: number;
  first: number;
  fingerprint: string;
  /** The query's, analysed. */
  terms: ReadonlySet<string>;
}

/**
 * The rows of a page: one statement for objects, one for passages and one for moments, whatever its size. Objects that have gone since
 * they were ranked are left out and those behind them move up, while every cursor keeps its place.
 */
export async function readPage(database: SearchDependencies['database'], query: PageQuery): Promise<{ hits: SearchHit[]; hasNextPage: boolean }> {
  const hits: SearchHit[] = [];
  let position = query.from;
  for (let size = query.first; hits.length < query.first && position < query.objects.length; size = REFILL) {
    const stretch = query.objects.slice(position, position + size);
    const found = await readRows(database, query.tenantId, stretch);
    for (const ranked of stretch) {
      if (hits.length === query.first) break;
      const object = found.objects.get(ranked.objectId);
      if (object !== undefined) hits.push(toHit(object, ranked, encodeRankingCursor({ rankingId: query.rankingId, position }, query.fingerprint), matchesOf(ranked, found, query.terms)));
      position++;
    }
  }
  return { hits, hasNextPage: position < query.objects.length };
}

interface FoundRows {
  objects: Map<string, DataObject>;
  passages: Map<string, Passage>;
  embeddings: Map<string, Embedding>;
}

async function readRows({ objects, passages, embeddings }: SearchDependencies['database'], tenantId: string, stretch: readonly RankedObject[]): Promise<FoundRows> {
  const passageIds = new Set(stretch.flatMap(({ vectorMatch, keywordPassageId }) => [vectorMatch?.passageId ?? null, keywordPassageId]));
  passageIds.delete(null);
  const momentIds = stretch.flatMap(({ vectorMatch }) => (vectorMatch?.passageId === null ? [vectorMatch.embeddingId] : []));
  const [foundObjects, foundPassages, foundEmbeddings] = await Promise.all([
    objects.findByIds(tenantId, stretch.map(({ objectId }) => objectId)),
    passageIds.size === 0 ? [] : passages.findByIds(tenantId, [...passageIds] as string[]),
    momentIds.length === 0 ? [] : embeddings.findByIds(tenantId, momentIds),
  ]);
  return { objects: byId(foundObjects.filter((object) => !object.isDeleted)), passages: byId(foundPassages), embeddings: byId(foundEmbeddings) };
}

const byId = <Row extends { id: string }>(rows: readonly Row[]) => new Map(rows.map((row) => [row.id, row]));

function toHit(object: DataObject, ranked: RankedObject, cursor: string, matches: SearchHit['matches']): SearchHit {
  const { score, vectorScore, vectorRank, keywordScore, keywordRank, space } = ranked;
  return { cursor, object, score, explanation: { vectorScore, vectorRank, keywordScore, keywordRank, model: space }, matches };
}
