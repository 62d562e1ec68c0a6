import type { Json } from '../../domain/model.js';

/** What objects can be counted by. A path leads into the metadata or the facts, as in `MetadataCondition.path`. */
export type FacetField =
  | { kind: 'type' | 'mimeType' | 'label' | 'annotatorId' }
  | { kind: 'metadata' | 'facts'; path: readonly string[] };

export interface FacetRequest {
  field: FacetField;
  /** Values at most, the most frequent first. */
  limit: number;
}

export interface FacetBucket {
  value: Json;
  /** Objects that have it. */
  count: number;
}

export interface FacetRepository {
  /**
   * Counts these objects by each field, in one statement; one answer a request, in order. An object counts once for each
   * value that it has: every element of an array, every label and annotator of its live annotations. Nulls do not count.
   * Falling by count, then by value as jsonb orders it.
   */
  count(tenantId: string, objectIds: readonly string[], requests: readonly FacetRequest[]): Promise<FacetBucket[][]>;
}
