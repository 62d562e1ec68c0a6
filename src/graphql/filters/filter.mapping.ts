import { badInput } from '../../domain/errors.js';
import { parseMetadataPath, type AnnotationFilter, type DateRange, type MetadataCondition, type ObjectFilter, type SizeRange } from '../../domain/filters.js';
import type { Json } from '../../domain/model.js';
import { DEEPEST_JSON, isShallow } from '../../domain/storable-json.js';
import { given } from '../absent.js';
import { decodeIds } from '../lists.js';
import type { AnnotationFilterInput, DataObjectFilterInput, DateTimeRangeInput, MetadataFilterInput, SizeRangeInput } from './filter.inputs.js';

type Path = readonly (string | number)[];

/** Deeper and larger filters than anyone writes; each condition becomes SQL, so there is a bound. */
const MAX_DEPTH = 16;
const MAX_CONDITIONS = 500;

/** @throws BAD_USER_INPUT with the path of what is wrong, below `path` */
export function toObjectFilter(input: DataObjectFilterInput | null | undefined, path: Path): ObjectFilter | undefined {
  return input ? mapFilter(input, path, { conditions: 0 }, 0) : undefined;
}

function mapFilter(input: DataObjectFilterInput, path: Path, size: { conditions: number }, depth: number): ObjectFilter {
  if (depth >= MAX_DEPTH) throw badInput(`A filter may nest ${MAX_DEPTH} deep; this one goes deeper.`, path);
  size.conditions += 1 + (input.metadata?.length ?? 0) + (input.facts?.length ?? 0);
  if (size.conditions > MAX_CONDITIONS) throw badInput(`A filter may hold ${MAX_CONDITIONS} conditions; this one holds more.`, path);
  const below = (key: string) => (part: DataObjectFilterInput, i: number) => mapFilter(part, [...path, key, i], size, depth + 1);
  return withoutAbsent<ObjectFilter>({
    types: given(input.types),
    status: given(input.status),
    tiers: given(input.tiers),
    mimeTypes: given(input.mimeTypes),
    contentHash: given(input.contentHash),
    createdAt: toDateRange(input.createdAt),
    fileSize: toSizeRange(input.fileSize),
    metadata: input.metadata?.map((condition, i) => toCondition(condition, [...path, 'metadata', i])),
    facts: input.facts?.map((condition, i) => toCondition(condition, [...path, 'facts', i])),
    annotation: toAnnotationFilter(input.annotation, [...path, 'annotation']),
    includeDeleted: given(input.includeDeleted),
    and: input.and?.map(below('and')),
    or: input.or?.map(below('or')),
    not: input.not ? mapFilter(input.not, [...path, 'not'], size, depth + 1) : undefined,
  });
}

/** @throws BAD_USER_INPUT with the path of what is wrong, below `path` */
export function toAnnotationFilter(input: AnnotationFilterInput | null | undefined, path: Path): AnnotationFilter | undefined {
  if (!input) return undefined;
  return withoutAbsent<AnnotationFilter>({
    types: given(input.types),
    annotatorIds: given(input.annotatorIds),
    label: given(input.label),
    minConfidence: given(input.minConfidence),
    objectIds: input.objectIds ? decodeIds('obj', input.objectIds, [...path, 'objectIds']) : undefined,
    createdAt: toDateRange(input.createdAt),
    includeDeleted: given(input.includeDeleted),
  });
}

function toCondition(input: MetadataFilterInput, path: Path): MetadataCondition {
  const condition = withoutAbsent<MetadataCondition>({
    path: parseMetadataPath(input.path),
    equals: given(input.equals),
    notEquals: given(input.notEquals),
    in: given(input.in),
    gt: given(input.gt),
    gte: given(input.gte),
    lt: given(input.lt),
    lte: given(input.lte),
    contains: given(input.contains),
    exists: given(input.exists),
  });
  for (const [name, operand] of Object.entries(condition)) {
    if (!isShallow(operand as Json)) throw badInput(`A value to compare with may nest ${DEEPEST_JSON} levels deep, as what is kept does; this one goes deeper.`, [...path, name]);
  }
  if (Object.keys(condition).length > 1) return condition;
  // Clients that send every field send nulls for what they do not mean; a null on its own is meant.
  if (input.equals === null) return { ...condition, equals: null };
  if (input.notEquals === null) return { ...condition, notEquals: null };
  throw badInput('A metadata filter needs a comparison: equals, notEquals, in, gt, gte, lt, lte, contains or exists.', path);
}

function toDateRange(input: DateTimeRangeInput | null | undefined): DateRange | undefined {
  return input ? withoutAbsent<DateRange>({ gte: given(input.gte), lt: given(input.lt) }) : undefined;
}

function toSizeRange(input: SizeRangeInput | null | undefined): SizeRange | undefined {
  return input ? withoutAbsent<SizeRange>({ gte: given(input.gte), lte: given(input.lte) }) : undefined;
}

/** Filters are compared, hashed and printed; a key that holds undefined would be a difference without meaning. */
function withoutAbsent<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
