import { notFound, type StrataError } from '../../domain/errors.js';
import type { Aggregation, AggregationType, DataObject, Viewer } from '../../domain/model.js';
import type { CreateAggregation } from '../../domain/operations.js';
import { cursorFingerprint, readPageArgs, toPage, type Page, type PageArgs } from '../../domain/paging.js';
import { requireRole } from '../../domain/roles.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { pagesEach } from '../shared/pages-each.js';
import { COUNT_TIMEOUT_MS, inOrder, keyOfCreated } from '../shared/pages.js';
import { createAggregation } from './create-aggregation.js';

/** Figures over sets of objects, kept together with what they were computed from. */
export class AggregationService {
  constructor(private readonly deps: Pick<ServiceDependencies, 'database'>) {}

  async byIds(viewer: Viewer, ids: readonly string[]): Promise<(Aggregation | null)[]> {
    requireRole(viewer, 'reader');
    return inOrder(ids, await this.deps.database.aggregations.findByIds(viewer.tenantId, ids));
  }

  async page(viewer: Viewer, args: PageArgs & { type?: AggregationType }): Promise<Page<Aggregation>> {
    requireRole(viewer, 'reader');
    const type = args.type ?? null;
    const request = readPageArgs(args, cursorFingerprint('aggregations', type));
    const { aggregations } = this.deps.database;
    const rows = await aggregations.page(viewer.tenantId, type, { ...request, field: 'CREATED_AT', direction: 'DESC' });
    return toPage(rows, request, keyOfCreated, () => aggregations.count(viewer.tenantId, type, COUNT_TIMEOUT_MS));
  }

  async pagesForObjects(viewer: Viewer, objectIds: readonly string[], args: PageArgs): Promise<(Page<Aggregation> | StrataError)[]> {
    requireRole(viewer, 'reader');
    const { aggregations } = this.deps.database;
    return pagesEach(objectIds, args, (id) => cursorFingerprint('object.aggregations', id), {
      rows: (ids, query) => aggregations.pagesOfObjects(viewer.tenantId, ids, query),
      counts: (ids) => aggregations.countOfObjects(viewer.tenantId, ids, COUNT_TIMEOUT_MS),
    });
  }

  async sourcePages(viewer: Viewer, aggregationIds: readonly string[], args: PageArgs): Promise<(Page<DataObject> | StrataError)[]> {
    requireRole(viewer, 'reader');
    const { aggregations } = this.deps.database;
    return pagesEach(aggregationIds, args, (id) => cursorFingerprint('aggregation.sources', id), {
      rows: (ids, query) => aggregations.sourcesOf(viewer.tenantId, ids, query),
      counts: (ids) => aggregations.countSources(viewer.tenantId, ids, COUNT_TIMEOUT_MS),
    });
  }

  async create(viewer: Viewer, input: CreateAggregation): Promise<Aggregation> {
    requireRole(viewer, 'editor');
    return createAggregation(this.deps, viewer, input);
  }

  async delete(viewer: Viewer, id: string): Promise<void> {
    requireRole(viewer, 'editor');
    if (!(await this.deps.database.aggregations.delete(viewer.tenantId, id))) throw notFound('Aggregation', id, ['id']);
  }
}
