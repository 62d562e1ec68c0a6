import { describe, expect, it } from 'vitest';
import { PrometheusMetrics } from '../../../../src/adapters/metrics/prometheus.js';

const linesOf = async (metrics: PrometheusMetrics) =>
  (await metrics.expose()).split('\n').filter((line) => !line.startsWith('#'));

describe('the figures', () => {
  it('are counted and shown by their labels', async () => {
    const metrics = new PrometheusMetrics({ sources: {} });
    metrics.countIngestion('TEXT', 'SUCCEEDED');
    metrics.countIngestion('TEXT', 'SUCCEEDED');
    metrics.countIngestion('IMAGE', 'FAILED');
    metrics.observeQuery('hybrid', 0.03);
    metrics.countSagaFailure('purge');
    const lines = await linesOf(metrics);
    expect(lines).toContain('data_ingestion_total{data_type="TEXT",status="SUCCEEDED"} 2');
    expect(lines).toContain('data_ingestion_total{data_type="IMAGE",status="FAILED"} 1');
    expect(lines).toContain('query_latency_seconds_bucket{le="0.025",query_type="hybrid"} 0');
    expect(lines).toContain('query_latency_seconds_bucket{le="0.05",query_type="hybrid"} 1');
    expect(lines).toContain('query_latency_seconds_count{query_type="hybrid"} 1');
    expect(lines).toContain('saga_failures{saga="purge"} 1');
    expect(lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true);
    expect(metrics.contentType).toContain('text/plain');
  });

  it('tell of a cache that processes share whether it is there, and of none where there is none', async () => {
    const shared = { available: true, hits: 2, misses: 1, failures: 4, timesAway: 3 };
    const stats = { hits: 3, misses: 1, sizeBytes: 10 };
    const metrics = new PrometheusMetrics({ sources: { cacheStats: () => ({ ...stats, shared }) } });
    expect(await linesOf(metrics)).toEqual(expect.arrayContaining(['cache_redis_up 1', 'cache_redis_failures 4', 'cache_redis_away 3']));
    shared.available = false;
    expect(await linesOf(metrics)).toContain('cache_redis_up 0');
    const alone = new PrometheusMetrics({ sources: { cacheStats: () => stats } });
    expect((await linesOf(alone)).filter((line) => line.startsWith('cache_redis'))).toEqual([]);
  });

  it('that are asked for come from their sources, each look anew', async () => {
    const waiting: Record<string, number> = { ingest: 3, purge: 1 };
    const stats = { hits: 3, misses: 1, sizeBytes: 10 };
    let usageAsked = 0;
    let now = 0;
    const metrics = new PrometheusMetrics({
      sources: {
        cacheStats: () => stats,
        jobsWaiting: async () => waiting,
        sagasStuck: async () => 2,
        storageUsage: async () => ({ objects: 100 * ++usageAsked }),
      },
      freshSeconds: 60,
      now: () => now,
    });
    expect(await linesOf(metrics)).toEqual(
      expect.arrayContaining([
        'cache_hit_rate 0.75',
        'cache_size_bytes 10',
        'jobs_waiting{queue="ingest"} 3',
        'jobs_waiting{queue="purge"} 1',
        'sagas_stuck 2',
        'storage_usage_bytes{storage_type="objects"} 100',
      ]),
    );
    delete waiting.purge;
    stats.hits = 0;
    now = 59_000;
    const second = await linesOf(metrics);
    expect(second).toEqual(
      expect.arrayContaining(['cache_hit_rate 0', 'storage_usage_bytes{storage_type="objects"} 100']),
    );
    expect(second.join('\n')).not.toContain('purge');
    now = 61_000;
    expect(await linesOf(metrics)).toContain('storage_usage_bytes{storage_type="objects"} 200');
  });

  it('that cannot be asked for are left out, and the others stay', async () => {
    let broken = true;
    const metrics = new PrometheusMetrics({
      sources: {
        storageUsage: async () => {
          if (broken) throw new Error('down');
          return { objects: 1 };
        },
        sagasStuck: async () => {
          if (broken) throw new Error('down');
          return 0;
        },
        jobsWaiting: async () => ({ ingest: 1 }),
      },
    });
    const lines = await linesOf(metrics);
    expect(lines).toContain('jobs_waiting{queue="ingest"} 1');
    expect(lines.filter((line) => /^(sagas_stuck|storage_usage)/.test(line))).toEqual([]);
    broken = false;
    expect(await linesOf(metrics)).toEqual(
      expect.arrayContaining(['sagas_stuck 0', 'storage_usage_bytes{storage_type="objects"} 1']),
    );
  });

  it('whose source hangs are left out in time, and come back with it', async () => {
    const hanging = new Promise<never>(() => undefined);
    let isSilent = true;
    let now = 0;
    const metrics = new PrometheusMetrics({
      sources: {
        storageUsage: () => (isSilent ? hanging : Promise.resolve({ objects: 1 })),
        sagasStuck: () => (isSilent ? hanging : Promise.resolve(0)),
        cacheStats: () => ({ hits: 3, misses: 1, sizeBytes: 10 }),
      },
      patienceMs: 20,
      freshSeconds: 60,
      now: () => now,
    });
    const lines = await linesOf(metrics);
    expect(lines).toContain('cache_hit_rate 0.75');
    expect(lines.filter((line) => /^(sagas_stuck|storage_usage)/.test(line))).toEqual([]);
    isSilent = false;
    now = 61_000;
    expect(await linesOf(metrics)).toEqual(expect.arrayContaining(['sagas_stuck 0', 'storage_usage_bytes{storage_type="objects"} 1']));
  });

  it('of two installations in one process do not mix', async () => {
    const [a, b] = [new PrometheusMetrics({ sources: {} }), new PrometheusMetrics({ sources: {} })];
    a.countSagaFailure('purge');
    expect((await linesOf(b)).join('\n')).not.toContain('purge');
  });
});
