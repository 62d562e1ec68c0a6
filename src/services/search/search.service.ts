import { notConfigured, type StrataError } from '../../domain/errors.js';
import type { Viewer } from '../../domain/model.js';
import type { RecommendRequest, SearchPageArgs, SearchRequest, SearchResult } from '../../domain/operations.js';
import { requireRole } from '../../domain/roles.js';
import { ofNow } from '../indexing/live-indexes.js';
import { askWords, highlightedTerms, type AskedWords } from './asked-words.js';
import { Deadline } from './deadline.js';
import { diversified } from './diversifying.js';
import { keepPage, knownPage, toResult } from './first-page.js';
import type { AskedUploads } from './found-uploads.js';
import { runLegs } from './legs.js';
import { defaultAlpha } from './models-for-search.js';
import { MOST_MATCHES } from './other-matches.js';
import { readPages, type ReadPage } from './page-reader.js';
import { rankObjects, type Ranking } from './ranking.js';
import { orderedAnew } from './reordering.js';
import { reranked, type Reranking } from './reranking.js';
import { decodeRankingCursor, RankingKeeper, type RankingCache } from './ranking-keeper.js';
import type { QueryUploads } from './query-uploads.js';
import type { VectorQuestion } from './query-vectors.js';
import { remarks } from './remarks.js';
import { RowsAtHand } from './rows-at-hand.js';
import { ResultCache } from './result-cache.js';
import { depthOf } from './search-depth.js';
import type { SearchDependencies } from './search-dependencies.js';
import { SimilarObjects } from './similar-objects.js';
import { ranksItself, runStoreHybrid } from './store-hybrid.js';
import { checkRecommend, checkSearch, type CheckedSearch } from './search-request.js';
import { askedTerms, withContributions } from './term-contributions.js';
import { askByTerms } from './term-questions.js';

export interface SearchOptions {
  /** False: every search is computed, its query embedded anew: where the cache keeps nothing. Rankings are kept for their cursors all the same. */
  caches?: boolean;
  /** Where rankings are kept; a cache that is switched off, or full of other things, would end every cursor at once. */
  rankings?: RankingCache;
  /** Null where no cross-encoder is configured. */
  reranking?: Reranking | null;
  /** Null where no bytes can be uploaded for a query. */
  uploads?: QueryUploads | null;
}

/** What a search needs beside the stores. */
interface Helpers {
  uploads: AskedUploads | null;
  reranking: Reranking | null;
}

/** Kept with a ranking whose explanations tell of it. */
const askedOf = (search: CheckedSearch, questions: readonly VectorQuestion[], words: AskedWords | null): Pick<Ranking, 'asked'> =>
  search.contributions ? { asked: askedTerms(search, questions, words !== null) } : {};

/** Search by meaning and by words: cache → embed the query → legs → fusion → what orders anew → rows → cache. */
export class SearchService {
  private readonly rankings: RankingKeeper;
  private readonly results: ResultCache;
  private readonly likes: SimilarObjects;
  private readonly caches: boolean;
  private readonly reranking: Reranking | null;
  private readonly uploads: QueryUploads | null;

  constructor(
    private readonly deps: SearchDependencies,
    options: SearchOptions = {},
  ) {
    this.rankings = new RankingKeeper(options.rankings ?? deps.cache);
    this.results = new ResultCache(deps);
    this.caches = options.caches ?? true;
    this.reranking = options.reranking ?? null;
    this.uploads = options.uploads ?? null;
    this.likes = new SimilarObjects(deps, this.rankings, this.caches ? this.results : null);
  }

  async search(viewer: Viewer, request: SearchRequest, page: SearchPageArgs, signal?: AbortSignal): Promise<SearchResult> {
    requireRole(viewer, 'reader');
    const search = checkSearch(request, page, this.deps.embedder.models(), this.deps.limits);
    return this.timed(search.mode.toLowerCase(), () => this.find(viewer, search, page.after, signal));
  }

  /** What lies by the liked and away from the disliked; none of them is among it. */
  async recommend(viewer: Viewer, request: RecommendRequest, page: SearchPageArgs, signal?: AbortSignal): Promise<SearchResult> {
    requireRole(viewer, 'reader');
    const search = checkRecommend(request, page, this.deps.embedder.models());
    return this.timed('recommend', () => this.find(viewer, search, page.after, signal));
  }

  async similarTo(viewer: Viewer, objectIds: readonly string[], options: { first: number; model: string | null }, signal?: AbortSignal): Promise<(SearchResult | StrataError | null)[]> {
    requireRole(viewer, 'reader');
    return this.timed('similar', () => this.likes.find(viewer.tenantId, objectIds, options, signal));
  }

  private find(viewer: Viewer, search: CheckedSearch, after: string | undefined, signal: AbortSignal | undefined): Promise<SearchResult> {
    return after == null ? this.firstPage(viewer, search, signal) : this.laterPage(viewer, search, after);
  }

  private async firstPage(viewer: Viewer, search: CheckedSearch, signal: AbortSignal | undefined): Promise<SearchResult> {
    const reranking = this.rerankingOf(search);
    const uploads = await this.uploadsOf(viewer, search);
    const key = [search.key, uploads === null ? null : [...uploads.staged.values()].map(({ uploadId, etag }) => [uploadId, etag]), reranking === null ? null : `${reranking.reranker.name}@${reranking.reranker.revision}:${reranking.depth}`];
    const [cached] = this.caches ? await this.results.open(viewer.tenantId, [key], this.deps.embedder.models()) : [];
    const known = await knownPage(this.rankings, viewer.tenantId, cached ?? null);
    if (known !== null) return known;

    const atHand = new RowsAtHand(search.first);
    const ranking = await this.rank(viewer.tenantId, search, { uploads, reranking }, atHand, signal);
    const place = { rankingId: this.rankings.newId(), from: 0 };
    const [page, facets] = await Promise.all([this.page(viewer, search, ranking, place, atHand), this.countFacets(viewer, search, ranking)]);
    return keepPage(this.rankings, viewer.tenantId, cached ?? null, place.rankingId, { ...ranking, facets }, page);
  }

