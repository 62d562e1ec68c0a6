import { badInput, conflict, notFound } from '../../domain/errors.js';
import { jsonEquals } from '../../domain/json-compare.js';
import { filledFrom } from '../../domain/merge-patch.js';
import type { Annotation, DataObject, Json, JsonObject, Viewer } from '../../domain/model.js';
import type { MergedDuplicates, MergeDuplicates } from '../../domain/operations.js';
import { requireJsonObject } from '../../domain/storable-json.js';
import type { Transaction } from '../../ports/database.port.js';
import { forgetAnnotationPassages, hasPassages } from '../annotation-passages/annotation-passages.js';
import { noteAnnotations } from '../annotation-passages/note-annotations.js';
import { refreshFieldPassages } from '../indexing/field-passages.js';
import type { ObjectCache } from '../objects/object-cache.js';
import { announceChanges, recordChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { idempotentRequest, once } from '../shared/idempotency.js';
import { MOST_IDS, requireAtMost } from '../shared/id-lists.js';
import { requireVersion } from '../shared/versions.js';
import { misfit, type Fitting } from './fitting-annotations.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'keywords' | 'vectors' | 'events'> & { objectCache: ObjectCache };

/**
 * One object in place of several. Annotations of people move to the kept one as they are (author, version, times), but for those that
 * it has already and those that would say something else there; these stay with their object, which goes to the bin with what the
 * system said of it. Nothing is deleted, so undeleting a merged object brings it back without what was moved. Whoever annotates,
 * purges or merges one of them meanwhile waits: all objects are locked first, in one order for everybody.
 */
export async function mergeDuplicates(deps: Dependencies, viewer: Viewer, input: MergeDuplicates): Promise<MergedDuplicates> {
  requireAtMost(MOST_IDS, input.merge.length, 'merge', ['input', 'merge']);
  if (input.merge.length === 0) throw badInput('"merge" is empty. Name the objects that the kept one shall stand for.', ['input', 'merge']);
  if (input.merge.includes(input.keep)) throw badInput('The object to keep is among those to merge into it.', ['input', 'merge', String(input.merge.indexOf(input.keep))]);
  const { idempotencyKey, ...said } = input;
  const request = idempotentRequest('mergeDuplicates', idempotencyKey, said);
  return once(deps.database, viewer, request, {
    answer: async (response) => {
      const { annotationsMoved, annotationsLeft, warnings } = response as unknown as MergedDuplicates;
      const [object] = await deps.database.objects.findByIds(viewer.tenantId, [input.keep]);
      if (object === undefined) throw notFound('DataObject', input.keep, ['input', 'keep']);
      return { object, merged: input.merge, annotationsMoved, annotationsLeft, warnings };
    },
    work: async (remember) => {
      const merged = await deps.database.transaction(async (tx) => {
        const done = await merge(deps, tx, viewer.tenantId, input);
        const { annotationsMoved, annotationsLeft, warnings } = done;
        await tx.idempotency.insert(viewer.tenantId, remember({ annotationsMoved, annotationsLeft, warnings }));
        return done;
      });
      await deps.objectCache.invalidate(viewer.tenantId, [input.keep, ...input.merge]);
      announceChanges(deps.events, viewer.tenantId);
      return merged;
    },
  });
}

async function merge(deps: Dependencies, tx: Transaction, tenantId: string, input: MergeDuplicates): Promise<MergedDuplicates> {
  const { keep, others } = requireMergeable(await tx.objects.lockByIds(tenantId, [input.keep, ...input.merge]), input);
  const { move, leave, warnings } = await sortAnnotations(tx, tenantId, keep, others);
  await tx.duplicates.moveAnnotations(tenantId, move.map(({ id }) => id), keep.id);
  // What captions and transcripts say is searched as passages: no longer of the other objects, and soon of the kept one.
  await forgetAnnotationPassages(deps, tx, tenantId, move.filter(hasPassages).map(({ id }) => id));
  await noteAnnotations(tx, tenantId, move.map(({ type }) => ({ type, objectId: keep.id })));
  await tx.duplicates.addSources(tenantId, others.map(({ id }) => id), keep.id);

  const change = changeOf(keep, others);
  const kept = change === null ? keep : await tx.objects.update(tenantId, keep.id, { ...change, raiseVersion: true });
  const binned = new Map((await tx.duplicates.bin(tenantId, others.map(({ id }) => id))).map((object) => [object.id, object]));
  await refreshFieldPassages(tx, deps.keywords, tenantId, [keep.id, ...others.map(({ id }) => id)]);
  await recordChanges(tx, [
    ...(change === null && move.length === 0 ? [] : [{ kind: 'UPDATED' as const, before: keep, after: kept }]),
    ...others.map((before) => ({ kind: 'DELETED' as const, before, after: binned.get(before.id)! })),
  ]);
  await tx.objects.raiseGeneration(tenantId);
  return { object: kept, merged: input.merge, annotationsMoved: move.length, annotationsLeft: leave.length, warnings };
}

function requireMergeable(objects: readonly DataObject[], { keep: keepId, merge: ids, expectedVersion }: MergeDuplicates): { keep: DataObject; others: DataObject[] } {
  const byId = new Map(objects.map((object) => [object.id, object]));
  const keep = byId.get(keepId);
  if (keep === undefined) throw notFound('DataObject', keepId, ['input', 'keep']);
  if (keep.isDeleted) throw conflict('The object to keep is in the bin. Undelete it, or keep another.', ['input', 'keep']);
  const others = ids.map((id, index) => {
    const path = ['input', 'merge', String(index)];
    const other = byId.get(id);
    if (other === undefined) throw notFound('DataObject', id, path);
    if (other.isDeleted) throw conflict('This object is in the bin already. Leave it out, or undelete it first.', path);
    return other;
  });
  requireVersion(keep.version, expectedVersion);
  return { keep, others };
}

/** Two statements: the annotations, and whether the texts are the same. */
async function sortAnnotations(tx: Transaction, tenantId: string, keep: DataObject, others: readonly DataObject[]): Promise<{ move: Annotation[]; leave: Annotation[]; warnings: string[] }> {
  const annotations = await tx.duplicates.lockAnnotations(tenantId, [keep.id, ...others.map(({ id }) => id)]);
  const hashes = await tx.duplicates.textHashes(tenantId, [keep.id, ...others.map(({ id }) => id)]);
  const fitting = (object: DataObject): Fitting => ({ facts: object.facts, textHash: hashes.get(object.id) ?? null });
  const byId = new Map(others.map((object) => [object.id, object]));
  const said = annotations.filter(({ objectId }) => objectId === keep.id);
  const move: Annotation[] = [];
  const leave: Annotation[] = [];
  const warnings = new Set<string>();
  for (const annotation of annotations) {
    const other = byId.get(annotation.objectId);
    if (other === undefined) continue;
    const reason = misfit(annotation, fitting(other), fitting(keep));
    if (reason !== null) warnings.add(reason);
    if (reason !== null || said.some((known) => saysTheSame(known, annotation))) {
      leave.push(annotation);
      continue;
    }
    said.push(annotation);
    move.push(annotation);
  }
  return { move, leave, warnings: [...warnings] };
}

const saysTheSame = (one: Annotation, other: Annotation) =>
  one.annotatorId === other.annotatorId && one.type === other.type && one.confidence === other.confidence && jsonEquals(one.content, other.content);

/** What the kept object lacks comes from the others, the first named first. */
function changeOf(keep: DataObject, others: readonly DataObject[]): { metadata?: JsonObject; filename?: string | null } | null {
  const metadata = others.reduce<Json>((filled, other) => filledFrom(filled, other.metadata), keep.metadata) as JsonObject;
  const filename = keep.filename ?? others.find((other) => other.filename !== null)?.filename ?? null;
  const change = {
    ...(jsonEquals(metadata, keep.metadata) ? {} : { metadata }),
    ...(filename === keep.filename ? {} : { filename }),
  };
  if (change.metadata !== undefined) requireJsonObject(change.metadata, 'The metadata of the merged objects together', ['input', 'merge']);
  return Object.keys(change).length === 0 ? null : change;
}
