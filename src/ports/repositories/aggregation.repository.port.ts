import type { ObjectFilter } from '../../domain/filters.js';
import type { Aggregation, AggregationType, DataObject, Json, JsonObject } from '../../domain/model.js';
import type { KeysetQuery } from './keyset.js';

export interface AggregationRepository {
  findByIds(tenantId: string, ids: readonly string[]): Promise<Aggregation[]>;
  page(tenantId: string, type: AggregationType | null, query: KeysetQuery<'CREATED_AT'>): Promise<Aggregation[]>;
  count(tenantId: string, type: AggregationType | null, timeoutMs: number): Promise<number | null>;
  /** Aggregations made over each of these objects, a page an object, in one statement. */
  pagesOfObjects(tenantId: string, objectIds: readonly string[], query: KeysetQuery<'CREATED_AT'>): Promise<Map<string, Aggregation[]>>;
  countOfObjects(tenantId: string, objectIds: readonly string[], timeoutMs: number): Promise<Map<string, number> | null>;
  /** The objects that each of these aggregations was made over. */
  sourcesOf(tenantId: string, aggregationIds: readonly string[], query: KeysetQuery<'CREATED_AT'>): Promise<Map<string, DataObject[]>>;
  insert(aggregation: Aggregation, sources: JsonObject): Promise<void>;
  /** Records the objects: by id, or all live ones that the filter matches. Answers how many. */
  recordSources(tenantId: string, aggregationId: string, sources: { objectIds: readonly string[] } | { filter: ObjectFilter }): Promise<number>;
  finish(tenantId: string, aggregationId: string, sourceCount: number, result: Json): Promise<Aggregation>;
  delete(tenantId: string, id: string): Promise<boolean>;

  /** The figures, computed by the database over the recorded sources. */
  countByType(aggregationId: string): Promise<{ type: string; status: string; count: number; bytes: number }[]>;
  labelHistogram(aggregationId: string, limit: number): Promise<{ label: string; count: number; objects: number }[]>;
  confidence(aggregationId: string): Promise<{ type: string; count: number; mean: number | null; min: number | null; max: number | null; standardDeviation: number | null; median: number | null }[]>;
  metadataStatistics(aggregationId: string, path: readonly string[], limit: number): Promise<Json>;
  timeline(aggregationId: string, interval: 'hour' | 'day' | 'week' | 'month' | 'year'): Promise<{ start: Date; count: number; bytes: number }[]>;
}
