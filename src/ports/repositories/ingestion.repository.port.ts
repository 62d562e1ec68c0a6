import type { Ingestion, IngestionError, IngestionStage, IngestionStatus } from '../../domain/model.js';
import type { KeysetQuery } from './keyset.js';

/** A claim on an ingestion. Every write names the epoch; after someone else claimed it, the write changes nothing. */
export interface Lease {
  ingestionId: string;
  epoch: number;
}

export interface LeasedIngestion extends Ingestion {
  epoch: number;
  /** The attempt before this one ended without a verdict: its worker died, or stalled so long that it counts as dead. */
  takenOver: boolean;
  /** Runs that had nothing else in hand, and ended without a verdict. */
  runsAlone: number;
}

export interface IngestionRepository {
  findByIds(tenantId: string, ids: readonly string[]): Promise<Ingestion[]>;
  newestForObjects(tenantId: string, objectIds: readonly string[]): Promise<Ingestion[]>;
  page(tenantId: string, status: readonly IngestionStatus[] | null, query: KeysetQuery<'CREATED_AT'>): Promise<Ingestion[]>;
  count(tenantId: string, status: readonly IngestionStatus[] | null, timeoutMs: number): Promise<number | null>;
  insert(ingestions: readonly { id: string; tenantId: string; objectId: string }[]): Promise<Ingestion[]>;
  /**
   * Takes those that nobody holds and that are neither finished nor waiting for their retry. An ingestion whose holder
   * vanished is taken over. Counts as an attempt, but where the last holder gave the lease back.
   */
  claim(ids: readonly string[], work: 'ingest' | 'annotate', owner: string, leaseSeconds: number): Promise<LeasedIngestion[]>;
  /** A run begins that has nothing else in hand; `endAlone` says that it came back. */
  beginAlone(lease: Lease): Promise<void>;
  endAlone(lease: Lease): Promise<void>;
  extendLeases(leases: readonly Lease[], leaseSeconds: number): Promise<Lease[]>;
  /** Locks the rows until the transaction ends; answers the leases that still hold. */
  lockLeases(leases: readonly Lease[]): Promise<Lease[]>;
  /**
   * Progress never falls within an attempt. Answers the rows that the lease still covered.
   * @param to.isHandedOver the lease ends: others go on with it
   */
  advance(leases: readonly Lease[], to: { stage: IngestionStage; progress: number; isHandedOver?: boolean }): Promise<Ingestion[]>;
  /** Each sentence once, however often it is said. */
  addWarnings(items: readonly { lease: Lease; warnings: readonly string[] }[]): Promise<void>;
  succeed(leases: readonly Lease[]): Promise<Ingestion[]>;
  /** `retryInSeconds` null: for good. */
  fail(lease: Lease, error: IngestionError, retryInSeconds: number | null): Promise<Ingestion | null>;
  /** Ends what is not ended of these objects' ingestions, whoever holds them: their content was replaced. */
  supersede(tenantId: string, objectIds: readonly string[]): Promise<void>;
  /** Gives the lease back without a verdict: the process is going down. */
  release(leases: readonly Lease[]): Promise<void>;
  /** FAILED back to QUEUED at the stage where it failed, as the next attempt; null where it is not FAILED. */
  requeue(tenantId: string, id: string): Promise<Ingestion | null>;
  /**
   * Takes, once a while each, those that no living worker holds: dead leases, and what has waited so long that its job must
   * have been lost. The sweeper hands them to the queue again.
   */
  takeAbandoned(limit: number): Promise<{ id: string; stage: IngestionStage }[]>;
  /** Ends every lease: at the start of a process that is alone on its data. */
  endLeases(): Promise<void>;
}
