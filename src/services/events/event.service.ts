import { cursorExpired, notFound } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';
import type { Ingestion, Viewer } from '../../domain/model.js';
import type { ObjectChange } from '../../domain/operations.js';
import { requireRole } from '../../domain/roles.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { MOST_IDS, requireAtMost, requireBoundedFilter } from '../shared/id-lists.js';
import { decodeChangeCursor } from './change-cursor.js';
import { followIngestions } from './ingestion-progress.js';
import { followChanges } from './object-changes.js';
import { EVENT_TIMING } from './timing.js';

/** What happens, as it happens. The rows are the truth; the bus only says when to look. */
export class EventService {
  constructor(
    private readonly deps: Pick<ServiceDependencies, 'database' | 'events' | 'logger'>,
    private readonly timing = EVENT_TIMING,
  ) {}

  async ingestionProgress(viewer: Viewer, ingestionIds: readonly string[], signal: AbortSignal): Promise<AsyncIterable<Ingestion>> {
    requireRole(viewer, 'reader');
    requireAtMost(MOST_IDS, ingestionIds.length, 'ids', ['ids']);
    const ids = [...new Set(ingestionIds)];
    const found = new Set((await this.deps.database.ingestions.findByIds(viewer.tenantId, ids)).map((ingestion) => ingestion.id));
    const missing = ids.find((id) => !found.has(id));
    if (missing !== undefined) throw notFound('Ingestion', missing);
    return followIngestions(this.deps, viewer.tenantId, ids, signal, this.timing);
  }

  async objectChanges(viewer: Viewer, args: { filter?: ObjectFilter; savedSearch?: string; after?: string }, signal: AbortSignal): Promise<AsyncIterable<ObjectChange>> {
    requireRole(viewer, 'reader');
    const filter = args.filter ?? null;
    requireBoundedFilter(filter, ['filter']);
    const savedSearch = args.savedSearch ?? null;
    if (savedSearch !== null && (await this.deps.database.savedSearches.findByIds(viewer.tenantId, [savedSearch])).length === 0) throw notFound('SavedSearch', savedSearch, ['savedSearch']);
    const position = await this.startOf(viewer.tenantId, args.after ?? null);
    return followChanges(this.deps, viewer.tenantId, { position, filter, savedSearch }, signal, this.timing);
  }

  private async startOf(tenantId: string, after: string | null): Promise<string> {
    const { events } = this.deps.database;
    if (after === null) return events.head(tenantId);
    const position = decodeChangeCursor(tenantId, after);
    if (!(await events.isKept(tenantId, position, this.timing.keepSeconds))) {
      throw cursorExpired('Changes are kept for 24 hours, and this cursor is older. Read the objects anew, then subscribe without "after".');
    }
    return position;
  }
}
