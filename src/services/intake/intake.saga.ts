import { v7 as uuidv7 } from 'uuid';
import { conflict, internal } from '../../domain/errors.js';
import type { DataObject, DataType, Ingestion, JsonObject, Viewer } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';
import type { BlobReservation } from '../../ports/repositories/blob.repository.port.js';
import type { SagaDefinition } from '../sagas/saga.js';
import type { ObjectCache } from '../objects/object-cache.js';
import { recordChanges } from '../shared/changes.js';
import { forgetContent } from '../indexing/forget-content.js';
import { refreshFieldPassages } from '../indexing/field-passages.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import type { BlobKeeper } from '../storage/blob-keeper.js';

type IntakeDependencies = Pick<ServiceDependencies, 'database' | 'vectors' | 'keywords'> & { objectCache: ObjectCache };

/** One content on its way in: known by its hash, verified, not yet referred to by a row. */
export interface IncomingContent {
  contentHash: string;
  size: number;
  type: DataType;
  mimeType: string;
  storageKey: string;
  filename: string | null;
  metadata: JsonObject;
  /** The object whose content it is to replace; null makes a new object. */
  replaces: string | null;
}

export interface Admitted {
  object: DataObject;
  /** Null where a racing twin made the object, or where the object to replace has this very content: its own ingestion serves. */
  ingestion: Ingestion | null;
}

/** Survives a crash; the rest of what the steps need dies with the caller, and its saga is undone then. */
export type IntakePayload = JsonObject & {
  /** Contents whose bytes may be left without a reference. */
  hashes: string[];
  /** By hash, the lives that were reserved; empty until then, and after a crash. */
  incarnations: Record<string, string>;
  /** Objects whose cached rows are old. */
  replaced: string[];
};

export interface IntakeContext {
  viewer: Viewer;
  contents: readonly IncomingContent[];
  /** Writes the bytes of those contents to their keys. */
  write(contents: readonly IncomingContent[]): Promise<void>;
  /** Joins the transaction of the rows. */
  onCommit(tx: Transaction, admitted: readonly Admitted[]): Promise<void>;
  /** Filled by the steps. */
  reservations: Map<string, BlobReservation>;
  admitted: Admitted[];
}

/**
 * Bytes, then rows, job and event together, then the clean-up. Uploads and texts come in through here alike.
 * What holds at every moment: no row refers to bytes that are not there; bytes without a row are on a saga's list.
 */
export function intakeSaga(deps: IntakeDependencies, keeper: BlobKeeper): SagaDefinition<IntakePayload, IntakeContext> {
  return {
    kind: 'intake',
    steps: [
      {
        kind: 'compensatable',
        name: 'bytes',
        async effect(payload, { tenantId, context }) {
          const reserved = await deps.database.blobs.reserve(tenantId, context.contents);
          payload.incarnations = Object.fromEntries(reserved.map(({ contentHash, incarnation }) => [contentHash, incarnation]));
          context.reservations = new Map(reserved.map((reservation) => [reservation.contentHash, reservation]));
          const missing = context.contents.filter((content) => context.reservations.get(content.contentHash)!.referenceCount === 0);
          // The row of an earlier life names the place, which may be another type's.
          const placed = missing.map((content) => ({ ...content, storageKey: context.reservations.get(content.contentHash)!.storageKey }));
          if (placed.length > 0) await context.write(placed);
        },
        async compensate(payload, { tenantId }) {
          // Only the lives that were reserved here: a racing twin's own is none of this saga's business.
          await keeper.release(tenantId, payload.hashes, { incarnations: payload.incarnations });
        },
      },
      {
        kind: 'pivot',
        name: 'rows',
        async effect(_payload, { tenantId, context, tx }) {
          const replaced = context.contents.filter((content) => content.replaces !== null);
          const created = context.contents.filter((content) => content.replaces === null);
          const unused: string[] = [];
          context.admitted = [
            ...(await createObjects(tx, tenantId, created, context, unused)),
            ...(await replaceContents(deps, tx, tenantId, replaced, context, unused)),
          ];
          await context.onCommit(tx, context.admitted);
          return { hashes: unused, incarnations: {}, replaced: replaced.map((content) => content.replaces!) };
        },
      },
      {
        kind: 'retriable',
        name: 'clean',
        async effect(payload, { tenantId }) {
          await deps.objectCache.invalidate(tenantId, payload.replaced);
          // Reservations that a racing twin made needless, and what a replacement left without a reference.
          await keeper.release(tenantId, payload.hashes);
        },
      },
    ],
  };
}

