import type { StrataError } from '../../domain/errors.js';
import type { AnnotationFilter } from '../../domain/filters.js';
import type { Annotation, Viewer } from '../../domain/model.js';
import type { CreateAnnotation, UpdateAnnotation } from '../../domain/operations.js';
import { cursorFingerprint, readPageArgs, toPage, type Page, type PageArgs } from '../../domain/paging.js';
import { requireRole } from '../../domain/roles.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { MOST_IDS, MOST_ITEMS, requireAtMost } from '../shared/id-lists.js';
import { pagesEach } from '../shared/pages-each.js';
import { COUNT_TIMEOUT_MS, inOrder, keyOfCreated } from '../shared/pages.js';
import { moveAnnotation, updateAnnotation } from './change-annotation.js';
import { createAnnotations } from './create-annotations.js';

/** What people and machines say about objects. */
export class AnnotationService {
  constructor(private readonly deps: Pick<ServiceDependencies, 'database' | 'vectors' | 'keywords' | 'events' | 'queue'>) {}

  async byIds(viewer: Viewer, ids: readonly string[]): Promise<(Annotation | null)[]> {
    requireRole(viewer, 'reader');
    return inOrder(ids, await this.deps.database.annotations.findByIds(viewer.tenantId, ids));
  }

  async page(viewer: Viewer, args: PageArgs & { filter?: AnnotationFilter }): Promise<Page<Annotation>> {
    requireRole(viewer, 'reader');
    const filter = readFilter(args.filter);
    const request = readPageArgs(args, cursorFingerprint('annotations', filter));
    const { annotations } = this.deps.database;
    const rows = await annotations.page(viewer.tenantId, filter, { ...request, field: 'CREATED_AT', direction: 'DESC' });
    return toPage(rows, request, keyOfCreated, () => annotations.count(viewer.tenantId, filter, COUNT_TIMEOUT_MS));
  }

  async pagesForObjects(
    viewer: Viewer,
    objectIds: readonly string[],
    args: PageArgs & { filter?: AnnotationFilter },
  ): Promise<(Page<Annotation> | StrataError)[]> {
    requireRole(viewer, 'reader');
    const filter = readFilter(args.filter);
    const { annotations } = this.deps.database;
    return pagesEach(objectIds, args, (objectId) => cursorFingerprint('object.annotations', { objectId, filter }), {
      rows: (ids, query) => annotations.pagesOfObjects(viewer.tenantId, ids, filter, query),
      counts: (ids) => annotations.countOfObjects(viewer.tenantId, ids, filter, COUNT_TIMEOUT_MS),
    });
  }

  async create(viewer: Viewer, inputs: readonly CreateAnnotation[]): Promise<(Annotation | StrataError)[]> {
    requireRole(viewer, 'annotator');
    requireAtMost(MOST_ITEMS, inputs.length, 'input', ['input']);
    return createAnnotations(this.deps, viewer, inputs);
  }

  async update(viewer: Viewer, input: UpdateAnnotation): Promise<Annotation> {
    requireRole(viewer, 'annotator');
    return updateAnnotation(this.deps, viewer, input);
  }

  async delete(viewer: Viewer, id: string): Promise<Annotation> {
    requireRole(viewer, 'annotator');
    return moveAnnotation(this.deps, viewer, id, true);
  }

  async undelete(viewer: Viewer, id: string): Promise<Annotation> {
    requireRole(viewer, 'annotator');
    return moveAnnotation(this.deps, viewer, id, false);
  }
}

function readFilter(filter: AnnotationFilter | undefined): AnnotationFilter | null {
  requireAtMost(MOST_IDS, filter?.objectIds?.length ?? 0, 'objectIds', ['filter', 'objectIds']);
  return filter ?? null;
}
