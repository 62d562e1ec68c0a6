/** What the jobs do; composed from the services. */
export interface JobHandlers {
  ingest(ingestionIds: string[], signal: AbortSignal): Promise<void>;
  annotate(ingestionIds: string[], signal: AbortSignal): Promise<void>;
  /** Takes up what dead processes left: leases, sagas, claims. */
  recover(signal: AbortSignal): Promise<void>;
  /** What many small writes left in the indexes. */
  optimize(signal: AbortSignal): Promise<void>;
  /** Expired uploads. */
  housekeeping(signal: AbortSignal): Promise<void>;
  /** Events, idempotency keys and finished sagas past their time. */
  prune(signal: AbortSignal): Promise<void>;
}
