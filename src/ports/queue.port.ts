import type { SqlClient } from './sql.port.js';

export interface Job<Payload extends object = object> {
  id: string;
  data: Payload;
}

export interface JobRequest {
  name: string;
  data: object;
  /** One waiting job a key. */
  singletonKey?: string;
  startAfterSeconds?: number;
  priority?: number;
}

export interface WorkOptions {
  /** Handed to the handler at once, at most. */
  batchSize: number;
  /** Batches under way at once. */
  concurrency: number;
}

/** Durable, at least once. A job whose process died is handed out again. */
export interface Queue {
  /** Where `within` is given, the jobs exist only if that transaction commits. */
  enqueue(jobs: readonly JobRequest[], within?: SqlClient): Promise<void>;
  /** The handler settles its jobs' fate in the rows; a handler that throws has the whole batch handed out again, with backoff. */
  work<Payload extends object>(name: string, options: WorkOptions, handler: (jobs: Job<Payload>[], signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Runs `handler` every `seconds` in one process of the installation at a time. */
  every(name: string, seconds: number, handler: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Wakes the local workers of a queue now, rather than at their next look. */
  wake(name: string): void;
  start(): Promise<void>;
  /** Takes no more, signals those under way, waits for them at most so long. */
  stop(timeoutMs: number): Promise<void>;
  check(): Promise<void>;
  /** Waiting jobs a queue, for metrics. */
  depth(): Promise<Record<string, number>>;
}
