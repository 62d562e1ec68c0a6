import { badInput, notFound, type StrataError } from '../../domain/errors.js';
import type { Viewer } from '../../domain/model.js';
import type { SearchPageArgs, SearchRequest, SearchResult } from '../../domain/operations.js';
import { requireRole } from '../../domain/roles.js';
import type { Cache } from '../../ports/cache.port.js';
import { ofNow } from '../indexing/live-indexes.js';
import { analyzeTerms } from './analysis.js';
import { Deadline } from './deadline.js';
import { keepPage, knownPage, toResult } from './first-page.js';
import { runLegs } from './legs.js';
import { defaultAlpha, modelsOfObject } from './models-for-search.js';
import { readPages, type ReadPage } from './page-reader.js';
import { askByObject, askByVector, askByWords, type VectorQuestion } from './query-vectors.js';
import { rankObjects, type Ranking } from './ranking.js';
import { decodeRankingCursor, RankingKeeper } from './ranking-keeper.js';
import { remarks, wordless } from './remarks.js';
import { RowsAtHand } from './rows-at-hand.js';
import { ResultCache } from './result-cache.js';
import { depthOf } from './search-depth.js';
import type { SearchDependencies } from './search-dependencies.js';
import { SimilarObjects } from './similar-objects.js';
import { ranksItself, runStoreHybrid } from './store-hybrid.js';
import { checkSearch, type CheckedSearch } from './search-request.js';

/** What the vector leg asks, found out only where no cache has the answer; null where the object has no vectors. */
type Ask = (deadline: Deadline) => Promise<VectorQuestion[] | null>;

/** Search by meaning and by words: cache → embed the query → legs → fusion → rows → cache. */
export class SearchService {
  private readonly rankings: RankingKeeper;
  private readonly results: ResultCache;
  private readonly likes: SimilarObjects;
  private readonly caches: boolean;

  /**
   * @param options.caches false: every search is computed, its query embedded anew: where the cache keeps nothing. Rankings are kept for their cursors all the same.
   * @param options.rankings where they are kept; a cache that is switched off, or full of other things, would end every cursor at once
   */
  constructor(
    private readonly deps: SearchDependencies,
    options: { caches?: boolean; rankings?: Pick<Cache, 'get' | 'set'> } = {},
  ) {
    this.rankings = new RankingKeeper(options.rankings ?? deps.cache);
    this.results = new ResultCache(deps);
    this.caches = options.caches ?? true;
    this.likes = new SimilarObjects(deps, this.rankings, this.caches ? this.results : null);
  }

  async search(viewer: Viewer, request: SearchRequest, page: SearchPageArgs, signal?: AbortSignal): Promise<SearchResult> {
    requireRole(viewer, 'reader');
    const search = checkSearch(request, page, this.deps.embedder.models(), this.deps.limits);
    return this.timed(search.mode.toLowerCase(), async () => {
      if (page.after != null) return this.laterPage(viewer, search, page.after);
      const result = await this.firstPage(viewer, search, (deadline) => this.questions(viewer, search, deadline), signal);
      if (result === null) throw badInput(`This object has no vectors${request.model == null ? '' : ` of "${request.model}"`} to find the like of.`, ['input', 'objectId']);
      return result;
    });
  }

  async similarTo(viewer: Viewer, objectIds: readonly string[], options: { first: number; model: string | null }, signal?: AbortSignal): Promise<(SearchResult | StrataError | null)[]> {
    requireRole(viewer, 'reader');
    return this.timed('similar', () => this.likes.find(viewer.tenantId, objectIds, options, signal));
  }

