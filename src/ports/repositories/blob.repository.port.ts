export interface BlobReservation {
  contentHash: string;
  storageKey: string;
  /** Names this life of the row: it differs after the row was dropped and made again. */
  incarnation: string;
  /** Above 0: the bytes are there and need not be written. */
  referenceCount: number;
}

/**
 * The bytes of a tenant, counted. The protocol that keeps them from vanishing under a writer: reserve the row, write the
 * bytes, then `addReferences` names the incarnation that was reserved; it is refused where someone dropped the row
 * meanwhile. Bytes are deleted only while the row is locked and counts none.
 */
export interface BlobRepository {
  /** Makes missing rows with a count of 0, in hash order. */
  reserve(tenantId: string, blobs: readonly { contentHash: string; storageKey: string; size: number; mimeType: string }[]): Promise<BlobReservation[]>;
  /** Answers the hashes whose reservation still held; the others must write their bytes again. */
  addReferences(tenantId: string, references: readonly { contentHash: string; incarnation: string }[]): Promise<string[]>;
  /** Takes one reference away and answers how many are left. */
  dropReference(tenantId: string, contentHash: string): Promise<number>;
  /** Locks rows and answers those that nothing refers to. */
  lockUnreferenced(tenantId: string, hashes: readonly string[]): Promise<{ contentHash: string; storageKey: string; size: number }[]>;
  delete(tenantId: string, hashes: readonly string[]): Promise<void>;
  /** Bytes of all tenants. */
  totalBytes(): Promise<number>;
}
