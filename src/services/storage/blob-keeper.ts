import type { ServiceDependencies } from '../shared/dependencies.js';

/** Ends the life of bytes that nothing refers to. */
export class BlobKeeper {
  constructor(private readonly deps: Pick<ServiceDependencies, 'database' | 'objectStore'>) {}

  /**
   * Deletes the bytes of those contents that no row refers to; idempotent. The one place where another store is called
   * within a transaction: the row's lock is what keeps a writer of the same content from believing in bytes that are
   * about to go. Deleting costs the store one call.
   * @returns the number of bytes that went
   */
  async release(tenantId: string, hashes: readonly string[]): Promise<number> {
    if (hashes.length === 0) return 0;
    return this.deps.database.transaction(async (tx) => {
      const unreferenced = await tx.blobs.lockUnreferenced(tenantId, hashes);
      if (unreferenced.length === 0) return 0;
      await this.deps.objectStore.delete(unreferenced.map((blob) => blob.storageKey));
      await tx.blobs.delete(tenantId, unreferenced.map((blob) => blob.contentHash));
      return unreferenced.reduce((total, blob) => total + blob.size, 0);
    });
  }
}
