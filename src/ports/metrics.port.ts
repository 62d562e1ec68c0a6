import type { DataType, IngestionStatus } from '../domain/model.js';
import type { CacheStats } from './cache.port.js';

/** Figures for whoever watches the installation. Counting never fails and never waits. */
export interface Metrics {
  /** Once an ingestion is at its end: SUCCEEDED or FAILED. */
  countIngestion(type: DataType, status: IngestionStatus): void;
  /** @param type what was asked: `hybrid`, `vector`, `keyword`, `object`, or an operation's root field; a small set of names, never input */
  observeQuery(type: string, seconds: number): void;
  /** Work over several stores that failed and whose compensations were run. @param saga its name: `ingest`, `replace`, `purge` */
  countSagaFailure(saga: string): void;
}

/** What is asked for when someone looks, rather than counted as it happens. One that throws leaves its figure out. */
export interface MetricSources {
  /** Bytes a kind of storage: `objects`, `database`. */
  storageUsage?: () => Promise<Record<string, number>>;
  cacheStats?: () => CacheStats;
  /** Jobs that wait, a queue. */
  jobsWaiting?: () => Promise<Record<string, number>>;
  /** Sagas whose compensation has failed for good. */
  sagasStuck?: () => Promise<number>;
  /** Entries that a store outside the database has yet to be told. */
  indexChanges?: () => Promise<number>;
}

/** The figures written out, for the route that serves them. */
export interface MetricsExposition {
  readonly contentType: string;
  expose(): Promise<string>;
}
