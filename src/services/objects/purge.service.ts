import { notFound } from '../../domain/errors.js';
import type { JsonObject, Viewer } from '../../domain/model.js';
import type { PurgeResult } from '../../domain/operations.js';
import { requireRole } from '../../domain/roles.js';
import type { SagaRunner } from '../sagas/saga-runner.js';
import type { SagaDefinition } from '../sagas/saga.js';
import { announceChanges, recordChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { BlobKeeper } from '../storage/blob-keeper.js';
import type { ObjectCache } from './object-cache.js';

type Payload = JsonObject & {
  objectId: string;
  /** Of the bytes to be let go, once the rows are gone. */
  hash: string | null;
};

/** Ends an object for good: rows, vectors and words in one transaction, then bytes and cache. */
export class PurgeService {
  private readonly saga: SagaDefinition<Payload, null>;
  private readonly running = new Map<string, Promise<PurgeResult>>();

  constructor(
    private readonly deps: Pick<ServiceDependencies, 'database' | 'objectStore' | 'vectors' | 'keywords' | 'events'>,
    private readonly sagas: SagaRunner,
    private readonly objectCache: ObjectCache,
  ) {
    this.saga = this.definition(new BlobKeeper(deps));
    sagas.register(this.saga);
  }

  /** Purging again answers what the first time answered, and waits for it where it is under way. */
  async purge(viewer: Viewer, id: string): Promise<PurgeResult> {
    requireRole(viewer, 'admin');
    const key = JSON.stringify([viewer.tenantId, id]);
    const running = this.running.get(key) ?? this.end(viewer.tenantId, id).finally(() => this.running.delete(key));
    this.running.set(key, running);
    return running;
  }

  private async end(tenantId: string, id: string): Promise<PurgeResult> {
    const earlier = await this.deps.database.purges.find(tenantId, id);
    if (!earlier) {
      await this.sagas.run(this.saga, tenantId, { objectId: id, hash: null }, null);
      announceChanges(this.deps.events, tenantId);
    }
    const record = earlier ?? (await this.deps.database.purges.find(tenantId, id))!;
    return { id, bytesFreed: record.bytesFreed, annotations: record.annotations, embeddings: record.embeddings };
  }

  private definition(keeper: BlobKeeper): SagaDefinition<Payload, null> {
    const { vectors, keywords } = this.deps;
    return {
      kind: 'purge',
      steps: [
        {
          kind: 'pivot',
          name: 'rows',
          effect: async ({ objectId }, { tenantId, tx }) => {
            const [object] = await tx.objects.lockByIds(tenantId, [objectId]);
            if (!object) {
              // Two purges at once: the second finds the first one's record.
              if (await tx.purges.find(tenantId, objectId)) return { hash: null };
              throw notFound('DataObject', objectId, ['id']);
            }
            const annotations = await tx.annotations.countByObject(tenantId, objectId);
            const embeddings = await tx.embeddings.countByObject(tenantId, objectId);
            const passages = await tx.passages.keysOfObjects(tenantId, [objectId], null);
            await vectors.deleteObjects(tenantId, [objectId], tx);
            if (passages.length > 0) {
              await keywords.remove(tenantId, passages.map((passage) => ({ passageId: passage.id, ordinal: passage.ordinal })), tx);
            }
            await tx.objects.delete(tenantId, objectId);
            await tx.blobs.dropReference(tenantId, object.contentHash);
            await tx.purges.insert(tenantId, { objectId, bytesFreed: 0, annotations, embeddings });
            await recordChanges(tx, [{ kind: 'PURGED', before: object, after: null }]);
            await tx.objects.raiseGeneration(tenantId);
            return { hash: object.contentHash };
          },
        },
        {
          kind: 'retriable',
          name: 'bytes',
          effect: async ({ objectId, hash }, { tenantId }) => {
            if (hash === null) return;
            // In the transaction in which they go: a crash behind it must not make the record say that nothing went.
            await keeper.release(tenantId, [hash], { onFreed: (tx, bytes) => tx.purges.setBytesFreed(tenantId, objectId, bytes) });
          },
        },
        {
          kind: 'retriable',
          name: 'cache',
          effect: async ({ objectId }, { tenantId }) => this.objectCache.invalidate(tenantId, [objectId]),
        },
      ],
    };
  }
}
