import type { Embedding, JsonObject, Passage } from '../../domain/model.js';

export type NewPassage = Omit<Passage, 'ordinal'>;
export type PassageKey = Pick<Passage, 'id' | 'ordinal' | 'objectId'>;

export interface PassageRepository {
  /** Answers the numbers that the database gave. */
  insert(passages: readonly NewPassage[]): Promise<PassageKey[]>;
  keysOfObjects(tenantId: string, objectIds: readonly string[], kind: Passage['kind'] | null): Promise<PassageKey[]>;
  findByIds(tenantId: string, ids: readonly string[]): Promise<Passage[]>;
  delete(tenantId: string, ids: readonly string[]): Promise<void>;
  /** The passages of these annotations, with the ids of their embeddings. */
  ofAnnotations(tenantId: string, annotationIds: readonly string[]): Promise<(PassageKey & { embeddingIds: string[] })[]>;
  /**
   * What the `fields` passages of these objects are made of: filename, metadata, and the contents of people's live
   * annotations that have no passages of their own, oldest first. One statement.
   */
  fieldSources(tenantId: string, objectIds: readonly string[]): Promise<{ objectId: string; filename: string | null; metadata: JsonObject; annotations: JsonObject[] }[]>;
}

export interface EmbeddingRepository {
  insert(embeddings: readonly Omit<Embedding, 'createdAt'>[]): Promise<void>;
  findByIds(tenantId: string, ids: readonly string[]): Promise<Embedding[]>;
  findByObjects(tenantId: string, objectIds: readonly string[], model: string | null): Promise<Embedding[]>;
  countByObject(tenantId: string, objectId: string): Promise<number>;
  /** Of each of these models that there are vectors of, over all tenants: of what length and revision they are; null where that was not written down. */
  kindsOfModels(names: readonly string[]): Promise<{ model: string; dimensions: number; revision: string | null }[]>;
  /** Of these objects, those that have embeddings of captions or transcripts, with the ids of all their others. */
  besideAnnotations(tenantId: string, objectIds: readonly string[]): Promise<Map<string, string[]>>;
  deleteByIds(tenantId: string, ids: readonly string[]): Promise<void>;
  deleteByObjects(tenantId: string, objectIds: readonly string[]): Promise<number>;
}
