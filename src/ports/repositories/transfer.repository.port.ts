import type { ObjectFilter } from '../../domain/filters.js';
import type { AggregationType, AnnotationType, DataType, IngestionError, Json, JsonObject, ObjectStatus, StorageTier } from '../../domain/model.js';

/** Rows as they leave an installation and enter another: plain JSON, times as ISO 8601 to the millisecond. */
export interface ObjectLine {
  id: string;
  tenantId: string;
  type: DataType;
  status: ObjectStatus;
  contentHash: string;
  filename: string | null;
  mimeType: string;
  fileSize: number;
  storageTier: StorageTier;
  metadata: JsonObject;
  facts: JsonObject;
  version: number;
  isDeleted: boolean;
  createdAt: string;
  updatedAt: string;
  /** How its newest processing ended; null where it has not. */
  ingestion: { status: 'SUCCEEDED' | 'FAILED'; stage: string; error: IngestionError | null; warnings: string[] } | null;
}

export interface AnnotationLine {
  id: string;
  objectId: string;
  annotatorId: string;
  type: AnnotationType;
  content: JsonObject;
  confidence: number | null;
  version: number;
  isDeleted: boolean;
  createdAt: string;
  updatedAt: string;
}

export interface TextLine {
  objectId: string;
  text: string;
  pages: { page: number; start: number; end: number }[];
}

export interface PassageLine {
  id: string;
  objectId: string;
  position: number;
  text: string;
  start: number;
  end: number;
  page: number | null;
  startSeconds: number | null;
  /** As `Passage.context`. */
  context: string | null;
}

export interface EmbeddingLine {
  id: string;
  objectId: string;
  passageId: string | null;
  model: string;
  dimensions: number;
  metadata: JsonObject;
  createdAt: string;
  /** Little-endian 32-bit floats in base 64. */
  vector: string;
}

/** An object with all that belongs to it, of one moment. Passages of captions and transcripts are not among it: they are made again of its annotations. */
export interface ObjectParts {
  object: ObjectLine;
  annotations: AnnotationLine[];
  text: TextLine | null;
  passages: PassageLine[];
  embeddings: Omit<EmbeddingLine, 'vector'>[];
}

export interface AggregationLine {
  id: string;
  tenantId: string;
  type: AggregationType;
  sources: Json;
  sourceCount: number;
  parameters: JsonObject;
  result: Json;
  createdBy: string;
  createdAt: string;
  computedAt: string;
  /** Of the objects that it was made over and that are still there, ascending. */
  objectIds: string[];
}

export interface Place {
  tenantId: string;
  id: string;
}

export interface TransferRepository {
  /**
   * Objects by tenant and id, from behind `after`, the bin's included unless a filter leaves them out; as many as `limit`, fewer where
   * their texts are long. One statement reads the parts, so that they fit together.
   */
  page(tenantId: string | null, filter: ObjectFilter | null, after: Place | null, limit: number): Promise<ObjectParts[]>;
  aggregations(tenantId: string | null, after: Place | null, limit: number): Promise<AggregationLine[]>;

  /** Of these objects, those that are there: under their id, or live and with their content. Answers whom each one is there as. */
  known(objects: readonly Pick<ObjectLine, 'id' | 'tenantId' | 'contentHash' | 'isDeleted'>[]): Promise<{ id: string; as: Place }[]>;
  /** As they are; those whose id or live content is there are passed over. Answers the ids of the others. */
  insertObjects(objects: readonly (ObjectLine & { storageKey: string })[]): Promise<string[]>;
  insertIngestions(ingestions: readonly { id: string; tenantId: string; objectId: string; status: 'SUCCEEDED' | 'FAILED'; stage: string; error: IngestionError | null; warnings: string[]; at: string }[]): Promise<void>;
  /** Those whose id is free. Answers how many. */
  insertAnnotations(annotations: readonly (AnnotationLine & { tenantId: string })[]): Promise<number>;
  insertEmbeddings(embeddings: readonly (Omit<EmbeddingLine, 'vector'> & { tenantId: string })[]): Promise<void>;
  /** Whether the id was free. Objects that are not there are left out of its sources. */
  insertAggregation(aggregation: AggregationLine): Promise<boolean>;
}
