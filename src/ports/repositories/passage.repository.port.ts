import type { Embedding, JsonObject, Passage } from '../../domain/model.js';

export type NewPassage = Omit<Passage, 'ordinal'>;
export type PassageKey = Pick<Passage, 'id' | 'ordinal' | 'objectId'>;

export interface PassageRepository {
  /** Answers the numbers that the database gave. */
  insert(passages: readonly NewPassage[]): Promise<PassageKey[]>;
  keysOfObjects(tenantId: string, objectIds: readonly string[], kind: Passage['kind'] | null): Promise<PassageKey[]>;
  findByIds(tenantId: string, ids: readonly string[]): Promise<Passage[]>;
  delete(tenantId: string, ids: readonly string[]): Promise<void>;
  /**
   * What the `fields` passages of these objects are made of: filename, metadata, and the contents of people's live
   * annotations, oldest first. One statement.
   */
  fieldSources(tenantId: string, objectIds: readonly string[]): Promise<{ objectId: string; filename: string | null; metadata: JsonObject; annotations: JsonObject[] }[]>;
}

export interface EmbeddingRepository {
  insert(embeddings: readonly Omit<Embedding, 'createdAt'>[]): Promise<void>;
  findByIds(tenantId: string, ids: readonly string[]): Promise<Embedding[]>;
  findByObjects(tenantId: string, objectIds: readonly string[], model: string | null): Promise<Embedding[]>;
  countByObject(tenantId: string, objectId: string): Promise<number>;
  deleteByObjects(tenantId: string, objectIds: readonly string[]): Promise<number>;
}