  private async laterPage(viewer: Viewer, search: CheckedSearch, after: string): Promise<SearchResult> {
    const place = decodeRankingCursor(after, search.fingerprint);
    const ranking = await this.rankings.read(viewer.tenantId, place);
    const from = place.position + 1;
    return toResult(ranking, await this.page(viewer, search, ranking, { rankingId: place.rankingId, from }), from);
  }

  private async rank(tenantId: string, search: CheckedSearch, { uploads, reranking }: Helpers, atHand: RowsAtHand, signal: AbortSignal | undefined): Promise<Ranking> {
    const deadline = new Deadline(this.deps.limits.searchTimeoutSeconds, signal);
    // How a store has to be asked, and what it is asked, are of one store, though a move be switched to in between.
    const deps = ofNow(this.deps);
    try {
      let ranking = await this.fuse(deps, tenantId, search, uploads, atHand, deadline);
      const { diversity, words } = search;
      if (reranking !== null) ranking = await orderedAnew(deps, ranking, 'order by re-ranking', deadline, (objects) => reranked(deps.database, reranking, tenantId, words!, objects, deadline));
      if (diversity !== null) ranking = await orderedAnew(deps, ranking, 'order by diversity', deadline, (objects) => diversified(deps, tenantId, objects, diversity, deadline));
      return ranking;
    } finally {
      deadline.end();
    }
  }

  /** Null where the search asks with none. */
  private async uploadsOf(viewer: Viewer, { vectors }: CheckedSearch): Promise<AskedUploads | null> {
    const asked = vectors.from === 'terms' ? vectors.terms.flatMap((term) => (term.from === 'upload' ? [term] : [])) : [];
    if (asked.length === 0) return null;
    if (this.uploads === null) throw notConfigured('Searching with uploaded bytes', 'object_storage');
    return { reader: this.uploads, staged: await this.uploads.find(viewer, asked) };
  }

  /** @throws NOT_CONFIGURED where a search asks for what is not there */
  private rerankingOf({ rerank }: CheckedSearch): Reranking | null {
    if (rerank === true && this.reranking === null) throw notConfigured('Re-ranking by a cross-encoder', 'embedding.reranker', ['input', 'rerank']);
    return (rerank ?? this.reranking?.byDefault ?? false) ? this.reranking : null;
  }

  private async fuse(deps: SearchDependencies, tenantId: string, search: CheckedSearch, uploads: AskedUploads | null, atHand: RowsAtHand, deadline: Deadline): Promise<Ranking> {
    const { asked: questions, exceptObjectIds, warnings } = await askByTerms(deps, tenantId, search, uploads, { caches: this.caches }, deadline);
    const alpha = search.alpha ?? defaultAlpha(questions.map(({ model }) => model));
    // A leg without weight does not run: alpha 0 is keywords alone, and 1 vectors alone.
    const asked = search.mode === 'HYBRID' && alpha === 0 ? [] : questions;
    const words = search.words === null || search.mode === 'VECTOR' || (search.mode === 'HYBRID' && alpha === 1) ? null : askWords(search.words);
    const depth = depthOf(search.first);
    const said = [...warnings, ...remarks(search, deps.vectors.capabilities, asked.length, words?.terms ?? null)];
    if (ranksItself(deps.hybrid, search, asked, words)) {
      const query = { tenantId, question: asked[0]!, terms: words!.terms, alpha, search, depth, atHand };
      const objects = await runStoreHybrid(deps, deps.hybrid, query, deadline);
      if (objects !== null) return { objects, facets: [], incomplete: false, mayFindMore: false, warnings: said, ...askedOf(search, asked, words) };
    }
    const answer = await runLegs(deps, { tenantId, questions: asked, words, exceptObjectIds, filter: search.filter, depth, perObject: search.matches ? MOST_MATCHES : 1, tellParts: search.contributions, atHand }, deadline);
    return { objects: rankObjects(answer.legs, { ...search, alpha }), facets: [], incomplete: answer.incomplete || search.wordless, mayFindMore: answer.mayFindMore, warnings: [...answer.warnings, ...said], ...askedOf(search, asked, words) };
  }

  private async page(
    { tenantId }: Viewer,
    { words, first, matches, contributions, fingerprint }: CheckedSearch,
    { objects, asked }: Ranking,
    place: { rankingId: string; from: number },
    atHand?: RowsAtHand,
  ): Promise<ReadPage> {
    const terms = matches ? highlightedTerms(words ?? []) : null;
    const [page] = await readPages(this.deps.database, tenantId, [{ objects, first, fingerprint, terms, ...place }], atHand);
    if (!contributions || asked === undefined) return page!;
    return { ...page!, hits: await withContributions(this.deps, tenantId, page!.hits, objects, asked) };
  }

  /** Over all candidates, not the page alone. */
  private async countFacets({ tenantId }: Viewer, { facets }: CheckedSearch, { objects }: Ranking): Promise<Ranking['facets']> {
    if (facets.length === 0) return [];
    const counted = await this.deps.database.facets.count(tenantId, objects.map(({ objectId }) => objectId), facets.map(({ request }) => request));
    return facets.map(({ field }, index) => ({ field, buckets: counted[index]! }));
  }

  private async timed<T>(type: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    this.deps.database.noteSearch();
    try {
      return await work();
    } finally {
      this.deps.metrics.observeQuery(type, (performance.now() - started) / 1000);
    }
  }
}
