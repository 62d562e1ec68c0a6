import { DATA_TYPES } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { contentKey } from './keys.js';

export interface ReleaseOptions {
  /** By hash, the lives that the caller reserved: where another's has begun since, that one is left alone. */
  incarnations?: Readonly<Record<string, string>>;
  /** Joins the transaction in which the bytes go. */
  onFreed?(tx: Transaction, bytes: number): Promise<void>;
}

/** Ends the life of bytes that nothing refers to. See `BlobRepository` for why no writer can lose bytes to it. */
export class BlobKeeper {
  constructor(private readonly deps: Pick<ServiceDependencies, 'database' | 'objectStore'>) {}

  /**
   * Deletes the bytes of those contents that no row refers to; idempotent. A content's type is part of its key, so a writer whose
   * reservation was lost may have left bytes at another type's place: whatever lies at a place that the row does not name goes too.
   * The one place where another store is called within a transaction: the row's lock keeps writers away meanwhile.
   * @returns the number of bytes that went
   */
  async release(tenantId: string, hashes: readonly string[], { incarnations = {}, onFreed }: ReleaseOptions = {}): Promise<number> {
    if (hashes.length === 0) return 0;
    const { database, objectStore } = this.deps;
    await database.transaction((tx) =>
      tx.blobs.doom(
        tenantId,
        hashes.map((contentHash) => ({ contentHash, storageKey: contentKey(tenantId, 'TEXT', contentHash), incarnation: incarnations[contentHash] ?? null })),
      ),
    );
    return database.transaction(async (tx) => {
      const blobs = await tx.blobs.lock(tenantId, hashes);
      const doomed = blobs.filter((blob) => blob.isDoomed);
      const strays = blobs.flatMap((blob) =>
        DATA_TYPES.map((type) => contentKey(tenantId, type, blob.contentHash)).filter((key) => key !== blob.storageKey),
      );
      await objectStore.delete([...doomed.map((blob) => blob.storageKey), ...strays]);
      const freed = doomed.reduce((total, blob) => total + blob.size, 0);
      if (doomed.length > 0) await tx.blobs.delete(tenantId, doomed.map((blob) => blob.contentHash));
      if (freed > 0) await onFreed?.(tx, freed);
      return freed;
    });
  }
}
