import { v7 as uuidv7 } from 'uuid';
import type { JsonObject, ObjectStatus } from '../../domain/model.js';
import { unpackedVector } from '../../domain/packed-vector.js';
import type { Transaction } from '../../ports/database.port.js';
import type { BlobReservation } from '../../ports/repositories/blob.repository.port.js';
import type { Place } from '../../ports/repositories/transfer.repository.port.js';
import type { VectorRecord } from '../../ports/vector-store.port.js';
import { noteAnnotations } from '../annotation-passages/note-annotations.js';
import { refreshFieldPassages } from '../indexing/field-passages.js';
import { requireRolesOf } from '../models/role-fence.js';
import { ReservationLost } from '../intake/intake.saga.js';
import type { SagaDefinition } from '../sagas/saga.js';
import { analyzeTerms } from '../search/analysis.js';
import { recordChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import type { BlobKeeper } from '../storage/blob-keeper.js';
import type { ExportedObject } from './export.service.js';
import type { ImportCounts } from './import.service.js';

export type ImportPayload = JsonObject & { hashes: string[]; incarnations: Record<string, string>; staged: string[] };

export interface ImportContext {
  contents: readonly { contentHash: string; size: number; mimeType: string; storageKey: string; stagedAt: string }[];
  fresh: readonly ExportedObject[];
  /** Objects that are here, and as whom: people's annotations of them come in all the same. */
  known: readonly ExportedObject[];
  there: ReadonlyMap<string, Place>;
  /** Names of this installation's models, where they are those that made the vectors; null: the vectors are of no use here. */
  models: readonly string[] | null;
  /** Filled by the steps. */
  counts: ImportCounts;
  reservations: Map<string, BlobReservation>;
}

type Dependencies = Pick<ServiceDependencies, 'database' | 'objectStore' | 'vectors' | 'keywords'>;

/** As the intake: bytes, then all rows together, then the clean-up. */
export function importSaga(deps: Dependencies, keeper: BlobKeeper): SagaDefinition<ImportPayload, ImportContext> {
  return {
    kind: 'import',
    steps: [
      {
        kind: 'compensatable',
        name: 'bytes',
        async effect(payload, { tenantId, context }) {
          if (context.contents.length === 0) return;
          const reserved = await deps.database.blobs.reserve(tenantId, context.contents);
          payload.incarnations = Object.fromEntries(reserved.map(({ contentHash, incarnation }) => [contentHash, incarnation]));
          context.reservations = new Map(reserved.map((reservation) => [reservation.contentHash, reservation]));
          for (const content of context.contents) {
            const { referenceCount, storageKey } = context.reservations.get(content.contentHash)!;
            if (referenceCount === 0) await deps.objectStore.copy(content.stagedAt, storageKey, { contentType: content.mimeType });
          }
        },
        async compensate(payload, { tenantId }) {
          await keeper.release(tenantId, payload.hashes, { incarnations: payload.incarnations });
        },
      },
      {
        kind: 'pivot',
        name: 'rows',
        async effect(_payload, { tenantId, context, tx }) {
          if (context.models !== null) await requireRolesOf(tx, [context.models]);
          context.counts = { objects: 0, there: context.known.length, annotations: 0, queued: 0 };
          await writeObjects(tx, tenantId, context);
          await writeContents(deps, tx, tenantId, context);
          await writeAnnotations(tx, tenantId, context);
          const touched = [...context.fresh.map(({ object }) => object.id), ...context.known.filter(({ annotations }) => annotations.length > 0).map(({ object }) => context.there.get(object.id)!.id)];
          await refreshFieldPassages(tx, deps.keywords, tenantId, touched);
          await tx.objects.raiseGeneration(tenantId);
        },
      },
      {
        kind: 'retriable',
        name: 'clean',
        async effect(payload, { tenantId }) {
          await deps.objectStore.delete(payload.staged);
          await keeper.release(tenantId, payload.hashes);
        },
      },
    ],
  };
}

/** Its vectors are here, so that it is as ready as it was. */
function comesReady({ object, text, embeddings }: ExportedObject, { models }: ImportContext): boolean {
  const wasReady = object.status === 'READY' && object.ingestion?.status === 'SUCCEEDED';
  // Of a film without words nothing may have been embedded.
  const hasNothing = text === null && object.type === 'VIDEO';
  return wasReady && models !== null && (embeddings.length > 0 || hasNothing);
}

/** What could not be read there cannot be read here either; whatever else does not come ready is processed anew. */
function statusOf(each: ExportedObject, context: ImportContext): ObjectStatus {
  if (comesReady(each, context)) return 'READY';
  return each.object.status === 'FAILED' && each.object.ingestion?.status === 'FAILED' ? 'FAILED' : 'PROCESSING';
}

async function writeObjects(tx: Transaction, tenantId: string, context: ImportContext): Promise<void> {
  const ids = new Set(
    await tx.transfer.insertObjects(
      context.fresh.map((each) => ({ ...each.object, tenantId, status: statusOf(each, context), storageKey: context.reservations.get(each.object.contentHash)!.storageKey })),
    ),
  );
  // A twin came in between, or an id is another tenant's: what is known is looked up again.
  if (ids.size < context.fresh.length) throw new ReservationLost();
  await addReferences(tx, tenantId, context);
  const objects = await tx.objects.findByIds(tenantId, [...ids]);
  await recordChanges(tx, objects.map((after) => ({ kind: 'CREATED', before: null, after })));
  await begin(tx, tenantId, context);
  context.counts.objects = objects.length;
}

/** One for each object; several of the bin may share their content with a live one. */
async function addReferences(tx: Transaction, tenantId: string, { fresh, reservations }: ImportContext): Promise<void> {
  const left = Map.groupBy(fresh, ({ object }) => object.contentHash);
  const rounds = Math.max(0, ...[...left.values()].map((objects) => objects.length));
  for (let round = 0; round < rounds; round += 1) {
    const hashes = [...left].filter(([, objects]) => objects.length > round).map(([contentHash]) => contentHash);
    const held = await tx.blobs.addReferences(tenantId, hashes.map((contentHash) => ({ contentHash, incarnation: reservations.get(contentHash)!.incarnation })));
    if (held.length < hashes.length) throw new ReservationLost();
  }
}

async function begin(tx: Transaction, tenantId: string, context: ImportContext): Promise<void> {
  const ended = context.fresh.filter((each) => statusOf(each, context) !== 'PROCESSING');
  await tx.transfer.insertIngestions(ended.map(({ object }) => ({ ...object.ingestion!, id: uuidv7(), tenantId, objectId: object.id, at: object.updatedAt })));
  const open = context.fresh.filter((each) => statusOf(each, context) === 'PROCESSING');
  if (open.length === 0) return;
  const ingestions = await tx.ingestions.insert(open.map(({ object }) => ({ id: uuidv7(), tenantId, objectId: object.id })));
  await tx.enqueue(ingestions.map((ingestion) => ({ name: 'ingest', data: { ingestionId: ingestion.id } })));
  context.counts.queued = open.length;
}

async function writeContents(deps: Dependencies, tx: Transaction, tenantId: string, context: ImportContext): Promise<void> {
  const ready = context.fresh.filter((each) => comesReady(each, context));
  const texts = ready.map(({ object, text }) => ({ objectId: object.id, facts: object.facts, text: text === null ? null : { ...text, blocks: [] } }));
  if (texts.length > 0) await tx.objects.saveExtraction(tenantId, texts);
  const passages = ready.flatMap((each) => each.passages);
  const keys = await tx.passages.insert(passages.map((passage) => ({ ...passage, tenantId, kind: 'content' as const, annotationId: null })));
  const embeddings = ready.flatMap((each) => each.embeddings);
  if (embeddings.length > 0) await tx.transfer.insertEmbeddings(embeddings.map(({ vector: _vector, ...embedding }) => ({ ...embedding, tenantId })));
  for (const [model, ofModel] of Map.groupBy(embeddings, (embedding) => embedding.model)) {
    const records = ofModel.map(({ id, objectId, passageId, vector }): VectorRecord => ({ id, objectId, passageId, vector: unpackedVector(vector) }));
    await deps.vectors.upsert(tenantId, { model, dimensions: ofModel[0]!.dimensions }, records, tx);
  }
  const textOf = new Map(passages.map(({ id, text }) => [id, text]));
  const documents = keys
    .map((key) => ({ passageId: key.id, ordinal: key.ordinal, objectId: key.objectId, terms: analyzeTerms(textOf.get(key.id)!) }))
    .filter(({ terms }) => terms.length > 0);
  if (documents.length > 0) await deps.keywords.index(tenantId, documents, tx);
}

async function writeAnnotations(tx: Transaction, tenantId: string, context: ImportContext): Promise<void> {
  const own = context.fresh.flatMap((each) => {
    // What is processed anew is annotated anew by the system.
    const isProcessed = statusOf(each, context) === 'PROCESSING';
    return each.annotations.filter(({ annotatorId }) => !isProcessed || !annotatorId.startsWith('system:'));
  });
  const ofKnown = context.known.flatMap(({ object, annotations }) => {
    const as = context.there.get(object.id)!;
    if (as.tenantId !== tenantId) return [];
    return annotations.filter(({ annotatorId }) => !annotatorId.startsWith('system:')).map((annotation) => ({ ...annotation, objectId: as.id }));
  });
  const all = [...own, ...ofKnown].map((annotation) => ({ ...annotation, tenantId }));
  if (all.length > 0) context.counts.annotations = await tx.transfer.insertAnnotations(all);
  // Their passages do not come along: they are made again.
  await noteAnnotations(tx, tenantId, all);
}
