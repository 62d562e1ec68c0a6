import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { DataType, IngestionStatus } from '../../domain/model.js';
import type { MetricSources, Metrics, MetricsExposition } from '../../ports/metrics.port.js';

export interface PrometheusOptions {
  sources: MetricSources;
  /** What walks over much to be known, such as bytes stored, is asked for at most so often. 60 where it is left out. */
  freshSeconds?: number;
  /** Milliseconds that a source may take. 3,000 where it is left out. */
  patienceMs?: number;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
}

/** Of the 10 s that Prometheus waits for all figures by default: a source that hangs must not take the others with it. */
const PATIENCE_MS = 3_000;

/** From a cached read to a search that is nearly given up, in seconds. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The figures in Prometheus' words, in a registry of their own. */
export class PrometheusMetrics implements Metrics, MetricsExposition {
  readonly #registry = new Registry();
  readonly #ingestions: Counter<'data_type' | 'status'>;
  readonly #latency: Histogram<'query_type'>;
  readonly #sagaFailures: Counter<'saga'>;
  readonly #patienceMs: number;

  constructor(options: PrometheusOptions) {
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    const registers = [this.#registry];
    this.#ingestions = new Counter({
      name: 'data_ingestion_total',
      help: 'Ingestions that came to an end, by type of data and outcome.',
      labelNames: ['data_type', 'status'],
      registers,
    });
    this.#latency = new Histogram({
      name: 'query_latency_seconds',
      help: 'Time that queries took, by kind.',
      labelNames: ['query_type'],
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#sagaFailures = new Counter({
      name: 'saga_failures',
      help: 'Work over several stores that failed and was undone, by kind.',
      labelNames: ['saga'],
      registers,
    });
    this.#askWhenLookedAt(options);
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  expose(): Promise<string> {
    return this.#registry.metrics();
  }

  countIngestion(type: DataType, status: IngestionStatus): void {
    this.#ingestions.inc({ data_type: type, status });
  }

  observeQuery(type: string, seconds: number): void {
    this.#latency.observe({ query_type: type }, seconds);
  }

  countSagaFailure(saga: string): void {
    this.#sagaFailures.inc({ saga });
  }

  #askWhenLookedAt({ sources, freshSeconds = 60, now = () => performance.now() }: PrometheusOptions): void {
    const { storageUsage, jobsWaiting, sagasStuck, cacheStats, indexChanges } = sources;
    this.#gauge(
      'storage_usage_bytes',
      'Bytes stored, by kind of storage.',
      'storage_type',
      storageUsage && remembered(storageUsage, freshSeconds * 1_000, now),
    );
    this.#gauge('jobs_waiting', 'Jobs that wait to be done, by queue.', 'queue', jobsWaiting);
    this.#gauge(
      'sagas_stuck',
      'Work over several stores that could neither be done nor undone and needs a person.',
      null,
      sagasStuck && (async () => ({ '': await sagasStuck() })),
    );
    this.#gauge(
      'cache_hit_rate',
      'Share of cache lookups that found something, since the start; 0 before the first.',
      null,
      cacheStats && (async () => ({ '': hitRate(cacheStats()) })),
    );
    this.#gauge(
      'cache_size_bytes',
      'Bytes that the cache takes.',
      null,
      cacheStats && (async () => ({ '': cacheStats().sizeBytes })),
    );
    const shared = cacheStats?.().shared === undefined ? undefined : () => cacheStats!().shared!;
    this.#gauge('cache_redis_up', 'Whether the cache that processes share answers.', null, shared && (async () => ({ '': shared().available ? 1 : 0 })));
    this.#gauge('cache_redis_failures', 'Commands to the shared cache that failed or took too long, since the start.', null, shared && (async () => ({ '': shared().failures })));
    this.#gauge('cache_redis_away', 'How often the shared cache went away, since the start.', null, shared && (async () => ({ '': shared().timesAway })));
    this.#gauge(
      'index_changes_waiting',
      'Entries that a vector store outside the database has yet to be told.',
      null,
      indexChanges && (async () => ({ '': await indexChanges() })),
    );
  }

  /** A figure by one label, or without any (`''`), asked for at each look. */
  #gauge(
    name: string,
    help: string,
    label: string | null,
    ask: (() => Promise<Record<string, number>>) | undefined,
  ): void {
    if (ask === undefined) return;
    const patienceMs = this.#patienceMs;
    new Gauge({
      name,
      help,
      labelNames: label === null ? [] : [label],
      registers: [this.#registry],
      async collect() {
        this.reset();
        // What cannot be asked has no figure: an old one, or 0, would hide that. The part's own readiness tells why.
        const values = await inTime(ask(), patienceMs).catch(() => null);
        if (label === null) this.remove();
        for (const [labelValue, value] of Object.entries(values ?? {}))
          this.set(label === null ? {} : { [label]: labelValue }, value);
      },
    });
  }
}

/** What is asked goes on; whoever looks again asks, or hears, anew. */
async function inTime<Value>(asked: Promise<Value>, milliseconds: number): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

function hitRate({ hits, misses }: { hits: number; misses: number }): number {
  return hits + misses === 0 ? 0 : hits / (hits + misses);
}

/** Asks once for all who want to know within `freshMs`. A failure is not remembered. */
function remembered<Value>(ask: () => Promise<Value>, freshMs: number, now: () => number): () => Promise<Value> {
  let last: { at: number; value: Promise<Value> } | null = null;
  return () => {
    if (last !== null && now() - last.at < freshMs) return last.value;
    const current = { at: now(), value: ask() };
    last = current;
    current.value.catch(() => {
      if (last === current) last = null;
    });
    return current.value;
  };
}
