import type { ChangeKind, DataObject, Json, JsonObject } from '../../domain/model.js';

/** An object as far as filters look at it: what a change event carries of before and after. */
export type ObjectState = Pick<
  DataObject,
  'id' | 'type' | 'status' | 'storageTier' | 'mimeType' | 'contentHash' | 'fileSize' | 'metadata' | 'facts' | 'isDeleted'
> & { createdAt: string };

export interface ChangeEvent {
  /** Rising within a tenant in the order in which readers may see them; opaque to clients. */
  position: string;
  tenantId: string;
  kind: ChangeKind;
  objectId: string;
  version: number | null;
  before: ObjectState | null;
  after: ObjectState | null;
  /** Of MATCHED: the saved searches that found the object. */
  matches?: { id: string; score: number }[] | null;
  occurredAt: Date;
}

/** What happened, in the transaction in which it happened. */
export interface EventRepository {
  append(events: readonly Omit<ChangeEvent, 'position' | 'occurredAt'>[]): Promise<void>;
  /** Committed events behind `position`, oldest first, none of which a later commit could still precede. */
  readAfter(tenantId: string, position: string, limit: number): Promise<ChangeEvent[]>;
  /** The place behind everything there is now. */
  head(tenantId: string): Promise<string>;
  /** Whether everything behind `position` is still kept. */
  isKept(tenantId: string, position: string, keepSeconds: number): Promise<boolean>;
  prune(keepSeconds: number): Promise<number>;
}

export interface IdempotencyRecord {
  key: string;
  operation: string;
  inputHash: string;
  response: Json;
}

export interface IdempotencyRepository {
  /** Records of the last 24 h under these keys. */
  find(tenantId: string, keys: readonly string[]): Promise<IdempotencyRecord[]>;
  /** Writes them in the transaction of their effect. A key that another transaction took meanwhile: CONFLICT. */
  insert(tenantId: string, records: readonly IdempotencyRecord[]): Promise<void>;
  prune(keepSeconds: number): Promise<number>;
}

export interface PurgeRecord {
  objectId: string;
  bytesFreed: number;
  annotations: number;
  embeddings: number;
}

export interface PurgeRepository {
  insert(tenantId: string, record: PurgeRecord): Promise<void>;
  setBytesFreed(tenantId: string, objectId: string, bytes: number): Promise<void>;
  find(tenantId: string, objectId: string): Promise<PurgeRecord | null>;
}

export type SagaStatus = 'RUNNING' | 'COMPENSATING' | 'DONE' | 'COMPENSATED' | 'STUCK';
export interface SagaStepRecord {
  name: string;
  state: 'INTENDED' | 'DONE' | 'COMPENSATED';
}
export interface SagaRecord {
  id: string;
  tenantId: string;
  kind: string;
  status: SagaStatus;
  payload: JsonObject;
  steps: SagaStepRecord[];
  attempts: number;
  lastError: string | null;
}

export interface SagaRepository {
  insert(saga: SagaRecord, owner: string, seconds: number): Promise<void>;
  /**
   * False where the saga is no longer the owner's, since someone recovered it, or where more steps are recorded than this
   * one knows of: a pivot whose commit seemed to fail and did not.
   */
  save(saga: SagaRecord, owner: string, seconds: number): Promise<boolean>;
  find(id: string): Promise<SagaRecord | null>;
  /**
   * Takes open sagas that show no sign of life any more, the caller's own among them. `everyOwner`: at the start of a process
   * that is alone, all that others left, and the stuck ones too.
   */
  claimAbandoned(owner: string, seconds: number, limit: number, options: { everyOwner: boolean }): Promise<SagaRecord[]>;
  extend(ids: readonly string[], owner: string, seconds: number): Promise<void>;
  findStuck(limit: number): Promise<(SagaRecord & { updatedAt: Date })[]>;
  prune(keepSeconds: number): Promise<number>;
}