  private async firstPage(viewer: Viewer, search: CheckedSearch, ask: Ask, signal: AbortSignal | undefined): Promise<SearchResult | null> {
    const [cached] = this.caches ? await this.results.open(viewer.tenantId, [search.key], this.deps.embedder.models()) : [];
    const known = await knownPage(this.rankings, viewer.tenantId, cached ?? null);
    if (known !== null) return known;

    const atHand = new RowsAtHand(search.first);
    const ranking = await this.rank(viewer.tenantId, search, ask, atHand, signal);
    if (ranking === null) return null;
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

  private async rank(tenantId: string, search: CheckedSearch, ask: Ask, atHand: RowsAtHand, signal: AbortSignal | undefined): Promise<Ranking | null> {
    const deadline = new Deadline(this.deps.limits.searchTimeoutSeconds, signal);
    try {
      const questions = await ask(deadline);
      const deps = ofNow(this.deps);
      if (questions === null) return null;
      const alpha = search.alpha ?? defaultAlpha(questions.map(({ model }) => model));
      // A leg without weight does not run: alpha 0 is keywords alone, and 1 vectors alone.
      const asked = search.mode === 'HYBRID' && alpha === 0 ? [] : questions;
      const terms = search.words === null || search.mode === 'VECTOR' || (search.mode === 'HYBRID' && alpha === 1) ? null : analyzeTerms(search.words);
      const depth = depthOf(search.first);
      if (ranksItself(deps.hybrid, search, asked, terms)) {
        const query = { tenantId, question: asked[0]!, terms: terms!, alpha, search, depth, atHand };
        const found = await runStoreHybrid(deps, deps.hybrid, query, deadline);
        if (found !== null) return { ...found, facets: [], warnings: [...found.warnings, ...remarks(search, deps.vectors.capabilities, asked.length, terms)] };
      }
      const answer = await runLegs(deps, { tenantId, questions: asked, terms, filter: search.filter, depth, atHand }, deadline);
      return {
        objects: rankObjects(answer.legs, { ...search, alpha }),
        facets: [],
        incomplete: answer.incomplete || wordless(search),
        warnings: [...answer.warnings, ...remarks(search, deps.vectors.capabilities, asked.length, terms)],
      };
    } finally {
      deadline.end();
    }
  }

  private async questions(viewer: Viewer, { vectors, words }: CheckedSearch, deadline: Deadline): Promise<VectorQuestion[] | null> {
    switch (vectors.from) {
      case 'nothing':
        return [];
      case 'words':
        return askByWords(this.deps, vectors.models, words!, { caches: this.caches });
      case 'vector':
        return askByVector(vectors.model, vectors.vector);
      case 'object': {
        const [[object], questions] = await Promise.all([
          deadline.race(this.deps.database.objects.findByIds(viewer.tenantId, [vectors.objectId])),
          this.questionsOfObject(viewer.tenantId, vectors.objectId, vectors.model?.name ?? null, deadline),
        ]);
        if (object === undefined) throw notFound('DataObject', vectors.objectId, ['input', 'objectId']);
        return questions;
      }
    }
  }

  /** In the spaces of `model`, or of every active model, that the object has vectors in. */
  private async questionsOfObject(tenantId: string, objectId: string, model: string | null, deadline: Deadline): Promise<VectorQuestion[] | null> {
    const embeddings = await deadline.race(this.deps.database.embeddings.findByObjects(tenantId, [objectId], model));
    const models = modelsOfObject(this.deps.embedder.models(), model, embeddings);
    return models.length === 0 ? null : askByObject(this.deps, tenantId, objectId, models, embeddings);
  }

  private async page(
    { tenantId }: Viewer,
    { words, first, matches, fingerprint }: CheckedSearch,
    { objects }: Ranking,
    place: { rankingId: string; from: number },
    atHand?: RowsAtHand,
  ): Promise<ReadPage> {
    const terms = matches ? new Set(words === null ? [] : analyzeTerms(words)) : null;
    const [page] = await readPages(this.deps.database, tenantId, [{ objects, first, fingerprint, terms, ...place }], atHand);
    return page!;
  }

  /** Over all candidates, not the page alone. */
  private async countFacets({ tenantId }: Viewer, { facets }: CheckedSearch, { objects }: Ranking): Promise<Ranking['facets']> {
    if (facets.length === 0) return [];
    const counted = await this.deps.database.facets.count(tenantId, objects.map(({ objectId }) => objectId), facets.map(({ request }) => request));
    return facets.map(({ field }, index) => ({ field, buckets: counted[index]! }));
  }

  private async timed<T>(type: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.deps.metrics.observeQuery(type, (performance.now() - started) / 1000);
    }
  }
}