async function createObjects(tx: Transaction, tenantId: string, contents: readonly IncomingContent[], context: IntakeContext, unused: string[]): Promise<Admitted[]> {
  if (contents.length === 0) return [];
  const inserted = await tx.objects.insertMissing(
    contents.map((content) => ({
      ...content, id: uuidv7(), tenantId, fileSize: content.size, storageKey: context.reservations.get(content.contentHash)!.storageKey,
    })),
  );
  const [ingestions] = await Promise.all([
    begin(tx, tenantId, inserted),
    addReferences(tx, tenantId, inserted.map((object) => object.contentHash), context),
    recordChanges(tx, inserted.map((object) => ({ kind: 'CREATED', before: null, after: object }))),
  ]);
  const known = new Set(inserted.map((object) => object.contentHash));
  const twins = contents.filter((content) => !known.has(content.contentHash)).map((content) => content.contentHash);
  const others = twins.length > 0 ? await tx.objects.findLiveByHashes(tenantId, twins) : [];
  // A twin that went to the bin between the two statements: the caller begins again and finds the way free.
  if (others.length < twins.length) throw new ReservationLost();
  unused.push(...twins);
  return [
    ...inserted.map((object) => ({ object, ingestion: ingestions.get(object.id)! })),
    ...others.map((object) => ({ object, ingestion: null })),
  ];
}

/**
 * New bytes under an old id. What was made of the old ones goes at once: indexes, text, facts, the system's own annotations, and
 * whatever ingestion is still at work on them. People's annotations and the metadata stay.
 */
async function replaceContents(
  deps: IntakeDependencies,
  tx: Transaction,
  tenantId: string,
  contents: readonly IncomingContent[],
  context: IntakeContext,
  unused: string[],
): Promise<Admitted[]> {
  const admitted: Admitted[] = [];
  for (const content of contents) {
    const [before] = await tx.objects.lockByIds(tenantId, [content.replaces!]);
    if (!before || before.isDeleted) throw conflict('The object whose content was to be replaced is gone or in the bin.', ['input', 'replaces']);
    if (before.contentHash === content.contentHash) {
      unused.push(content.contentHash);
      admitted.push({ object: before, ingestion: null });
      continue;
    }
    await addReferences(tx, tenantId, [content.contentHash], context);
    const after = await tx.objects.update(tenantId, before.id, {
      contentHash: content.contentHash, fileSize: content.size, mimeType: content.mimeType, type: content.type, status: 'PROCESSING',
      storageKey: context.reservations.get(content.contentHash)!.storageKey, filename: content.filename ?? before.filename, raiseVersion: true,
    });
    await tx.blobs.dropReference(tenantId, before.contentHash);
    unused.push(before.contentHash);
    await tx.ingestions.supersede(tenantId, [before.id]);
    await forgetContent(deps, tx, tenantId, [before.id]);
    await tx.objects.saveExtraction(tenantId, [{ objectId: before.id, facts: {}, text: null }]);
    await tx.annotations.deleteSystem(tenantId, [before.id]);
    await refreshFieldPassages(tx, deps.keywords, tenantId, [before.id]);
    await tx.objects.raiseGeneration(tenantId);
    const ingestions = await begin(tx, tenantId, [after]);
    await recordChanges(tx, [{ kind: 'UPDATED', before, after }]);
    admitted.push({ object: after, ingestion: ingestions.get(after.id)! });
  }
  return admitted;
}

async function addReferences(tx: Transaction, tenantId: string, hashes: readonly string[], context: IntakeContext): Promise<void> {
  if (hashes.length === 0) return;
  const held = await tx.blobs.addReferences(
    tenantId,
    hashes.map((contentHash) => ({ contentHash, incarnation: context.reservations.get(contentHash)!.incarnation })),
  );
  if (held.length < hashes.length) throw new ReservationLost();
}

async function begin(tx: Transaction, tenantId: string, objects: readonly DataObject[]): Promise<Map<string, Ingestion>> {
  if (objects.length === 0) return new Map();
  const begun = objects.map((object) => ({ id: uuidv7(), tenantId, objectId: object.id }));
  const [ingestions] = await Promise.all([
    tx.ingestions.insert(begun),
    tx.enqueue(begun.map(({ id }) => ({ name: 'ingest', data: { ingestionId: id } }))),
  ]);
  return new Map(ingestions.map((ingestion) => [ingestion.objectId, ingestion]));
}

/** Someone dropped the reserved bytes, or made a twin or put one aside, between two steps: the whole is tried again. */
export class ReservationLost extends Error {
  constructor() {
    super('the reservation of the bytes was lost to a concurrent deletion');
    this.name = 'ReservationLost';
  }
}

export const tooManyCollisions = (cause: unknown) => internal('an intake lost its reservation again and again', cause);
