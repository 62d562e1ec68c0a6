import { notFound } from '../../domain/errors.js';
import type { DataObject, Viewer } from '../../domain/model.js';
import { announceChanges, recordChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import type { ObjectCache } from './object-cache.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'events'> & { objectCache: ObjectCache };

/**
 * To the bin or out of it; what is there already stays as it is. The passages, vectors and words of an object in the bin
 * stay where they are, and searches pass over them: so undeleting needs no work before it is found again.
 * @throws CONFLICT for undeleting beside a live object of the same content
 */
export async function moveObject(deps: Dependencies, viewer: Viewer, id: string, kind: 'DELETED' | 'UNDELETED'): Promise<DataObject> {
  const isDeleted = kind === 'DELETED';
  const { object, changed } = await deps.database.transaction(async (tx) => {
    const [before] = await tx.objects.lockByIds(viewer.tenantId, [id]);
    if (before === undefined) throw notFound('DataObject', id, ['id']);
    if (before.isDeleted === isDeleted) return { object: before, changed: false };
    const after = await tx.objects.update(viewer.tenantId, id, { isDeleted, raiseVersion: false });
    await recordChanges(tx, [{ kind, before, after }]);
    await tx.objects.raiseGeneration(viewer.tenantId);
    return { object: after, changed: true };
  });
  if (changed) {
    await deps.objectCache.invalidate(viewer.tenantId, [id]);
    announceChanges(deps.events, viewer.tenantId);
  }
  return object;
}
