import { conflict, notFound } from '../../domain/errors.js';
import { jsonEquals } from '../../domain/json-compare.js';
import { applyMergePatch } from '../../domain/merge-patch.js';
import type { DataObject, JsonObject, Viewer } from '../../domain/model.js';
import type { UpdateObject } from '../../domain/operations.js';
import { requireJsonObject } from '../../domain/storable-json.js';
import { refreshFieldPassages } from '../indexing/field-passages.js';
import { readFilename } from '../intake/filename.js';
import { announceChanges, recordChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { requireVersion } from '../shared/versions.js';
import type { ObjectCache } from './object-cache.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'keywords' | 'events'> & { objectCache: ObjectCache };
type Change = Partial<Pick<DataObject, 'metadata' | 'filename'>>;

/**
 * Metadata by merge patch, and the filename. What changes nothing makes no version and no event. An object in the bin is
 * not changed: CONFLICT.
 */
export async function updateObject(deps: Dependencies, viewer: Viewer, input: UpdateObject): Promise<DataObject> {
  const filename = readNewFilename(input.filename);
  if (input.metadata !== undefined) requireJsonObject(input.metadata, 'The metadata', METADATA);

  const { object, changed } = await deps.database.transaction(async (tx) => {
    const [before] = await tx.objects.lockByIds(viewer.tenantId, [input.id]);
    if (before === undefined) throw notFound('DataObject', input.id, ['input', 'id']);
    if (before.isDeleted) throw conflict('The object is in the bin. Undelete it before you change it.', ['input', 'id']);
    requireVersion(before.version, input.expectedVersion);
    const change = changeOf(before, input, filename);
    if (change === null) return { object: before, changed: false };

    const after = await tx.objects.update(viewer.tenantId, before.id, { ...change, raiseVersion: true });
    await refreshFieldPassages(tx, deps.keywords, viewer.tenantId, [after.id]);
    await recordChanges(tx, [{ kind: 'UPDATED', before, after }]);
    await tx.objects.raiseGeneration(viewer.tenantId);
    return { object: after, changed: true };
  });
  if (changed) {
    await deps.objectCache.invalidate(viewer.tenantId, [object.id]);
    announceChanges(deps.events, viewer.tenantId);
  }
  return object;
}

const METADATA = ['input', 'metadata'];

/** null takes the name away. */
function readNewFilename(filename: string | null | undefined): string | null | undefined {
  return typeof filename === 'string' ? readFilename(filename, ['input', 'filename']) : filename;
}

function changeOf(before: DataObject, input: UpdateObject, filename: string | null | undefined): Change | null {
  const change: Change = {};
  if (filename !== undefined && filename !== before.filename) change.filename = filename;
  if (input.metadata !== undefined) {
    const metadata = applyMergePatch(before.metadata, input.metadata) as JsonObject;
    if (!jsonEquals(before.metadata, metadata)) {
      // The patch alone was within bounds; together they may be too large.
      requireJsonObject(metadata, 'The metadata', METADATA);
      change.metadata = metadata;
    }
  }
  return Object.keys(change).length === 0 ? null : change;
}

