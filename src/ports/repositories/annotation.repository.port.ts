import type { AnnotationFilter } from '../../domain/filters.js';
import type { Annotation, AnnotationType, JsonObject } from '../../domain/model.js';
import type { KeysetQuery } from './keyset.js';

export interface NewAnnotation {
  id: string;
  tenantId: string;
  objectId: string;
  annotatorId: string;
  type: AnnotationType;
  content: JsonObject;
  confidence: number | null;
}

export interface AnnotationRepository {
  findByIds(tenantId: string, ids: readonly string[]): Promise<Annotation[]>;
  lock(tenantId: string, id: string): Promise<Annotation | null>;
  page(tenantId: string, filter: AnnotationFilter | null, query: KeysetQuery<'CREATED_AT'>): Promise<Annotation[]>;
  count(tenantId: string, filter: AnnotationFilter | null, timeoutMs: number): Promise<number | null>;
  /** One page for each of many objects, in one statement. */
  pagesOfObjects(
    tenantId: string,
    objectIds: readonly string[],
    filter: AnnotationFilter | null,
    query: KeysetQuery<'CREATED_AT'>,
  ): Promise<Map<string, Annotation[]>>;
  countOfObjects(tenantId: string, objectIds: readonly string[], filter: AnnotationFilter | null, timeoutMs: number): Promise<Map<string, number> | null>;
  insert(annotations: readonly NewAnnotation[]): Promise<Annotation[]>;
  /** A system annotator's word replaces its earlier one. */
  upsertSystem(annotations: readonly NewAnnotation[]): Promise<void>;
  /** For good: the content that they were about is gone. */
  deleteSystem(tenantId: string, objectIds: readonly string[]): Promise<void>;
  /** CONFLICT where a system annotator's newer word is in the way of an undeleted one. */
  update(
    tenantId: string,
    id: string,
    change: { content?: JsonObject; confidence?: number | null; isDeleted?: boolean; raiseVersion: boolean },
  ): Promise<Annotation>;
  /** Live captions and transcripts of these objects that have no passages yet. */
  withoutPassages(tenantId: string, objectIds: readonly string[]): Promise<Annotation[]>;
  /** Annotations of these objects that are in the bin and have passages; ids. */
  deadWithPassages(tenantId: string, objectIds: readonly string[]): Promise<string[]>;
  countByObject(tenantId: string, objectId: string): Promise<number>;
}
