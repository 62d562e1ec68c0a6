import type { Annotation } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';
import { hasPassages } from './annotation-passages.js';

/** The job that makes passages of captions and transcripts. */
export const annotationPassagesJob = (tenantId: string, objectIds: readonly string[]) => ({ name: 'annotate', data: { annotated: { tenantId, objectIds } } });

/** Notes, within the transaction of the change and under the objects' locks, whose passages have to be made anew: one job a call, none for other types. */
export async function noteAnnotations(tx: Transaction, tenantId: string, annotations: readonly Pick<Annotation, 'type' | 'objectId'>[]): Promise<void> {
  const objectIds = [...new Set(annotations.filter(hasPassages).map(({ objectId }) => objectId))];
  if (objectIds.length === 0) return;
  await tx.annotationChanges.note(tenantId, objectIds);
  await tx.enqueue([annotationPassagesJob(tenantId, objectIds)]);
}
