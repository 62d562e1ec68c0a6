import type { ObjectFilter } from '../../domain/filters.js';
import type { Aggregation, AggregationType, AnnotationType, DataObject, DataType, Json, JsonObject, ObjectStatus } from '../../domain/model.js';
import type { KeysetQuery } from './keyset.js';

export const TIMELINE_INTERVALS = ['hour', 'day', 'week', 'month', 'year'] as const;
export type TimelineInterval = (typeof TIMELINE_INTERVALS)[number];
export const TIMELINE_FIELDS = ['createdAt', 'updatedAt'] as const;
export type TimelineField = (typeof TIMELINE_FIELDS)[number];

/** Of numbers; the standard deviation is the population's, quantiles are interpolated. */
export interface NumberFigures {
  count: number;
  mean: number | null;
  standardDeviation: number | null;
  min: number | null;
  max: number | null;
  /** At 0.05, 0.25, 0.5, 0.75, 0.95; null where there is no number. */
  quantiles: number[] | null;
}

/** How often each value occurs, the most frequent first. */
export interface ValueFigures {
  count: number;
  distinct: number;
  values: { value: Json; count: number }[];
}

export interface MetadataFigures {
  objects: number;
  /** Objects a JSON type of what the path leads to; those where it leads nowhere are in none. */
  types: Record<string, number>;
  numbers: NumberFigures;
  strings: ValueFigures;
  booleans: ValueFigures;
  /** Scalars within arrays. */
  elements: ValueFigures;
}

export interface AggregationRepository {
  findByIds(tenantId: string, ids: readonly string[]): Promise<Aggregation[]>;
  page(tenantId: string, type: AggregationType | null, query: KeysetQuery<'CREATED_AT'>): Promise<Aggregation[]>;
  count(tenantId: string, type: AggregationType | null, timeoutMs: number): Promise<number | null>;
  /** Aggregations made over each of these objects, a page an object, in one statement. */
  pagesOfObjects(tenantId: string, objectIds: readonly string[], query: KeysetQuery<'CREATED_AT'>): Promise<Map<string, Aggregation[]>>;
  countOfObjects(tenantId: string, objectIds: readonly string[], timeoutMs: number): Promise<Map<string, number> | null>;
  /** The objects that each of these aggregations was made over, the bin's included, a page an aggregation, in one statement. */
  sourcesOf(tenantId: string, aggregationIds: readonly string[], query: KeysetQuery<'CREATED_AT'>): Promise<Map<string, DataObject[]>>;
  /** Those that are still there. */
  countSources(tenantId: string, aggregationIds: readonly string[], timeoutMs: number): Promise<Map<string, number> | null>;
  /** Without figures yet: `finish` writes them in the same transaction. */
  insert(aggregation: Pick<Aggregation, 'id' | 'tenantId' | 'type' | 'parameters' | 'createdBy'>, sources: JsonObject): Promise<void>;
  /** Records the objects: by id, the bin's included, or all that the filter matches. Answers how many. */
  recordSources(tenantId: string, aggregationId: string, sources: { objectIds: readonly string[] } | { filter: ObjectFilter }): Promise<number>;
  finish(tenantId: string, aggregationId: string, sourceCount: number, result: Json): Promise<Aggregation>;
  delete(tenantId: string, id: string): Promise<boolean>;

  /** The figures, computed by the database over the recorded sources; of annotations, the live ones. */
  countByType(aggregationId: string): Promise<{ type: DataType; status: ObjectStatus; objects: number; bytes: number }[]>;
  countAnnotations(aggregationId: string): Promise<{ type: AnnotationType; annotations: number; objects: number }[]>;
  /** Labels of classifications and of detections' boxes, the most frequent first. */
  labelHistogram(
    aggregationId: string,
    limit: number,
  ): Promise<{ total: number; distinct: number; labels: { label: string; count: number; objects: number; meanScore: number | null }[] }>;
  /** One row an annotation type, and one of all with `type` null; `without`: annotations that say no confidence. */
  confidence(aggregationId: string): Promise<({ type: AnnotationType | null; without: number } & NumberFigures)[]>;
  metadataStatistics(aggregationId: string, path: readonly string[], limit: number): Promise<MetadataFigures>;
  /** Intervals in UTC, oldest first, empty ones left out. */
  timeline(
    aggregationId: string,
    interval: TimelineInterval,
    field: TimelineField,
    limit: number,
  ): Promise<{ start: Date; objects: number; bytes: number }[]>;
}
