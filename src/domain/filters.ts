import type { AnnotationType, DataType, Json, ObjectStatus, StorageTier } from './model.js';

/** A filter over objects, as the API takes it; every condition given must hold. Empty lists of alternatives match nothing. */
export interface ObjectFilter {
  types?: readonly DataType[];
  status?: readonly ObjectStatus[];
  tiers?: readonly StorageTier[];
  mimeTypes?: readonly string[];
  contentHash?: string;
  createdAt?: DateRange;
  fileSize?: SizeRange;
  /** All must hold. */
  metadata?: readonly MetadataCondition[];
  /** The same over what was measured about the content (`DataObject.facts`). All must hold. */
  facts?: readonly MetadataCondition[];
  /** At least one live annotation must match. */
  annotation?: AnnotationFilter;
  /** Only the outermost one counts. */
  includeDeleted?: boolean;
  and?: readonly ObjectFilter[];
  /** `[]` matches nothing. */
  or?: readonly ObjectFilter[];
  not?: ObjectFilter;
}

/** Comparisons hold only within one JSON type: `gt: 3` never matches the string "4"; a path that leads nowhere matches nothing but `exists: false`. */
export interface MetadataCondition {
  /** Already parsed: `tags.0` is ['tags', '0'], `a\.b` is ['a.b']. */
  path: readonly string[];
  equals?: Json;
  notEquals?: Json;
  in?: readonly Json[];
  gt?: Json;
  gte?: Json;
  lt?: Json;
  lte?: Json;
  contains?: Json;
  exists?: boolean;
}

export interface DateRange {
  gte?: Date;
  lt?: Date;
}

export interface SizeRange {
  gte?: number;
  lte?: number;
}

export interface AnnotationFilter {
  types?: readonly AnnotationType[];
  annotatorIds?: readonly string[];
  /** A label of a classification or of a detection's box. */
  label?: string;
  minConfidence?: number;
  objectIds?: readonly string[];
  createdAt?: DateRange;
  includeDeleted?: boolean;
}

/** Splits a metadata path at its dots; `\.` is a dot within a key and `\\` a backslash. */
export function parseMetadataPath(path: string): string[] {
  const keys: string[] = [];
  let key = '';
  for (let i = 0; i < path.length; i++) {
    const char = path[i]!;
    const next = path[i + 1];
    if (char === '\\' && (next === '.' || next === '\\')) {
      key += next;
      i++;
    } else if (char === '.') {
      keys.push(key);
      key = '';
    } else {
      key += char;
    }
  }
  return [...keys, key];
}
