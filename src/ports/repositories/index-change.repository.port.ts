/** An entry of a store outside the database, as it has to become. */
export type IndexChange =
  | { kind: 'VECTOR'; operation: 'PUT'; id: string; objectId: string; model: string; passageId: string | null; vector: Float32Array }
  | { kind: 'PASSAGE'; operation: 'PUT'; id: string; objectId: string; ordinal: number }
  | { kind: 'VECTOR'; operation: 'REMOVE'; id: string; objectId: string }
  | { kind: 'PASSAGE'; operation: 'REMOVE'; id: string; objectId: string; ordinal: number };

export type PendingIndexChange = IndexChange & { version: number };

/** What stores outside the database have yet to be told: one row an entry, its newest state. */
export interface IndexChangeRepository {
  /** Replaces what was pending for the same entries. */
  add(tenantId: string, changes: readonly IndexChange[]): Promise<void>;
  /** Every vector of these objects is to go: those that have rows in `embeddings`, and those that wait to be put. Answers how many have rows. */
  addRemovals(tenantId: string, objectIds: readonly string[]): Promise<number>;
  /** A passage and its vectors one behind the other. */
  pending(tenantId: string, objectIds: readonly string[], limit: number): Promise<PendingIndexChange[]>;
  /** Those that are still as they were go; answers their ids. The others have changed meanwhile, or somebody else settled them. */
  settle(tenantId: string, changes: readonly { id: string; version: number }[]): Promise<string[]>;
  /** Of these entries, those whose passage or embedding is no longer there and that nothing is pending for are to be taken out. */
  removeStrays(tenantId: string, entries: readonly { id: string; objectId: string; kind: IndexChange['kind']; ordinal: number | null }[]): Promise<void>;
  /** Whether the store has yet to be told of one of these passages. */
  arePassagesPending(tenantId: string, passageIds: readonly string[]): Promise<boolean>;
  /** Objects with changes that have waited for so long: whoever was to pass them on has failed or vanished. */
  overdue(seconds: number, limit: number): Promise<{ tenantId: string; objectId: string }[]>;
  count(): Promise<number>;
  /** Nobody is to be told of any of it any more. */
  clear(): Promise<void>;
}
