import pLimit from 'p-limit';
import { isStrataError, type StrataError } from '../../domain/errors.js';
import type { Embedding } from '../../domain/model.js';
import type { SearchResult } from '../../domain/operations.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { VectorHit, VectorQuery } from '../../ports/vector-store.port.js';
import { ofNow } from '../indexing/live-indexes.js';
import { Deadline } from './deadline.js';
import { keepPage, knownPage } from './first-page.js';
import { gatherLegs, vectorTask } from './legs.js';
import { modelsOfObject, requireModel } from './models-for-search.js';
import { readPages } from './page-reader.js';
import { centroid, ofContentFirst, vectorsToAskBy } from './query-vectors.js';
import { rankObjects, type Ranking } from './ranking.js';
import type { RankingKeeper } from './ranking-keeper.js';
import { remarks } from './remarks.js';
import { findManyWithin, restrictionOf, type Found } from './restriction.js';
import type { CachePlace, ResultCache } from './result-cache.js';
import { depthOf } from './search-depth.js';
import type { SearchDependencies } from './search-dependencies.js';
import { checkSearch, type CheckedSearch } from './search-request.js';

/** Questions that are under way at once with a store that takes one at a time. */
const AT_ONCE = 4;
/** Vectors that are read at once, beyond the last object's: at a thousand dimensions some 30 MB. */
const VECTORS_AT_ONCE = 8_192;

/** The search for the like of one object. */
interface Search {
  objectId: string;
  checked: CheckedSearch;
  place: CachePlace | null;
}

/** What an object asks of a space. */
interface ObjectQuestion {
  exceptObjectIds: readonly [string];
  model: EmbeddingModel;
  embeddingIds: string[];
}

type Settled<T> = T | StrataError;
type Answer = PromiseSettledResult<Found<VectorHit> | null>;

/**
 * The like of many objects, each as a search of its own would find it, at the cost of one: every step is taken for all of them together,
 * so that the statements are as many for one object as for a page of them.
 */
export class SimilarObjects {
  constructor(
    private readonly deps: SearchDependencies,
    private readonly rankings: RankingKeeper,
    /** Null: every search is computed. */
    private readonly results: ResultCache | null,
  ) {}

  /** One answer an object, in order: null while it has no vectors, an error where its search alone failed. */
  find(...asked: Parameters<SimilarObjects['findNow']>): Promise<Settled<SearchResult | null>[]> {
    // How a store has to be asked, and what it is asked, are of one store, though a move be switched to in between.
    return new SimilarObjects(ofNow(this.deps), this.rankings, this.results).findNow(...asked);
  }

  private async findNow(tenantId: string, objectIds: readonly string[], options: { first: number; model: string | null }, signal?: AbortSignal): Promise<Settled<SearchResult | null>[]> {
    const searches = await this.begin(tenantId, objectIds, options);
    const known = await Promise.all(searches.map(({ place }) => knownPage(this.rankings, tenantId, place)));
    const open = searches.filter((_, i) => known[i] === null);
    if (open.length === 0) return known;
    const computed = await this.answer(tenantId, open, await this.rank(tenantId, open, options.model, signal));
    return known.map((result) => result ?? computed.shift()!);
  }

  private async begin(tenantId: string, objectIds: readonly string[], { first, model }: { first: number; model: string | null }): Promise<Search[]> {
    const models = this.deps.embedder.models();
    if (model !== null) requireModel(models, model, ['model'], { available: true });
    const checked = objectIds.map((objectId) =>
      checkSearch({ objectId, model: model ?? undefined, mode: 'VECTOR', fusion: 'RELATIVE_SCORE' }, { first }, models, this.deps.limits, 'similar'),
    );
    const places = await this.results?.open(tenantId, checked.map(({ key }) => key), models);
    return objectIds.map((objectId, i) => ({ objectId, checked: checked[i]!, place: places?.[i] ?? null }));
  }

  private async rank(tenantId: string, searches: readonly Search[], model: string | null, signal: AbortSignal | undefined): Promise<Settled<Ranking | null>[]> {
    const deadline = new Deadline(this.deps.limits.searchTimeoutSeconds, signal);
    try {
      const questions = await this.questions(tenantId, searches.map(({ objectId }) => objectId), model, deadline);
      const answers = this.ask(tenantId, questions.filter((question) => question !== null), depthOf(searches[0]!.checked.first), deadline);
      return await Promise.all(
        questions.map((question, i) => (question === null ? null : this.rankOne(searches[i]!.checked, question, answers.get(question)!, deadline).catch(asAnswer))),
      );
    } finally {
      deadline.end();
    }
  }

  /** Of the spaces that an object has vectors in, that of the first active model, or of the one given. */
  private async questions(tenantId: string, objectIds: readonly string[], given: string | null, deadline: Deadline): Promise<(ObjectQuestion | null)[]> {
    const rows = await deadline.raceFor('database', this.deps.database.embeddings.findByObjects(tenantId, objectIds, given));
    const embeddings = Map.groupBy(rows, ({ objectId }: Embedding) => objectId);
    const models = this.deps.embedder.models();
    return objectIds.map((objectId) => {
      const own = ofContentFirst(embeddings.get(objectId) ?? []);
      const [model] = modelsOfObject(models, given, own);
      return model === undefined ? null : { exceptObjectIds: [objectId], model, embeddingIds: vectorsToAskBy(model, own) };
    });
  }

