import type { Transaction } from '../../ports/database.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';

/**
 * Takes out what the indexes hold of these objects' contents: passages, embeddings, vectors and words. What was made of their
 * fields, and of what people say about them, stays. A fixed number of statements.
 */
export async function forgetContent(
  deps: Pick<ServiceDependencies, 'vectors' | 'keywords'>,
  tx: Transaction,
  tenantId: string,
  objectIds: readonly string[],
): Promise<void> {
  if (objectIds.length === 0) return;
  const old = await tx.passages.keysOfObjects(tenantId, objectIds, 'content');
  const annotated = await tx.embeddings.besideAnnotations(tenantId, objectIds);
  const others = objectIds.filter((id) => !annotated.has(id));
  if (others.length > 0) {
    await deps.vectors.deleteObjects(tenantId, others, tx);
    await tx.embeddings.deleteByObjects(tenantId, others);
  }
  const beside = [...annotated.values()].flat();
  if (beside.length > 0) {
    await deps.vectors.remove(tenantId, beside, tx);
    await tx.embeddings.deleteByIds(tenantId, beside);
  }
  if (old.length === 0) return;
  await deps.keywords.remove(tenantId, old.map((key) => ({ passageId: key.id, ordinal: key.ordinal })), tx);
  await tx.passages.delete(tenantId, old.map((key) => key.id));
}
