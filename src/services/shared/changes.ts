import type { ChangeKind, DataObject } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';
import type { EventBus } from '../../ports/event-bus.port.js';
import type { ChangeEvent, ObjectState } from '../../ports/repositories/ledger.repository.port.js';

/** The channel on which a tenant's changes are hinted at; the events themselves are rows. */
export const changesChannel = (tenantId: string) => `changes:${tenantId}`;
/** The channel on which an ingestion's progress is hinted at. */
export const ingestionChannel = (ingestionId: string) => `ingestion:${ingestionId}`;

export const stateOf = (object: DataObject): ObjectState => ({
  id: object.id, type: object.type, status: object.status, storageTier: object.storageTier, mimeType: object.mimeType,
  contentHash: object.contentHash, fileSize: object.fileSize, metadata: object.metadata, facts: object.facts, isDeleted: object.isDeleted,
  createdAt: object.createdAt.toISOString(),
});

export interface ObjectTransition {
  kind: ChangeKind;
  before: DataObject | null;
  after: DataObject | null;
}

/** Writes the events of a transaction's changes into that transaction. */
export async function recordChanges(tx: Pick<Transaction, 'events'>, changes: readonly ObjectTransition[]): Promise<void> {
  await tx.events.append(changes.map(toEvent));
}

function toEvent({ kind, before, after }: ObjectTransition): Omit<ChangeEvent, 'position' | 'occurredAt'> {
  const object = (after ?? before)!;
  return {
    tenantId: object.tenantId,
    kind,
    objectId: object.id,
    version: after === null ? null : after.version,
    before: before === null ? null : stateOf(before),
    after: after === null ? null : stateOf(after),
  };
}

/** An object that saved searches found is told of as a change, though it did not change by that. */
export async function recordMatches(tx: Pick<Transaction, 'events'>, found: readonly { object: DataObject; matches: { id: string; score: number }[] }[]): Promise<void> {
  await tx.events.append(found.map(({ object, matches }) => ({ ...toEvent({ kind: 'MATCHED', before: object, after: object }), matches })));
}

/** Tells subscribers to look, after the commit. */
export function announceChanges(bus: EventBus, tenantId: string): void {
  bus.publish(changesChannel(tenantId), { tenantId });
}
