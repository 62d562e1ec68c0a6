import type { AnnotationType, DataType, ObjectStatus } from '../../../domain/model.js';
import type {
  AggregationRepository, MetadataFigures, NumberFigures, TimelineField, TimelineInterval, ValueFigures,
} from '../../../ports/repositories/aggregation.repository.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';

type Answer<Method extends keyof AggregationRepository> = ReturnType<AggregationRepository[Method]>;

const SOURCES = 'aggregation_sources s JOIN data_objects o ON o.id = s.object_id';
const ANNOTATIONS = 'aggregation_sources s JOIN annotations a ON a.object_id = s.object_id AND NOT a.is_deleted';

const QUANTILES = 'ARRAY[0.05, 0.25, 0.5, 0.75, 0.95]::float8[]';
/** Of numeric rather than double, which would overflow where the values themselves do not. */
const numberFigures = (value: string) => `
  count(${value}) AS count, avg(${value}::numeric)::text AS mean, stddev_pop(${value}::numeric)::text AS deviation,
  min(${value})::text AS min, max(${value})::text AS max,
  percentile_cont(${QUANTILES}) WITHIN GROUP (ORDER BY ${value}::float8) AS quantiles`;

interface NumberRow {
  count: number;
  mean: string | null;
  deviation: string | null;
  min: string | null;
  max: string | null;
  quantiles: number[] | null;
}

/** Characters of a string by which it is counted and shown; a novel among the values is known by its beginning. */
const LONGEST_VALUE = 1_024;

const TIMELINE_COLUMNS: Record<TimelineField, string> = { createdAt: 'o.created_at', updatedAt: 'o.updated_at' };

/** What the database computes over an aggregation's recorded sources. One statement a figure. */
export class AggregationFigures {
  constructor(private readonly sql: SqlClient) {}

  async countByType(aggregationId: string): Answer<'countByType'> {
    return this.sql.query<{ type: DataType; status: ObjectStatus; objects: number; bytes: number }>(
      `SELECT o.object_type AS type, o.status, count(*) AS objects, sum(o.file_size_bytes)::bigint AS bytes
         FROM ${SOURCES} WHERE s.aggregation_id = $1::uuid GROUP BY o.object_type, o.status ORDER BY o.object_type, o.status`,
      [aggregationId],
    );
  }

  async countAnnotations(aggregationId: string): Answer<'countAnnotations'> {
    return this.sql.query<{ type: AnnotationType; annotations: number; objects: number }>(
      `SELECT a.annotation_type AS type, count(*) AS annotations, count(DISTINCT a.object_id) AS objects
         FROM ${ANNOTATIONS} WHERE s.aggregation_id = $1::uuid GROUP BY a.annotation_type ORDER BY a.annotation_type`,
      [aggregationId],
    );
  }

  async labelHistogram(aggregationId: string, limit: number): Answer<'labelHistogram'> {
    const rows = await this.sql.query<{ label: string; count: number; objects: number; mean_score: number | null; distinct_labels: number; total: number }>(
      `WITH lists AS (
         SELECT a.object_id, CASE a.annotation_type WHEN 'CLASSIFICATION' THEN a.content -> 'labels' ELSE a.content -> 'boxes' END AS list
           FROM ${ANNOTATIONS} WHERE s.aggregation_id = $1::uuid AND a.annotation_type IN ('CLASSIFICATION', 'DETECTION')),
       said AS (
         SELECT lists.object_id, item ->> 'label' AS label, CASE jsonb_typeof(item -> 'score') WHEN 'number' THEN (item ->> 'score')::float8 END AS score
           FROM lists CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(list) WHEN 'array' THEN list ELSE '[]' END) AS item),
       counted AS (
         SELECT label, count(*) AS count, count(DISTINCT object_id) AS objects, avg(score) AS mean_score FROM said WHERE label IS NOT NULL GROUP BY label)
       SELECT label, count, objects, mean_score, count(*) OVER () AS distinct_labels, (sum(count) OVER ())::bigint AS total
         FROM counted ORDER BY count DESC, label COLLATE "C" LIMIT $2::int`,
      [aggregationId, limit],
    );
    return {
      total: rows[0]?.total ?? 0,
      distinct: rows[0]?.distinct_labels ?? 0,
      labels: rows.map((row) => ({ label: row.label, count: row.count, objects: row.objects, meanScore: row.mean_score })),
    };
  }