  private async rankOne(search: CheckedSearch, question: ObjectQuestion, finding: Promise<Found<VectorHit> | null>, deadline: Deadline): Promise<Ranking> {
    const { legs, incomplete, mayFindMore, warnings } = await gatherLegs(this.deps, [vectorTask(question, finding)], deadline);
    const said = remarks(search, this.deps.vectors.capabilities, 1, null);
    return { objects: rankObjects(legs, { ...search, alpha: 1 }), facets: [], incomplete, mayFindMore, warnings: [...warnings, ...said] };
  }

  /** Each question's own answer, while those of a space are asked together. */
  private ask(tenantId: string, questions: readonly ObjectQuestion[], depth: number, deadline: Deadline): Map<ObjectQuestion, Promise<Found<VectorHit> | null>> {
    const answers = new Map<ObjectQuestion, Promise<Found<VectorHit> | null>>();
    for (const [model, alike] of Map.groupBy(questions, (question) => question.model)) {
      const asked = this.askSpace(tenantId, model, alike, depth, deadline);
      alike.forEach((question, i) => answers.set(question, asked.then((each) => valueOf(each[i]!))));
    }
    return answers;
  }

  private async askSpace(tenantId: string, { name, dimensions }: EmbeddingModel, questions: readonly ObjectQuestion[], depth: number, deadline: Deadline): Promise<Answer[]> {
    const space = { model: name, dimensions };
    const centroids = await this.centroids(tenantId, space, questions);
    const asking = questions.flatMap(({ exceptObjectIds: [exceptObjectId] }, i) => (centroids[i] == null ? [] : [{ exceptObjectId, vector: centroids[i] }]));
    const ask = (some: typeof asking, limit: number, objectIds: readonly string[] | null) =>
      this.search(some.map((question) => ({ ...question, tenantId, space, limit, filter: null, objectIds, signal: deadline.signal })), deadline);
    const found =
      this.deps.vectors.capabilities.filters === 'ids'
        ? await findManyWithin(this.deps.database.objects, await restrictionOf(this.deps.database.objects, tenantId, null), depth, asking, (some, limit, ids) => ask([...some], limit, ids))
        : await ask(asking, depth, null);
    return centroids.map((vector) => (vector === null ? { status: 'fulfilled', value: null } : found.shift()!));
  }

  /** Null for an object whose vectors are not in the store. */
  private async centroids(tenantId: string, space: VectorQuery['space'], questions: readonly ObjectQuestion[]): Promise<(Float32Array | null)[]> {
    const centroids: (Float32Array | null)[] = [];
    for (let from = 0, to = 0; from < questions.length; from = to) {
      const ids: string[] = [];
      while (to < questions.length && ids.length < VECTORS_AT_ONCE) ids.push(...questions[to++]!.embeddingIds);
      const found = await this.deps.vectors.fetch(tenantId, space, ids);
      for (const { embeddingIds } of questions.slice(from, to)) {
        const own = embeddingIds.flatMap((id) => found.get(id) ?? []);
        centroids.push(own.length === 0 ? null : centroid(own));
      }
    }
    return centroids;
  }

  private async search(queries: readonly VectorQuery[], { signal }: Deadline): Promise<PromiseSettledResult<Found<VectorHit>>[]> {
    const { vectors } = this.deps;
    if (queries.length === 0) return [];
    if (vectors.searchMany !== undefined) return (await vectors.searchMany(queries)).map((value) => ({ status: 'fulfilled', value }));
    const limited = pLimit(AT_ONCE);
    const search = async (query: VectorQuery) => {
      signal.throwIfAborted();
      return vectors.search(query);
    };
    return Promise.allSettled(queries.map((query) => limited(search, query)));
  }

  private async answer(tenantId: string, searches: readonly Search[], rankings: readonly Settled<Ranking | null>[]): Promise<Settled<SearchResult | null>[]> {
    const pages = rankings.flatMap((ranking, i) =>
      ranking === null || isStrataError(ranking) ? [] : [{ ranking, search: searches[i]!, rankingId: this.rankings.newId() }],
    );
    const read = await readPages(
      this.deps.database,
      tenantId,
      pages.map(({ ranking, search: { checked }, rankingId }) => ({ objects: ranking.objects, rankingId, from: 0, first: checked.first, fingerprint: checked.fingerprint, terms: NO_TERMS })),
    );
    const results = await Promise.all(pages.map(({ ranking, search, rankingId }, i) => keepPage(this.rankings, tenantId, search.place, rankingId, ranking, read[i]!)));
    return rankings.map((ranking) => (ranking === null || isStrataError(ranking) ? ranking : results.shift()!));
  }
}

const NO_TERMS: ReadonlySet<string> = new Set();

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

/** The failure of one search is its own answer; that the caller gave up is all of theirs. */
function asAnswer(error: unknown): StrataError {
  if (isStrataError(error)) return error;
  throw error;
}
