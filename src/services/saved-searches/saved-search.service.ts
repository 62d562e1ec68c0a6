import { v7 as uuidv7 } from 'uuid';
import { badInput, conflict, forbidden, notFound } from '../../domain/errors.js';
import { jsonEquals } from '../../domain/json-compare.js';
import type { Json, Viewer } from '../../domain/model.js';
import type { SavedSearch, SaveSearch, SearchPageArgs, SearchRequest, SearchResult, UpdateSavedSearch } from '../../domain/operations.js';
import { cursorFingerprint, readPageArgs, toPage, type CursorKey, type Page, type PageArgs } from '../../domain/paging.js';
import { hasRole, requireRole } from '../../domain/roles.js';
import { checkSearch } from '../search/search-request.js';
import type { SearchService } from '../search/search.service.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { requireBoundedFilter } from '../shared/id-lists.js';
import { cut, inOrder, keyOfCreated } from '../shared/pages.js';
import { requireVersion } from '../shared/versions.js';
import { withModelsOfVectors } from './models-of-vectors.js';
import { fromStored, toStored } from './stored-request.js';

/** Each is run for whatever changes. */
export const MOST_SAVED_SEARCHES = 100;
const LONGEST_NAME = 200;

type Dependencies = Pick<ServiceDependencies, 'database' | 'embedder' | 'limits'> & { search: Pick<SearchService, 'search'> };

/** Searches under a name. Everybody of the tenant sees them; whoever made one, or an admin, changes it. */
export class SavedSearchService {
  constructor(private readonly deps: Dependencies) {}

  async byIds(viewer: Viewer, ids: readonly string[]): Promise<(SavedSearch | null)[]> {
    requireRole(viewer, 'reader');
    return inOrder(ids, await this.deps.database.savedSearches.findByIds(viewer.tenantId, ids));
  }

  /** Newest first. */
  async page(viewer: Viewer, args: PageArgs): Promise<Page<SavedSearch>> {
    requireRole(viewer, 'reader');
    const request = readPageArgs(args, cursorFingerprint('savedSearches'));
    const all = await this.deps.database.savedSearches.all(viewer.tenantId);
    return toPage(cut(all, request, keyOfCreated, newestFirst), request, keyOfCreated, () => Promise.resolve(all.length));
  }

  async create(viewer: Viewer, { name, input, request }: SaveSearch): Promise<SavedSearch> {
    requireRole(viewer, 'annotator');
    const row = { id: uuidv7(), tenantId: viewer.tenantId, name: readName(name), input, request: this.checked(request), owner: viewer.id };
    const saved = await this.deps.database.transaction((tx) => tx.savedSearches.insert(row, MOST_SAVED_SEARCHES));
    if (saved === null) throw conflict(`A tenant has at most ${MOST_SAVED_SEARCHES} saved searches. Delete one first.`, ['input']);
    return saved;
  }

  async update(viewer: Viewer, { id, expectedVersion, name, search }: UpdateSavedSearch): Promise<SavedSearch> {
    requireRole(viewer, 'annotator');
    const wanted = { name: name === undefined ? undefined : readName(name), search: search === undefined ? undefined : { input: search.input, request: this.checked(search.request) } };
    return this.deps.database.transaction(async (tx) => {
      const before = await tx.savedSearches.lock(viewer.tenantId, id);
      if (before === null) throw notFound('SavedSearch', id, ['input', 'id']);
      requireOwn(viewer, before, ['input', 'id']);
      requireVersion(before.version, expectedVersion);
      const renamed = wanted.name !== undefined && wanted.name !== before.name;
      const changed = wanted.search !== undefined && !jsonEquals(wanted.search.request as Json, before.request);
      if (!renamed && !changed) return before;
      return tx.savedSearches.update(viewer.tenantId, id, { ...(renamed ? { name: wanted.name } : {}), ...(changed ? wanted.search : {}) });
    });
  }

  async delete(viewer: Viewer, id: string): Promise<void> {
    requireRole(viewer, 'annotator');
    await this.deps.database.transaction(async (tx) => {
      const before = await tx.savedSearches.lock(viewer.tenantId, id);
      if (before === null) throw notFound('SavedSearch', id, ['id']);
      requireOwn(viewer, before, ['id']);
      await tx.savedSearches.delete(viewer.tenantId, id);
    });
  }

  /** What it finds now, over everything. */
  results(viewer: Viewer, search: SavedSearch, page: SearchPageArgs, signal?: AbortSignal): Promise<SearchResult> {
    return this.deps.search.search(viewer, fromStored(search.request), page, signal);
  }

  private checked(request: SearchRequest) {
    if (request.uploadId !== undefined || request.terms?.some(({ uploadId }) => uploadId !== undefined)) {
      throw badInput('Bytes that were uploaded for one query are not kept, so a search by them cannot be saved. Take the file in, and search by its "objectId".', ['input', 'search']);
    }
    requireBoundedFilter(request.filter ?? null, ['input', 'search', 'filter']);
    const { vectors } = checkSearch(request, { first: 1 }, this.deps.embedder.models(), this.deps.limits);
    return toStored(withModelsOfVectors(request, vectors));
  }
}

/** ISO dates are in order as text is. */
function newestFirst(left: CursorKey, right: CursorKey): number {
  const [one, other] = [`${left.value} ${left.id}`, `${right.value} ${right.id}`];
  return one > other ? -1 : Number(one < other);
}

function readName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > LONGEST_NAME || trimmed.includes('\0') || !trimmed.isWellFormed()) throw badInput(`A name has 1 to ${LONGEST_NAME} characters, none of them U+0000.`, ['input', 'name']);
  return trimmed;
}

function requireOwn(viewer: Viewer, { owner }: SavedSearch, path: string[]): void {
  if (owner === viewer.id || hasRole(viewer, 'admin')) return;
  throw forbidden('The saved search is another’s. Only whoever made it or an admin may change it.', path);
}
