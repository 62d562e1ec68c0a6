import { tooComplex } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';
import type { DataObject, Viewer } from '../../domain/model.js';
import { NEWEST_FIRST, type Disposition, type ObjectOrder, type ObjectOrderField, type PurgeResult, type SignedLink, type UpdateObject } from '../../domain/operations.js';
import { cursorFingerprint, readPageArgs, toPage, type CursorKey, type Page, type PageArgs } from '../../domain/paging.js';
import { requireRole } from '../../domain/roles.js';
import { requireBoundedFilter } from '../shared/id-lists.js';
import { COUNT_TIMEOUT_MS } from '../shared/pages.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { moveObject } from './move-object.js';
import { signDownloadLink } from './download-link.js';
import type { ObjectCache } from './object-cache.js';
import { updateObject } from './update-object.js';

export type ObjectServiceDependencies = Pick<ServiceDependencies, 'database' | 'objectStore' | 'keywords' | 'events'> & {
  objectCache: ObjectCache;
  /** Takes bytes, rows, vectors and cache entries away, in one saga; idempotent. */
  purge(viewer: Viewer, id: string): Promise<PurgeResult>;
};

const MEGABYTE = 1_000_000;
/** Of extracted text in one answer, in UTF-8. A book has about one; a single text that is larger is there to be downloaded. */
const MAX_TEXT_BYTES = 64 * MEGABYTE;

/** Objects, one by one and in lists. */
export class ObjectService {
  constructor(private readonly deps: ObjectServiceDependencies) {}

  async byIds(viewer: Viewer, ids: readonly string[]): Promise<(DataObject | null)[]> {
    requireRole(viewer, 'reader');
    return this.deps.objectCache.read(viewer.tenantId, ids, (missing) => this.deps.database.objects.findByIds(viewer.tenantId, missing));
  }

  async reread(viewer: Viewer, ids: readonly string[]): Promise<(DataObject | null)[]> {
    requireRole(viewer, 'reader');
    await this.deps.objectCache.invalidate(viewer.tenantId, ids);
    return this.byIds(viewer, ids);
  }

  async byHash(viewer: Viewer, contentHash: string): Promise<DataObject | null> {
    requireRole(viewer, 'reader');
    const [object] = await this.deps.database.objects.findLiveByHashes(viewer.tenantId, [contentHash]);
    return object ?? null;
  }

  async page(viewer: Viewer, args: PageArgs & { filter?: ObjectFilter; order?: ObjectOrder }): Promise<Page<DataObject>> {
    requireRole(viewer, 'reader');
    const filter = args.filter ?? null;
    const order = args.order ?? NEWEST_FIRST;
    requireBoundedFilter(filter, ['filter']);
    const request = readPageArgs(args, cursorFingerprint('objects', { filter, order }));
    const { objects } = this.deps.database;
    const rows = await objects.page(viewer.tenantId, filter, { ...request, ...order });
    return toPage(rows, request, (row) => ({ value: ORDER_VALUES[order.field](row), id: row.id }), () =>
      objects.count(viewer.tenantId, filter, COUNT_TIMEOUT_MS),
    );
  }

  async texts(viewer: Viewer, objectIds: readonly string[]): Promise<(string | null)[]> {
    requireRole(viewer, 'reader');
    const texts = await this.deps.database.objects.findTextsWithin(viewer.tenantId, objectIds, MAX_TEXT_BYTES);
    if (texts === null) throw tooComplex(`The texts of these objects come to more than ${MAX_TEXT_BYTES / MEGABYTE} MB. Ask for the texts of fewer objects at once, or download them.`);
    return objectIds.map((id) => texts.get(id) ?? null);
  }

  storageLocation(object: DataObject): string {
    return this.deps.objectStore.locationOf(object.storageKey);
  }

  async downloadLink(viewer: Viewer, object: DataObject, options: { expiresIn: number; disposition: Disposition }): Promise<SignedLink | null> {
    requireRole(viewer, 'reader');
    if (object.tenantId !== viewer.tenantId) return null;
    return signDownloadLink(this.deps.objectStore, object, options);
  }

  async update(viewer: Viewer, input: UpdateObject): Promise<DataObject> {
    requireRole(viewer, 'editor');
    return updateObject(this.deps, viewer, input);
  }

  async delete(viewer: Viewer, id: string): Promise<DataObject> {
    requireRole(viewer, 'editor');
    return moveObject(this.deps, viewer, id, 'DELETED');
  }

  async undelete(viewer: Viewer, id: string): Promise<DataObject> {
    requireRole(viewer, 'editor');
    return moveObject(this.deps, viewer, id, 'UNDELETED');
  }

  async purge(viewer: Viewer, id: string): Promise<PurgeResult> {
    requireRole(viewer, 'admin');
    try {
      return await this.deps.purge(viewer, id);
    } finally {
      // Also where it failed halfway: what is left then is for the rows to say.
      await this.deps.objectCache.invalidate(viewer.tenantId, [id]);
    }
  }
}

const ORDER_VALUES: Record<ObjectOrderField, (object: DataObject) => CursorKey['value']> = {
  CREATED_AT: (object) => object.createdAt.toISOString(),
  UPDATED_AT: (object) => object.updatedAt.toISOString(),
  FILE_SIZE: (object) => object.fileSize,
  FILENAME: (object) => object.filename,
};
