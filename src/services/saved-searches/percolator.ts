import { isStrataError, isUnavailable } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';
import type { DataObject, Viewer } from '../../domain/model.js';
import type { SavedSearch, SearchHit, SearchRequest, SearchResult } from '../../domain/operations.js';
import type { DueForSearches, SavedSearchMatchRow } from '../../ports/repositories/saved-search.repository.port.js';
import { retryDelaySeconds } from '../ingestion/failure.js';
import { analyzeTerms } from '../search/analysis.js';
import type { SearchService } from '../search/search.service.js';
import { announceChanges, recordMatches } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { objectsWithEvery } from './every-word.js';
import { boundIn } from './match-bounds.js';
import { waitsForModel } from './models-of-vectors.js';
import { fromStored } from './stored-request.js';

/** Objects held against the searches at once. */
const BATCH = 100;
const EVERY_WORD = 1;
/** Whatever still keeps a search from being run whole a day after the change is no outage. */
const PATIENCE_MS = 24 * 3600 * 1000;

interface Found {
  matches: readonly SavedSearchMatchRow[];
  /** A leg of a search did not answer. */
  mayFindMore: boolean;
}

type Dependencies = Pick<ServiceDependencies, 'database' | 'embedder' | 'vectors' | 'events' | 'logger'> & { search: Pick<SearchService, 'search'> };

/**
 * Holds what is new or changed against the saved searches of its tenant, once a change. The searches are run as they are, over the
 * changed objects alone; an object matches where a passage of it has every word of the query, or where its cosine in a model's space is
 * at least what the search asks for, or else that model's own bound. (The score of a fusion says how an object stands among others, and nothing about one alone.)
 *
 * An object is taken off the list in the transaction that records its matches and writes the event: a process that dies before leaves
 * it there, and of two that found the same match one records it. Where a leg of a search did not answer, what the others found is told,
 * and the objects stay on the list, to be held against the searches again after pauses that grow: what was told is not told twice.
 */
export class Percolator {
  constructor(private readonly deps: Dependencies) {}

  /** Until nothing is left, or the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const due = await this.deps.database.savedSearches.due(BATCH, this.deps.vectors.capabilities.lagSeconds);
      if (due.length === 0) return;
      await this.percolate(due, signal);
    }
  }

  private async percolate(due: readonly DueForSearches[], signal: AbortSignal): Promise<void> {
    const { database } = this.deps;
    const { tenantId } = due[0]!;
    const [objects, searches] = await Promise.all([database.objects.findByIds(tenantId, due.map(({ objectId }) => objectId)), database.savedSearches.all(tenantId)]);
    const open = objects.filter(({ status, isDeleted }) => status === 'READY' && !isDeleted);
    const found: Found[] = [];
    for (const search of open.length === 0 ? [] : searches) found.push(await this.matchesOf(search, open, signal));
    signal.throwIfAborted();
    await this.settle(tenantId, due, { matches: found.flatMap(({ matches }) => matches), mayFindMore: found.some(({ mayFindMore }) => mayFindMore) });
  }

  private async matchesOf(search: SavedSearch, objects: readonly DataObject[], signal: AbortSignal): Promise<Found> {
    const request = fromStored(search.request);
    const versions = new Map(objects.map(({ id, version }) => [id, version]));
    const { hits, mayFindMore } = await this.hitsOf(search, { ...request, ...ALONE, filter: among(request.filter, objects) }, objects.length, signal);
    const words = wordsOf(request);
    // Whatever has a word was found by words.
    const wordy = words === null ? [] : hits.flatMap(({ object, explanation }) => (explanation.keywordRank === null ? [] : [object.id]));
    const withWords = await objectsWithEvery(words ?? new Set(), this.deps.database.passages, search.tenantId, wordy, signal);
    const bounds = new Map(this.deps.embedder.models().map((model) => [model.name, boundIn(model, request)]));
    const matches = hits.flatMap((hit) => {
      const score = scoreOf(hit, request, withWords.has(hit.object.id), bounds);
      const objectVersion = versions.get(hit.object.id);
      return score === null || objectVersion === undefined ? [] : [{ savedSearchId: search.id, request: search.request, objectId: hit.object.id, objectVersion, score }];
    });
    return { matches, mayFindMore };
  }

  /**
   * A search that cannot be run any more (its object is gone, its model is) finds nothing; one that fails, or waits for its model's
   * vectors, is run again, and holds up none of the others.
   */
  private async hitsOf({ id, tenantId }: SavedSearch, request: SearchRequest, first: number, signal: AbortSignal): Promise<Pick<SearchResult, 'hits' | 'mayFindMore'>> {
    const viewer: Viewer = { id: 'system:saved-searches', tenantId, role: 'reader' };
    try {
      return await this.deps.search.search(viewer, request, { first, matches: false }, signal);
    } catch (error) {
      signal.throwIfAborted();
      const mayFindMore = !isStrataError(error) || isUnavailable(error) || waitsForModel(request, this.deps.embedder.models());
      this.deps.logger.warn({ err: error, savedSearch: id }, mayFindMore ? 'a saved search could not be run, and is run again later' : 'a saved search cannot be run, and finds nothing until it is changed');
      return { hits: [], mayFindMore };
    }
  }

