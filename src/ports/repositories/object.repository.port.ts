import type { ObjectFilter } from '../../domain/filters.js';
import type { DataObject, DataType, JsonObject, ObjectStatus } from '../../domain/model.js';
import type { ObjectOrderField } from '../../domain/operations.js';
import type { TextBlock } from '../../domain/text-structure.js';
import type { KeysetQuery } from './keyset.js';

export interface NewObject {
  id: string;
  tenantId: string;
  type: DataType;
  contentHash: string;
  storageKey: string;
  filename: string | null;
  mimeType: string;
  fileSize: number;
  metadata: JsonObject;
}

export interface ObjectText {
  objectId: string;
  text: string;
  pages: { page: number; start: number; end: number }[];
  blocks: TextBlock[];
}

/** Rows of data_objects. Every call is one statement, however many ids it is given. */
export interface ObjectRepository {
  /** In no particular order; what is not there or another tenant's is left out. The bin's are included. */
  findByIds(tenantId: string, ids: readonly string[]): Promise<DataObject[]>;
  /** Locks the rows until the transaction ends, in id order so that two callers never wait for each other. */
  lockByIds(tenantId: string, ids: readonly string[]): Promise<DataObject[]>;
  /** Live objects with one of these contents. */
  findLiveByHashes(tenantId: string, hashes: readonly string[]): Promise<DataObject[]>;
  page(tenantId: string, filter: ObjectFilter | null, query: KeysetQuery<ObjectOrderField>): Promise<DataObject[]>;
  /** Null where counting passes `timeoutMs`. */
  count(tenantId: string, filter: ObjectFilter | null, timeoutMs: number): Promise<number | null>;
  /** Ids of matching objects, in id order, from behind `after`. */
  matchingIds(tenantId: string, filter: ObjectFilter | null, limit: number, after?: string): Promise<string[]>;
  /** Which of these objects, each named once, do not match or are not there; and the rows of those of the first `rowsOfFirst` that do. */
  sift(tenantId: string, filter: ObjectFilter | null, ids: readonly string[], rowsOfFirst: number): Promise<{ others: Set<string>; rows: DataObject[] }>;
  /** Inserts those whose content no live object of the tenant has, and answers them as stored. */
  insertMissing(objects: readonly NewObject[]): Promise<DataObject[]>;
  /** Writes the user's part and raises the version; CONFLICT where a live twin of the content is in the way. */
  update(
    tenantId: string,
    id: string,
    change: Partial<Pick<DataObject, 'metadata' | 'filename' | 'isDeleted' | 'type' | 'contentHash' | 'storageKey' | 'mimeType' | 'fileSize' | 'status'>> & {
      raiseVersion: boolean;
    },
  ): Promise<DataObject>;
  setStatus(tenantId: string, ids: readonly string[], status: ObjectStatus): Promise<DataObject[]>;
  saveExtraction(tenantId: string, items: readonly { objectId: string; facts: JsonObject; text: ObjectText | null }[]): Promise<void>;
  findTexts(tenantId: string, ids: readonly string[]): Promise<ObjectText[]>;
  /** The texts without their pages; null where all of them together come to more than `maxBytes` in UTF-8: none is read then. */
  findTextsWithin(tenantId: string, ids: readonly string[], maxBytes: number): Promise<Map<string, string> | null>;
  delete(tenantId: string, id: string): Promise<void>;
  /** Raises the number that is part of every cached search's key, and answers it. */
  raiseGeneration(tenantId: string): Promise<number>;
  generation(tenantId: string): Promise<number>;
}
