export interface BlobReservation {
  contentHash: string;
  storageKey: string;
  /** Names this life of the row: it differs after the row was doomed or dropped and made again. */
  incarnation: string;
  /** Above 0: the bytes are there and need not be written. */
  referenceCount: number;
}

export interface LockedBlob {
  contentHash: string;
  storageKey: string;
  size: number;
  /** Nothing refers to it and nobody can any more: its bytes may go. */
  isDoomed: boolean;
}

/**
 * The bytes of a tenant, counted. The protocol that keeps them from vanishing under a writer:
 * - a writer reserves the row, writes the bytes, then `addReferences` names the life that it reserved; where that life has
 *   ended meanwhile it is refused, and the bytes are written again;
 * - a deleter first dooms the row, in a transaction of its own: this ends the life that others reserved. Then it deletes the
 *   bytes while the row is locked and still doomed, and the row with them. Should that transaction be lost after the bytes
 *   went, the row is left doomed: nobody holds a life in it, and the next reservation begins one by writing the bytes.
 */
export interface BlobRepository {
  /** Makes missing rows with a count of 0, in hash order. A doomed row begins a new life, at the place that is given here. */
  reserve(tenantId: string, blobs: readonly { contentHash: string; storageKey: string; size: number; mimeType: string }[]): Promise<BlobReservation[]>;
  /** Answers the hashes whose reservation still held; the others must write their bytes again. */
  addReferences(tenantId: string, references: readonly { contentHash: string; incarnation: string }[]): Promise<string[]>;
  /** Takes one reference away and answers how many are left. */
  dropReference(tenantId: string, contentHash: string): Promise<number>;
  /**
   * Ends the lives that nothing refers to. A hash without a row gets a doomed one, so that there is something to lock.
   * @param blobs `incarnation`: only this life is ended; null: whichever it is
   */
  doom(tenantId: string, blobs: readonly { contentHash: string; storageKey: string; incarnation: string | null }[]): Promise<void>;
  /** Locks the rows until the transaction ends, in hash order. */
  lock(tenantId: string, hashes: readonly string[]): Promise<LockedBlob[]>;
  /** Takes doomed rows out. */
  delete(tenantId: string, hashes: readonly string[]): Promise<void>;
  /** Bytes of all tenants. */
  totalBytes(): Promise<number>;
}