  private async settle(tenantId: string, due: readonly DueForSearches[], { matches, mayFindMore }: Found): Promise<void> {
    const overdue = due.filter(({ notedAt }) => mayFindMore && Date.now() - notedAt.getTime() >= PATIENCE_MS);
    if (overdue.length > 0) this.deps.logger.warn({ tenant: tenantId, objects: overdue.map(({ objectId }) => objectId) }, 'the saved searches could not be run whole for a day; what else would have found these objects is not told');
    const announced = await this.deps.database.transaction(async (tx) => {
      const objects = matches.length === 0 ? [] : await tx.objects.lockByIds(tenantId, [...new Set(matches.map(({ objectId }) => objectId))]);
      // One that has changed since is on the list again.
      const present = new Map(objects.filter(({ isDeleted, status }) => !isDeleted && status === 'READY').map((object) => [object.id, object]));
      const recorded = await tx.savedSearches.record(tenantId, matches.filter(({ objectId, objectVersion }) => present.get(objectId)?.version === objectVersion));
      const byObject = Map.groupBy(recorded, ({ objectId }) => objectId);
      await recordMatches(tx, [...byObject].map(([id, found]) => ({ object: present.get(id)!, matches: found.map(({ savedSearchId, score }) => ({ id: savedSearchId, score })) })));
      if (mayFindMore) await tx.savedSearches.postpone(due.filter((note) => !overdue.includes(note)).map((note) => ({ ...note, seconds: retryDelaySeconds(note.attempts + 1) })));
      await tx.savedSearches.settle(mayFindMore ? overdue : due);
      return recorded.length > 0;
    });
    if (announced) announceChanges(this.deps.events, tenantId);
  }
}

/** What orders or bounds results among each other says nothing of one alone. */
const ALONE = { minScore: undefined, minVectorScore: undefined, facets: [], diversity: undefined, rerank: false };

/** A live object is the only one of its content. */
function among(filter: ObjectFilter | undefined, objects: readonly DataObject[]): ObjectFilter {
  const these = { or: objects.map(({ contentHash }) => ({ contentHash })) };
  return filter === undefined ? these : { and: [filter, these] };
}

/** Of what draws near; null where no words count. */
function wordsOf({ query, terms, mode, alpha }: SearchRequest): Set<string> | null {
  if (mode === 'VECTOR' || (mode === 'HYBRID' && alpha === 1)) return null;
  const words = [query, ...(terms ?? []).flatMap((term) => (term.weight > 0 ? [term.query] : []))].filter((text) => text !== undefined);
  const analysed = new Set(words.flatMap(analyzeTerms));
  return analysed.size === 0 ? null : analysed;
}

/**
 * 1 where a passage has every word, else the greatest cosine that is enough in its space; null where it does not match.
 * @param bounds by model
 */
function scoreOf({ explanation }: SearchHit, { minScore }: SearchRequest, hasWords: boolean, bounds: ReadonlyMap<string, number>): number | null {
  const near = explanation.spaces.filter((space) => space.score >= (bounds.get(space.model) ?? Infinity));
  if (!hasWords && near.length === 0) return null;
  const score = hasWords ? EVERY_WORD : Math.min(1, Math.max(...near.map((space) => space.score)));
  return score >= (minScore ?? 0) ? score : null;
}
