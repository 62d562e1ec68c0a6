import type { Json, JsonObject } from '../../domain/model.js';
import type { SavedSearch } from '../../domain/operations.js';
import type { DueObject } from './due-object.port.js';

export interface SavedSearchMatchRow {
  savedSearchId: string;
  /** As it was run. */
  request: JsonObject;
  objectId: string;
  objectVersion: number;
  score: number;
}

/** An object that has yet to be held against the saved searches of its tenant. */
export interface DueForSearches extends DueObject {
  notedAt: Date;
  /** How often a search could not be run whole since then. */
  attempts: number;
}

/** Searches under a name, what is still to be held against them, and what was announced. */
export interface SavedSearchRepository {
  /** All of the tenant, newest first: their number is bounded. */
  all(tenantId: string): Promise<SavedSearch[]>;
  findByIds(tenantId: string, ids: readonly string[]): Promise<SavedSearch[]>;
  lock(tenantId: string, id: string): Promise<SavedSearch | null>;
  /** Null where the tenant has `most` already; those who insert at one moment wait for each other. Two statements. */
  insert(search: { id: string; tenantId: string; name: string; input: Json; request: JsonObject; owner: string }, most: number): Promise<SavedSearch | null>;
  /** Raises the version. What another search had matched is forgotten where `request` changes. */
  update(tenantId: string, id: string, change: { name?: string; input?: Json; request?: JsonObject }): Promise<SavedSearch>;
  delete(tenantId: string, id: string): Promise<boolean>;
  /**
   * Notes those that are READY and not in the bin, where the tenant has a saved search. Every event notes its object by itself; this is
   * for what becomes findable without one.
   */
  note(tenantId: string, objectIds: readonly string[]): Promise<void>;
  /** The oldest notes, of one tenant, that are so old, without those that are put off, or that a store outside has yet to hear of. */
  due(limit: number, olderThanSeconds: number): Promise<DueForSearches[]>;
  settle(notes: readonly DueObject[]): Promise<void>;
  /** Puts off those that were not noted again since they were read. */
  postpone(notes: readonly (DueObject & { seconds: number })[]): Promise<void>;
  /**
   * Those that nobody has recorded before, of searches whose request is still what was run, and stays so until the
   * transaction ends. Another name changes nothing that was found.
   */
  record(tenantId: string, matches: readonly SavedSearchMatchRow[]): Promise<SavedSearchMatchRow[]>;
}