  async confidence(aggregationId: string): Answer<'confidence'> {
    const rows = await this.sql.query<NumberRow & { type: AnnotationType | null; without: number }>(
      `SELECT a.annotation_type AS type, count(*) - count(a.confidence) AS without, ${numberFigures('a.confidence')}
         FROM ${ANNOTATIONS} WHERE s.aggregation_id = $1::uuid
        GROUP BY GROUPING SETS ((), (a.annotation_type)) ORDER BY a.annotation_type NULLS FIRST`,
      [aggregationId],
    );
    return rows.map((row) => ({ type: row.type, without: row.without, ...toNumbers(row) }));
  }

  async metadataStatistics(aggregationId: string, path: readonly string[], limit: number): Promise<MetadataFigures> {
    const rows = await this.sql.query<{
      objects: number;
      types: Record<string, number>;
      numbers: NumberRow;
      strings: ValueFigures;
      booleans: ValueFigures;
      elements: ValueFigures;
    }>(
      `WITH held AS MATERIALIZED (
         SELECT o.metadata #> $2::text[] AS value FROM ${SOURCES} WHERE s.aggregation_id = $1::uuid),
       numbers AS MATERIALIZED (SELECT (value #>> '{}')::numeric AS number FROM held WHERE jsonb_typeof(value) = 'number'),
       strings AS (SELECT to_jsonb(left(value #>> '{}', ${LONGEST_VALUE})) AS value FROM held WHERE jsonb_typeof(value) = 'string'),
       booleans AS (SELECT value FROM held WHERE jsonb_typeof(value) = 'boolean'),
       elements AS (
         SELECT CASE jsonb_typeof(item) WHEN 'string' THEN to_jsonb(left(item #>> '{}', ${LONGEST_VALUE})) ELSE item END AS value
           FROM held CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]' END) AS item
          WHERE jsonb_typeof(item) IN ('string', 'number', 'boolean'))
       SELECT (SELECT count(*) FROM held) AS objects,
              (SELECT coalesce(jsonb_object_agg(kind, n), '{}') FROM (
                 SELECT jsonb_typeof(value) AS kind, count(*) AS n FROM held WHERE value IS NOT NULL GROUP BY 1) AS kinds) AS types,
              (SELECT to_jsonb(figures) FROM (SELECT ${numberFigures('number')} FROM numbers) AS figures) AS numbers,
              ${frequencies('strings')} AS strings, ${frequencies('booleans')} AS booleans, ${frequencies('elements')} AS elements`,
      [aggregationId, path, limit],
    );
    const { objects, types, numbers, strings, booleans, elements } = rows[0]!;
    return { objects, types, numbers: toNumbers(numbers), strings, booleans, elements };
  }

  async timeline(aggregationId: string, interval: TimelineInterval, field: TimelineField, limit: number): Answer<'timeline'> {
    return this.sql.query<{ start: Date; objects: number; bytes: number }>(
      `SELECT date_trunc($2, ${TIMELINE_COLUMNS[field]}, 'UTC') AS start, count(*) AS objects, sum(o.file_size_bytes)::bigint AS bytes
         FROM ${SOURCES} WHERE s.aggregation_id = $1::uuid GROUP BY 1 ORDER BY 1 LIMIT $3::int`,
      [aggregationId, interval, limit],
    );
  }
}

/** `{count, distinct, values}` of a relation's `value`s, at most $3 of them. */
const frequencies = (relation: string) => `
  (SELECT jsonb_build_object('count', coalesce(sum(n), 0), 'distinct', count(*),
            'values', coalesce(jsonb_agg(jsonb_build_object('value', value, 'count', n) ORDER BY place) FILTER (WHERE place <= $3::int), '[]'))
     FROM (SELECT value, count(*) AS n, row_number() OVER (ORDER BY count(*) DESC, value::text COLLATE "C") AS place FROM ${relation} GROUP BY value) AS counted)`;

const toNumber = (text: string | null): number | null => (text === null ? null : Number(text));

function toNumbers(row: NumberRow): NumberFigures {
  return {
    count: row.count, mean: toNumber(row.mean), standardDeviation: toNumber(row.deviation), min: toNumber(row.min), max: toNumber(row.max),
    quantiles: row.quantiles?.some((value) => value === null) ? null : row.quantiles,
  };
}
