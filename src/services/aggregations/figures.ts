import { badInput } from '../../domain/errors.js';
import type { AggregationType, Json, JsonObject } from '../../domain/model.js';
import type { AggregationRepository, NumberFigures } from '../../ports/repositories/aggregation.repository.port.js';
import { LABEL_PARAMETERS, METADATA_PARAMETERS, readMetadataPath, TIMELINE_PARAMETERS } from './parameters.js';

/** More intervals than a picture has columns. */
const MOST_INTERVALS = 10_000;

export type ComputedType = Exclude<AggregationType, 'CUSTOM' | 'ANNOTATOR_AGREEMENT' | 'CENTROID'>;

/**
 * The results, by type. Of annotations, the live ones count; bytes are those of the original content.
 * `Figures` are `{count, mean, standardDeviation, min, max, quantiles: {p05, p25, p50, p75, p95}}`: of the population,
 * quantiles interpolated, null where there is no number.
 * `Values` are `{count, distinct, values: [{value, count}]}`, the most frequent first.
 *
 * - COUNT, no parameters: `{objects, bytes, types: [{type, objects, bytes}], statuses: [{status, objects, bytes}],
 *   annotations, annotationTypes: [{type, annotations, objects}]}`
 * - LABEL_HISTOGRAM `{limit = 100}`: `{total, distinct, labels: [{label, count, objects, meanScore}]}`: labels of
 *   classifications and of detections' boxes; `meanScore` is null where none says a score
 * - CONFIDENCE_STATISTICS, no parameters: Figures with `without` (annotations that say none) and
 *   `types: [{type, without, …Figures}]`
 * - METADATA_STATISTICS `{path, limit = 20}`: `{path, objects, present, missing, types: {<JSON type>: objects},
 *   numbers: Figures or null, strings: Values or null, booleans: Values or null, elements: Values or null}`; `elements` are
 *   the scalars within arrays; strings count by their first 1,024 characters
 * - TIMELINE `{interval = "day", field = "createdAt"}`: `{interval, field, buckets: [{start, objects, bytes}]}`, in UTC, weeks
 *   from Monday, empty intervals left out; intervals hour, day, week, month, year; fields createdAt, updatedAt
 */
export async function computeFigures(type: ComputedType, aggregations: AggregationRepository, id: string, parameters: JsonObject): Promise<Json> {
  return COMPUTE[type](aggregations, id, parameters);
}

type Compute = (aggregations: AggregationRepository, id: string, parameters: JsonObject) => Promise<Json>;

const COMPUTE: Record<ComputedType, Compute> = {
  COUNT: countObjects,
  LABEL_HISTOGRAM: async (aggregations, id, parameters) => ({ ...(await aggregations.labelHistogram(id, LABEL_PARAMETERS.parse(parameters).limit)) }),
  CONFIDENCE_STATISTICS: confidence,
  METADATA_STATISTICS: metadata,
  TIMELINE: timeline,
};

async function countObjects(aggregations: AggregationRepository, id: string): Promise<Json> {
  const rows = await aggregations.countByType(id);
  const annotationTypes = await aggregations.countAnnotations(id);
  const fold = (key: 'type' | 'status') => {
    const folded = new Map<string, { objects: number; bytes: number }>();
    for (const row of rows) {
      const sum = folded.get(row[key]) ?? { objects: 0, bytes: 0 };
      folded.set(row[key], { objects: sum.objects + row.objects, bytes: sum.bytes + row.bytes });
    }
    return [...folded].map(([value, sums]) => ({ [key]: value, ...sums }));
  };
  return {
    objects: total(rows, 'objects'),
    bytes: total(rows, 'bytes'),
    types: fold('type'),
    statuses: fold('status'),
    annotations: total(annotationTypes, 'annotations'),
    annotationTypes: annotationTypes.map((row) => ({ ...row })),
  };
}

async function confidence(aggregations: AggregationRepository, id: string): Promise<Json> {
  const rows = (await aggregations.confidence(id)).map((row) => ({ type: row.type, without: row.without, ...shown(row) }));
  const { type: _all, ...overall } = rows.find((row) => row.type === null)!;
  return { ...overall, types: rows.filter((row) => row.type !== null) };
}

async function metadata(aggregations: AggregationRepository, id: string, parameters: JsonObject): Promise<Json> {
  const { path, limit } = METADATA_PARAMETERS.parse(parameters);
  const found = await aggregations.metadataStatistics(id, readMetadataPath(path), limit);
  const present = Object.values(found.types).reduce((sum, count) => sum + count, 0);
  const unlessNone = <T extends { count: number }>(figures: T): T | null => (figures.count === 0 ? null : figures);
  return {
    path, objects: found.objects, present, missing: found.objects - present, types: found.types,
    numbers: found.numbers.count === 0 ? null : shown(found.numbers),
    strings: jsonOf(unlessNone(found.strings)), booleans: jsonOf(unlessNone(found.booleans)), elements: jsonOf(unlessNone(found.elements)),
  };
}

async function timeline(aggregations: AggregationRepository, id: string, parameters: JsonObject): Promise<Json> {
  const { interval, field } = TIMELINE_PARAMETERS.parse(parameters);
  const rows = await aggregations.timeline(id, interval, field, MOST_INTERVALS + 1);
  if (rows.length > MOST_INTERVALS) {
    throw badInput(`There are more than ${MOST_INTERVALS} intervals of one ${interval} with objects in them. Choose a longer interval.`, ['input', 'parameters', 'interval']);
  }
  return { interval, field, buckets: rows.map((row) => ({ start: row.start.toISOString(), objects: row.objects, bytes: row.bytes })) };
}

function shown({ count, mean, standardDeviation, min, max, quantiles }: NumberFigures) {
  const [p05, p25, p50, p75, p95] = quantiles ?? [];
  return { count, mean, standardDeviation, min, max, quantiles: quantiles === null ? null : { p05: p05!, p25: p25!, p50: p50!, p75: p75!, p95: p95! } };
}

const jsonOf = (value: object | null): Json => value as Json;
const total = <Key extends string>(rows: readonly Record<Key, number>[], key: Key): number => rows.reduce((sum, row) => sum + row[key], 0);
