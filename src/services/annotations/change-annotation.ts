import { requireAnnotationContent, requireConfidence } from '../../domain/annotation-content.js';
import { conflict, notFound } from '../../domain/errors.js';
import { jsonEquals } from '../../domain/json-compare.js';
import type { Annotation, JsonObject, Viewer } from '../../domain/model.js';
import type { UpdateAnnotation } from '../../domain/operations.js';
import { forgetAnnotationPassages, hasPassages } from '../annotation-passages/annotation-passages.js';
import { announceChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { requireVersion } from '../shared/versions.js';
import { requireMayDelete, requireMayUpdate } from './annotators.js';
import { recordAnnotationChanges } from './touched-objects.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'vectors' | 'keywords' | 'events' | 'queue'>;
type Change = { content?: JsonObject; confidence?: number | null; isDeleted?: boolean; raiseVersion: boolean };

export async function updateAnnotation(deps: Dependencies, viewer: Viewer, input: UpdateAnnotation): Promise<Annotation> {
  if (typeof input.confidence === 'number') requireConfidence(input.confidence, ['input', 'confidence']);
  return change(deps, viewer, input.id, ['input', 'id'], (annotation, objectIsDeleted) => {
    requireMayUpdate(viewer, annotation);
    if (annotation.isDeleted) throw conflict('The annotation is in the bin. Undelete it before you change it.', ['input', 'id']);
    if (objectIsDeleted) throw conflict('The annotation’s object is in the bin. Undelete that before you change it.', ['input', 'id']);
    if (input.content !== undefined) requireAnnotationContent(annotation.type, input.content, ['input', 'content']);
    requireVersion(annotation.version, input.expectedVersion);
    return changeOf(annotation, input);
  });
}

/** To the bin or out of it; what is there already stays as it is. */
export async function moveAnnotation(deps: Dependencies, viewer: Viewer, id: string, isDeleted: boolean): Promise<Annotation> {
  return change(deps, viewer, id, ['id'], (annotation, objectIsDeleted) => {
    requireMayDelete(viewer, annotation);
    if (annotation.isDeleted === isDeleted) return null;
    if (!isDeleted && objectIsDeleted) throw conflict('The annotation’s object is in the bin. Undelete that first.', ['id']);
    return { isDeleted, raiseVersion: false };
  });
}

/** @param decide what to write, or null for nothing; it sees the rows locked */
async function change(
  deps: Dependencies,
  viewer: Viewer,
  id: string,
  path: string[],
  decide: (annotation: Annotation, objectIsDeleted: boolean) => Change | null,
): Promise<Annotation> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await changeOnce(deps, viewer, id, path, decide);
    } catch (error) {
      if (!(error instanceof MovedMeanwhile) || tries === MOST_TRIES) throw error;
    }
  }
}

/** A merge took the annotation to another object between finding out whose it is and locking that one. */
class MovedMeanwhile extends Error {}
const MOST_TRIES = 5;

async function changeOnce(...[deps, viewer, id, path, decide]: Parameters<typeof change>): Promise<Annotation> {
  const { annotation, changed } = await deps.database.transaction(async (tx) => {
    const missing = () => notFound('Annotation', id, path);
    // The object is locked before its annotation, as everywhere, so that two changes never wait for each other.
    const [found] = await tx.annotations.findByIds(viewer.tenantId, [id]);
    if (found === undefined) throw missing();
    const [object] = await tx.objects.lockByIds(viewer.tenantId, [found.objectId]);
    const before = await tx.annotations.lock(viewer.tenantId, id);
    if (before === null || object === undefined) throw missing();
    if (before.objectId !== object.id) throw new MovedMeanwhile('the annotation was moved to another object');
    const wanted = decide(before, object.isDeleted);
    if (wanted === null) return { annotation: before, changed: false };
    const after = await tx.annotations.update(viewer.tenantId, id, wanted);
    // What is not said any more is not found from this moment on.
    if (hasPassages(before) && (wanted.content !== undefined || wanted.isDeleted !== undefined)) await forgetAnnotationPassages(deps, tx, viewer.tenantId, [id]);
    await recordAnnotationChanges(deps, tx, viewer.tenantId, [object], [after]);
    return { annotation: after, changed: true };
  });
  if (changed) announceChanges(deps.events, viewer.tenantId);
  if (changed && hasPassages(annotation)) deps.queue.wake('annotate');
  return annotation;
}

function changeOf(annotation: Annotation, input: UpdateAnnotation): Change | null {
  const change: Change = { raiseVersion: true };
  if (input.content !== undefined && !jsonEquals(input.content, annotation.content)) change.content = input.content as JsonObject;
  if (input.confidence !== undefined && input.confidence !== annotation.confidence) change.confidence = input.confidence;
  return change.content === undefined && change.confidence === undefined ? null : change;
}
