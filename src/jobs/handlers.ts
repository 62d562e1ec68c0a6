/** What the jobs do; composed from the services. */
export interface JobHandlers {
  ingest(ingestionIds: string[], signal: AbortSignal): Promise<void>;
  annotate(ingestionIds: string[], signal: AbortSignal): Promise<void>;
  /** Captions and transcripts of these objects become passages. */
  indexAnnotated(tenantId: string, objectIds: string[], signal: AbortSignal): Promise<void>;
  /** Takes up what dead processes left: leases, sagas, claims. */
  recover(signal: AbortSignal): Promise<void>;
  /** What many small writes left in the indexes. */
  optimize(signal: AbortSignal): Promise<void>;
  /** Moves a change of embedding models on, where one is open. */
  modelChange(signal: AbortSignal): Promise<void>;
  /** Holds what has changed against the saved searches. */
  percolate(signal: AbortSignal): Promise<void>;
  /** Looks for what is near to each new object. */
  compare(signal: AbortSignal): Promise<void>;
  /** Expired uploads. */
  housekeeping(signal: AbortSignal): Promise<void>;
  /** Events, idempotency keys and finished sagas past their time. */
  prune(signal: AbortSignal): Promise<void>;
}

type Handle = (...args: unknown[]) => Promise<void>;

/** The same, each within `inBackground`: nobody waits for a job as for an answer. */
export function backgroundHandlers(handlers: JobHandlers, inBackground: <T>(work: () => T) => T): JobHandlers {
  const wrapped = Object.entries(handlers as unknown as Record<string, Handle>).map(([name, handle]) => [name, (...args: unknown[]) => inBackground(() => handle(...args))]);
  return Object.fromEntries(wrapped) as unknown as JobHandlers;
}
