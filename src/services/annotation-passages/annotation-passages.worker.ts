import { batches } from '../../domain/batches.js';
import type { Annotation } from '../../domain/model.js';
import type { AnnotationChange } from '../../ports/repositories/annotation-change.repository.port.js';
import { refreshFieldPassages } from '../indexing/field-passages.js';
import { ofNow } from '../indexing/live-indexes.js';
import { embedsTexts } from '../ingestion/embed.stage.js';
import { requireRolesOf } from '../models/role-fence.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { portionsOf } from '../shared/portions.js';
import { forgetAnnotationPassages, prepareAnnotations, writeAnnotationPassages, type PreparedAnnotation } from './annotation-passages.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'embedder' | 'vectors' | 'keywords' | 'indexSync' | 'indexesNow' | 'logger'>;

/** Others leave an object alone for so long; then whoever held it counts as dead, and doing it twice does no harm. */
const CLAIM_SECONDS = 120;

/**
 * Makes passages of captions and transcripts, with words and vectors. It goes by what is there, whoever changed it: an annotation
 * without passages gets them, passages of one in the bin go. Invariant: an object without a row in `annotation_changes` has exactly
 * the passages of its live captions and transcripts. Every change notes such a row in its own transaction and under the object's lock;
 * the row goes in the transaction that writes the passages, under the same lock, and only where nothing was noted since it was read.
 */
export class AnnotationPassagesWorker {
  constructor(private readonly deps: Dependencies) {}

  async run(tenantId: string, objectIds: readonly string[], signal: AbortSignal): Promise<void> {
    const ids = [...new Set(objectIds)];
    for (const some of batches(ids, () => portionsOf(this.deps.database).indexed)) {
      // Again for those that somebody changed meanwhile, whose own job may have found them taken.
      for (let open: string[] = some; open.length > 0; ) {
        signal.throwIfAborted();
        open = await this.runOnce(tenantId, open, signal);
      }
    }
  }

  /** @returns those that have changed since they were read */
  private async runOnce(tenantId: string, objectIds: readonly string[], signal: AbortSignal): Promise<string[]> {
    const { annotationChanges } = this.deps.database;
    const claimed = await annotationChanges.claim(tenantId, objectIds, CLAIM_SECONDS);
    if (claimed.length === 0) return [];
    try {
      return await this.makePassages(tenantId, claimed, signal);
    } catch (error) {
      await annotationChanges.release(tenantId, claimed.map(({ objectId }) => objectId));
      throw error;
    }
  }

  private async makePassages(tenantId: string, claimed: readonly AnnotationChange[], signal: AbortSignal): Promise<string[]> {
    const deps = ofNow(this.deps);
    const ids = claimed.map(({ objectId }) => objectId);
    const inUse = deps.embedder.models().filter((model) => model.active && model.available);
    const models = inUse.filter(embedsTexts);
    const prepared = await prepareAnnotations(deps, models, await deps.database.annotations.withoutPassages(tenantId, ids), signal);
    for (const { name, dimensions } of prepared.length === 0 ? [] : models) await deps.vectors.ensureSpace({ model: name, dimensions });
    const settled = await deps.database.transaction(async (tx) => {
      const there = await tx.objects.lockByIds(tenantId, ids);
      await requireRolesOf(tx, [inUse.map(({ name }) => name)]);
      await forgetAnnotationPassages(deps, tx, tenantId, await tx.annotations.deadWithPassages(tenantId, ids));
      const wanting = prepared.length === 0 ? [] : stillWanting(prepared, await tx.annotations.withoutPassages(tenantId, ids));
      await writeAnnotationPassages(deps, tx, tenantId, wanting);
      // What the annotation's event noted may have been held against the searches before these vectors were there.
      await tx.savedSearches.note(tenantId, wanting.map(({ annotation: { objectId } }) => objectId));
      // The words of those that have passages now are no longer among the fields'.
      await refreshFieldPassages(tx, deps.keywords, tenantId, there.map(({ id }) => id));
      await tx.objects.raiseGeneration(tenantId);
      return tx.annotationChanges.settle(tenantId, claimed);
    });
    return ids.filter((id) => !settled.includes(id));
  }
}

/** Of what was prepared, what is to be written: somebody else may have written it, changed the annotation, or moved it to another object. */
function stillWanting(prepared: readonly PreparedAnnotation[], now: readonly Annotation[]): PreparedAnnotation[] {
  const current = new Map(now.map((annotation) => [annotation.id, annotation]));
  return prepared.flatMap(({ annotation: { id, version }, passages }) => {
    const annotation = current.get(id);
    return annotation?.version === version ? [{ annotation, passages }] : [];
  });
}
