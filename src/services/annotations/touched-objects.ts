import type { Annotation, DataObject } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';
import { noteAnnotations } from '../annotation-passages/note-annotations.js';
import { refreshFieldPassages } from '../indexing/field-passages.js';
import { recordChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';

/**
 * What a change of annotations means for their objects, which the caller holds locked: their words are searched anew, captions and
 * transcripts become passages behind the commit, and
 * whoever watches objects hears of it, because filters ask for annotations too. The object's own version stays: it counts
 * what the object itself says. One UPDATED an object, however many annotations; a fixed number of statements.
 */
export async function recordAnnotationChanges(
  deps: Pick<ServiceDependencies, 'keywords'>,
  tx: Transaction,
  tenantId: string,
  objects: readonly DataObject[],
  annotations: readonly Annotation[],
): Promise<void> {
  if (objects.length === 0) return;
  await noteAnnotations(tx, tenantId, annotations);
  await refreshFieldPassages(tx, deps.keywords, tenantId, objects.map((object) => object.id));
  await recordChanges(tx, objects.map((object) => ({ kind: 'UPDATED', before: object, after: object })));
  await tx.objects.raiseGeneration(tenantId);
}
